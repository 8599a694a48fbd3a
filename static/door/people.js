// The list in memory: who stands behind a code, who is called so, who is in.

import { hashOf, isPrefix, isWhole, prefixOf } from "./codes.js";

const UNDECOMPOSED = { ł: "l", ø: "o", đ: "d", ß: "ss" };

export class People {
  #byId = new Map();
  #byHash = new Map();
  #byOldHash = new Map();
  #byPrefix = new Map();
  #words = new Map();

  get size() {
    return this.#byId.size;
  }

  // Takes over people as they are now; doing it twice is harmless.
  apply(people) {
    for (const person of people) {
      this.remove(person.id);
      if (person.state !== "gone") {
        this.#add(person);
      }
    }
  }

  clear() {
    for (const map of [this.#byId, this.#byHash, this.#byOldHash, this.#byPrefix, this.#words]) {
      map.clear();
    }
  }

  remove(id) {
    const person = this.#byId.get(id);
    if (!person) {
      return;
    }
    this.#byId.delete(id);
    this.#words.delete(id);
    person.codes.forEach((hash) => this.#byHash.delete(hash));
    person.old_codes.forEach((hash) => this.#byOldHash.delete(hash));
    person.prefixes.forEach((prefix) => this.#byPrefix.get(prefix)?.delete(id));
  }

  get(id) {
    return this.#byId.get(id);
  }

  // Returns whom a code belongs to, whether it is a replaced one, and its hash.
  async find(code) {
    if (isPrefix(code)) {
      const ids = this.#byPrefix.get(await prefixOf(code));
      const person = ids?.size === 1 ? this.#byId.get([...ids][0]) : undefined;
      return { person, isReplaced: false, hash: person?.codes[0] };
    }
    const hash = await hashOf(code);
    if (!isWhole(code)) {
      return { person: undefined, isReplaced: false, hash };
    }
    const id = this.#byHash.get(hash) ?? this.#byOldHash.get(hash);
    return { person: this.#byId.get(id), isReplaced: !this.#byHash.has(hash), hash };
  }

  // Returns who has words in their name or library that begin like these, without diacritics, in the list's order.
  search(query) {
    const wanted = fold(query).split(/\s+/).filter(Boolean);
    const hits = [];
    for (const [id, words] of this.#words) {
      if (wanted.every((word) => words.includes(` ${word}`))) {
        hits.push(this.#byId.get(id));
      }
    }
    return hits.sort((one, other) => one.list_name.localeCompare(other.list_name, "cs"));
  }

  organisations() {
    return new Set(Array.from(this.#byId.values(), (person) => person.organisation).filter(Boolean));
  }

  // Returns how many are in and how many are expected at a session.
  count(session, admits) {
    let present = 0;
    let expected = 0;
    for (const person of this.#byId.values()) {
      expected += person.state === "confirmed" && admits(person);
      present += isIn(person, session);
    }
    return { present, expected };
  }

  #add(person) {
    this.#byId.set(person.id, person);
    this.#words.set(person.id, ` ${fold(`${person.list_name} ${person.organisation ?? ""}`)}`);
    person.codes.forEach((hash) => this.#byHash.set(hash, person.id));
    person.old_codes.forEach((hash) => this.#byOldHash.set(hash, person.id));
    for (const prefix of person.prefixes) {
      this.#byPrefix.set(prefix, (this.#byPrefix.get(prefix) ?? new Set()).add(person.id));
    }
  }
}

// Returns the name as it is filed, without titles.
export function shortName(person) {
  return person.list_name.split(",")[0];
}

export function isIn(person, session) {
  const entry = person.in?.[session];
  return Boolean(entry && !entry.out);
}

// Writes what was just decided into the person, as the server will say it later.
export function mark(person, { kind, session, at, door }) {
  person.in ??= {};
  if (kind === "in") {
    person.in[session] = { at, door };
  } else if (kind === "out" && person.in[session]) {
    person.in[session].out = at;
  } else if (kind === "undo") {
    delete person.in[session];
  }
}

export function fold(text) {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[łøđß]/g, (letter) => UNDECOMPOSED[letter])
    .replace(/[-.,’']/g, " ");
}
