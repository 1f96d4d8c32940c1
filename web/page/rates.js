// Rates, from answers that follow each other. The server keeps nothing for them.

const longest = 300; // answers, some five minutes
const window = 5; // seconds over which a rate is smoothed
const least = 0.5; // seconds between two answers that make a rate: a table and a map may both tell of a prefix
const gap = 6; // seconds without an answer after which a line is broken
const forget = 30; // seconds after which what is not shown any more is forgotten

// isFull tells whether all IDs exist: where none is free some may be in flight.
export const isFull = (row) => row.free === 0 && !row.leased;

class History {
  samples = []; // {at, claims, takes, count}
  created = null;

  add(at, row) {
    const last = this.samples.at(-1);
    if (last && at >= last.at && at - last.at < least) return;
    // Numbers that only grow have begun anew: another tracker of that name, or another server. So has a clock that was put back.
    if (last && (at < last.at || row.claims < last.claims || row.takes < last.takes || row.created_at !== this.created)) this.samples = [];
    this.created = row.created_at;
    this.samples.push({ at, claims: row.claims, takes: row.takes, count: row.count });
    if (this.samples.length > longest) this.samples.shift();
  }

  // smooth is how fast each number has grown of late; null where there are no two answers.
  get smooth() {
    const last = this.samples.at(-1);
    const first = this.samples.find((s) => last.at - s.at <= window);
    if (!last || first === last) return { claims: null, takes: null, count: null };
    return between(first, last);
  }

  // lines are columns for a chart: times, and the rates between each two answers.
  get lines() {
    const columns = [[], [], [], []];
    for (let i = 1; i < this.samples.length; i++) {
      const [before, after] = [this.samples[i - 1], this.samples[i]];
      const broken = after.at - before.at > gap;
      const rate = between(before, after);
      columns[0].push(after.at);
      columns[1].push(broken ? null : rate.claims);
      columns[2].push(broken ? null : rate.takes);
      columns[3].push(broken ? null : rate.count);
    }
    return columns;
  }
}

function between(first, last) {
  const time = last.at - first.at;
  const rate = (what) => (last[what] - first[what]) / time;
  return { claims: rate("claims"), takes: rate("takes"), count: rate("count") };
}

export class Rates {
  #of = new Map();

  note(at, rows) {
    for (const row of rows) {
      if (!this.#of.has(row.id)) this.#of.set(row.id, new History());
      this.#of.get(row.id).add(at, row);
    }
    for (const [id, history] of this.#of) {
      if (at - history.samples.at(-1).at > forget) this.#of.delete(id);
    }
  }

  of(id) {
    return this.#of.get(id)?.smooth ?? { claims: null, takes: null, count: null };
  }

  lines(id) {
    return this.#of.get(id)?.lines ?? [[], [], [], []];
  }

  // timeLeft is how long until the prefix is full (or, falling, empty) if it goes on like this.
  timeLeft(row) {
    const speed = this.of(row.id).count;
    if (speed == null || Math.abs(speed) < 0.05) return null;
    if (speed < 0) return { empty: row.count / -speed };
    return row.free == null ? null : { full: row.free / speed };
  }

  clear() {
    this.#of.clear();
  }
}
