// The work at the door: every code, tap and walk-in is decided here at once, shown, kept and sent.

import { hideAnswer, showAnswer } from "./answer.js";
import { badgeAddress, leave } from "./api.js";
import * as clock from "./clock.js";
import { isWhole, isPrefix, normalise } from "./codes.js";
import { announce, button, byId, make, show } from "./dom.js";
import { startFinder } from "./finder.js";
import { follow, overlayQueue } from "./following.js";
import { drawHeader, drawStrip, showSession } from "./frame.js";
import * as log from "./log.js";
import { fillChoice, listPeople, open } from "./panels.js";
import { mark, People, shortName } from "./people.js";
import { listen } from "./reader.js";
import { endShift } from "./shell.js";
import * as store from "./store.js";
import { Sync } from "./sync.js";
import { judge, lookOf, sessionsOf } from "./verdicts.js";
import { describe, nameless } from "./wording.js";
import { say } from "./words.js";

const people = new People();
const finder = startFinder((text) => take(text));
let shift;
let sync;
let mine; // who stands behind each record of this shift
let goBack;

export async function openScanner(given, { onEnd }) {
  shift = given;
  goBack = onEnd;
  sync = new Sync(shift);
  sync.addEventListener("state", onState);
  mine = (await store.read("mine")) ?? {};
  follow({ shift, people, sync, mine, screen: { answer, draw, end } });
  if (shift.isOver) {
    drawOver();
    await sync.start();
    return;
  }
  clock.setOffset(shift.offset ?? 0);
  people.apply(await store.readPeople());
  await log.load();
  await overlayQueue();
  listenToPage();
  draw();
  openView("scan", { focuses: false });
  show(byId("sync"));
  await sync.start();
}

// A code, from the camera, a hand-held reader or fingers; `keys` is what a reader typed on an English keyboard.
async function take(text, keys) {
  if (!can("scan") || shift.session === null) {
    return; // the list is still on its way
  }
  let code = normalise(text);
  let match = await people.find(code);
  if (!match.person && keys) {
    const other = await people.find(normalise(keys));
    [code, match] = other.person ? [normalise(keys), other] : [code, match];
  }
  const { person, isReplaced, hash } = match;
  // Only what the list does not know travels as it is: the server may, of another event or of a minute ago.
  const isNews = !person && (isWhole(code) || isPrefix(code));
  const reference = isNews ? { token: code } : { hash };
  decide({ person, isReplaced, reference, source: "scan" });
}

function takePerson(person) {
  openView("scan");
  decide({ person, reference: { person: person.id }, source: "manual" });
}

function decide({ person, isReplaced = false, reference, source }) {
  const { session, ticketTypes } = shift;
  const kind = direction();
  const verdict = judge({ person, isReplaced, kind, session, ticketTypes });
  const entry = person?.in?.[session];
  keep({ ...newRecord(), ...reference, who: person?.id, kind, source, verdict }, person, entry && { ...entry });
}

function newRecord() {
  return {
    nonce: crypto.randomUUID(),
    event: shift.event.slug,
    session: shift.session,
    scanned_at: new Date().toISOString(),
  };
}

// Shows the answer, then writes everything down and sends it; the answer waits for neither.
async function keep(record, person, before) {
  const { nonce, verdict, session } = record;
  const at = clock.toServer(record.scanned_at);
  const isKnown = person && verdict !== "replaced";
  if (record.kind !== "undo") {
    answer(record, isKnown ? person : undefined, before);
    const name = isKnown ? shortName(person) : nameless(verdict);
    log.add({ nonce, at, name, verdict, person: record.who, session });
  }
  const isWritten = ["admitted", "out", "undo"].includes(verdict);
  if (isWritten) {
    mark(person, { kind: record.kind, session, at, door: shift.door.label });
  }
  mine[nonce] = { who: record.who };
  draw();
  await Promise.all([
    sync.keep(record),
    isWritten && store.writeChanges([person]),
    store.write("mine", mine),
  ]);
}

function answer({ nonce, verdict, session }, person, entry, { isQuiet = false } = {}) {
  const admitted = person ? sessionsOf(person, shift.ticketTypes) : [];
  const words = describe({
    verdict,
    person,
    ticketType: person && typeOf(person)?.title,
    sessions: shift.sessions.filter((each) => admitted.includes(each.id)).map((each) => each.title),
    since: entry?.at,
    door: entry?.door,
  });
  const look = lookOf(verdict);
  showAnswer({ nonce, look, ...words, acts: actsOf(look, { nonce, verdict, person, session }), isQuiet });
}

function actsOf(look, { nonce, verdict, person }) {
  const next = button(say("next"), hideAnswer);
  if (look === "no") {
    return can("search") ? [button(say("find"), () => openView("people", { filters: true })), next] : [next];
  }
  const acts = [next];
  if (verdict === "admitted" && can("undo")) {
    acts.push(button(say("undo"), () => takeBack(log.find(nonce))));
  }
  if (["admitted", "already_in"].includes(verdict) && typeof person?.id === "number" && sync.isOnline) {
    acts.push(make("a", { className: "acts__wide", href: badgeAddress(person.id), target: "_blank" }, say("badge")));
  }
  return acts;
}

function takeBack(row) {
  const person = people.get(row.person);
  if (!person || !can("undo")) {
    return;
  }
  hideAnswer();
  log.change(row.nonce, { verdict: "undo" });
  announce(say("undone", { name: person.name }));
  const record = { ...newRecord(), session: row.session, person: person.id, who: person.id };
  keep({ ...record, kind: "undo", source: "manual", verdict: "undo" }, person);
}

