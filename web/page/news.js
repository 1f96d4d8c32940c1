// What happened, worked out from answers that follow each other. The server keeps no list of it.

import { byID, make, mark, nameOf } from "./element.js";
import { isFull } from "./rates.js";
import { bytes, clock, count } from "./text.js";
import { pageSize } from "./view.js";

const longest = 200; // lines
const nearly = 0.95; // of the memory limit

export class News {
  #state = null;
  #rows = new Map();
  #page = null;
  #connection = null;
  #warned = new Map(); // prefixes, and when

  constructor() {
    this.list = byID("news");
    this.tell("info", "Watching begins.");
  }

  // tell puts a line on top: its kind, then texts and elements.
  tell(kind, ...parts) {
    const line = make("li", { "data-kind": kind }, make("time", {}, clock(Date.now() / 1000)), make("span", {}, ...parts));
    this.list.prepend(line);
    byID("latest").replaceChildren(...line.cloneNode(true).childNodes);
    mark(byID("latest"), "data-kind", kind);
    while (this.list.children.length > longest) this.list.lastChild.remove();
  }

  connection(how) {
    const before = this.#connection;
    if (how === "paused") return;
    this.#connection = how;
    if (how === "lost" && before === "live") this.tell("bad", "The connection to the server is lost.");
    if (how === "live" && before === "lost") this.tell("good", "The connection is back.");
  }

  state(state) {
    const before = this.#state;
    this.#state = state;
    if (!before) {
      if (!state.ready) this.tell("bad", `The server is not ready: ${state.reason}`);
      return;
    }
    if (before.run_id !== state.run_id) {
      this.tell("warn", "The server has been restarted.");
      this.#forget();
      this.#page = null;
      return;
    }
    if (before.ready !== state.ready) this.tell(state.ready ? "good" : "bad", state.ready ? "The server is ready." : `The server is not ready: ${state.reason}`);
    const [was, is] = [before.journal, state.journal];
    if (was.refusing !== is.refusing) this.tell(is.refusing ? "bad" : "good", is.refusing ? `The log refuses changes${is.failure ? `: ${is.failure}` : "."}` : "The log takes changes again.");
    if (was.rewriting !== is.rewriting) this.tell("info", is.rewriting ? "The log gets a new base." : `The log has its new base, ${bytes(is.base_bytes)}.`);
    if (was.backup !== is.backup) this.tell("info", is.backup ? "A backup is being written." : "The backup has ended.");
    const limit = state.memory.limit;
    if (limit && before.memory.trackers < nearly * limit && state.memory.trackers >= nearly * limit) this.tell("warn", "The memory of trackers is nearly used up.");
  }

  // prefixes compares the rows of two answers to the same question, asked is that question.
  prefixes(page, asked) {
    const before = this.#page?.asked === asked ? this.#page : null;
    const whole = page.offset === 0 && page.matched <= pageSize;
    for (const row of page.prefixes) {
      // Only where all are shown is one that appears new, and one that is missing gone.
      if (before?.whole && !before.names.has(row.id)) this.tell("info", nameOf(row.name), " was made.");
      this.row(row);
    }
    if (before?.whole && whole) {
      const now = new Set(page.prefixes.map((row) => row.id));
      for (const [id, name] of before.names) if (!now.has(id)) this.#dropped(id, name);
    } else if (before && before.total !== page.total) {
      const more = page.total - before.total;
      this.tell("info", `${count(Math.abs(more))} ${Math.abs(more) === 1 ? "prefix" : "prefixes"} ${more > 0 ? "more" : "fewer"} than a moment ago.`);
    }
    this.#page = { asked, whole, total: page.total, names: new Map(page.prefixes.map((row) => [row.id, row.name])) };
  }

  #dropped(id, name) {
    this.#rows.delete(id);
    this.#warned.delete(id);
    this.tell("info", nameOf(name), " was dropped.");
  }

  #forget() {
    this.#rows.clear();
    this.#warned.clear();
  }

  // row compares what is said of one prefix with what was said of it before.
  row(row) {
    const before = this.#rows.get(row.id);
    if (this.#rows.size > 1000) this.#forget(); // who turns pages for hours
    this.#rows.set(row.id, row);
    if (!before || before === row) return;
    const say = (kind, text) => this.tell(kind, nameOf(row.name), text);
    if (before.created_at !== row.created_at) say("info", " was dropped and made anew.");
    else if (before.count > 0 && row.count === 0) say("info", " is empty.");
    if (before.max_id != null && !isFull(before) && isFull(row)) say("good", " is full.");
    if (isFull(before) && row.free > 0) say("info", ` is no longer full: ${count(row.free)} free.`);
    if (before.leases_expired < row.leases_expired) say("warn", `: ${count(row.leases_expired - before.leases_expired)} more leases have run out, with what was not settled given back.`);
    if (before.deleter !== row.deleter) say("info", row.deleter ? " has somebody who deletes." : "'s delete iterator has ended.");
    if (before.out_of_range < row.out_of_range && this.#dueAgain(row.id)) say("warn", ` was asked for IDs over its bound, ${count(row.out_of_range)} by now.`);
  }

  // dueAgain lets a line about IDs over the bound pass once a minute for a prefix.
  #dueAgain(id) {
    const now = performance.now();
    if (now - (this.#warned.get(id) ?? -Infinity) < 60_000) return false;
    this.#warned.set(id, now);
    return true;
  }
}
