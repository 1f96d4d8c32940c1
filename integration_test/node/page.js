// Looks at the page with a browser: node page.js RESP_PORT PAGE_ADDRESS runs all checks and prints
// "pass NAME (what it saw)" or "fail NAME: why" for each. For a restart of the server it prints
// "restart" and flags for it, before that perhaps "stop", and goes on when it is told so on standard input. With a third argument it runs the
// checks alone in whose names that stands.
"use strict";

const readline = require("node:readline");
const Redis = require("ioredis");
const { launch } = require("./browser");

const patience = 45_000; // a deadline for what hangs, never a pace
const abreast = 4; // checks at a time: most of them wait for the next second

const [port, address, only = ""] = process.argv.slice(2);
const groups = ["page_map", "page_leases", "page_zoom", "page_list", "page_access", "page_life", "page_odd", "page_days", "page_store"].map((name) => require(`./${name}`));

function check(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

// until polls a question until its answer is true, and returns how many milliseconds that took.
async function until(what, holds) {
  const began = Date.now();
  let last;
  while (Date.now() - began < patience) {
    try {
      if (await holds()) return Date.now() - began;
    } catch (error) {
      last = error; // what is asked for may not be there yet
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited in vain: ${what}${last ? ` (${last.message})` : ""}`);
}

// open shows the page and notes all that must not happen: messages of the console, errors, requests
// to others, answers that say no. What it noted is complained of by close.
function opener(browser, opened) {
  return async (hash = "", options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1300, height: 950 }, ...options });
    const page = await context.newPage();
    opened.push(page);
    page.setDefaultTimeout(patience);
    const complaints = [];
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => request.url().startsWith(address) || complaints.push(`asked ${request.url()}`));
    page.on("response", (response) => response.status() < 400 || complaints.push(`${response.status()} of ${response.url()}`));
    await page.goto(address + hash);
    page.complaints = complaints;
    page.done = async () => {
      await context.close();
      check(complaints.length === 0, `the page complains: ${complaints.join("; ")}`);
    };
    return page;
  };
}

async function main() {
  const redis = new Redis({ port: Number(port), retryStrategy: () => 100, maxRetriesPerRequest: null });
  redis.on("error", () => {}); // while the server is restarted there is none to connect to
  const call = (...words) => redis.call(...words.map((word) => (Buffer.isBuffer(word) ? word : String(word))));
  const browser = await launch();
  const input = readline.createInterface({ input: process.stdin });
  const say = (...words) =>
    new Promise((resolve) => {
      input.once("line", resolve);
      console.log(words.join(" "));
    });
  const [stop, restart] = [() => say("stop"), (...flags) => say("restart", ...flags)];
  const run = async ([name, look]) => {
    const [opened, began] = [[], Date.now()];
    try {
      const saw = await look({ open: opener(browser, opened), call, check, until, stop, restart });
      console.log(`pass ${name} (${saw ? `${saw}; ` : ""}${((Date.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      const complaints = opened.flatMap((page) => page.complaints);
      console.log(`fail ${name}: ${error.message.replaceAll("\n", " ")}${complaints.length ? `; the page complains: ${complaints.join("; ")}` : ""}`);
    }
  };
  const checks = groups.flatMap((group) => Object.entries(group)).filter(([name]) => name.includes(only));
  const beside = checks.filter(([, look]) => !look.alone);
  await Promise.all(Array.from({ length: abreast }, async () => {
    while (beside.length) await run(beside.shift());
  }));
  for (const each of checks.filter(([, look]) => look.alone)) await run(each);
  await browser.close();
  redis.disconnect();
  input.close();
  console.log("end");
}

main();
