// The mailbox and Flower run on ports of their own.
fetch("/shop.json")
  .then((answer) => answer.json())
  .then((shop) => {
    for (const link of document.querySelectorAll("a[data-url]")) {
      const url = shop[link.dataset.url];
      if (url) link.href = url;
      else link.closest("li").remove();
    }
  });
