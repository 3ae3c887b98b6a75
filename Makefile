# Requires Python >= 3.11 and make. Everything else is installed into .venv on first use.
PYTHON ?= python3
BIN := .venv/bin
ROOMS := config.py addresses.py console_settings.py credentials.py production.py celeryconfig.py error_reports.py gunicorn.conf.py heartbeats.py json_lines.py metering.py metering_files.py overload_settings.py preflight.py redis_url.py settings_draft.py settings_error.py shop_settings.py signing_keys.py telemetry.py telemetry_export.py telemetry_settings.py telemetry_spans.py tickets.py wsgi.py models state_machines tasks web events exporter sandbox launch demo bench

# If it were set, each process would compile the project again at its start.
unexport PYTHONDONTWRITEBYTECODE

# Long tests outside tests/proof: `make test` runs a sample of each.
SAMPLED := tests/integration/payments/test_random_calls.py tests/e2e/test_storm.py tests/e2e/test_loss.py \
	tests/integration/web/test_new_machine.py tests/docs/test_how_to.py tests/browser/test_every_page.py \
	tests/bench tests/observability/test_drill.py

.DEFAULT_GOAL := help
.PHONY: help run demo frontend test test-fast prove check bench race shops flames shots previews pins clean simulate failpoints chaos

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: .venv/run ## Run the whole system until Ctrl-C
	@$(BIN)/python -m launch

demo: .venv/run ## Start the system on free ports and play the stories
	@$(BIN)/python -m demo

frontend: .venv/run ## Serve the web app with hot reload, in front of a running `make run`
	@$(BIN)/python -m launch.frontend dev

test: .venv/ready ## Run all tests, with a sample of the long proofs (ARGS="tests/unit -k money" for some)
	@$(BIN)/python -m pytest $(ARGS)

test-fast: .venv/ready ## Run the tests of the inner loop: unit, architecture, docs, integration
	@$(BIN)/python -m pytest -m "not slow" tests/unit tests/architecture tests/docs tests/integration

prove: .venv/ready ## Run the long proofs in full (more than an hour on two cores)
	@PROVE=1 exec $(BIN)/python -m pytest -n 0 tests/proof $(SAMPLED)

simulate: .venv/ready ## Simulate a shop with random faults, for many seeds (SEEDS=1000, or 7-7 for one)
	@$(BIN)/python -m tests.proof.simulation $(SEEDS)

failpoints: .venv/ready ## Kill a process at every point of every story
	@EVERY_POINT=1 exec $(BIN)/python -m pytest -n 0 -s tests/proof/failpoints

chaos: .venv/ready ## Place orders while processes are killed at random (SECONDS=300, SEED=)
	@SECONDS="$(SECONDS)" SEED="$(SEED)" exec $(BIN)/python -m tests.proof.chaos

check: .venv/ready ## Check style, types and the rules for imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(ROOMS) tests
	@$(BIN)/lint-imports
	@$(BIN)/python -m launch.frontend types lint format:check

bench: .venv/ready .venv-bench/ready ## Run all measurements, with DBOS and plain Celery (ARGS="--quick out.json")
	@$(BIN)/python -m bench $(ARGS)

race: .venv/ready .venv-bench/ready ## Run the race alone: our engine, DBOS, plain Celery
	@$(BIN)/python -m bench.race $(ARGS)

shops: .venv/ready .venv-bench/ready ## Run the race of the whole shops over HTTP: ours, and the same on DBOS
	@$(BIN)/python -m bench.shops $(ARGS)

flames: .venv/ready .venv-bench/ready ## Draw flame graphs of a shop's processes into .data/flames (ARGS="--buyers 1")
	@$(BIN)/python -m bench.flames $(ARGS)

shots: .venv/ready ## Take pictures of the web app's pages (ARGS="FOLDER" for all sizes)
	@$(BIN)/python -m tests.browser.shots $(ARGS)

previews: .venv/ready ## Draw the link previews of the products anew
	@$(BIN)/python -m tests.browser.previews

pins: .venv/ready ## Resolve requirements/*.in again
	@$(BIN)/python -m pip install --quiet uv
	@for name in runtime run dev bench; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-annotate --no-header --upgrade \
	    requirements/$$name.in -o requirements/$$name.txt || exit 1; done

clean: ## Delete the virtual environments and all data
	rm -rf frontend/node_modules frontend/dist frontend/.build frontend/.vite
	rm -rf .venv .venv-bench .data .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/run: requirements/run.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "ProjectX needs Python 3.11 or newer: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Preparing .venv (once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements/run.txt
	@touch $@

.venv/ready: .venv/run requirements/dev.txt
	@echo "Adding the tools for tests and checks to .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements/dev.txt
	@touch $@

.venv-bench/ready: requirements/bench.txt
	@echo "Preparing .venv-bench (once) ..."
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements/bench.txt
	@touch $@
