// Into a range and back: by pointer, keyboard, the browser's own buttons and a link.
"use strict";

const number = (text) => Number(text.replaceAll(",", ""));

// ranges reads the way in, as the page says it: null for all IDs, else [first, last].
const ranges = (page) =>
  page.$$eval(".trail button", (buttons) => buttons.map((button) => button.textContent)).then((texts) =>
    texts.map((text) => (text === "all IDs" ? null : text.split(" to ").map((id) => Number(id.replaceAll(",", ""))))));

const settled = (page) => page.waitForFunction(() => !document.querySelector(".map-box").classList.contains("waiting"));

// sums adds up the map as numbers: [first ID, last ID, existing].
async function sums(page) {
  const rows = await page.$$eval("#map-numbers tbody tr", (lines) => lines.map((line) => [...line.children].slice(0, 3).map((cell) => cell.textContent)));
  return [number(rows[0][0]), number(rows.at(-1)[1]), rows.reduce((sum, row) => sum + number(row[2]), 0)];
}

async function made({ call, open, until }, prefix, options) {
  await call("PT.CREATE", prefix, "MAXID", 10_000_000);
  await call("PT.ADDRANGE", prefix, 2_000_000, 4_000_000);
  const page = await open(`#prefix=${encodeURIComponent(prefix)}`, options);
  await page.click("summary");
  await until("the whole map", async () => (await sums(page))[2] === 2_000_000);
  return page;
}

// inside is how many of a range exist in that prefix.
const inside = ([first, last]) => Math.max(0, Math.min(last, 3_999_999) - Math.max(first, 2_000_000) + 1);

async function shows(page, { check, until }, range) {
  await settled(page);
  await until("the numbers of the range", async () => {
    const [first, last, existing] = await sums(page);
    return first === range[0] && last === range[1] && existing === inside(range);
  });
  check(page.url().includes(`min=${range[0]}&max=${range[1] + 1}`), `the address is ${page.url()}`);
}

async function pointer(tools) {
  const { check, until } = tools;
  const page = await made(tools, "zoom-pointer:");
  const map = page.locator("#map");
  const box = await map.boundingBox();
  // Where the map is at that moment: other things on the page get larger and smaller.
  const point = { position: { x: 90 + 0.5 * (box.width - 90), y: 0.2 * box.height } };

  // A click enters the range about what is under it.
  await map.hover(point);
  const [first] = (await page.textContent("#map-read")).match(/[\d,]+/g).map(number);
  await map.click(point);
  await until("the range clicked", async () => (await ranges(page)).length === 2);
  const clicked = (await ranges(page))[1];
  check(clicked[0] <= first && first <= clicked[1] && clicked[1] - clicked[0] < 1_000_000, `a click on ${first} enters ${clicked}`);
  await shows(page, tools, clicked);

  // Dragging over cells enters just them.
  await map.dragTo(map, { sourcePosition: { x: 100, y: 30 }, targetPosition: { x: 300, y: 60 } });
  await until("the range dragged over", async () => (await ranges(page)).length === 3);
  const dragged = (await ranges(page))[2];
  check(clicked[0] <= dragged[0] && dragged[1] <= clicked[1] && dragged[1] - dragged[0] < clicked[1] - clicked[0], `dragging leads from ${clicked} to ${dragged}`);
  await shows(page, tools, dragged);

  // Escape leads back, and the steps of the way are buttons.
  await page.keyboard.press("Escape");
  await until("the range before", async () => (await ranges(page)).length === 2);
  await shows(page, tools, clicked);
  await page.click(".trail button >> nth=0");
  await until("all IDs", async () => (await ranges(page)).length === 1 && (await sums(page))[2] === 2_000_000);

  // The wheel zooms with Ctrl, or where the map has been chosen; else it scrolls the page.
  await page.click("#detail-share");
  await page.evaluate(() => document.activeElement.blur());
  await map.hover(point);
  const before = await page.evaluate(() => scrollY);
  await page.mouse.wheel(0, 40);
  await until("that the wheel scrolls", async () => (await page.evaluate(() => scrollY)) > before);
  check((await ranges(page)).length === 1, "the wheel alone zooms");
  await page.evaluate(() => scrollTo(0, 0));
  await map.hover(point);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -100);
  await page.keyboard.up("Control");
  await until("the range of the wheel", async () => (await ranges(page)).length === 2);
  const wheeled = (await ranges(page))[1];
  check(wheeled[0] <= first && first <= wheeled[1], `the wheel on ${first} leads to ${wheeled}`);
  await shows(page, tools, wheeled);

  // So does the browser's own way back.
  await page.goBack();
  await until("all IDs", async () => (await ranges(page)).length === 1);
  await page.goForward();
  await until("the range again", async () => (await ranges(page)).length === 2);

  // Whoever gets the link sees the same.
  const other = await tools.open(new URL(page.url()).hash);
  await other.click("summary");
  await shows(other, tools, wheeled);
  await other.done();
  await page.done();
  return `a click from 10,000,000 IDs to ${clicked[1] - clicked[0] + 1}, dragging to ${dragged[1] - dragged[0] + 1}`;
}

async function keys(tools) {
  const { check, until } = tools;
  const page = await made(tools, "zoom-keys:");
  await page.focus("#map");
  for (const key of ["Home", "ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
  let depth = 1;
  for (; depth < 10; depth++) {
    const span = async () => ((range) => (range ? range[1] - range[0] : 1e7))((await ranges(page)).at(-1));
    const before = await span();
    await page.keyboard.press("Enter");
    if (before < 100) break; // as far in as it goes
    await until("a smaller range", async () => (await span()) < before);
    await settled(page);
    check(await page.evaluate(() => document.activeElement.id === "map"), "the map has lost the focus");
  }
  check(depth >= 4, `the keyboard leads ${depth} deep`);
  await until("a single ID", async () => /^ID [\d,]+ (exists|is free)$/.test(await page.textContent("#map-said")));
  const deepest = (await ranges(page)).at(-1);
  await page.keyboard.press("PageDown");
  await until("the IDs behind", async () => (await ranges(page)).at(-1)[0] > deepest[0]);
  await settled(page);
  await page.keyboard.press("-");
  await until("a larger range", async () => ((range) => range[1] - range[0] > deepest[1] - deepest[0])((await ranges(page)).at(-1)));
  for (let i = 0; i < 12; i++) await page.keyboard.press("Escape");
  await until("all IDs", async () => (await ranges(page)).length === 1);
  await page.done();
  return `${depth} steps to single IDs`;
}

// A finger sees a cell first, and enters it with the next touch.
async function touch(tools) {
  const { check, until } = tools;
  const page = await made(tools, "zoom-touch:", { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const map = page.locator("#map");
  const box = await map.boundingBox();
  // Where the map is at that moment: other things on the page get larger and smaller.
  const tap = () => map.tap({ position: { x: box.width / 2, y: box.height / 3 } });
  await tap();
  await until("what the cell has", async () => /^IDs [\d,]+ to/.test(await page.textContent("#map-read")));
  check((await ranges(page)).length === 1, "the first touch enters");
  await tap();
  await until("the range", async () => (await ranges(page)).length === 2);
  await page.click(".trail button >> nth=0");
  await until("all IDs", async () => (await ranges(page)).length === 1);
  await page.done();
}

module.exports = { "zoom by pointer": pointer, "zoom by keyboard": keys, "zoom by touch": touch };
