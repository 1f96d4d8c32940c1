// What is in flight, the leases and the shared cursors of a prefix: as numbers, in the map, and as lists.
"use strict";

const { source } = require("axe-core");

const cells = (page, table) => page.$$eval(`#${table} tbody tr`, (rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));

async function inFlight({ open, call, check, until }) {
  await call("PT.CREATE", "flight:", "MAXID", 2_000);
  await call("PT.ADDRANGE", "flight:", 0, 500);
  const [token] = await call("PT.CLAIMNEXT", "flight:", "COUNT", 300, "LEASE", 600_000);
  const [taken] = await call("PT.TAKENEXT", "flight:", "COUNT", 10, "LEASE", 500_000);
  await call("CLIENT", "SETNAME", "");
  const page = await open("#prefix=flight:");
  await page.click("summary");
  const sum = () => page.textContent("#detail-sum");
  await until("the sum", async () => (await sum()) === "490 of 2,000 IDs exist, 1,200 are free, 310 in flight");
  const numbers = async () => (await cells(page, "map-numbers")).map((row) => row.map((text) => Number(text.replace(/[^\d]/g, ""))));
  await until("the map", async () => (await numbers()).reduce((n, row) => n + row[4], 0) === 310);
  for (const [from, to, exist, free, flying] of await numbers()) {
    const within = (min, max) => Math.max(0, Math.min(to + 1, max) - Math.max(from, min));
    const want = [within(10, 500), within(800, 2_000), within(0, 10) + within(500, 800)];
    check(String([exist, free, flying]) === String(want), `IDs ${from} to ${to}: ${[exist, free, flying]}, want ${want}`);
  }
  check((await page.getAttribute("#map", "aria-label")).endsWith("490 exist, 310 in flight"), "the map's label does not say what is in flight");

  // The keyboard reads it; a range says how many.
  await page.focus("#map");
  await page.keyboard.press("Home");
  check((await page.textContent("#map-said")) === "ID 0 is in flight", `the first cell says ${await page.textContent("#map-said")}`);

  // The pages say the leases, with the one that runs out first in front.
  await until("the leases", async () => (await cells(page, "leases")).length === 2);
  const leases = await cells(page, "leases");
  check(leases[0][1] === "take" && leases[0][2] === "10" && /^8 min/.test(leases[0][3]) && leases[1][1] === "claim" && leases[1][2] === "300", `the leases are ${JSON.stringify(leases)}`);
  check((await page.textContent("#detail-facts")).includes("Leases2"), "the facts do not have two leases");

  await page.evaluate(source);
  const found = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  check(found.violations.length === 0, found.violations.map((v) => `${v.id} (${v.nodes[0].html.slice(0, 120)})`).join("; "));

  await call("PT.CONFIRM", token);
  await call("PT.RELEASE", taken);
  await until("the sum after the end", async () => (await sum()) === "800 of 2,000 IDs exist, 1,200 are free");
  await until("that there is no lease", async () => !(await page.isVisible("#leases")));

  // Where all that is left is in flight it is not full; when that is confirmed it is.
  const [rest] = await call("PT.CLAIMNEXT", "flight:", "COUNT", 1_200, "LEASE", 600_000);
  const time = (text) => until(text, async () => (await page.textContent("#detail-time")) === text);
  await time("nothing is free until leases end");
  check(!/is full/.test(await page.textContent("#news")), "it is said to be full while IDs are in flight");
  await call("PT.CONFIRM", rest);
  await time("full: nothing is left to claim");

  await call("PT.TAKENEXT", "flight:", "LEASE", 1);
  await until("that a lease has run out", async () => /flight:: 1 more leases? ha(s|ve) run out/.test(await page.textContent("#news")));
  await page.done();
}