function writeWalkIn(form) {
  const { given_name, family_name, organisation, ticket_type: typeId } = Object.fromEntries(new FormData(form));
  const ticket_type = Number(typeId);
  const record = newRecord();
  const person = {
    id: `new:${record.nonce}`,
    codes: [],
    old_codes: [],
    prefixes: [],
    name: `${given_name} ${family_name}`,
    list_name: `${family_name} ${given_name}`,
    organisation,
    ticket_type,
    state: "confirmed",
    in: {},
  };
  people.apply([person]);
  form.reset();
  openView("scan");
  const walkIn = { walk_in: { given_name, family_name, organisation, ticket_type }, source: "walk_in" };
  keep({ ...record, ...walkIn, who: person.id, kind: "in", verdict: "admitted" }, person);
}

async function onState() {
  if (shift.isOver) {
    drawOver();
    if (!sync.waiting) {
      await finish();
    }
  } else if (clock.now() > new Date(shift.door.expires_at).getTime()) {
    await end("expired");
  } else {
    drawStrip(sync, shift);
  }
}

// Wipes the list; what has not been sent stays and is still tried, as long as the server takes it.
async function end(reason) {
  if (shift.isOver && reason !== "expired") {
    return;
  }
  finder.stop();
  hideAnswer();
  people.clear();
  const { door, event } = shift;
  Object.assign(shift, { isOver: reason });
  await store.wipe();
  if (reason === "expired") {
    await finish();
    return;
  }
  await store.write("shift", { door, event, isOver: reason });
  drawOver();
  await sync.flush();
}

async function finish() {
  sync.stop();
  if (shift.isOver === "over") {
    await leave().catch(() => {}); // without a signal the cookie stays until it expires
  }
  await store.wipe();
  await endShift();
  goBack(shift.isOver);
}

function drawOver() {
  for (const id of ["scan", "latest", "people", "walk-in", "settings", "sync", "count", "notices"]) {
    show(byId(id), false);
  }
  show(byId("over"));
  byId("over").textContent = say("over_waiting", { count: sync.waiting });
}

function listenToPage() {
  listen((text, keys) => take(text, keys));
  byId("find").addEventListener("submit", (event) => {
    event.preventDefault();
    seek(byId("query").value);
  });
  byId("filter").addEventListener("input", drawPeople);
  byId("walk-in-form").addEventListener("submit", (event) => {
    event.preventDefault();
    writeWalkIn(event.target);
  });
  byId("session").addEventListener("change", async ({ target }) => {
    shift.session = shift.sessions.find((each) => String(each.id) === target.value).id;
    draw();
    await saveShift();
  });
  byId("end").addEventListener("click", () => end("over"));
  for (const opener of document.querySelectorAll("[data-opens]")) {
    opener.addEventListener("click", () => openView(opener.dataset.opens));
  }
}

// What was typed is a code where the list knows it as one, or where it can be nothing else; otherwise a name.
async function seek(typed) {
  const code = normalise(typed);
  const isCode = Boolean((await people.find(code)).person) || isWhole(code) || (isPrefix(code) && /\d/.test(code));
  if (!typed.trim()) {
    return;
  }
  byId("query").value = "";
  if (isCode || !can("search")) {
    await take(typed);
  } else {
    byId("filter").value = typed;
    openView("people");
  }
}

function openView(name, { focuses = true, filters = false } = {}) {
  hideAnswer();
  finder.pause(name !== "scan");
  if (name === "people") {
    if (filters) {
      byId("filter").value = "";
    }
    drawPeople();
  } else if (name === "walk-in") {
    const here = shift.ticketTypes.filter((each) => each.sessions.includes(shift.session));
    const types = here.length ? here : shift.ticketTypes;
    fillChoice(byId("walk-in-ticket-type"), types.map((each) => [each.id, each.title]));
    byId("libraries").replaceChildren(...Array.from(people.organisations(), (each) => new Option(each)));
  } else if (name === "scan") {
    byId("filter").value = "";
  }
  open(name, { focuses });
  if (filters) {
    byId("filter").focus();
  } else if (name === "walk-in") {
    byId("walk-in-given").focus();
  }
}

function drawPeople() {
  const { session } = shift;
  listPeople(people.search(byId("filter").value), { session, choose: takePerson });
}

function draw() {
  if (shift.isOver) {
    return;
  }
  const admits = (person) => typeOf(person)?.sessions.includes(shift.session);
  drawHeader(shift, people.count(shift.session, admits));
  drawStrip(sync, shift);
  showSession(shift);
  show(byId("direction"), can("leave"));
  show(byId("add-walk-in"), can("walk_in"));
  show(byId("find"), can("search") || can("scan"));
  show(document.querySelector("#sync [data-opens=people]"), can("search"));
  log.draw(can("undo") ? takeBack : null);
  if (!byId("people").hidden) {
    drawPeople();
  }
}

function typeOf(person) {
  return shift.ticketTypes.find((each) => each.id === person.ticket_type);
}

function direction() {
  return can("leave") && document.querySelector("[name=direction]:checked").value === "out" ? "out" : "in";
}

function can(right) {
  return shift.door.rights.includes(right);
}

async function saveShift() {
  await store.write("shift", shift);
}
