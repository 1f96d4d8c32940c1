// The store beside the server: there is no word of it without one; what a sync has found is text, whatever
// the keys are; and what is followed is seen, with what was lost.
"use strict";

const Redis = require("ioredis");
const { source } = require("axe-core");

const at = process.env.STORE_ADDRESS; // of a redis-server that wants the password "sesame"
const url = `redis://:sesame@${at}/0`;

const rows = (page, table) => page.$$eval(`#${table} tbody tr`, (lines) => lines.map((line) => [...line.children].map((cell) => cell.textContent)));
const news = async (page) => (await page.$$eval("#news li span", (lines) => lines.map((line) => line.textContent))).join(" | ");

function connect() {
  const [host, port] = at.split(":");
  return new Redis({ host, port: Number(port), password: "sesame" });
}

// hides checks that nothing of the page has the password, or became markup.
async function hides(page, check) {
  check(!(await page.content()).includes("sesame"), "the page has the password of the store");
  check((await page.evaluate(() => window.hit)) === undefined, "a key was executed");
  check((await page.locator("#store img, #news img").count()) === 0, "a key became markup");
}

async function synced({ open, call, check, until }) {
  const redis = connect();
  await call("PT.CREATE", "shop:", "MAXID", 1_000, "WIDTH", 3);
  await call("PT.ADDRANGE", "shop:", 0, 30);
  const evil = 'shop:<img src=x onerror="window.hit=1">\u202e\u0000';
  const present = Array.from({ length: 40 }, (_, i) => `shop:${String(i + 10).padStart(3, "0")}`);
  await redis.mset(...[...present, evil, "shop:", `shop:${"9".repeat(10_000)}`, "other:1"].flatMap((key) => [key, "1"]));
  const seen = [];
  for (const [name, options] of Object.entries({ light: { colorScheme: "light" }, dark: { colorScheme: "dark" }, phone: { colorScheme: "dark", viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } })) {
    const page = await open("#prefix=shop:&match=shop:", options);
    await until("the list", async () => (await page.locator("#prefixes tbody tr").count()) === 1);
    if (name === "light") {
      check(!(await page.isVisible("#store")), "the page has a store before there is one");
      await call("PT.SYNC", "START", "shop:", "FROM", url, "MODE", "VERIFY", "SETTLE", 100);
      await until("what it has found", async () => /shop: verified: 10 stale, 20 missing/.test(await news(page)));
    }
    await until("the sync", async () => (await rows(page, "syncs")).length === 1 && (await page.isVisible("#store")));
    const [first] = await rows(page, "syncs");
    check(first[0] === "shop:" && /^verify at /.test(first[1]) && first[2] === "done" && first[3] === "10 stale, 20 missing" && first.slice(4, 8).join() === "10,20,3,43", `it is ${JSON.stringify(first)}`);
    await page.click("#store summary");
    const keys = await rows(page, "sync-keys");
    for (const [kind, key] of [["stale", /^shop:00\d$/], ["missing", /^shop:0[34]\d$/], ["no key of an ID", /^shop:$/], ["no key of an ID", /^shop:<img src=x onerror="window.hit=1">\\x/]]) {
      check(keys.some((row) => row[1] === kind && key.test(row[2])), `no ${key} among ${JSON.stringify(keys).slice(0, 1_000)}`);
    }
    check(keys.length <= 30 && Math.max(...keys.map((row) => row[2].length)) <= 1_100, "a key is shown however long it is");
    await hides(page, check);
    await page.evaluate(source);
    const found = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
    check(found.violations.length === 0, `${name}: ${found.violations.map((v) => `${v.id} (${v.nodes[0].html.slice(0, 120)})`).join("; ")}`);
    const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    check(wide <= room, `${name}: the page is ${wide} wide in ${room}`);
    for (const selector of ["#store .scroll", "#store summary"]) check((await page.$eval(selector, (e) => e.tabIndex)) === 0, `the keyboard does not come to ${selector}`);
    seen.push(`${name}: ${found.passes.length} rules passed`);
    await page.done();
  }
  redis.disconnect();
  return seen.join(", ");
}

async function followed({ open, call, check, until, restart }) {
  const redis = connect();
  await redis.flushall();
  await redis.mset(...Array.from({ length: 100 }, (_, i) => [`near:${String(i).padStart(12, "0")}`, "1"]).flat());
  await restart("--store", url, "--sync-prefixes", "near:", "--sync-on-start", "yes", "--follow", "yes", "--follow-configure", "yes");
  const page = await open("#prefix=near:&match=near:");
  const facts = () => page.$$eval("#store-facts > div", (list) => Object.fromEntries(list.map((e) => [e.firstChild.textContent, e.lastChild.textContent])));
  await until("that it is followed", async () => (await facts()).Followed === "yes: 1 of 1 primary heard");
  await until("what was there before", async () => /^100 IDs/.test(await page.textContent("#detail-sum")));
  check((await page.textContent("#store .panel-head p")).includes(at), "the store's address is not there");
  await redis.unlink(...Array.from({ length: 70 }, (_, i) => `near:${String(i).padStart(12, "0")}`));
  await until("what is gone", async () => /^30 IDs/.test(await page.textContent("#detail-sum")));
  await until("the events", async () => /^70, \d+ IDs changed$/.test((await facts()).Events));
  await redis.client("KILL", "TYPE", "pubsub");
  await until("the gap", async () => /gap: /.test(await news(page)));
  await until("that it is heard again", async () => (await facts()).Followed === "yes: 1 of 1 primary heard" && /^([2-9]|[1-4]\d)(,|$)/.test((await facts()).Gaps));
  await hides(page, check);
  await page.done();
  redis.disconnect();
}

followed.alone = true; // the server is started anew, with a store

module.exports = { "what a sync has found": synced, "a store that is followed": followed };
