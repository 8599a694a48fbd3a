// Follows the server: its list, what it says of records it has taken, and what it corrects later.

import * as clock from "./clock.js";
import { isAbout } from "./answer.js";
import { chooseSession } from "./frame.js";
import * as log from "./log.js";
import { addNotice } from "./notices.js";
import { mark, shortName } from "./people.js";
import * as store from "./store.js";
import { lookOf } from "./verdicts.js";
import { inLog } from "./wording.js";
import { say, showTime } from "./words.js";

let shift;
let people;
let sync;
let mine; // who stands behind each record of this shift, for corrections that come later
let screen; // what shows it: { answer, draw, end }

export function follow(given) {
  ({ shift, people, sync, mine, screen } = given);
  sync.addEventListener("list", ({ detail }) => onList(detail));
  sync.addEventListener("results", ({ detail }) => onResults(detail));
  sync.addEventListener("written", ({ detail }) => onWritten(detail));
  sync.addEventListener("corrections", ({ detail }) => detail.forEach(onCorrection));
  sync.addEventListener("problem", ({ detail }) => onProblem(detail));
  sync.addEventListener("revoked", () => screen.end("revoked"));
  sync.addEventListener("unpaired", () => screen.end("expired"));
}

// What the server says of records it has taken. Where it knows better, the answer and the log follow it.
async function onResults({ records, results }) {
  const byNonce = new Map(records.map((record) => [record.nonce, record]));
  for (const result of results) {
    const record = byNonce.get(result.nonce);
    if (result.verdict === "revoked_door") {
      screen.end("revoked");
      return;
    }
    const isOther = record.kind === "in" ? result.verdict !== record.verdict : lookOf(result.verdict) === "no";
    if (isOther) {
      await correct(record, result);
    }
  }
  screen.draw();
}

async function correct(record, { verdict, since, door, person: id }) {
  if (id && !people.get(id)) {
    await sync.flush({ asks: true }); // somebody who has signed up a minute ago
  }
  const person = people.get(id ?? record.who);
  if (person) {
    followServer(person, record, { verdict, since, door });
    await store.writeChanges([person]);
  }
  log.change(record.nonce, { verdict, ...(person && { name: shortName(person), person: person.id }) });
  mine[record.nonce] = { who: person?.id, verdict };
  if (isAbout(record.nonce)) {
    screen.answer({ ...record, verdict }, person, { at: since, door });
  } else if (lookOf(verdict) !== lookOf(record.verdict)) {
    notify(person, { verdict, since, door });
  }
}

function followServer(person, { kind, session, scanned_at }, { verdict, since, door }) {
  if (verdict === "already_in") {
    mark(person, { kind: "in", session, at: since, door });
  } else if (verdict === "admitted") {
    mark(person, { kind, session, at: clock.toServer(scanned_at), door: shift.door.label });
  } else {
    mark(person, { kind: "undo", session });
  }
}

// Another door was first, by the time on the server's clock; this one has to hear of it.
function onCorrection({ nonce, verdict, since, door }) {
  const known = mine[nonce];
  if (!known || known.verdict === verdict) {
    return;
  }
  mine[nonce] = { ...known, verdict };
  store.write("mine", mine);
  log.change(nonce, { verdict });
  notify(people.get(known.who), { verdict, since, door });
  screen.draw();
}

function notify(person, { verdict, since, door }) {
  const name = person?.name ?? say("log_unknown");
  if (verdict === "already_in" && since) {
    addNotice(say("correction_already_in", { name, time: showTime(since), door: door ?? "" }), "again");
  } else if (lookOf(verdict) === "yes") {
    addNotice(say("correction_admitted", { name }), "yes");
  } else {
    addNotice(say("correction_refused", { name, verdict: inLog(verdict)[1] }), "no");
  }
}

// A walk-in has become a registration with a number of its own.
async function onWritten({ record, person, verdict }) {
  const local = people.get(record.who);
  people.remove(record.who);
  await store.removeChange(record.who);
  await takeOver([{ ...person, in: { ...local?.in, ...person.in } }]);
  log.change(record.nonce, { person: person.id });
  mine[record.nonce] = { who: person.id };
  await store.write("mine", mine);
  if (verdict !== "admitted" && verdict !== "already_in") {
    notify(person, { verdict });
  } else if (isAbout(record.nonce)) {
    screen.answer({ ...record, verdict: "admitted" }, people.get(person.id), undefined, { isQuiet: true });
  }
  screen.draw();
}

function onProblem({ record, message }) {
  if (record.walk_in) {
    const { given_name, family_name } = record.walk_in;
    addNotice(say("correction_walk_in", { name: `${given_name} ${family_name}`, message }), "no");
  }
}

async function onList(answer) {
  if (answer.is_full) {
    people.clear();
    people.apply(answer.people);
    await store.writeList(answer.people);
  } else {
    await takeOver(answer.people);
  }
  await overlayQueue();
  Object.assign(shift, {
    door: answer.door,
    event: answer.event,
    sessions: answer.sessions,
    ticketTypes: answer.ticket_types,
    cursor: answer.cursor,
    listedAt: new Date(answer.now).getTime(),
    offset: clock.now() - Date.now(),
  });
  if (!shift.sessions.some((each) => each.id === shift.session)) {
    shift.session = chooseSession(shift.sessions);
  }
  await store.write("shift", shift);
  screen.draw();
}

async function takeOver(changed) {
  people.apply(changed);
  await store.writeChanges(changed);
}

// What has not been sent is not in the server's list yet, but has happened.
export async function overlayQueue() {
  for (const record of await store.queued()) {
    const person = people.get(record.who);
    if (person && ["admitted", "out", "undo"].includes(record.verdict)) {
      const at = clock.toServer(record.scanned_at);
      mark(person, { kind: record.kind, session: record.session, at, door: shift.door.label });
    }
  }
}
