// The table of prefixes: found, sorted, turned over; names that mean harm; what has happened.
"use strict";

const names = (page) => page.$$eval("#prefixes tbody a", (links) => links.map((link) => link.textContent));

async function pages({ open, call, check, until }) {
  await Promise.all(Array.from({ length: 120 }, (_, i) => call("PT.ADDRANGE", `many-${String(i).padStart(3, "0")}:`, 0, i + 1)));
  const page = await open();
  await page.keyboard.press("/");
  await page.keyboard.type("MANY-");
  await until("those found", async () => /1 to 50 of 120 found/.test(await page.textContent("#place")));
  check((await names(page))[0] === "many-119:", "not the largest first");
  await page.click("#next");
  await page.click("#next");
  await until("the last page", async () => /101 to 120 of 120/.test(await page.textContent("#place")));
  check((await page.isDisabled("#next")) && (await names(page)).length === 20, "there is a page behind the last");
  await page.click("th.prefix button");
  await until("by name, from the beginning", async () => (await names(page))[0] === "many-000:");
  check((await page.getAttribute("th.prefix", "aria-sort")) === "ascending", "it does not say how it is sorted");
  await page.fill("#match", "many-01?:");
  await until("those of the glob", async () => (await names(page)).length === 10);
  check(page.url().includes("match=many-01"), `the address is ${page.url()}`);
  await page.reload();
  await until("the same after a reload", async () => (await names(page)).length === 10);
  await page.fill("#match", "no such");
  await until("that there is none", async () => /No prefix matches/.test(await page.textContent("#nothing")));
  await page.done();
}

// A name is bytes of anybody's choice. It is text, whatever it says, and opens like any other.
async function hostile({ open, call, check, until }) {
  const evil = ['<img src=x onerror="window.harmed=1">hostile', "hostile&#x3c;b&prefix=none&max=3#min=1", "hostile'\"><script>window.harmed=1</script>", "hostile %zz%41", "hostile\u202Egnp.exe\u0000\n",
    `hostile${"long".repeat(125)}`, Buffer.from([0x68, 0x6f, 0x73, 0x74, 0x69, 0x6c, 0x65, 0xff, 0xfe, 0x80])];
  for (const name of evil) await call("PT.ADDRANGE", name, 0, 7);
  const page = await open("#match=hostile");
  await until("all of them", async () => (await names(page)).length === evil.length);
  for (const [i] of evil.entries()) {
    const link = page.locator("#prefixes tbody a").nth(i);
    const name = await link.textContent();
    await link.click();
    await until(`${name}, opened`, async () => (await page.textContent("#detail-name")) === name && /^7 IDs exist/.test(await page.textContent("#detail-sum")));
    if (i % 2) continue; // every other as a link, too: that is a page to load
    const other = await open(new URL(page.url()).hash);
    await until(`${name}, by its link`, async () => (await other.textContent("#detail-name")) === name && /^7 IDs exist/.test(await other.textContent("#detail-sum")));
    await other.done();
  }
  const found = await page.evaluate(() => [window.harmed, document.querySelectorAll("#prefixes img, #detail img, #news img, main script").length, document.documentElement.scrollWidth - innerWidth]);
  check(found[0] === undefined && found[1] === 0, "a name has become markup");
  check(found[2] <= 0, `a long name makes the page ${found[2]} pixels too wide`);
  await page.done();
  return `${evil.length} names`;
}

// Rates, the time left and what happened are worked out by the page.
async function happens({ open, call, check, until }) {
  await call("PT.CREATE", "event-a:", "MAXID", 1_000_000);
  const page = await open("#match=event-&prefix=event-a%3A");
  const news = async () => (await page.$$eval("#news li span", (lines) => lines.map((line) => line.textContent))).join(" | ");
  await until("the prefix", async () => (await names(page)).length === 1);
  let claiming = true;
  const claims = (async () => {
    for (; claiming; await new Promise((resolve) => setTimeout(resolve, 20))) await call("PT.CLAIMNEXT", "event-a:", "COUNT", 20);
  })();
  await until("rates and the time left", async () => {
    const cell = (column) => page.textContent(`#prefixes tbody td.${column}`);
    return /^[\d.,]+( k)?$/.test(await cell("claims")) && (await cell("claims")) !== "0" && /min|h|d/.test(await cell("left"));
  });
  await until("the time left of the open prefix", async () => /full in .* at \+/.test(await page.textContent("#detail-time")));
  // That is of the last second alone, and in one in which this script gets no turn nothing is claimed.
  await until("a rate in the chart", async () => /Now: [1-9].* claims\/s/.test(await page.getAttribute(".chart", "aria-label")));
  claiming = false;
  await claims;
  await call("PT.CREATE", "event-b:", "MAXID", 10);
  await until("that one was made", async () => /event-b: was made\./.test(await news()));
  await call("PT.ADDRANGE", "event-b:", 0, 10);
  await until("that it is full", async () => /event-b: is full\./.test(await news()));
  await call("PT.ADD", "event-b:", 10);
  await until("that it was asked for too much", async () => /event-b: was asked for IDs over its bound/.test(await news()));
  const token = await call("PT.DELITER", "OPEN", "event-b:");
  await until("who deletes", async () => (await page.locator("#prefixes .badge:visible").count()) === 1);
  await call("PT.DELITER", "CLOSE", token);
  await call("PT.REM", "event-b:", 3);
  await until("that it is no longer full", async () => /event-b: is no longer full: 1 free/.test(await news()));
  await call("PT.DROP", "event-b:");
  await until("that it was dropped", async () => /event-b: was dropped\./.test(await news()));
  await call("PT.DROP", "event-a:");
  await until("that the open one is gone", async () => page.isVisible("#gone"));
  await call("PT.ADDRANGE", "event-a:", 0, 5);
  await until("it again", async () => (await page.isHidden("#gone")) && /^5 IDs exist/.test(await page.textContent("#detail-sum")));
  await page.done();
}

module.exports = { "prefixes are found, sorted and turned over": pages, "names are text": hostile, "rates and what happened": happens };
