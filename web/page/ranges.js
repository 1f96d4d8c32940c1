// Ranges of IDs, [min, max), and how they are cut into cells of a round number of IDs.

const steps = [1, 2, 2.5, 4, 5, 8, 10];
const fewest = 40; // IDs that are worth a map of their own

// round is the smallest round whole number not below n: 1, 2, 4, 5, 8, 10, 20, 25, 40 …
export function round(n) {
  if (n <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(n) + 1e-9);
  for (const step of steps) {
    const candidate = step * power;
    if (candidate >= n - 1e-9 * n && Number.isInteger(candidate)) return candidate;
  }
  return 10 * power;
}

// cut says how many cells to ask for, so that none is more than `most` and each has a round number of IDs.
export function cut(range, most) {
  const step = round((range.max - range.min) / most);
  return Math.ceil((range.max - range.min) / step);
}

// around is a range of about `span` IDs about `centre`, within `whole`, that begins and ends with a cell.
export function around(centre, span, whole, most) {
  const all = whole.max - whole.min;
  span = Math.min(Math.max(span, Math.min(fewest, all)), all);
  const step = round(span / most);
  let min = Math.floor((centre - span / 2) / step) * step;
  min = Math.max(whole.min, Math.min(min, Math.ceil((whole.max - span) / step) * step));
  return { min, max: Math.min(whole.max, min + Math.ceil(span / step) * step) };
}

export const same = (a, b) => a.min === b.min && a.max === b.max;
const within = (inner, outer) => outer.min <= inner.min && inner.max <= outer.max;

// everything is all IDs, however many that will be.
export const everything = { min: 0, max: Infinity };

// clip is what of a range lies within the whole, or the whole where nothing does.
export const clip = (range, whole) => (range.min < whole.max ? { min: range.min, max: Math.min(range.max, whole.max) } : whole);

// Trail is the way in: each range lies within the one before it, the first is the whole.
export class Trail {
  constructor(whole) {
    this.ranges = [whole];
  }

  get whole() {
    return this.ranges[0];
  }

  get here() {
    return this.ranges.at(-1);
  }

  // enter goes to a range: further in, or back out past those it does not lie in.
  enter(range) {
    while (this.ranges.length > 1 && (!within(range, this.here) || same(range, this.here))) this.ranges.pop();
    if (!same(range, this.here)) this.ranges.push(range);
  }

  back() {
    if (this.ranges.length > 1) this.ranges.pop();
    return this.here;
  }
}
