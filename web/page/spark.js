// A line of the last two minutes without axes, beside a figure.

const longest = 120;
const [width, height] = [120, 24];

export class Spark {
  #values = [];

  constructor() {
    const svg = (tag, attributes) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      return element;
    };
    this.element = svg("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    this.area = this.element.appendChild(svg("path", { class: "area" }));
    this.line = this.element.appendChild(svg("path", { class: "line", fill: "none" }));
  }

  add(value) {
    this.#values.push(value);
    if (this.#values.length > longest) this.#values.shift();
    if (this.#values.length < 2) return;
    const most = Math.max(1, ...this.#values);
    const points = this.#values.map((v, i) => {
      const x = width - (this.#values.length - 1 - i) * (width / (longest - 1));
      return `${x.toFixed(1)} ${(height - 1 - (v / most) * (height - 3)).toFixed(1)}`;
    });
    this.line.setAttribute("d", `M${points.join("L")}`);
    this.area.setAttribute("d", `M${points[0].split(" ")[0]} ${height}L${points.join("L")}L${width} ${height}Z`);
  }
}
