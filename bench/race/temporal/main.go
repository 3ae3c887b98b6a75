// The Go worker of the race: `worker SERVER NAMESPACE PORT local|plain`.
//
// One process has the worker and the HTTP front, as the Python contenders have. The flow is the same:
// a call to the provider, its event, a second call.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"time"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const (
	slots       = 1000
	cacheSize   = 10_000
	callTimeout = 5 * time.Second
	flowTimeout = 60 * time.Second
)

type event struct {
	Flow string `json:"flow"`
	ID   string `json:"id"`
	Type string `json:"type"`
}

type providerCall struct {
	Flow     string `json:"flow"`
	Step     int    `json:"step"`
	Port     int    `json:"port"`
	Amount   int    `json:"amount"`
	Currency string `json:"currency"`
}

var retries = &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumAttempts: 10}

var provider = &http.Client{
	Timeout:   callTimeout,
	Transport: &http.Transport{MaxIdleConns: slots, MaxIdleConnsPerHost: slots},
}

var providerURL = "http://127.0.0.1:" + os.Getenv("RACE_PROVIDER") + "/call"

// Step calls the provider, whose event goes to the port.
func Step(ctx context.Context, flow string, number int, port int) (string, error) {
	body, err := json.Marshal(providerCall{Flow: flow, Step: number, Port: port, Amount: 4200, Currency: "eur"})
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, providerURL, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	response, err := provider.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var answer struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return "", err
	}
	return answer.ID, nil
}

// Flow calls the provider by activities.
func Flow(ctx workflow.Context, flow string, port int) ([]string, error) {
	options := workflow.ActivityOptions{StartToCloseTimeout: callTimeout, RetryPolicy: retries}
	return run(workflow.WithActivityOptions(ctx, options), flow, port, workflow.ExecuteActivity)
}

// LocalFlow calls the provider by local activities: a crash before the workflow task ends repeats the call.
func LocalFlow(ctx workflow.Context, flow string, port int) ([]string, error) {
	options := workflow.LocalActivityOptions{StartToCloseTimeout: callTimeout, RetryPolicy: retries}
	return run(workflow.WithLocalActivityOptions(ctx, options), flow, port, workflow.ExecuteLocalActivity)
}

type executor func(ctx workflow.Context, activity interface{}, args ...interface{}) workflow.Future

func run(ctx workflow.Context, flow string, port int, execute executor) ([]string, error) {
	var first, second string
	if err := execute(ctx, Step, flow, 1, port).Get(ctx, &first); err != nil {
		return nil, err
	}
	var paid event
	workflow.GetSignalChannel(ctx, "paid").Receive(ctx, &paid)
	if err := execute(ctx, Step, flow, 2, port).Get(ctx, &second); err != nil {
		return nil, err
	}
	return []string{first, paid.ID, second}, nil
}

type front struct {
	temporal client.Client
	queue    string
	port     int
	flow     func(workflow.Context, string, int) ([]string, error)
}

func (f front) start(ctx context.Context, body []byte) error {
	var request struct {
		Flow string `json:"flow"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return err
	}
	options := client.StartWorkflowOptions{ID: request.Flow, TaskQueue: f.queue, EnableEagerStart: true}
	running, err := f.temporal.ExecuteWorkflow(ctx, options, f.flow, request.Flow, f.port)
	if err != nil {
		return err
	}
	return running.Get(ctx, nil)
}

func (f front) receive(ctx context.Context, body []byte) error {
	var paid event
	if err := json.Unmarshal(body, &paid); err != nil {
		return err
	}
	return f.temporal.SignalWorkflow(ctx, paid.Flow, "", "paid", paid)
}

func answer(handle func(context.Context, []byte) error) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		ctx, cancel := context.WithTimeout(request.Context(), flowTimeout)
		defer cancel()
		var body bytes.Buffer
		_, err := body.ReadFrom(request.Body)
		if err == nil {
			err = handle(ctx, body.Bytes())
		}
		if err != nil {
			log.Print(err)
			response.WriteHeader(http.StatusInternalServerError)
		}
		fmt.Fprint(response, "{}")
	}
}

type silent struct{}

func (silent) Debug(string, ...interface{})           {}
func (silent) Info(string, ...interface{})            {}
func (silent) Warn(string, ...interface{})            {}
func (silent) Error(text string, keys ...interface{}) { log.Print(text, keys) }

var _ sdklog.Logger = silent{}

func main() {
	server, namespace, mode := os.Args[1], os.Args[2], os.Args[4]
	port, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	connection, err := client.Dial(client.Options{HostPort: server, Namespace: namespace, Logger: silent{}})
	if err != nil {
		log.Fatal(err)
	}
	worker.SetStickyWorkflowCacheSize(cacheSize)
	queue := "race-go-" + mode
	pollers := worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{})
	executing := worker.New(connection, queue, worker.Options{
		MaxConcurrentActivityExecutionSize:      slots,
		MaxConcurrentLocalActivityExecutionSize: slots,
		MaxConcurrentWorkflowTaskExecutionSize:  slots,
		MaxConcurrentEagerActivityExecutionSize: slots,
		WorkflowTaskPollerBehavior:              pollers,
		ActivityTaskPollerBehavior:              pollers,
	})
	executing.RegisterWorkflow(Flow)
	executing.RegisterWorkflow(LocalFlow)
	executing.RegisterActivity(Step)
	if err := executing.Start(); err != nil {
		log.Fatal(err)
	}
	f := front{temporal: connection, queue: queue, port: port, flow: Flow}
	if mode == "local" {
		f.flow = LocalFlow
	}
	http.Handle("/start", answer(f.start))
	http.Handle("/event", answer(f.receive))
	log.Fatal(http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", port), nil))
}
