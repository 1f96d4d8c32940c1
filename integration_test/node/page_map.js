// Does the map show what is there? Prefixes are filled by a rule; what the page says of its cells and
// rows, and how it draws them, is compared with that rule.
"use strict";

// Each pattern: its bound, how it is made, and whether an ID exists.
const patterns = {
  sparse: { bound: 100_000, fill: (add) => add(...Array.from({ length: 100 }, (_, i) => i * 1000)), has: (id) => id % 1000 === 0 },
  alternating: { bound: 2_000, fill: (add) => add(...Array.from({ length: 1000 }, (_, i) => i * 2)), has: (id) => id % 2 === 0 },
  clustered: {
    bound: 1_000_000,
    fill: async (add, addRange) => {
      for (const [min, max] of clusters) await addRange(min, max);
    },
    has: (id) => clusters.some(([min, max]) => min <= id && id < max),
  },
  full: { bound: 12_345, fill: (add, addRange) => addRange(0, 12_345), has: () => true },
  empty: { bound: 777, fill: () => {}, has: () => false },
};
const clusters = [[0, 1_000], [123_456, 250_000], [500_000, 500_001], [990_000, 1_000_000]];

const number = (text) => Number(text.replaceAll(",", ""));

function existing(has, min, max) {
  let n = 0;
  for (let id = min; id < max; id++) n += has(id);
  return n;
}

// numbers reads the map's table: [from, to, exist, free] of each row.
const numbers = (page) =>
  page.$$eval("#map-numbers tbody tr", (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent))).then((rows) => rows.map((row) => row.slice(0, 4).map(number)));

// said reads what is said of a cell: [min, max, existing].
function parse(text) {
  const one = text.match(/^ID ([\d,]+) (exists|is free)$/);
  if (one) return [number(one[1]), number(one[1]) + 1, one[2] === "exists" ? 1 : 0];
  const many = text.match(/^IDs ([\d,]+) to ([\d,]+): ([\d,]+) of ([\d,]+) exist/);
  if (!many) throw new Error(`the map says ${JSON.stringify(text)}`);
  const [min, last, n, of] = many.slice(1).map(number);
  if (last + 1 - min !== of) throw new Error(`the map says ${JSON.stringify(text)}: that range has ${last + 1 - min}`);
  return [min, last + 1, n];
}

