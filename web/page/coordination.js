// Who has IDs of the open prefix in hand, and which passes over it go on. Both are there only while there are any.

import { make, put } from "./element.js";
import { Table } from "./tables.js";
import { count, duration, percent } from "./text.js";

export class Coordination {
  constructor() {
    this.leases = new Part("leases", "Leases", [
      { title: "Client", name: (l) => l.name || `client ${l.client}` },
      { title: "Kind", name: (l) => l.kind },
      { title: "In flight", text: (l) => count(l.outstanding) },
      { title: "Runs out in", text: (l) => duration(l.ttl_seconds) },
      { title: "Age", text: (l) => duration(l.age_seconds) },
    ]);
    this.cursors = new Part("cursors", "Shared cursors", [
      { title: "Cursor", name: (c) => c.name },
      { title: "Done", share: (c) => c.progress, text: (c) => percent(c.progress, 1) },
      { title: "Handed out", text: (c) => count(c.issued) },
      { title: "Outstanding", text: (c) => count(c.outstanding) },
      { title: "Passes", text: (c) => (c.loop ? count(c.loops) : "one") },
    ]);
    this.elements = [this.leases.box, this.cursors.box];
  }

  showLeases({ open, leases }) {
    // Those that run out first come first: they are who has gone.
    this.leases.show(open, leases.toSorted((a, b) => a.ttl_seconds - b.ttl_seconds || (a.token < b.token ? -1 : 1)));
  }

  showCursors({ open, cursors }) {
    this.cursors.show(open, cursors);
  }

  clear() {
    for (const part of [this.leases, this.cursors]) part.show(0, []);
  }
}

// A Part is a table under its title.
class Part {
  constructor(id, title, columns) {
    this.more = make("span", { class: "dim" });
    const table = make("table", { id });
    this.table = new Table(table, title, columns, "");
    this.box = make("section", { class: "part", "aria-labelledby": `${id}-title`, hidden: true },
      make("div", { class: "panel-head" }, make("h3", { id: `${id}-title` }, title), this.more),
      make("div", { class: "scroll", role: "group", "aria-labelledby": `${id}-title`, tabindex: "0" }, table));
  }

  show(open, rows) {
    this.box.hidden = rows.length === 0;
    this.table.show(rows);
    put(this.more, open > rows.length ? `${count(rows.length)} of ${count(open)}` : "");
  }
}
