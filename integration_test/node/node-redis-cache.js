// Reads a set through node-redis' cache while another client changes it.
"use strict";
const { createClient } = require("redis");
const { BasicClientSideCache } = require("@redis/client");

async function main(port) {
  const url = `redis://127.0.0.1:${port}`;
  const writer = await createClient({ url }).connect();
  const cache = new BasicClientSideCache({ ttl: 0, maxEntries: 0 });
  const reader = await createClient({ url, RESP: 3, clientSideCache: cache }).connect();
  for (let round = 0; round < 50; round++) {
    for (const [change, want] of [["sAdd", 1], ["sRem", 0]]) {
      await writer[change]("vec:", "7");
      for (const deadline = Date.now() + 10000; await reader.sIsMember("vec:", "7") !== want;) {
        if (Date.now() > deadline) throw new Error(`stale after ${change} in round ${round}`);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await reader.sIsMember("vec:", "7");
    }
  }
  console.log("hits", cache.stats().hitCount >= 100);
  await reader.close();
  await writer.close();
}

main(process.argv[2]);
