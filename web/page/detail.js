// The open prefix: what it is, its map, its rates.

import { byID, make, mark, nameOf, put } from "./element.js";
import { OccupancyMap } from "./map.js";
import { RatesChart } from "./chart.js";
import { Coordination } from "./coordination.js";
import { everything } from "./ranges.js";
import { isFull } from "./rates.js";
import { bytes, change, count, day, duration, inFlight, none, percent, short } from "./text.js";

export class Detail {
  // wanted is called with a range to enter, closed when the visitor closes the prefix.
  constructor({ wanted, closed }) {
    this.panel = byID("detail");
    this.map = new OccupancyMap(wanted);
    this.chart = new RatesChart();
    this.coordination = new Coordination();
    this.wanted = wanted;

    this.name = make("h2", { id: "detail-name", tabindex: "-1" });
    this.share = make("p", { id: "detail-share", class: "share" });
    this.sum = make("p", { id: "detail-sum" });
    this.time = make("p", { id: "detail-time", class: "dim" });
    this.trail = make("ol");
    this.facts = make("dl", { id: "detail-facts", class: "facts" });
    this.gone = make("p", { id: "gone", class: "nothing", role: "status", hidden: true });
    this.numbers = make("tbody");
    this.table = make("details", { class: "numbers" },
      make("summary", {}, "The map as numbers"),
      make("div", { class: "scroll", role: "region", "aria-label": "The map as numbers", tabindex: "0" },
        make("table", { id: "map-numbers" },
          make("thead", {}, make("tr", {}, ...["From ID", "to ID", "exist", "free", "in flight", "full"].map((title) => make("th", { scope: "col" }, title)))),
          this.numbers)));
    this.table.addEventListener("toggle", () => this.#count());

    this.there = make("div", { class: "there" },
      make("div", { class: "sum" }, this.share, make("div", {}, this.sum, this.time)),
      make("nav", { class: "trail", "aria-label": "Ranges entered" }, this.trail),
      ...this.map.elements, this.table, ...this.coordination.elements, ...this.chart.elements, this.facts);
    this.panel.append(
      make("div", { class: "panel-head" }, this.name,
        make("button", { type: "button", id: "close", title: "Close this prefix", "aria-label": "Close this prefix", onclick: closed }, "×")),
      this.gone, this.there);
    // Escape leads back from wherever one is in the panel; the map itself hears it first.
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) wanted(null);
    });
  }

  // open makes room for a prefix whose numbers are still to come.
  open(id) {
    this.panel.hidden = id == null;
    if (id === this.id) return;
    this.id = id;
    this.map.clear();
    this.coordination.clear();
    for (const element of [this.name, this.share, this.sum, this.time, this.trail, this.facts]) element.replaceChildren();
    this.gone.hidden = true;
    this.there.hidden = false;
  }

  focus() {
    this.name.focus({ preventScroll: true });
    this.panel.scrollIntoView({ block: "nearest" });
  }

  showGone(prefix) {
    this.name.replaceChildren(nameOf(prefix));
    this.gone.hidden = false;
    this.there.hidden = true;
    put(this.gone, "There is no such prefix: it has been dropped, or is not made yet. It shows up here when it is.");
  }

  showMap(map, trail) {
    this.gone.hidden = true;
    this.there.hidden = false;
    if (this.name.textContent !== map.prefix) this.name.replaceChildren(nameOf(map.prefix));
    this.map.show(map, trail.whole);
    this.#showTrail(trail);
    this.#count();
  }

  showRow(row, rates) {
    const speed = rates.of(row.id);
    const left = rates.timeLeft(row);
    const bounded = row.max_id != null;
    put(this.share, bounded ? percent(row.count, row.max_id) : short(row.count));
    put(this.sum, bounded ? `${count(row.count)} of ${count(row.max_id)} IDs exist, ${count(row.free)} are free${inFlight(row.leased)}` : `${count(row.count)} IDs exist${inFlight(row.leased)}; there is no bound`);
    put(this.time, timeText(row, left, speed));
    this.#showFacts([
      ["Leases", count(row.leases)],
      ["Leases run out", count(row.leases_expired)],
      ["Memory", bytes(row.memory_bytes)],
      ["Claimed", count(row.claims)],
      ["Taken", count(row.takes)],
      ["Conflicts", count(row.conflicts)],
      ["Out of range", count(row.out_of_range)],
      ["Room made for", `${count(row.capacity)} IDs`],
      ["Digits of a key", row.width ? count(row.width) : "as many as needed"],
      ["Cluster tag", row.tag || none],
      ["Delete iterator", row.deleter ? "held" : "not held"],
      ["Made", row.created_at ? day(row.created_at) : none],
    ]);
    this.chart.show(rates.lines(row.id));
  }

  #showFacts(facts) {
    if (!this.facts.children.length) {
      this.facts.append(...facts.map(([title]) => make("div", {}, make("dt", {}, title), make("dd"))));
    }
    facts.forEach(([, value], i) => put(this.facts.children[i].lastChild, value));
  }

  // The way in, each step a button that leads back there.
  #showTrail(trail) {
    const text = (range, i) => (i === 0 ? "all IDs" : `${count(range.min)} to ${count(range.max - 1)}`);
    const shown = trail.ranges.map(({ min, max }) => `${min} ${max}`).join();
    if (this.trail.dataset.shown === shown && this.trail.children.length) return;
    this.trail.dataset.shown = shown;
    this.trail.replaceChildren(...trail.ranges.map((range, i) => {
      const last = i === trail.ranges.length - 1;
      const leads = i === 0 ? everything : range;
      const button = make("button", { type: "button", "aria-current": last && "location", onclick: () => this.wanted(leads) }, text(range, i));
      return make("li", {}, button);
    }));
  }

  #count() {
    if (!this.table.open) return;
    const rows = [...this.map.rows()];
    while (this.numbers.children.length > rows.length) this.numbers.lastChild.remove();
    rows.forEach(({ min, max, existing, flying }, i) => {
      const line = this.numbers.children[i] ?? this.numbers.appendChild(make("tr", {}, ...Array.from({ length: 6 }, () => make("td"))));
      [count(min), count(max - 1), count(existing), count(max - min - existing - flying), count(flying), percent(existing, max - min)].forEach((text, k) => put(line.children[k], text));
    });
  }
}

function timeText(row, left, speed) {
  if (isFull(row)) return "full: nothing is left to claim";
  if (row.free === 0) return "nothing is free until leases end";
  const pace = speed.count == null ? "" : `${change(speed.count)} IDs/s`;
  if (left?.full != null) return `full in ${duration(left.full)} at ${pace}`;
  if (left?.empty != null) return `empty in ${duration(left.empty)} at ${pace}`;
  return speed.count == null ? "measuring how fast it changes" : "at rest";
}
