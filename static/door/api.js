// Asks the server. What it refuses is an error with its word for it; without a signal there is no answer at all.

const HOME = "/odbaveni";
const PATIENCE_MS = 10_000;

export class Refused extends Error {
  constructor(status, code, message) {
    super(message ?? code);
    this.status = status;
    this.code = code;
  }

  // Says whether it would go through later: the server is busy or down.
  get isPassing() {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }

  get isRevocation() {
    return this.code === "revoked";
  }
}

export async function pair(code, label) {
  return call("POST", "/pair", { code, label });
}

export async function fetchList(cursor) {
  return call("GET", cursor ? `/list?since=${encodeURIComponent(cursor)}` : "/list");
}

export async function sendScans(body) {
  return call("POST", "/scans", body);
}

export async function sendWalkIn(body) {
  return call("POST", "/walk-ins", body);
}

export async function leave() {
  return call("POST", "/leave", {});
}

export function badgeAddress(id) {
  return `${HOME}/jmenovka/${id}.pdf`;
}

async function call(method, path, body) {
  const response = await fetch(HOME + path, {
    method,
    cache: "no-store",
    headers: { "Accept-Language": document.documentElement.lang, ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok || (answer === null && response.status !== 204)) {
    throw new Refused(response.ok ? 502 : response.status, answer?.error ?? "", answer?.message);
  }
  return answer;
}
