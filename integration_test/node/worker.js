// A worker of scene_worker_test.go: asks for a batch, does to its keys in the store what its job says, confirms it.
// Its only argument is the job, as JSON. What it was given and what it was told it writes down, a line each, with the
// times before and after on the clock that all processes of a machine share. python/worker.py is the same.
"use strict";
const fs = require("node:fs");
const Redis = require("ioredis");

const job = JSON.parse(process.argv[2]);
const width = job.width ?? 12;
const notes = fs.openSync(job.notes, "a");
const [tracker, store] = [{ client: null }, { client: null }];
let batch = 0;
let missed = 0;

const now = () => process.hrtime.bigint();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const note = (...words) => fs.writeSync(notes, words.join(" ") + "\n"); // one write, so that a kill leaves no half of a line
const dies = (step) => job.die?.[0] === batch && job.die[1] === step;
const lostConnection = (error) => !error.command || /^LOADING/.test(error.message);

function die() {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}

const step = async (name) => dies(name) && die();

// connect makes a connection that repeats nothing, for a hand-out that is sent twice has happened twice.
async function connect(port) {
  const client = new Redis({
    port, connectionName: job.name, lazyConnect: true, enableOfflineQueue: false, autoResendUnfulfilledCommands: false,
    retryStrategy: () => null, maxRetriesPerRequest: 0, enableReadyCheck: false,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.ping();
    return client;
  } catch (error) {
    client.disconnect();
    throw error;
  }
}

// reconnect: the tracker may have been killed: it listens again at the same port, and reads its log first.
async function reconnect() {
  for (const deadline = Date.now() + 60_000; ; await sleep(20)) {
    tracker.client?.disconnect();
    tracker.client = null;
    try {
      tracker.client = await connect(job.tracker);
      if (job.until) await tracker.client.call(...job.until[0]);
      return;
    } catch (error) {
      if (!/connect|closed|ECONN|LOADING/i.test(error.message) || Date.now() > deadline) throw error;
    }
  }
}

// ask sends a command, and does not wait for the reply if it is to die there.
async function ask(name, ...words) {
  const reply = tracker.client.call(...words.map(String));
  if (!dies(name)) return reply;
  reply.catch(() => {});
  await sleep(1);
  return die();
}

// change is what the job does to these keys of the store. DEL counts keys that were not there, GET those that are not.
async function change(keys) {
  if (keys.length === 0) return;
  if (job.store === "DEL") missed += keys.length - (await store.client.del(...keys));
  if (job.store === "GET") missed += (await store.client.mget(...keys)).filter((value) => value === null).length;
  if (job.store !== "SET") return;
  const pipeline = store.client.pipeline();
  for (const key of keys) pipeline.set(key, job.name);
  for (const [error] of await pipeline.exec()) if (error) throw error;
}

// settle: where no reply came it asks once more; then NOLEASE may mean that the first one has done it.
async function settle(name, command, token, ids, ...some) {
  for (let doubt = false; ; doubt = true) {
    const sent = now();
    try {
      const settled = await ask(name, command, token, ...some);
      return note(command === "PT.CONFIRM" ? "confirmed" : "released", sent, token, settled, ...ids);
    } catch (error) {
      if (/^NOLEASE/.test(error.message)) return note(doubt ? "unknown" : "lost", now(), token);
      if (!lostConnection(error)) throw error;
      await reconnect();
    }
  }
}

async function renew(token) {
  const sent = now();
  try {
    await ask("renewing", "PT.RENEW", token, job.ttl);
    note("renewed", sent, token, job.ttl);
  } catch (error) {
    if (/^NOLEASE/.test(error.message)) return;
    if (!lostConnection(error)) throw error;
    await reconnect();
  }
}

// over: nothing is left for now: is it the end, or do others hold something that may come back?
const over = async () => !job.until || (await tracker.client.call(...job.until[0].map(String))) === job.until[1];

// handedOut is the next batch, or null: ask again.
async function handedOut() {
  const sent = now();
  try {
    const reply = await ask("asking", ...job.next);
    const [token, keys] = reply === null ? [null, []] : job.ttl ? reply : ["-", reply];
    if (keys.length > 0) return { sent, got: now(), token, keys };
    if (reply !== null && (await over())) return { keys };
    await sleep(20);
  } catch (error) {
    if (!lostConnection(error)) throw error;
    await reconnect();
  }
  return null;
}

async function main() {
  await reconnect();
  store.client = await connect(job.store_port);
  while (batch < (job.batches ?? Infinity)) {
    await step("before");
    const given = await handedOut();
    if (given === null) continue;
    const { sent, got, token, keys } = given;
    if (keys.length === 0) break;
    const ids = keys.map((key) => Number(key.slice(-width)));
    note("got", sent, got, job.ttl, token, ...ids);
    await step("got");
    if (job.remove) await tracker.client.call("PT.REM", job.remove, ...ids.map(String));
    if (job.grace) await sleep(1000 * job.grace);
    const half = keys.length >> 1;
    await change(keys.slice(0, half));
    await step("half");
    if (job.renew) {
      await renew(token);
      await step("renewed");
    }
    await change(keys.slice(half));
    await step("written");
    if (job.ttl && job.parts) {
      await settle("confirming half", "PT.CONFIRM", token, ids.slice(0, half), ...ids.slice(0, half));
      await step("half confirmed");
      await settle("confirming", "PT.CONFIRM", token, ids.slice(half), ...ids.slice(half));
    } else if (job.ttl && job.release && batch % 4 === 3) {
      await settle("releasing", "PT.RELEASE", token, ids);
    } else if (job.ttl) {
      await settle("confirming", "PT.CONFIRM", token, ids);
    }
    await step("confirmed");
    batch++;
  }
  console.log(JSON.stringify({ batches: batch, missed }));
  tracker.client.disconnect();
  store.client.disconnect();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
