// The service worker, and when it may bring a new version: between shifts only. A shift is marked with the version it
// began with; the worker serves that one until the mark is gone, however often the server is updated meanwhile.

const SCOPE = "/odbaveni";
const SHIFT_CACHE = "prezence-door-shift";
const MARK = `${SCOPE}/shift`;
const PATIENCE_MS = 3_000;

// Asks for the worker. Where a new one takes over while nothing is going on, the page is loaded anew.
export async function register({ mayReload }) {
  if (!navigator.serviceWorker) {
    return;
  }
  if (navigator.serviceWorker.controller) {
    navigator.serviceWorker.addEventListener("controllerchange", () => mayReload() && location.reload());
  }
  try {
    await navigator.serviceWorker.register(`${SCOPE}/sw.js`, { scope: SCOPE });
  } catch {
    // A private window has none: everything works, but only until the page is closed.
  }
}

export async function beginShift() {
  const cache = await caches.open(SHIFT_CACHE);
  if (!(await cache.match(MARK))) {
    await cache.put(MARK, new Response(document.body.dataset.version));
  }
}

// Takes the mark away and lets a version that waits take over; the page is to be loaded anew afterwards.
export async function endShift() {
  await caches.delete(SHIFT_CACHE);
  const registration = await navigator.serviceWorker?.getRegistration(SCOPE);
  if (!registration?.waiting) {
    return;
  }
  await new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    setTimeout(resolve, PATIENCE_MS);
    registration.waiting.postMessage("take over");
  });
}
