// Back, twice in a row: the page asked for first may come last. It would show what the address no more says.
let demandee;

export function installer() {
  document.addEventListener("htmx:historyCacheMiss", ({ detail }) => {
    demandee?.abort();
    demandee = detail.xhr;
  });
}
