// Serves the scanner without a signal. VERSION and FILES stand above; the server writes them.
//
// Each version lies in a cache of its own. While a shift is marked, its version is served whatever has come since.

const HOME = "/odbaveni";
const PAGES = [HOME, `${HOME}/en`];
const CACHE = "prezence-door-";
const SHIFT_CACHE = `${CACHE}shift`;
const MARK = `${HOME}/shift`;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "take over") {
    event.waitUntil(self.skipWaiting());
  } else if (event.data === "which version") {
    event.waitUntil(tellVersion(event.source));
  }
});
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) {
    return;
  }
  if (event.request.mode === "navigate" && PAGES.includes(address.pathname)) {
    event.respondWith(page(address.pathname, event.request));
  } else if (address.pathname.startsWith(`${HOME}/soubory/`)) {
    event.respondWith(file(event.request));
  }
});

async function install() {
  const cache = await caches.open(CACHE + VERSION);
  await cache.addAll([...PAGES, ...FILES].map((address) => new Request(address, { cache: "reload" })));
  if (!(await versionOfShift())) {
    await self.skipWaiting();
  }
}

// Keeps the version of the shift and the one before this: a page of it may still be open.
async function activate() {
  const kept = [CACHE + VERSION, CACHE + (await versionOfShift()), SHIFT_CACHE];
  const versions = (await caches.keys()).filter((name) => name.startsWith(CACHE) && !kept.includes(name));
  await Promise.all(versions.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(path, request) {
  const version = (await versionOfShift()) ?? VERSION;
  return (await match(path, version)) ?? (await match(path, VERSION)) ?? fetch(request);
}

async function tellVersion(client) {
  client.postMessage((await versionOfShift()) ?? VERSION);
}

async function file(request) {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}

async function match(address, version) {
  return (await caches.has(CACHE + version)) ? (await caches.open(CACHE + version)).match(address) : undefined;
}

async function versionOfShift() {
  const mark = (await caches.has(SHIFT_CACHE)) && (await (await caches.open(SHIFT_CACHE)).match(MARK));
  return mark ? mark.text() : undefined;
}
