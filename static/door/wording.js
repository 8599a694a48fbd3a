// What each verdict says: the word over the whole screen, the name under it, what helps, and the short form in the log.

import { say, showTime } from "./words.js";

// Returns word, who and more of an answer; `sessions` are the titles the ticket admits to.
export function describe({ verdict, person, ticketType = "", sessions = [], since, door }) {
  const name = person?.name ?? "";
  const about = [person?.organisation, ticketType];
  switch (verdict) {
    case "admitted":
      return { word: say("admitted"), who: name, more: about };
    case "out":
      return { word: say("out"), who: name, more: [person.organisation, say("out_more")] };
    case "already_in":
      return {
        word: since ? say("already_in", { time: showTime(since) }) : say("log_already_in"),
        who: name,
        more: [person?.organisation, door ? say("already_in_at_door", { door }) : say("already_in_once")],
      };
    case "not_in":
    case "waiting":
      return { word: say(verdict), who: name, more: [person?.organisation, say(`${verdict}_more`)] };
    case "wrong_session":
      return {
        word: say("wrong_session"),
        who: name,
        more: [ticketType, sessions.length ? say("wrong_session_more", { sessions: sessions.join(", ") }) : ""],
      };
    case "wrong_event":
      return { word: say("wrong_event"), who: say("wrong_event_who"), more: [] };
    case "cancelled":
      return { word: say("cancelled"), who: name, more: [person?.organisation, say("cancelled_more")] };
    case "revoked_door":
      return { word: say("revoked_door"), who: say("revoked_door_who"), more: [say("revoked_door_more")] };
    default: {
      const kind = verdict === "replaced" ? "replaced" : "unknown";
      return { word: say("invalid"), who: say(`${kind}_who`), more: [say(`${kind}_more`)] };
    }
  }
}

// Returns the state in the log: its colour and its word.
export function inLog(verdict) {
  const colour = { admitted: "ok", out: "ok", undo: "wait", already_in: "wait", not_in: "wait", waiting: "wait" };
  const isInvalid = verdict === "unknown" || verdict === "replaced";
  return [colour[verdict] ?? "no", say(isInvalid ? "log_refused" : `log_${verdict}`)];
}

// Returns what stands in the log where no name is known.
export function nameless(verdict) {
  return say(verdict === "replaced" ? "log_replaced" : "log_unknown");
}
