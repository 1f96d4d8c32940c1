// Draws a map's cells. What a cell is can be told without colour: a free one is a dot, one that is
// filled in part is a square with a gap about it, lighter or darker in even steps, full ones
// beside each other are a band without gaps, unless cells are large. A stroke from corner to corner
// goes through a cell that has IDs in flight.

import { colour } from "./element.js";
import { count } from "./text.js";

// Anchors of a scale whose lightness grows evenly, which colour-blind eyes and grey paper keep apart.
const scale = ["#2e1e3c", "#413d7b", "#37659e", "#348fa7", "#40b7ad", "#8ad9b1", "#def5e5"];
const shades = 24;
const large = 14; // pixels of a cell that is worth to be told from its full neighbours

function mix(t) {
  const at = t * (scale.length - 1);
  const i = Math.min(Math.floor(at), scale.length - 2);
  const channel = (hex, k) => parseInt(hex.slice(1 + 2 * k, 3 + 2 * k), 16);
  const parts = [0, 1, 2].map((k) => Math.round(channel(scale[i], k) + (at - i) * (channel(scale[i + 1], k) - channel(scale[i], k))));
  return `rgb(${parts.join(" ")})`;
}

export class Palette {
  constructor() {
    const dark = getComputedStyle(document.documentElement).getPropertyValue("--dark").trim() === "1";
    this.background = colour("--panel");
    this.free = colour("--free");
    this.text = colour("--dim");
    this.changed = colour("--changed");
    this.flight = colour("--flight");
    this.cursor = colour("--text");
    this.chosen = colour("--chosen");
    // From what just stands out from the background onwards; then a step, beyond which full cells are alone.
    this.full = dark ? mix(0.76) : mix(0.24);
    this.shades = Array.from({ length: shades }, (_, i) => {
      const t = i / (shades - 1);
      return mix(dark ? 0.13 + 0.46 * t : 0.93 - 0.5 * t);
    });
  }

  // of is the colour of a share between nothing and all.
  of(share) {
    return this.shades[Math.min(shades - 1, Math.floor(share * shades))];
  }
}

export function paint(canvas, grid, map, { palette, changed, cursor, selection }) {
  const scaleFactor = devicePixelRatio || 1;
  const width = Math.ceil(grid.axis + grid.columns * grid.across);
  const [pixelsAcross, pixelsDown] = [Math.round(width * scaleFactor), Math.round(grid.height * scaleFactor)];
  if (canvas.width !== pixelsAcross || canvas.height !== pixelsDown) {
    [canvas.width, canvas.height] = [pixelsAcross, pixelsDown];
    canvas.style.width = `${width}px`;
    canvas.style.height = `${grid.height}px`;
  }
  const pen = canvas.getContext("2d");
  // Cells end on whole pixels: what is half a pixel is a smear.
  const edge = (x) => Math.round(x * scaleFactor);
  const gap = Math.max(1, Math.round(Math.min(grid.across, grid.down) * scaleFactor * 0.13));
  const apart = grid.across >= large;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = palette.background;
  pen.fillRect(0, 0, canvas.width, canvas.height);

  const box = (cell) => {
    const [left, top] = [edge(grid.left(cell)), edge(grid.top(cell))];
    return [left, top, edge(grid.left(cell) + grid.across) - left, edge(grid.top(cell) + grid.down) - top];
  };
  for (let cell = 0; cell < map.cells.length; cell++) {
    const existing = map.cells[cell];
    const size = Math.min(map.cell, map.max - map.min - cell * map.cell);
    const [x, y, w, h] = box(cell);
    if (existing === 0 && map.flight?.[cell]) {
      // A stroke is all there is of it.
    } else if (existing === 0) {
      const dot = Math.max(1, Math.min(Math.round(Math.min(w, h) * 0.22), Math.round(3 * scaleFactor)));
      pen.fillStyle = palette.free;
      pen.fillRect(x + ((w - dot) >> 1), y + ((h - dot) >> 1), dot, dot);
    } else if (existing >= size) {
      pen.fillStyle = palette.full;
      pen.fillRect(x, y, apart ? w - gap : w, h - gap);
    } else {
      pen.fillStyle = palette.of(existing / size);
      pen.fillRect(x, y, w - gap, h - gap);
    }
  }

  // The stroke has an edge that tells it from what it goes through.
  const stroke = Math.max(1, Math.round(Math.min(grid.across, grid.down) * scaleFactor * 0.2));
  map.flight?.forEach((flying, cell) => {
    if (!flying) return;
    const [x, y, w, h] = box(cell);
    pen.beginPath();
    pen.moveTo(x, y + h - gap);
    pen.lineTo(x + w - gap, y);
    for (const [width, style] of [[stroke + 2 * Math.ceil(stroke / 2), palette.background], [stroke, palette.flight]]) {
      [pen.lineWidth, pen.strokeStyle] = [width, style];
      pen.stroke();
    }
  });

  // Those where somebody has been since the answer before wear a frame.
  pen.strokeStyle = palette.changed;
  const frame = Math.max(gap, Math.round(1.5 * scaleFactor));
  pen.lineWidth = frame;
  for (const cell of changed) {
    if (cell >= map.cells.length) continue;
    const [x, y, w, h] = box(cell);
    pen.strokeRect(x + frame / 2, y + frame / 2, w - gap - frame / 2, h - gap - frame / 2);
  }

  if (selection) {
    pen.fillStyle = palette.chosen;
    pen.globalAlpha = 0.45;
    for (let cell = selection.from; cell <= selection.to; cell++) pen.fillRect(...box(cell));
    pen.globalAlpha = 1;
  }
  if (cursor != null && cursor < map.cells.length) {
    const [x, y, w, h] = box(cursor);
    const line = Math.max(2, Math.round(1.5 * scaleFactor));
    pen.lineWidth = line;
    pen.strokeStyle = palette.background;
    pen.strokeRect(x - line * 1.5, y - line * 1.5, w + line * 3, h + line * 3);
    pen.strokeStyle = palette.cursor;
    pen.strokeRect(x - line / 2, y - line / 2, w + line, h + line);
  }
  if (grid.axis) label(pen, grid, map, palette, scaleFactor);
}

// label writes the first ID of as many rows as there is room for.
function label(pen, grid, map, palette, scaleFactor) {
  pen.setTransform(scaleFactor, 0, 0, scaleFactor, 0, 0);
  pen.font = "11px ui-monospace, 'DejaVu Sans Mono', monospace";
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  pen.fillStyle = palette.text;
  const every = [1, 2, 4, 5, 8, 10, 20].find((n) => n * grid.down >= 15) ?? 40;
  for (let row = 0; row < grid.rows; row += every) {
    pen.fillText(count(map.min + row * grid.columns * map.cell), grid.axis - 8, Math.max(6, row * grid.down + Math.min(grid.down, 16) / 2));
  }
}

// axisFor is the room that the longest label takes.
export const axisFor = (map, width) => (width < 640 ? 0 : 7 * count(map.max).length + 14);

// drawLegend shows the shades as they are drawn.
export function drawLegend(canvas, palette) {
  const scaleFactor = devicePixelRatio || 1;
  [canvas.width, canvas.height] = [Math.round(120 * scaleFactor), Math.round(10 * scaleFactor)];
  const pen = canvas.getContext("2d");
  const step = canvas.width / shades;
  palette.shades.forEach((shade, i) => {
    pen.fillStyle = shade;
    pen.fillRect(Math.round(i * step), 0, Math.ceil(step), canvas.height);
  });
}

