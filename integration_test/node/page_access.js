// For everybody: the rules of axe-core, the keyboard alone, a phone, less motion.
"use strict";

const { source } = require("axe-core");

async function rules({ open, call, check, until }) {
  await call("PT.CREATE", "axe:", "MAXID", 1_000_000);
  await call("PT.ADDRANGE", "axe:", 100_000, 300_000);
  let passed = 0;
  const looks = { light: { colorScheme: "light" }, dark: { colorScheme: "dark" }, phone: { colorScheme: "dark", viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } };
  for (const [name, options] of Object.entries(looks)) {
    for (const opened of [true, false]) {
      const page = await open(opened ? "#prefix=axe:" : "#prefix=", options);
      await until("the list", async () => (await page.locator("#prefixes tbody tr").count()) > 0);
      check((await page.isVisible("#detail")) === opened, `the prefix is ${opened ? "not open" : "open"}`);
      if (opened) {
        await page.click("summary");
        await until("the map", async () => (await page.locator("#map-numbers tbody tr").count()) > 0);
      }
      await page.evaluate(source);
      const found = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
      check(found.violations.length === 0, `${name}, ${opened ? "a prefix open" : "none open"}: ${found.violations.map((v) => `${v.id} (${v.nodes.map((n) => n.html.slice(0, 120)).join(", ")})`).join("; ")}`);
      passed += found.passes.length;
      if (name === "phone") {
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        check(wide <= 360, `on a phone of 360 pixels the page is ${wide} wide`);
      }
      await page.done();
    }
  }
  return `0 violations, ${passed} rules passed in six looks`;
}

// From the address to a zoomed map and back, and everything else that can be done, without a pointer.
async function keyboard({ open, call, check, until }) {
  await call("PT.CREATE", "keys-only:", "MAXID", 1_000_000);
  await call("PT.ADDRANGE", "keys-only:", 0, 500_000);
  const page = await open("#prefix=&match=keys-only");
  await until("the list", async () => (await page.locator("#prefixes tbody tr").count()) === 1);

  // tab goes on until something has the focus, and looks at every stop whether that can be seen.
  const stops = new Set();
  const tab = async (what, selector, key = "Tab") => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press(key);
      const stop = await page.evaluate((wanted) => {
        const element = document.activeElement;
        const style = getComputedStyle(element);
        return { name: element.id || element.textContent.trim() || element.tagName, there: element.matches(wanted), body: element === document.body, seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
      }, selector);
      if (stop.body) continue; // the browser's own controls, between the end and the beginning
      stops.add(stop.name);
      check(stop.seen, `${stop.name} has the focus and does not show it`);
      if (stop.there) return;
    }
    throw new Error(`Tab does not lead to ${what}`);
  };
  await tab("the search", "#match");
  await tab("the prefix", "#prefixes tbody a");
  await page.keyboard.press("Enter");
  await until("the map", async () => /500,000 of 1,000,000 here exist/.test(await page.textContent("#map-read")));
  check(await page.evaluate(() => document.activeElement.matches("#detail-name")), "the focus does not go to the prefix that was opened");
  await tab("the map", "#map");
  await until("what its first cell has", async () => /^IDs 0 to 249: 250 of 250 exist, 100 %$/.test(await page.textContent("#map-said")));
  await page.keyboard.press("ArrowDown");
  check(/^IDs 25,000 to 25,249: 250 of 250/.test(await page.textContent("#map-said")), `the map says ${await page.textContent("#map-said")}`);
  await page.keyboard.press("Enter");
  await until("the range", async () => (await page.locator(".trail button").count()) === 2);
  await page.keyboard.press("Escape");
  await until("all IDs", async () => (await page.locator(".trail button").count()) === 1);
  await tab("the numbers", "summary");
  await page.keyboard.press("Enter");
  await until("the numbers", async () => page.isVisible("#map-numbers"));
  await tab("the way to close", "#close", "Shift+Tab");
  await page.keyboard.press("Enter");
  await until("the list alone", async () => page.isHidden("#detail"));
  check(await page.evaluate(() => document.activeElement.matches("#prefixes tbody a")), "the focus does not go back to the list");
  await tab("the choice of colours", '[data-theme-choice="dark"]', "Shift+Tab");
  await page.keyboard.press("Enter");
  check((await page.getAttribute("html", "data-theme")) === "dark", "the colours stay");
  check((await page.evaluate(() => getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor)).includes("rgb(10, 15, 22)"), "the colours are not dark");
  await page.reload();
  check((await page.getAttribute("html", "data-theme")) === "dark", "the choice is forgotten");
  await page.done();
  return `${stops.size} stops of Tab, each to be seen`;
}

async function stillness({ open, check, until }) {
  const page = await open("#prefix=", { reducedMotion: "reduce" });
  await until("the list", async () => (await page.locator("#prefixes tbody tr").count()) > 0);
  const moving = await page.evaluate(() => [...document.querySelectorAll("*")].filter((e) => /[1-9]/.test(getComputedStyle(e).transitionDuration + getComputedStyle(e).animationDuration.replace("auto", ""))).length);
  check(moving === 0, `${moving} elements move for those who want no motion`);
  await page.done();
}

module.exports = { "the rules of axe-core": rules, "by keyboard alone": keyboard, "less motion": stillness };
