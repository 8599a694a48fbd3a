// Begins: pairs the phone when it is not paired, and opens the scanner.

import { askForPairing, leaveFormPlain, takeCodeFromAddress } from "./pairing.js";
import { byId, show } from "./dom.js";
import { openScanner } from "./scanner.js";
import { beginShift, register } from "./shell.js";
import * as store from "./store.js";
import { say } from "./words.js";

const NOTICE = "prezence-door-notice"; // said once after the page was loaded anew

const given = takeCodeFromAddress();

if (isSecureContext && globalThis.crypto?.subtle && globalThis.indexedDB) {
  await begin();
} else {
  leaveFormPlain(given);
}

async function begin() {
  register({ mayReload: () => !given && !byId("pairing").hidden && !byId("pairing-code").value });
  navigator.storage?.persist?.().catch(() => {}); // never awaited: Firefox may ask, and wait for ever
  let shift = await store.read("shift");
  if (given || !shift) {
    shift = await pair();
  }
  show(byId("pairing"), false);
  await openScanner(shift, { onEnd: comeBack });
}

async function pair() {
  const waiting = (await store.queued()).length;
  const notice = sessionStorage.getItem(NOTICE);
  sessionStorage.removeItem(NOTICE);
  const words = [notice && say(notice), waiting && say("still_waiting", { count: waiting })].filter(Boolean).join(" ");
  const { door, event } = await askForPairing({ given, notice: words });
  await store.wipe();
  await retryProblems(event);
  const shift = { door, event, sessions: [], ticketTypes: [], cursor: null, listedAt: null, session: null };
  await store.write("shift", shift);
  await beginShift();
  return shift;
}

// What could not be sent under the last pairing may go under this one.
async function retryProblems(event) {
  const records = (await store.queued()).filter((record) => record.problem && record.event === event.slug);
  await store.rewrite(records.map(({ problem, ...record }) => record));
}

// Loads the page anew once a shift is over: by now there may be a new version.
function comeBack(notice) {
  sessionStorage.setItem(NOTICE, notice);
  location.reload();
}
