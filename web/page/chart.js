// The rates of the open prefix over the last minutes, drawn by uPlot.

import { colour, make, mark, put } from "./element.js";
import { change, clock, short } from "./text.js";

const lines = [
  { name: "claims/s", key: "claims", property: "--line-claims", text: short },
  { name: "takes/s", key: "takes", property: "--line-takes", text: short, dash: [6, 3] },
  { name: "change/s", key: "count", property: "--line-change", text: change, dash: [2, 2] },
];
const height = 132;
const span = 60; // seconds shown at least

export class RatesChart {
  #plot = null;
  #data = [[], [], [], []];

  constructor() {
    this.legend = make("div", { class: "legend" });
    this.values = lines.map((line) => {
      const value = make("b", {}, "–");
      this.legend.append(make("span", {}, make("i", { class: `key line ${line.key}` }), `${line.name} `, value));
      return value;
    });
    this.when = make("span", { class: "dim" });
    this.legend.append(this.when);
    this.box = make("div", { class: "chart", role: "img" });
    this.elements = [this.legend, this.box];
    new ResizeObserver(() => this.#plot?.setSize({ width: this.box.clientWidth, height })).observe(this.box);
    addEventListener("themechange", () => {
      this.#plot?.destroy();
      this.#plot = null;
      this.#draw();
    });
  }

  show(data) {
    this.#data = data;
    this.#draw();
    mark(this.box, "aria-label", `Rates of the last minutes. Now: ${lines.map((line, i) => `${line.text(data[i + 1].at(-1))} ${line.name}`).join(", ")}`);
  }

  #draw() {
    if (!this.box.clientWidth) return;
    if (!this.#plot) this.#plot = this.#make();
    this.#plot.setData(this.#data);
    this.#tell(this.#plot.cursor.idx);
  }

  // tell writes the values under the pointer, or else the last.
  #tell(under) {
    const at = under ?? this.#data[0].length - 1;
    lines.forEach((line, i) => put(this.values[i], line.text(this.#data[i + 1][at])));
    put(this.when, under == null ? "" : `at ${clock(this.#data[0][at])}`);
  }

  #make() {
    const [text, grid] = [colour("--dim"), colour("--line")];
    const font = "11px system-ui, sans-serif";
    const axis = { stroke: text, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
    return new uPlot({
      width: this.box.clientWidth,
      height,
      padding: [8, 18, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      scales: {
        x: { range: (_, min, max) => (max == null ? [0, span] : [Math.min(min, max - span), max]) },
        y: { range: (_, low, high) => (low == null ? [0, 1] : uPlot.rangeNum(Math.min(low, 0), Math.max(high, 1), 0.1, true)) },
      },
      axes: [
        { ...axis, values: (_, times) => times.map((t) => clock(t).slice(0, t % 60 ? 8 : 5)), size: 24, space: 90 },
        { ...axis, values: (_, rates) => rates.map(short), size: 58, space: 28 },
      ],
      series: [{}, ...lines.map((line) => ({ label: line.name, stroke: colour(line.property), width: 1.5, dash: line.dash, points: { show: false } }))],
      hooks: { setCursor: [(plot) => this.#tell(plot.cursor.idx)] },
    }, this.#data, this.box);
  }
}
