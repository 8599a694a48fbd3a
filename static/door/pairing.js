// Makes a phone a door: the code comes in the address' fragment, which no server ever sees, or is typed.

import * as api from "./api.js";
import { byId, show } from "./dom.js";
import { knows, say } from "./words.js";

const LABEL = "prezence-door-label";
const IN_FRAGMENT = /#p=([\w-]+)/;

const form = byId("pairing-form");
const code = byId("pairing-code");
const label = byId("pairing-label");
const error = byId("pairing-error");

form.inert = true; // until somebody listens: sent too early, it would lead to the page by hand

// Takes the code out of the address at once, so that it stays in no history and on no picture of the screen.
export function takeCodeFromAddress() {
  const [, given = ""] = IN_FRAGMENT.exec(location.hash) ?? [];
  if (given) {
    history.replaceState(null, "", location.pathname);
  }
  addEventListener("hashchange", () => location.reload()); // another link in the same tab
  return given;
}

// Leaves the form to the browser, which is led on to the page by hand.
export function leaveFormPlain(given) {
  code.value = given;
  form.inert = false;
}

// Shows the form and returns the shift that begins once the server has agreed.
export function askForPairing({ given = "", notice = "" } = {}) {
  code.value ||= given;
  label.value ||= localStorage.getItem(LABEL) ?? "";
  show(byId("pairing-code-field"), !given);
  show(byId("pairing-notice"), Boolean(notice));
  byId("pairing-notice").textContent = notice;
  show(byId("pairing"));
  form.inert = false;
  (given ? label : code).focus();
  return new Promise((resolve) => {
    form.addEventListener("submit", async function submit(event) {
      event.preventDefault();
      const answer = await tryToPair();
      if (answer) {
        form.removeEventListener("submit", submit);
        show(byId("pairing"), false);
        resolve(answer);
      }
    });
  });
}

async function tryToPair() {
  const name = label.value.trim();
  const typed = IN_FRAGMENT.exec(code.value)?.[1] ?? code.value; // a whole link may be pasted
  show(error, false);
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await api.pair(typed, name);
    localStorage.setItem(LABEL, name);
    return answer;
  } catch (failure) {
    complain(failure);
    return null;
  } finally {
    form.removeAttribute("aria-busy");
  }
}

function complain(failure) {
  const known = failure instanceof api.Refused ? failure.code : "pairing_failed";
  error.textContent = knows(known) ? say(known) : failure.message || say("pairing_failed");
  show(error);
  show(byId("pairing-code-field")); // it may have to be another one
}
