// The five checks of client_scripts_test.go with ioredis, one line each.
"use strict";
const Redis = require("ioredis");

async function main(port) {
  const plain = new Redis(port);
  console.log("connect", await plain.ping());
  plain.disconnect();

  const redis = new Redis(port, { connectionName: "loader" });
  console.log("name", await redis.client("GETNAME"));

  const pipeline = redis.pipeline();
  for (let i = 0; i < 1000; i++) pipeline.call("PT.CLAIMNEXT", "pipe:");
  const replies = await pipeline.exec();
  console.log("pipeline", replies.filter(([error, id], i) => error === null && id === i).length, "in order");

  const executed = await redis.multi()
    .call("PT.ADD", "tx:", 0, 7).call("PT.EXISTS", "tx:", 7).call("PT.CLAIMNEXT", "tx:", "KEYS").exec();
  console.log("transaction", executed.map(([error, reply]) => error ?? reply).join(" "));

  await redis.call("PT.ADD", "vec:", -1).catch((error) => console.log("error", error.message));
  await redis.quit();
}

main(Number(process.argv[2]));