async function cursors({ open, call, check, until }) {
  await call("PT.ADDRANGE", "passes:", 0, 1_000);
  await call("PT.CURSOR", "OPEN", "<i>verify", "passes:", "SET", "RANGE", 0, 1_000);
  await call("PT.CURSOR", "OPEN", "sampled", "passes:", "SET", "RANGE", 0, 1_000, "LIMIT", 100, "LOOP");
  await call("PT.ADDRANGE", "others:", 0, 10);
  await call("PT.CURSOR", "OPEN", "other", "others:", "SET", "RANGE", 0, 10);
  const page = await open("#prefix=passes:");
  const shows = (what, rows) => until(what, async () => JSON.stringify(await cells(page, "cursors")) === JSON.stringify(rows));
  await shows("both", [["<i>verify", "0 %", "0", "0", "one"], ["sampled", "0 %", "0", "0", "0"]]);
  await call("PT.CURSOR", "NEXT", "<i>verify", "COUNT", 250);
  const [token] = await call("PT.CURSOR", "NEXT", "sampled", "COUNT", 40, "LEASE", 600_000);
  await shows("what is behind one, and outstanding of the other", [["<i>verify", "25.0 %", "250", "0", "one"], ["sampled", "0 %", "40", "40", "0"]]);
  check((await page.$eval("#cursors .meter i", (bar) => bar.style.width)) === "25%", "the bar is of another length");
  await call("PT.CONFIRM", token);
  await shows("what is done of the limit", [["<i>verify", "25.0 %", "250", "0", "one"], ["sampled", "40.0 %", "40", "0", "0"]]);
  await page.evaluate(source);
  const found = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  check(found.violations.length === 0, found.violations.map((v) => `${v.id} (${v.nodes[0].html.slice(0, 120)})`).join("; "));
  await call("PT.CURSOR", "CLOSE", "<i>verify");
  await call("PT.CURSOR", "CLOSE", "sampled");
  await until("that there is none", async () => !(await page.isVisible("#cursors")));
  await page.done();
}

// What is in flight is told without colour: next to every other kind of cell it is drawn in another way.
async function stroke({ open, call, check, until }) {
  await call("PT.CREATE", "strokes:", "MAXID", 1_000_000);
  // Cells have 250 IDs here, 100 in a row: row 0 is free, row 1 full, row 2 in flight; half of row 3 is taken out of full cells.
  await call("PT.ADDRANGE", "strokes:", 25_000, 50_000);
  await call("PT.ADDRANGE", "strokes:", 75_000, 100_000);
  await call("PT.CLAIMNEXT", "strokes:", "COUNT", 25_000, "RANGE", 50_000, 75_000, "LEASE", 600_000);
  for (let cell = 0; cell < 50; cell++) await call("PT.TAKENEXT", "strokes:", "RANGE", 75_000 + 250 * cell, 75_001 + 250 * cell, "COUNT", 1, "LEASE", 600_000);
  const seen = [];
  for (const colorScheme of ["light", "dark"]) {
    const page = await open("#prefix=strokes:", { colorScheme });
    await until("the map", async () => /25,050 in flight/.test(await page.textContent("#map-read")));
    // The lightness along the diagonal across the stroke, of a cell in the middle of each half row.
    const found = await page.$eval("#map", (canvas) => {
      const pen = canvas.getContext("2d");
      const scale = canvas.width / canvas.clientWidth;
      const [labels, down] = [77 * scale, canvas.height / 40];
      const across = (canvas.width - labels) / 100;
      const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
      const at = (row, column) => Array.from({ length: 12 }, (_, i) => 0.1 + i * 0.06).map((part) => {
        const first = 4 * (Math.floor((row + part) * down) * canvas.width + Math.floor(labels + (column + part) * across));
        const [r, g, b] = data.slice(first, first + 3);
        return Math.round(0.2126 * r + 0.7152 * g + 0.0722 * b);
      });
      return { free: at(0, 20), full: at(1, 20), flight: at(2, 20), part: at(3, 20), plain: at(3, 80) };
    });
    const differs = (a, b) => found[a].some((light, i) => Math.abs(light - found[b][i]) >= 25);
    for (const [a, b] of [["flight", "free"], ["flight", "full"], ["flight", "part"], ["part", "full"], ["part", "plain"]]) {
      check(differs(a, b), `in ${colorScheme} ${a} and ${b} look the same in grey: ${found[a]} and ${found[b]}`);
    }
    // The stroke and its edge stand out from what they go through; cells without are of one lightness.
    const range = (cell) => Math.max(...found[cell]) - Math.min(...found[cell]);
    for (const cell of ["flight", "part"]) check(range(cell) >= 60, `in ${colorScheme} no stroke is to be seen in ${cell}: ${found[cell]}`);
    for (const cell of ["full", "plain"]) check(range(cell) <= 10, `in ${colorScheme} something goes through ${cell}: ${found[cell]}`);
    seen.push(`${colorScheme}: a stroke stands out by ${range("flight")} of 255, in a part by ${range("part")}`);
    await page.done();
  }
  return seen.join("; ");
}

module.exports = { "what is in flight": inFlight, "shared cursors": cursors, "in flight looks unlike all else": stroke };
