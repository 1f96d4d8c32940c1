// What is rare: IDs at the end of all there are, prefixes that go and come back otherwise, names that want to be markup.
"use strict";

const ranges = (page) => page.$$eval(".trail button", (buttons) => buttons.map((button) => button.textContent));
const read = (page) => page.textContent("#map-read");

// A prefix without a bound is shown with room to grow, of which there is none behind the last ID.
async function last({ open, call, check, until }) {
  for (const id of ["281474976710655", "240000000000000"]) {
    const prefix = `end-${id}:`;
    await call("PT.ADD", prefix, 5, id);
    const page = await open(`#prefix=${prefix}&match=${prefix}`);
    await until("its map", async () => /^2 of 2\d\d,[\d,]+ here exist/.test(await read(page)));
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await new Promise((resolve) => setTimeout(resolve, 2500));
    check(asked.length === 0, `the page asks anew each second: ${asked}`);
    check((await page.textContent("#condition")) === "ready", "the page thinks itself cut off");
    await page.done();
  }
}

// Who looks into a range of a prefix that is dropped and made with another bound sees all of the new one.
// The page hears of that each second, and he may click before it has, just when it has, or later.
async function anew({ open, call, until }) {
  for (const [i, [name, pause, heard]] of [["at once", 0, false], ["at once, and heard of", 0, true], ["later", 2500, true]].entries()) {
    const prefix = `anew-${i}:`;
    await call("PT.CREATE", prefix, "MAXID", 10_000);
    const page = await open(`#prefix=${prefix}&min=1000&max=2000&match=${prefix}`);
    await until("the range", async () => (await ranges(page)).join() === "all IDs,1,000 to 1,999" && /^0 of 1,000 here/.test(await read(page)));
    await call("PT.DROP", prefix);
    await new Promise((resolve) => setTimeout(resolve, pause));
    await call("PT.CREATE", prefix, "MAXID", 5_000_000);
    await until(`the range again (${name})`, async () =>
      (await ranges(page)).join() === "all IDs,1,000 to 1,999" && /^0 of 1,000 here/.test(await read(page)) && (await page.isVisible("#map")) &&
      (!heard || /^0 of 5,000,000 IDs/.test(await page.textContent("#detail-sum"))));
    await page.click(".trail button >> nth=0");
    await until(`all IDs of the new one (${name})`, async () => /^0 of 5,000,000 here/.test(await read(page)));
    await page.done();
  }
}

// "All IDs" are those of the new prefix, even while the page shows the way in of the old one.
async function step({ open, call, until }) {
  await call("PT.CREATE", "step:", "MAXID", 10_000);
  const page = await open("#prefix=step:&match=step:");
  await until("the map", async () => /^0 of 10,000 here/.test(await read(page)));
  const held = [];
  await page.route("**/stream?*", (route) => held.push(route)); // the next map is kept back
  await call("PT.DROP", "step:");
  await call("PT.CREATE", "step:", "MAXID", 5_000_000);
  await until("the new bound", async () => held.length > 0 && /^0 of 5,000,000 IDs/.test(await page.textContent("#detail-sum")));
  await page.click(".trail button >> nth=0");
  await page.unroute("**/stream?*");
  await Promise.allSettled(held.map((route) => route.continue())); // the page may have given up some
  await until("all IDs", async () => (await ranges(page)).join() === "all IDs" && /^0 of 5,000,000 here/.test(await read(page)));
  await page.done();
}

// Names are text, whatever is in them.
async function names({ open, call, check, until }) {
  const evil = `odd<img src=x onerror="window.hit=1"></bdi><script>window.hit=1</script>\u202e\u0000"'&:`;
  const long = `odd${"w".repeat(500)}:`;
  for (const prefix of [evil, long]) {
    await call("PT.CREATE", prefix, "MAXID", 100);
    await call("PT.CLAIMNEXT", prefix);
  }
  await call("CLIENT", "SETNAME", "<img/src=x/onerror=window.hit=1>");
  for (const prefix of [evil, long]) {
    const page = await open(`#prefix=${encodeURIComponent(prefix)}&match=odd`);
    await until("its map", async () => /^1 of 100 here/.test(await read(page)));
    await call("PT.ADDRANGE", prefix, 0, 100);
    await until("the news", async () => /is full/.test(await page.textContent("#news")));
    check((await page.evaluate(() => window.hit)) === undefined, "a name was executed");
    check((await page.locator("#list img, #detail img, #news img, #clients img").count()) === 0, "a name became markup");
    const other = (prefix === evil ? long : evil).slice(0, 7);
    await page.locator("#prefixes tbody a", { hasText: other }).click();
    await until("the other one", async () => (await page.textContent("#detail-name")).startsWith(other));
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    check(wide <= room, `the page is ${wide} wide in ${room}`);
    await page.done();
  }
  await call("CLIENT", "SETNAME", "");
}

module.exports = { "the last IDs": last, "a prefix made anew": anew, "a way in that is no more": step, "odd names": names };
