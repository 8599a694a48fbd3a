// What takes the place of the viewfinder for a while: the list, the form for a walk-in, the settings.

import { button, byId, make, show, state } from "./dom.js";
import { isIn } from "./people.js";
import { say, showTime } from "./words.js";

const PANELS = ["people", "walk-in", "settings"];
const SHOWN = 100; // people at once; nobody reads more on a phone

// Shows one of the panels, or `scan`. Returns what is shown.
export function open(name, { focuses = true } = {}) {
  const isScan = !PANELS.includes(name);
  show(byId("scan"), isScan);
  show(byId("latest"), isScan);
  for (const panel of PANELS) {
    show(byId(panel), panel === name);
  }
  if (focuses) {
    (isScan ? byId("finder") : byId(name).querySelector("h2")).focus({ preventScroll: true });
  }
  return name;
}

// Lists people with what is known of them; a tap chooses one.
export function listPeople(people, { session, choose }) {
  byId("people-count").textContent = people.length ? say("people_found", { count: people.length }) : say("nobody_found");
  const rows = people.slice(0, SHOWN).map((person) => {
    const row = button("", () => choose(person), "door__person");
    row.append(make("b", {}, person.list_name), stateOf(person, session), make("small", {}, person.organisation ?? ""));
    return make("li", {}, row);
  });
  if (people.length > SHOWN) {
    rows.push(make("li", { className: "small soft" }, say("more_people")));
  }
  byId("people-list").replaceChildren(...rows);
}

export function fillChoice(select, options, chosen) {
  select.replaceChildren(...options.map(([value, words]) => new Option(words, value, false, String(value) === chosen)));
}

function stateOf(person, session) {
  if (person.state === "cancelled") {
    return state("no", say("log_cancelled"));
  }
  if (person.state === "waiting") {
    return state("wait", say("log_waiting"));
  }
  if (isIn(person, session)) {
    return state("ok", showTime(person.in[session].at));
  }
  return make("span", { className: "soft" }, say(person.in?.[session] ? "log_out" : "not_yet"));
}
