// The answer that fills the screen: colour, icon, word, name. Green leaves by itself; amber and red stay until tapped or
// until the next code.

import { announce, byId, icon, make, show } from "./dom.js";
import { signal } from "./signals.js";

const ICONS = { yes: "ok", again: "wait", no: "no" };
const GREEN_MS = 2_000;

const box = byId("answer");
const frame = byId("answer-frame");
const under = byId("under");
let current = null; // the nonce it is about
let leaving;

// `acts` are buttons and links; `isQuiet` when the server only corrects what is shown.
export function showAnswer({ nonce, look, word, who, more, acts, isQuiet = false }) {
  clearTimeout(leaving);
  current = nonce;
  box.className = `answer answer--${look}`;
  frame.className = look === "no" ? "frame" : "";
  frame.querySelector("svg").replaceWith(icon(ICONS[look]));
  byId("answer-word").textContent = word;
  byId("answer-who").textContent = who;
  byId("answer-more").replaceChildren(...more.filter(Boolean).flatMap((line) => [line, make("br")]).slice(0, -1));
  byId("answer-acts").replaceChildren(...acts);
  const hadFocus = under.contains(document.activeElement);
  show(box);
  under.inert = true;
  if (hadFocus) {
    acts[0]?.focus();
  }
  announce([word, who, ...more].filter(Boolean).join(". "));
  if (!isQuiet) {
    signal(look);
  }
  if (look === "yes") {
    leaving = setTimeout(hideAnswer, GREEN_MS);
  }
}

export function hideAnswer() {
  clearTimeout(leaving);
  if (box.hidden) {
    return;
  }
  const hadFocus = box.contains(document.activeElement);
  current = null;
  under.inert = false;
  show(box, false);
  if (hadFocus) {
    byId("finder").focus({ preventScroll: true });
  }
}

export function isAbout(nonce) {
  return current === nonce;
}

// A green answer waits for whoever goes for its buttons by keyboard.
box.addEventListener("keydown", () => clearTimeout(leaving));
box.addEventListener("click", (event) => {
  if (!event.target.closest("a, button")) {
    hideAnswer();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    hideAnswer();
  }
});
