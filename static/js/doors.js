// Keeps the list of doors fresh while somebody looks at it; what is being ticked or pressed is left alone.

const EVERY_MS = 15_000;

const part = document.querySelector("[data-refreshed]");
let isTouched = false;

part?.addEventListener("input", () => {
  isTouched = true;
});

async function refresh() {
  if (document.hidden || isTouched || part.contains(document.activeElement)) {
    return;
  }
  const answer = await fetch(part.dataset.refreshed).catch(() => null);
  if (!answer?.ok || answer.redirected) {
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-refreshed]");
  if (fresh && !isTouched && !part.contains(document.activeElement)) {
    part.replaceChildren(...fresh.children);
  }
}

if (part) {
  setInterval(refresh, EVERY_MS);
  document.addEventListener("visibilitychange", refresh);
}
