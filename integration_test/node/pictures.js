// Takes the pictures of the page that stand in the documents: node pictures.js SERVER FOLDER
// runs the built server with some work to do and writes page-light.png, page-dark.png, page-phone.png.

const { spawn } = require("node:child_process");
const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const Redis = require("ioredis");
const { launch } = require("./browser");

const [server, folder] = process.argv.slice(2);
const watched = Number(process.env.WATCHED || 75) * 1000; // how long the page looks on, for the lines of its chart

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// start runs the server and returns where it listens, as its log says.
async function start(directory) {
  const child = spawn(server, ["--addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0", "--dir", directory, "--appendonly", "yes", "--max-memory", "256mb"]);
  let log = "";
  child.stdout.on("data", (data) => (log += data));
  child.stderr.on("data", (data) => (log += data));
  for (;;) {
    const lines = log.split("\n").filter((line) => line.startsWith("{")).map((line) => { try { return JSON.parse(line); } catch { return {}; } });
    const [data, http] = ["listening", "listening for HTTP"].map((message) => lines.find((line) => line.message === message)?.addr);
    if (data && http) return { child, port: Number(data.split(":").pop()), page: `http://${http}/` };
    if (child.exitCode != null) throw new Error(log);
    await wait(20);
  }
}

// fill makes prefixes of which each is filled in another way.
async function fill(client) {
  const call = (...words) => client.call(...words.map(String));
  await call("PT.CREATE", "vec:", "MAXID", 4_000_000, "WIDTH", 12);
  await call("PT.ADDRANGE", "vec:", 0, 1_390_000);
  for (let at = 400_000, n = 0; at < 1_250_000; at += 9_000 + (n * 7_919) % 23_000, n++) await call("PT.REMRANGE", "vec:", at, at + 500 + (n * 3_001) % 9_000);
  for (let n = 0; n < 150; n++) {
    const at = 1_390_000 + Math.floor(2_600_000 * ((n * 0.618034) % 1) ** 1.6);
    await call("PT.ADDRANGE", "vec:", at, Math.min(4_000_000, at + 200 + (n * 611) % 16_000));
  }
  const simple = [["img:", 20_000_000, 7_310_000], ["user:", 1_000_000, 1_000_000], ["doc:", 250_000_000, 31_250_000], ["cart:", 50_000, 48_800], ["order:{eu}:", 5_000_000, 412_345], ["thumb:", 10_000_000, 9_999_000]];
  for (const [prefix, bound, end] of simple) {
    await call("PT.CREATE", prefix, "MAXID", bound);
    await call("PT.ADDRANGE", prefix, 0, end);
  }
  await call("PT.ADDRANGE", "session:", 0, 1_204_000);
  await call("PT.ADDRANGE", "log:2026-11:", 0, 640_000);
}

// work keeps calling, about `rate` times a second, until it is told to stop.
function work(port, name, rate, command) {
  const client = new Redis({ port, connectionName: name });
  let stop = false;
  const done = (async () => {
    for (let n = 0; !stop; n++) {
      const pace = 1 + 0.35 * Math.sin(n / (rate * 2.2)) + 0.15 * Math.random();
      await client.call(...command(n).map(String));
      await wait(1000 / rate / pace);
    }
    client.disconnect();
  })();
  return () => ((stop = true), done);
}

async function main() {
  const directory = mkdtempSync(join(tmpdir(), "pictures-"));
  const { child, port, page } = await start(directory);
  const browser = await launch();
  try {
    const client = new Redis({ port, connectionName: "prefill" });
    await fill(client);
    const token = await client.call("PT.DELITER", "OPEN", "cart:", "TTL", "600000");
    const stops = [
      work(port, "loader-1", 40, () => ["PT.CLAIMNEXT", "vec:", "COUNT", 30]),
      work(port, "loader-2", 35, () => ["PT.CLAIMNEXT", "vec:", "COUNT", 70, "RANGE", 1_600_000, 2_400_000]),
      work(port, "loader-3", 30, () => ["PT.CLAIMNEXT", "vec:", "COUNT", 70, "RANGE", 2_900_000, 3_600_000]),
      work(port, "deleter", 25, () => ["PT.TAKENEXT", "vec:", "COUNT", 45, "RANGE", 0, 300_000]),
      work(port, "images", 20, () => ["PT.CLAIMNEXT", "img:", "COUNT", 400]),
      work(port, "carts", 10, () => ["PT.DELITER", "NEXT", token, "COUNT", 2]),
      work(port, "sessions", 20, () => ["PT.CLAIMNEXT", "session:", "COUNT", 15]),
      work(port, "reader", 60, (n) => ["PT.EXISTS", "doc:", (n * 7_919) % 250_000_000]),
      work(port, "orders", 10, () => ["PT.ADD", "order:{eu}:", 600_000 + Math.floor(4e6 * Math.random())]),
    ];
    const looks = [
      ["light", { width: 1440, height: 1240 }, { colorScheme: "light" }],
      ["dark", { width: 1440, height: 1240 }, { colorScheme: "dark" }],
      ["phone", { width: 390, height: 1180 }, { colorScheme: "dark", deviceScaleFactor: 1.5, hasTouch: true, isMobile: true }],
    ];
    const pages = [];
    for (const [name, viewport, options] of looks) {
      const tab = await (await browser.newContext({ viewport, ...options })).newPage();
      await tab.goto(`${page}#prefix=vec%3A`);
      pages.push([name, tab]);
    }
    await wait(watched / 2);
    await client.call("PT.CREATE", "upload:", "MAXID", "800000");
    await client.call("PT.CLAIMNEXT", "thumb:", "COUNT", "1000");
    await wait(watched / 2);
    for (const [name, tab] of pages) await tab.screenshot({ path: join(folder, `page-${name}.png`) });
    for (const stop of stops) await stop();
    client.disconnect();
  } finally {
    await browser.close();
    child.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

main();
