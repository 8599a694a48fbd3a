// Carries records to the server and its changes back: after each scan, when a signal or the page comes back, every five
// seconds, at the start. There is no switch; a record stays until the server has acknowledged its nonce.

import * as api from "./api.js";
import * as clock from "./clock.js";
import * as store from "./store.js";

const BATCH = 200;
const BEAT_MS = 5_000;
const REST_MS = 15_000; // between two questions when there is nothing to send

export class Sync extends EventTarget {
  isOnline = navigator.onLine;
  waiting = 0;
  heldBack = 0; // records the server cannot take; they are kept for a person to look at
  #shift;
  #running = null;
  #isAskedAgain = false;
  #askedAt = -Infinity;
  #timer;

  constructor(shift) {
    super();
    this.#shift = shift;
  }

  start() {
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    addEventListener("online", this.#wake);
    addEventListener("offline", this.#sleep);
    document.addEventListener("visibilitychange", this.#wake);
    return this.flush({ asks: true });
  }

  stop() {
    clearInterval(this.#timer);
    removeEventListener("online", this.#wake);
    removeEventListener("offline", this.#sleep);
    document.removeEventListener("visibilitychange", this.#wake);
  }

  // Keeps a record, then sends it; from here on it counts as waiting.
  async keep(record) {
    this.waiting += 1;
    this.dispatchEvent(new CustomEvent("state"));
    await store.enqueue(record);
    return this.flush();
  }

  // Sends what waits; a call while one runs makes that one go round again.
  flush({ asks = false } = {}) {
    this.#isAskedAgain ||= asks;
    this.#running = this.#running ? this.#running.then(() => this.#round()) : this.#round();
    const mine = this.#running;
    mine.finally(() => {
      this.#running = this.#running === mine ? null : this.#running;
    });
    return mine;
  }

  #wake = () => {
    if (!document.hidden) {
      this.flush({ asks: true });
    }
  };

  #sleep = () => {
    this.isOnline = false;
    this.dispatchEvent(new CustomEvent("state"));
  };

  #beat() {
    if (!this.#running) {
      this.flush({ asks: performance.now() - this.#askedAt > REST_MS });
    }
  }

  async #round() {
    try {
      let records;
      while ((records = this.#nextOf(await this.#count())).length) {
        await this.#send(records);
        this.isOnline = true;
      }
      if (this.#isAskedAgain) {
        await this.#ask();
        this.isOnline = true;
      }
    } catch (error) {
      this.#hear(error);
    }
    await this.#count();
    this.dispatchEvent(new CustomEvent("state"));
  }

  // Returns what is to be sent, and counts it. Records of another event wait for a pairing with that one.
  async #count() {
    const records = (await store.queued()).filter((record) => record.event === this.#shift.event.slug);
    this.heldBack = records.filter((record) => record.problem).length;
    this.waiting = records.length - this.heldBack;
    return records.filter((record) => !record.problem);
  }

  // Returns the first records that can go together, in the order they were made: scans, or one walk-in.
  #nextOf(records) {
    const walkIn = records.findIndex((record) => record.walk_in);
    return walkIn === 0 ? records.slice(0, 1) : records.slice(0, Math.min(BATCH, walkIn < 0 ? BATCH : walkIn));
  }

  async #send(records) {
    try {
      await (records[0].walk_in ? this.#sendWalkIn(records[0]) : this.#sendScans(records));
    } catch (error) {
      if (!isAboutContent(error)) {
        throw error;
      }
      await this.#isolate(records, error);
    }
  }

  async #sendScans(records) {
    const answer = await this.#post(records.map(asScan));
    await store.acknowledge(records);
    this.dispatchEvent(new CustomEvent("results", { detail: { records, results: answer.results ?? [] } }));
    this.#correct(answer);
  }

  async #sendWalkIn(record) {
    const { nonce, session, scanned_at, walk_in } = record;
    const answer = await api.sendWalkIn({ nonce, session, scanned_at, now: phoneTime(), ...walk_in });
    if (!answer.person) {
      // This phone's access was taken away; an organizer decides whether they come in.
      await store.acknowledge([record]);
      this.dispatchEvent(new CustomEvent("results", { detail: { records: [record], results: [answer] } }));
      return;
    }
    await this.#rename(`new:${nonce}`, answer.person.id);
    await store.acknowledge([record]);
    this.dispatchEvent(new CustomEvent("written", { detail: { record, ...answer } }));
  }

  // What was scanned of a walk-in while they had no number of their own gets it now.
  async #rename(from, to) {
    const records = (await store.queued()).filter((record) => record.who === from && !record.walk_in);
    await store.rewrite(records.map((record) => ({ ...record, person: to, who: to })));
  }

  // One record that the server cannot read must not hold up the others.
  async #isolate(records, error) {
    if (records.length > 1) {
      for (const record of records) {
        await this.#send([record]);
      }
      return;
    }
    await store.rewrite([{ ...records[0], problem: error.message }]);
    this.dispatchEvent(new CustomEvent("problem", { detail: { record: records[0], message: error.message } }));
  }

  // Tells how this phone is, and fetches what has changed.
  async #ask() {
    this.#isAskedAgain = false;
    this.#askedAt = performance.now();
    this.#correct(await this.#post([]));
    if (!this.#shift.isOver) {
      const answer = await api.fetchList(this.#shift.cursor);
      this.#setClock(answer);
      this.dispatchEvent(new CustomEvent("list", { detail: answer }));
      this.#correct(answer);
    }
  }

  async #post(scans) {
    const listAge = this.#shift.listedAt ? Math.max(0, Math.round((clock.now() - this.#shift.listedAt) / 1000)) : 0;
    const answer = await api.sendScans({ now: phoneTime(), list_age_s: listAge, waiting: this.waiting, scans });
    this.#setClock(answer);
    return answer;
  }

  #setClock(answer) {
    if (answer.now) {
      clock.setOffset(new Date(answer.now).getTime() - Date.now());
    }
  }

  #correct(answer) {
    if (answer.corrections?.length) {
      this.dispatchEvent(new CustomEvent("corrections", { detail: answer.corrections }));
    }
  }

  #hear(error) {
    if (!(error instanceof api.Refused)) {
      this.isOnline = false;
    } else if (error.status === 401) {
      this.dispatchEvent(new CustomEvent("unpaired"));
    } else if (error.isRevocation) {
      this.dispatchEvent(new CustomEvent("revoked"));
    } else {
      this.isOnline = false; // busy or down: it is tried again
    }
  }
}

function phoneTime() {
  return new Date().toISOString();
}

function asScan({ nonce, token, hash, person, session, kind, source, scanned_at }) {
  return { nonce, token, hash, person, session, kind, source, scanned_at };
}

function isAboutContent(error) {
  return error instanceof api.Refused && !error.isPassing && !error.isRevocation && error.status !== 401;
}
