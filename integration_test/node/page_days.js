// A page that is open for days, in the time of a few answers: its parts are told what a server would tell.
"use strict";

// within runs work within the page, with the page's own modules.
const within = (page, work) => page.evaluate(`(async () => { ${work} })()`);

// Prefixes that come and go leave nothing behind.
async function churn({ open, check }) {
  const page = await open("#prefix=");
  const largest = await within(page, `
    let largest = 0;
    const set = Map.prototype.set;
    Map.prototype.set = function (key, value) {
      set.call(this, key, value);
      largest = Math.max(largest, this.size);
      return this;
    };
    const [{ News }, { Rates }] = await Promise.all([import("/news.js"), import("/rates.js")]);
    const [news, rates] = [new News(), new Rates()];
    const row = (i, times) => ({ id: "p" + i, name: "p" + i, max_id: 10, count: 1, free: 9, claims: times, takes: 0, out_of_range: times, created_at: 1, deleter: false });
    for (let now = 0; now < 8000; now++) {
      const rows = [row(now, 0), row(now - 1, 1)];
      // At first all prefixes are on the page, later there are more.
      const matched = now < 4000 ? 2 : 1000;
      rates.note(now, rows);
      news.prefixes({ offset: 0, matched, total: matched, prefixes: rows }, "");
    }
    Map.prototype.set = set;
    return [largest, document.querySelectorAll("#news li").length];`);
  check(largest[0] < 1100 && largest[1] <= 200, `the page keeps ${largest[0]} of something, and ${largest[1]} lines`);
  await page.done();
  return `${largest[0]} things kept at most`;
}

// A clock that is put back by an hour does not stop the rates for an hour.
async function clock({ open, check }) {
  const page = await open("#prefix=");
  const speeds = await within(page, `
    const { Rates } = await import("/rates.js");
    const rates = new Rates();
    const speeds = [];
    for (const [begin, speed] of [[10_000, 100], [6_400, 200]]) {
      for (let i = 0; i < 5; i++) rates.note(begin + i, [{ id: "a", claims: 0, takes: 0, count: speed * i, created_at: 1 }]);
      speeds.push(rates.of("a").count);
    }
    return speeds;`);
  check(speeds.join() === "100,200", `the rates are ${speeds}`);
  await page.done();
}

// An answer that is under way when something else is asked for is told to nobody: it would be taken for one to that.
async function late({ open, check }) {
  const page = await open("#prefix=");
  const told = await within(page, `
    const { Feed } = await import("/feed.js");
    const [told, made] = [[], []];
    const { EventSource } = window;
    const opened = async (n) => {
      while (made.length < n) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    window.EventSource = class extends EventTarget {
      constructor() {
        super();
        made.push(this);
      }
      close() {}
      says(text) {
        this.dispatchEvent(new MessageEvent("map", { data: JSON.stringify(text) }));
      }
    };
    const feed = new Feed("stream", (name, answer) => name === "map" && told.push(answer));
    const asked = [feed.look("a")];
    await opened(1);
    made[0].says("of a");
    asked.push(feed.look("a"), feed.look("b"));
    made[0].says("of a, late");
    await opened(2);
    made[0].says("of a, later");
    made[1].says("of b");
    window.EventSource = EventSource;
    return [...asked, ...told];`);
  check(told.join() === "true,false,true,of a,of b", `it was told ${told}`);
  await page.done();
}

module.exports = { "an answer that comes late": late, "prefixes that come and go for days": churn, "a clock that is put back": clock };
