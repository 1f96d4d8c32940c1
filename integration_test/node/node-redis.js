// The five checks of client_scripts_test.go with node-redis, one line each.
"use strict";
const { createClient } = require("redis");

async function main(port) {
  const url = `redis://127.0.0.1:${port}`;
  const plain = await createClient({ url }).connect();
  console.log("connect", await plain.ping());
  plain.destroy();

  const redis = await createClient({ url, name: "loader" }).connect();
  console.log("name", await redis.clientGetName());

  const pipeline = redis.multi();
  for (let i = 0; i < 1000; i++) pipeline.addCommand(["PT.CLAIMNEXT", "pipe:"]);
  const replies = await pipeline.execAsPipeline();
  console.log("pipeline", replies.filter((id, i) => id === i).length, "in order");

  const executed = await redis.multi()
    .addCommand(["PT.ADD", "tx:", "0", "7"])
    .addCommand(["PT.EXISTS", "tx:", "7"])
    .addCommand(["PT.CLAIMNEXT", "tx:", "KEYS"])
    .exec();
  console.log("transaction", executed.join(" "));

  await redis.sendCommand(["PT.ADD", "vec:", "-1"]).catch((error) => console.log("error", error.message));
  await redis.close();
}

main(process.argv[2]);
