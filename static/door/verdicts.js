// The decision at the door, on plain values; the same as the server's, which decides again when it hears of it.

import { isIn } from "./people.js";

// Kinds of answers: green lets in, amber asks to look, red refuses.
export const LOOKS = {
  admitted: "yes",
  out: "yes",
  already_in: "again",
  not_in: "again",
  waiting: "again",
};

export function lookOf(verdict) {
  return LOOKS[verdict] ?? "no";
}

export function judge({ person, isReplaced, kind, session, ticketTypes }) {
  if (!person) {
    return "unknown";
  }
  if (isReplaced) {
    return "replaced";
  }
  if (person.state === "cancelled" || person.state === "waiting") {
    return person.state;
  }
  if (!sessionsOf(person, ticketTypes).includes(session)) {
    return "wrong_session";
  }
  if (kind === "out") {
    return isIn(person, session) ? "out" : "not_in";
  }
  return isIn(person, session) ? "already_in" : "admitted";
}

// Returns the ids of the sessions a person's ticket type admits to.
export function sessionsOf(person, ticketTypes) {
  return ticketTypes.find((each) => each.id === person.ticket_type)?.sessions ?? [];
}
