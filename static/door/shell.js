// The service worker, and when it may bring a new version: between shifts only. A shift is marked with the version it
// began with; the worker serves that one until the mark is gone, however often the server is updated meanwhile.

const SCOPE = "/odbaveni";
const SHIFT_CACHE = "prezence-door-shift";
const MARK = `${SCOPE}/shift`;
const LOADED_FOR = "prezence-door-version";
const PATIENCE_MS = 3_000;

// Asks for the worker. Where it serves another version while nothing is going on, the page is loaded anew. The page asks
// which: a worker that took over while the page was still being loaded has announced itself to nobody.
export async function register({ mayReload }) {
  const workers = navigator.serviceWorker;
  if (!workers) {
    return;
  }
  const ask = () => workers.controller?.postMessage("which version");
  workers.addEventListener("message", ({ data: version }) => isNews(version) && mayReload() && loadAnew(version));
  workers.addEventListener("controllerchange", ask);
  ask();
  try {
    await workers.register(`${SCOPE}/sw.js`, { scope: SCOPE });
  } catch {
    // A private window has none: everything works, but only until the page is closed.
  }
}

// One try for each version: a page that stays as it is must not be loaded for ever.
function isNews(version) {
  return version !== document.body.dataset.version && version !== sessionStorage.getItem(LOADED_FOR);
}

function loadAnew(version) {
  sessionStorage.setItem(LOADED_FOR, version);
  location.reload();
}

export async function beginShift() {
  const cache = await caches.open(SHIFT_CACHE);
  if (!(await cache.match(MARK))) {
    await cache.put(MARK, new Response(document.body.dataset.version));
  }
}

// Takes the mark away and lets a version that waits, or is about to, take over; the page is to be loaded anew afterwards.
export async function endShift() {
  await caches.delete(SHIFT_CACHE);
  const registration = await navigator.serviceWorker?.getRegistration(SCOPE);
  const next = registration?.waiting ?? registration?.installing;
  if (!next) {
    return;
  }
  await new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    setTimeout(resolve, PATIENCE_MS);
    next.postMessage("take over");
  });
}
