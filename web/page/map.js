// The occupancy map of a prefix: a grid of cells, each some IDs in a row, to be read and entered with
// a pointer or the keyboard. It is told what to draw and tells which range is wanted.

import { make, mark, put } from "./element.js";
import { Grid, cellsFor } from "./grid.js";
import { Palette, axisFor, drawLegend, paint } from "./paint.js";
import { around, same } from "./ranges.js";
import { count, inFlight, percent } from "./text.js";

const clickZoom = 20; // how much smaller a range a click enters
const wheelZoom = 1.6;

// flyingIn is how many IDs of some cells are in flight; without "flight" none is.
function flyingIn(map, from, to) {
  let n = 0;
  for (let cell = from; map.flight && cell <= to; cell++) n += map.flight[cell];
  return n;
}

const key = (name) => make("kbd", {}, name);

export class OccupancyMap {
  #map = null;
  #grid = null;
  #palette = null;
  #cursor = null; // the cell that arrows move
  #under = null; // the cell under the pointer
  #drag = null;
  #changed = [];

  // wanted is called with a range to enter, or with null to go back.
  constructor(wanted) {
    this.wanted = wanted;
    this.canvas = make("canvas", {
      id: "map", tabindex: "0", role: "application", "aria-roledescription": "occupancy map", "aria-describedby": "map-keys map-read",
    });
    this.box = make("div", { class: "map-box" }, this.canvas);
    this.read = make("p", { id: "map-read", class: "read" }, " ");
    this.said = make("p", { id: "map-said", class: "unseen", role: "status", "aria-live": "polite" });
    this.legend = make("canvas", { class: "shades", "aria-hidden": "true" });
    this.fullKey = make("i", { class: "key" });
    this.elements = [
      this.box,
      this.read,
      this.said,
      make("div", { class: "legend" },
        make("span", {}, make("i", { class: "key free" }), "free"),
        make("span", {}, "few ", this.legend, " most"),
        make("span", {}, this.fullKey, "full"),
        make("span", {}, make("i", { class: "key flight" }), "some in flight"),
        make("span", {}, make("i", { class: "key changed" }), "changed just now")),
      make("p", { id: "map-keys", class: "keys dim" },
        make("span", { class: "for-fingers" }, "Touch a cell to read it, and again to enter it."),
        make("span", { class: "for-keys" }, "Click or drag to enter a range, ", key("Esc"), " to go back. Keys: arrows, ", key("Enter"), ", ", key("+"), " ", key("−"), ", ",
          key("PgUp"), " ", key("PgDn"), "; ", key("Ctrl"), " with the wheel.")),
    ];
    this.#listen();
    new ResizeObserver(() => this.#lay()).observe(this.box);
    addEventListener("themechange", () => this.#recolour());
  }

  // most is how many cells there is room for.
  get most() {
    return cellsFor(this.box.clientWidth || innerWidth);
  }

  // waiting dims the map until that of the new range is there.
  waiting() {
    this.box.classList.add("waiting");
  }

  clear() {
    [this.#map, this.#grid, this.#cursor, this.#under, this.#changed] = [null, null, null, null, []];
    put(this.read, " ");
    put(this.said, "");
    this.waiting();
  }

  show(map, whole) {
    const before = this.#map;
    this.whole = whole;
    this.#map = map;
    const stays = before && before.id === map.id && same(before, map) && before.cell === map.cell;
    this.#changed = stays ? map.cells.flatMap((n, cell) => (n === before.cells[cell] && flyingIn(map, cell, cell) === flyingIn(before, cell, cell) ? [] : [cell])) : [];
    if (!stays) {
      [this.#under, this.#drag] = [null, null];
      if (this.#cursor != null) {
        this.#cursor = this.#cellOf(this.centre ?? map.min);
        this.#say();
      }
    }
    this.box.classList.remove("waiting");
    mark(this.canvas, "aria-label", `Occupancy map of ${map.prefix}, IDs ${count(map.min)} to ${count(map.max - 1)}, ${count(map.cells.length)} cells of ${count(map.cell)}: ${count(map.count)} exist${inFlight(flyingIn(map, 0, map.cells.length - 1))}`);
    this.#lay();
  }

  #lay() {
    if (!this.#map || !this.box.clientWidth) return;
    if (!this.#palette) this.#recolour();
    const width = this.box.clientWidth;
    this.#grid = new Grid(this.#map.cells.length, width, axisFor(this.#map, width));
    this.#draw();
  }

  #recolour() {
    this.#palette = new Palette();
    drawLegend(this.legend, this.#palette);
    this.fullKey.style.background = this.#palette.full;
    if (this.#grid) this.#draw();
  }

  #draw() {
    const focused = document.activeElement === this.canvas;
    const cursor = this.#under ?? (focused ? this.#cursor : null);
    paint(this.canvas, this.#grid, this.#map, { palette: this.#palette, changed: this.#changed, cursor, selection: this.#selection() });
    put(this.read, this.#selection() ? this.#textOf(this.#selection().from, this.#selection().to) : cursor == null ? this.#inAll() : this.#textOf(cursor, cursor));
  }

  #inAll() {
    const map = this.#map;
    return `${count(map.count)} of ${count(map.max - map.min)} here exist, ${percent(map.count, map.max - map.min)}${inFlight(flyingIn(map, 0, map.cells.length - 1))}. A cell is ${map.cell === 1 ? "one ID" : `${count(map.cell)} IDs`}.`;
  }

  // Cells as numbers.
  #start(cell) {
    return this.#map.min + cell * this.#map.cell;
  }

  #end(cell) {
    return Math.min(this.#start(cell) + this.#map.cell, this.#map.max);
  }

  #cellOf(id) {
    return Math.max(0, Math.min(this.#map.cells.length - 1, Math.floor((id - this.#map.min) / this.#map.cell)));
  }

  #textOf(from, to) {
    const [min, max] = [this.#start(from), this.#end(to)];
    let existing = 0;
    for (let cell = from; cell <= to; cell++) existing += this.#map.cells[cell];
    const flying = flyingIn(this.#map, from, to);
    if (max - min === 1) return `ID ${count(min)} ${existing ? "exists" : flying ? "is in flight" : "is free"}`;
    return `IDs ${count(min)} to ${count(max - 1)}: ${count(existing)} of ${count(max - min)} exist, ${percent(existing, max - min)}${inFlight(flying)}`;
  }

  // rows are what the map shows as a table, one line for each row of cells.
  *rows() {
    const { columns } = this.#grid ?? {};
    for (let from = 0; columns && from < this.#map.cells.length; from += columns) {
      const to = Math.min(from + columns, this.#map.cells.length) - 1;
      let existing = 0;
      for (let cell = from; cell <= to; cell++) existing += this.#map.cells[cell];
      yield { min: this.#start(from), max: this.#end(to), existing, flying: flyingIn(this.#map, from, to) };
    }
  }

  #say() {
    put(this.said, this.#textOf(this.#cursor, this.#cursor));
  }

  #selection() {
    if (!this.#drag || this.#drag.to === this.#drag.from) return null;
    return { from: Math.min(this.#drag.from, this.#drag.to), to: Math.max(this.#drag.from, this.#drag.to) };
  }

  // zoom enters the range `times` smaller about a cell; below 1 it is larger.
  #zoom(cell, times) {
    const map = this.#map;
    this.centre = (this.#start(cell) + this.#end(cell)) / 2;
    const range = around(this.centre, (map.max - map.min) / times, this.whole, this.most);
    if (!same(range, map)) this.wanted(range);
  }

  #pan(share) {
    const map = this.#map;
    const span = map.max - map.min;
    const range = around(map.min + span / 2 + share * span, span, this.whole, this.most);
    this.centre = Math.min(Math.max(this.centre ?? range.min, range.min), range.max - 1);
    if (!same(range, map)) this.wanted(range);
  }

  #listen() {
    const at = (event) => {
      const frame = this.canvas.getBoundingClientRect();
      return this.#grid && this.#map ? this.#grid.at(event.clientX - frame.left, event.clientY - frame.top) : null;
    };
    const on = (name, handle, options) => this.canvas.addEventListener(name, (event) => this.#map && this.#grid && handle(event), options);

    on("pointermove", (event) => {
      const cell = at(event);
      if (this.#drag && cell != null) this.#drag.to = cell;
      this.#under = cell;
      this.#draw();
    });
    on("pointerleave", () => {
      this.#under = null;
      this.#draw();
    });
    on("pointerdown", (event) => {
      const cell = at(event);
      if (event.button !== 0 || cell == null) return;
      // A finger shows a cell first and enters it with the next touch: it cannot hover.
      this.#drag = { from: cell, to: cell, enters: event.pointerType === "mouse" || cell === this.#cursor };
      this.#cursor = cell;
      if (event.pointerType === "mouse") this.canvas.setPointerCapture(event.pointerId);
    });
    on("pointerup", () => {
      const [drag, selection] = [this.#drag, this.#selection()];
      this.#drag = null;
      if (selection) {
        const [min, max] = [this.#start(selection.from), this.#end(selection.to)];
        this.centre = (min + max) / 2;
        this.wanted(around(this.centre, max - min, this.whole, this.most));
      } else if (drag?.enters) this.#zoom(drag.from, clickZoom);
      this.#draw();
    });
    on("pointercancel", () => (this.#drag = null));
    // The wheel scrolls the page unless the map has been chosen: nobody is to be caught in it.
    on("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== this.canvas) return;
      event.preventDefault();
      const cell = at(event);
      if (cell != null && event.deltaY) this.#zoom(cell, event.deltaY < 0 ? wheelZoom : 1 / wheelZoom);
    }, { passive: false });
    on("focus", () => {
      this.#cursor ??= 0;
      this.#say();
      this.#draw();
    });
    on("blur", () => this.#draw());
    on("keydown", (event) => this.#key(event));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const columns = this.#grid.columns;
    const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -Infinity, End: Infinity }[event.key];
    const cursor = this.#cursor ?? 0;
    if (move != null) {
      this.#cursor = Math.max(0, Math.min(this.#map.cells.length - 1, cursor + move));
      this.centre = (this.#start(this.#cursor) + this.#end(this.#cursor)) / 2;
      this.#under = null;
      this.#say();
      this.#draw();
    } else if (event.key === "Enter" || event.key === " ") this.#zoom(cursor, clickZoom);
    else if (event.key === "+" || event.key === "=") this.#zoom(cursor, 2);
    else if (event.key === "-") this.#zoom(cursor, 1 / 2);
    else if (event.key === "PageUp") this.#pan(-0.5);
    else if (event.key === "PageDown") this.#pan(0.5);
    else if (event.key === "Escape") this.wanted(null);
    else return;
    event.preventDefault();
  }
}