async function looksRight(name, pattern, { open, call, check, until }) {
  const prefix = `map-${name}:`;
  await call("PT.CREATE", prefix, "MAXID", pattern.bound);
  await pattern.fill((...ids) => call("PT.ADD", prefix, ...ids), (min, max) => call("PT.ADDRANGE", prefix, min, max));
  const page = await open(`#prefix=${encodeURIComponent(prefix)}`);
  await page.click("summary");
  await until("the map as numbers", async () => (await numbers(page)).length > 0);

  // The rows follow each other from 0 to the bound, and each has as many as the rule says.
  let at = 0;
  const rows = await numbers(page);
  for (const [from, to, exist, free] of rows) {
    const want = existing(pattern.has, from, to + 1);
    check(from === at, `a row begins with ${from}, the one before ended below ${at}`);
    check(exist === want && free === to + 1 - from - want, `IDs ${from} to ${to}: ${exist} and ${free}, want ${want} of ${to + 1 - from}`);
    at = to + 1;
  }
  check(at === pattern.bound, `the map ends at ${at}, the bound is ${pattern.bound}`);

  // So do its cells, as the keyboard and the pointer read them.
  await page.focus("#map");
  const cells = [];
  for (const key of ["Home", "ArrowRight", "ArrowDown", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp", "End", "ArrowLeft", "ArrowLeft"]) {
    await page.keyboard.press(key);
    cells.push(parse(await page.textContent("#map-said")));
  }
  const map = page.locator("#map");
  const box = await map.boundingBox();
  for (const [x, y] of [[0.4, 0.1], [0.6, 0.35], [0.3, 0.62], [0.8, 0.9]]) {
    await map.hover({ position: { x: x * box.width, y: y * box.height } });
    const text = await page.textContent("#map-read");
    if (!/A cell is/.test(text)) cells.push(parse(text));
  }
  await page.mouse.move(1, 1);
  for (const [min, max, n] of cells) {
    const want = existing(pattern.has, min, max);
    check(n === want, `IDs ${min} to ${max - 1}: ${n} exist, want ${want}`);
  }
  check(cells[0][0] === 0 && cells[8][1] === pattern.bound, "Home and End are not the ends of the map");
  check(new Set(cells.map(([min]) => min)).size >= 5, "the cursor does not move");

  await page.done();
  return `${rows.length} rows and ${cells.length} cells of ${pattern.bound} IDs`;
}

// Where free, part and full cells lie side by side they are drawn in three ways; and the parts get
// lighter or darker with what is in them, in grey too.
async function threeWays({ open, call, check, until }) {
  await call("PT.CREATE", "ways:", "MAXID", 1_000_000);
  // Cells have 250 IDs here: row 0 is free, row 1 has 10 %, 50 % and 90 %, row 2 is full.
  const tenth = (first, ids) => call("PT.ADDRANGE", "ways:", first, first + ids);
  for (let cell = 0; cell < 30; cell++) await tenth(25_000 + 250 * cell, [25, 125, 225][Math.floor(cell / 10)]);
  await call("PT.ADDRANGE", "ways:", 50_000, 75_000);
  const lightness = {};
  for (const colorScheme of ["light", "dark"]) {
    const page = await open("#prefix=ways:", { colorScheme });
    await until("the map", async () => /^28,750 of 1,000,000 here/.test(await page.textContent("#map-read")));
    const found = await page.$eval("#map", (canvas) => {
      const pen = canvas.getContext("2d");
      const scale = canvas.width / canvas.clientWidth;
      const down = canvas.height / 40;
      const labels = 77; // pixels beside the rows, for 1,000,000
      const across = (canvas.width - labels * scale) / 100;
      const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
      // The corner of a cell: a dot in the middle of a free one is not there.
      const at = (row, column) => {
        const first = 4 * (Math.round((row + 0.25) * down) * canvas.width + Math.round(labels * scale + (column + 0.25) * across));
        const [r, g, b] = data.slice(first, first + 3);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      return [at(0, 50), at(1, 5), at(1, 15), at(1, 25), at(2, 50)];
    });
    // What is pointed at is what is drawn there.
    const map = page.locator("#map");
    const box = await map.boundingBox();
    await map.hover({ position: { x: box.width - 84.5 * ((box.width - 77) / 100), y: 1.5 * (box.height / 40) } });
    check((await page.textContent("#map-read")).startsWith("IDs 28,750 to 28,999: 125 of 250 exist, 50.0 %"), `pointing at a half full cell says ${await page.textContent("#map-read")}`);
    const steps = found.slice(1).map((light, i) => Math.sign(light - found[i]));
    check(steps.every((step) => step === steps[0] && step !== 0), `in ${colorScheme} the lightness from free to full is ${found.map(Math.round).join(", ")}`);
    check(found.slice(1).every((light, i) => Math.abs(light - found[i]) >= 8), `in ${colorScheme} two of free, few, half, most, full look the same in grey: ${found.map(Math.round).join(", ")}`);
    lightness[colorScheme] = found.map(Math.round).join(" ");
    await page.done();
  }
  return `lightness of free, few, half, most, full: light ${lightness.light}, dark ${lightness.dark}`;
}

// A change is on the screen soon.
async function updates({ open, call, check, until }) {
  await call("PT.CREATE", "soon:", "MAXID", 500);
  const page = await open("#prefix=soon:");
  await page.click("summary");
  await until("the empty map", async () => (await numbers(page))[0]?.[2] === 0);
  const times = [];
  for (let id = 0; id < 3; id++) {
    await call("PT.ADD", "soon:", id);
    times.push(await until("the new ID", async () => (await numbers(page))[0][2] === id + 1));
  }
  check((await page.textContent("#detail-sum")).startsWith("3 of 500 IDs exist, 497 are free"), "the sum is another");
  await page.done();
  return `changes shown after ${times.join(", ")} ms`;
}

// Without a bound there is no percentage and no end; the map has room and makes more of it.
async function unbounded({ open, call, check, until }) {
  await call("PT.ADDRANGE", "endless:", 0, 3_000);
  const page = await open("#prefix=endless:");
  await page.click("summary");
  const total = async () => (await numbers(page)).reduce((sum, row) => sum + row[2], 0);
  await until("its IDs", async () => (await total()) === 3_000);
  const end = (await numbers(page)).at(-1)[1];
  check(end > 3_000, `the map ends with ${end}`);
  check(!(await page.textContent("#detail-share")).includes("%") && /no bound/.test(await page.textContent("#detail-sum")), "it has a percentage");
  await call("PT.ADD", "endless:", 9_000_000_000_000);
  await until("the far ID", async () => (await numbers(page)).at(-1)[1] >= 9_000_000_000_000 && (await total()) === 3_001);
  await page.done();
  return `from ${end} on to 9,000,000,000,000`;
}

module.exports = {
  ...Object.fromEntries(Object.entries(patterns).map(([name, pattern]) => [`map of a ${name} prefix`, (tools) => looksRight(name, pattern, tools)])),
  "free, part and full differ": threeWays,
  "a change shows": updates,
  "a prefix without a bound": unbounded,
};
