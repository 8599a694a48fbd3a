// The last people at this door, with the way back. It outlives the page, and ends with the shift.

import { button, byId, make, state } from "./dom.js";
import * as store from "./store.js";
import { inLog } from "./wording.js";
import { say, showTime } from "./words.js";

const LENGTH = 20;

const box = byId("log");
let rows = [];

export async function load() {
  rows = (await store.read("log")) ?? [];
}

// A row is {nonce, at, name, verdict, person, session, kind}; `at` in the server's time.
export function add(row) {
  rows = [row, ...rows].slice(0, LENGTH);
  store.write("log", rows);
}

export function find(nonce) {
  return rows.find((row) => row.nonce === nonce);
}

export function change(nonce, changes) {
  rows = rows.map((row) => (row.nonce === nonce ? { ...row, ...changes } : row));
  store.write("log", rows);
}

// Draws the list; `undo` is given where this door may take back.
export function draw(undo) {
  box.replaceChildren(
    ...rows.map((row, at) => {
      const line = make(
        "li",
        {},
        make("span", {}, showTime(row.at)),
        make("b", {}, row.name),
        state(...inLog(row.verdict)),
      );
      if (undo && canUndo(row, at)) {
        const back = button(say("undo"), () => undo(row), "plain");
        back.setAttribute("aria-label", say("undo_of", { name: row.name }));
        line.append(back);
      }
      return line;
    }),
  );
}

// Only what nothing has followed can be taken back.
function canUndo(row, at) {
  const isLast = !rows.slice(0, at).some((other) => other.person === row.person && other.session === row.session);
  return row.verdict === "admitted" && isLast;
}
