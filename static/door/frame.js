// What stands around the viewfinder: the part of the programme and its count above, what waits and how old the list is below.

import * as clock from "./clock.js";
import { byId, show, state } from "./dom.js";
import { fillChoice } from "./panels.js";
import { say, showTime } from "./words.js";

const day = new Intl.DateTimeFormat(document.documentElement.lang, {
  weekday: "short",
  day: "numeric",
  month: "numeric",
  year: "numeric",
  timeZone: "UTC",
});

// As sessions are written, so that texts can be compared: 2025-03-26 08:47.
const wallClock = new Intl.DateTimeFormat("sv", {
  dateStyle: "short",
  timeStyle: "short",
  timeZone: document.body.dataset.zone,
});

export function drawHeader(shift, { present, expected }) {
  const session = shift.sessions.find((each) => each.id === shift.session);
  byId("title").textContent = session?.title ?? shift.event.title;
  byId("subtitle").textContent = session ? [showDay(session.day), session.place].filter(Boolean).join(", ") : "";
  const [number, words] = byId("count").children;
  number.textContent = present;
  words.textContent = say("present_of", { expected });
  show(byId("count"), Boolean(session));
  byId("progress").firstElementChild.setAttribute("width", expected ? Math.min(100, (100 * present) / expected) : 0);
}

export function drawStrip(sync, shift) {
  const { waiting, isOnline, heldBack } = sync;
  let line = state("ok", say("all_sent"));
  if (heldBack) {
    line = state("no", say("held_back", { count: heldBack }));
  } else if (!isOnline) {
    line = state("wait", waiting ? say("no_signal_waiting", { count: waiting }) : say("no_signal"));
  } else if (waiting) {
    line = state("wait", say("waiting_to_send", { count: waiting }));
  }
  const box = byId("sync-state");
  if (box.textContent !== line.textContent) {
    line.id = box.id;
    box.replaceWith(line);
  }
  byId("list-age").textContent = shift.listedAt ? say("list_of", { time: showTime(shift.listedAt) }) : "";
}

export function showSession(shift) {
  fillChoice(byId("session"), shift.sessions.map((each) => [each.id, `${showDay(each.day)}: ${each.title}`]), String(shift.session));
  byId("door-facts").textContent = `${shift.event.title}. ${shift.door.label}.`;
}

// Returns the session that is on, else the next one, else the last; a room comes before a video meeting.
export function chooseSession(sessions) {
  const now = wallClock.format(clock.now());
  const rooms = sessions.filter((each) => !each.is_online);
  const candidates = (rooms.length ? [...rooms] : [...sessions]).sort((one, other) => (endOf(one) < endOf(other) ? -1 : 1));
  const chosen = candidates.find((each) => endOf(each) >= now) ?? candidates.at(-1);
  return chosen?.id ?? null;
}

function endOf(session) {
  return `${session.day} ${session.end}`;
}

function showDay(date) {
  return day.format(new Date(`${date}T12:00:00Z`));
}
