// The smaller tables: who is at work, and with which commands.

import { byID, make, nameOf, put } from "./element.js";
import { count, duration, short } from "./text.js";

// A Table keeps its rows: only the text that differs is written. A column with a name is
// somebody's input, and one with a share has a bar.
export class Table {
  constructor(table, caption, columns, empty) {
    this.columns = columns;
    this.body = make("tbody");
    this.empty = empty;
    table.append(
      make("caption", { class: "unseen" }, caption),
      make("thead", {}, make("tr", {}, ...columns.map(({ title, text }) => make("th", { scope: "col", class: text && "number" }, title)))),
      this.body);
  }

  show(rows) {
    this.body.querySelector(".empty")?.remove();
    while (this.body.children.length > rows.length) this.body.lastChild.remove();
    rows.forEach((row, i) => {
      const line = this.body.children[i] ?? this.body.appendChild(make("tr", {}, ...this.columns.map(cell)));
      this.columns.forEach(({ text, name, share }, k) => {
        const parts = line.children[k];
        if (share) parts.firstChild.firstChild.style.width = `${100 * share(row)}%`;
        put(share ? parts.lastChild : text ? parts : parts.firstChild, (text ?? name)(row));
      });
    });
    if (!rows.length) this.body.append(make("tr", { class: "empty" }, make("td", { colspan: this.columns.length, class: "dim" }, this.empty)));
  }
}

// cell is one whose text is still to come.
function cell({ text, share }) {
  const inside = share ? [make("span", { class: "meter" }, make("i")), make("span", { class: "share-text" })] : text ? [] : [nameOf("")];
  return make("td", { class: text && "number" }, ...inside);
}

export class Clients {
  #before = new Map();

  constructor() {
    this.table = new Table(byID("clients"), "Clients, the most recently active first", [
      { title: "Client", name: (c) => c.name || c.address },
      { title: "Library", name: (c) => c.library || "–" },
      { title: "Last command", name: (c) => c.command || "–" },
      { title: "Commands/s", text: (c) => short(c.speed) },
      { title: "Idle", text: (c) => duration(c.idle_seconds) },
    ], "Nobody is connected.");
  }

  show(answer, at) {
    const before = this.#before;
    this.#before = new Map(answer.clients.map((c) => [c.id, { at, commands: c.commands }]));
    const rows = answer.clients.map((c) => {
      const last = before.get(c.id);
      return { ...c, speed: last && at > last.at ? (c.commands - last.commands) / (at - last.at) : null };
    });
    this.table.show(rows);
    put(byID("clients-more"), answer.connected > rows.length ? `${count(rows.length)} of ${count(answer.connected)}` : "");
  }
}

export class Commands {
  #before = null;

  constructor() {
    this.table = new Table(byID("commands"), "Commands by how often they are called", [
      { title: "Command", name: (c) => c.name },
      { title: "Calls/s", text: (c) => short(c.speed) },
      { title: "Time each", text: (c) => (c.calls ? microseconds(c.seconds / c.calls) : "–") },
      { title: "Calls", text: (c) => short(c.calls) },
      { title: "Failed", text: (c) => short(c.failures) },
    ], "No command was called yet.");
  }

  show(commands, at) {
    const before = this.#before;
    this.#before = { at, calls: new Map(commands.map((c) => [c.name, c.calls])) };
    const time = before && at - before.at;
    const rows = commands.map((c) => ({ ...c, speed: time > 0 ? (c.calls - (before.calls.get(c.name) ?? 0)) / time : null }));
    rows.sort((a, b) => (b.speed ?? 0) - (a.speed ?? 0) || b.calls - a.calls);
    this.table.show(rows.slice(0, 12).map((c) => ({ ...c, name: c.name.toUpperCase() })));
  }
}

const microseconds = (seconds) => (seconds < 1e-3 ? `${(seconds * 1e6).toFixed(1)} µs` : `${(seconds * 1e3).toFixed(1)} ms`);
