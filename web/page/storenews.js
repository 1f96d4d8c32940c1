// What happened between the store and the prefixes, worked out from answers that follow each other.

import { nameOf } from "./element.js";
import { isHeard, result } from "./store.js";
import { count } from "./text.js";

const done = { load: "loaded", verify: "verified", repair: "repaired" };

export class StoreNews {
  #follow = null;
  #seen = null; // the number of the newest sync that was told of; null before the first answer
  #running = new Set(); // numbers of syncs that have not ended

  constructor(news) {
    this.news = news;
  }

  // clear forgets all: another server counts anew.
  clear() {
    this.#follow = null;
    this.#seen = 0;
    this.#running.clear();
  }

  show({ begun, jobs, follow }) {
    for (const j of jobs.toReversed()) this.#job(j);
    this.#seen = begun;
    const before = this.#follow;
    this.#follow = follow;
    if (!follow.on) return;
    const tell = (kind, text) => this.news.tell(kind, text);
    if (!before?.on || isHeard(before) !== isHeard(follow)) {
      if (!isHeard(follow)) tell("bad", `Of the store, ${count(follow.connected)} of ${count(follow.primaries)} primaries are heard.`);
      else if (before) tell("good", "All of the store is heard.");
    }
    if (!before) return;
    if (follow.gaps > before.gaps) tell("warn", `gap: ${follow.last_gap}`);
    if (follow.dropped > before.dropped) tell("warn", `Events of the store were lost here: ${count(follow.dropped - before.dropped)}.`);
    if (before.catching_up && !follow.catching_up) tell("good", "The prefixes have caught up with the store.");
  }

  // job tells when a sync begins, and what has come of it. What had ended before the first answer is no news.
  #job(j) {
    const [running, known] = [j.state === "running", this.#running.has(j.job)];
    const isNew = this.#seen == null ? running : j.job > this.#seen;
    if (running) {
      if (isNew) this.news.tell("info", nameOf(j.prefix), ` ${j.mode} is under way.`);
      this.#running.add(j.job);
      return;
    }
    this.#running.delete(j.job);
    if (!known && !isNew) return;
    const whole = j.state === "done" && !j.unknown;
    const kind = j.state === "failed" ? "bad" : whole && (j.mode === "load" || !j.left) ? "good" : "warn";
    this.news.tell(kind, nameOf(j.prefix), ` ${j.state === "done" ? `${done[j.mode]}:` : j.mode} `, result(j));
  }
}
