// The page over time: hidden, and through a restart of the server.
"use strict";

// A hidden tab has no stream. What hides a tab, a headless browser has not; the page is told as it is
// told by one that has.
async function hidden({ open, call, check, until }) {
  await call("PT.CREATE", "hidden:", "MAXID", 1_000);
  const page = await open("#prefix=hidden:&match=hidden:");
  const ended = [];
  page.on("requestfailed", (request) => request.url().includes("/stream") && ended.push(request));
  page.on("requestfinished", (request) => request.url().includes("/stream") && ended.push(request));
  let begun = 0;
  page.on("request", (request) => request.url().includes("/stream") && begun++);
  await page.reload(); // now from the first stream on
  const up = () => page.textContent("#about");
  // The map is the answer to the last question: those before have no stream any more.
  await until("the last stream alone", async () => /^0 of 1,000 here/.test(await page.textContent("#map-read")) && ended.length === begun - 1);
  const turn = (state) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => value });
      Object.defineProperty(document, "hidden", { configurable: true, get: () => value === "hidden" });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
  await turn("hidden");
  await until("the end of the stream", () => ended.length === begun);
  const [asked, seen] = [begun, await up()];
  await new Promise((resolve) => setTimeout(resolve, 2500));
  check(begun === asked && (await up()) === seen, "a hidden tab goes on asking");
  check((await page.textContent("#condition")) === "ready", "a hidden tab thinks itself cut off");
  await turn("visible");
  await until("a new stream", async () => begun === asked + 1 && (await up()) !== seen);
  await page.done();
}

async function restarted({ open, call, check, until, stop, restart }) {
  await call("PT.CREATE", "restart:", "MAXID", 1_000);
  await call("PT.ADDRANGE", "restart:", 0, 400);
  const page = await open("#prefix=restart:&match=restart");
  const condition = () => page.textContent("#condition");
  const news = async () => (await page.$$eval("#news li span", (lines) => lines.map((line) => line.textContent))).join(" | ");
  await until("the prefix", async () => /^400 of 1,000/.test(await page.textContent("#detail-sum")));
  // A server that is back before the page has asked for it was never lost: it stays away until the page says so.
  await stop();
  let seen = "";
  await until("that the page says so", async () => {
    seen = `${await condition()}; ${await news()}`;
    return seen.startsWith("disconnected");
  }).catch((error) => check(false, `${error.message}: ${seen}`));
  await restart();
  await call("PT.ADD", "restart:", 999);
  const took = await until("the server again, with what it kept and what is new", async () => (await condition()) === "ready" && /^401 of 1,000/.test(await page.textContent("#detail-sum")));
  const told = await news();
  for (const line of ["The connection to the server is lost.", "The connection is back.", "The server has been restarted."]) check(told.includes(line), `not told: ${line} (${told})`);
  check(!/dropped|made anew/.test(told), `told what is not so: ${told}`);
  // What the browser itself says of a server that is not there is no fault of the page.
  const own = page.complaints.filter((text) => !/net::ERR_|Failed to load resource/.test(text));
  check(own.length === 0, `the page complains: ${own.join("; ")}`);
  return `connected ${took} ms after the server`;
}

restarted.alone = true; // no other check has a server meanwhile

module.exports = { "a hidden tab has no stream": hidden, "a restart of the server": restarted };
