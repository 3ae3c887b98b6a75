// The mailbox and Flower run on ports of their own.
fetch("/places.json")
  .then((answer) => answer.json())
  .then((ports) => {
    for (const link of document.querySelectorAll("a[data-port]")) {
      const { port, path } = link.dataset;
      link.href = `http://${location.hostname}:${ports[port]}${path}`;
    }
  });
