import { afterAll, beforeAll, expect, it } from "vitest";
import { createPilot } from "../fakes/pilot.ts";
import { type PostgresServer, startPostgres } from "../fakes/postgres-server.ts";
import { openPair, until } from "../ops/server/server-pair.ts";

const EVERY_S = 3_600;
const ALLOWED_S = 120;

let postgres: PostgresServer;
beforeAll(async () => void (postgres = await startPostgres()));
afterAll(() => postgres.stop());

type Status = { rings: { ring0: { halt?: { build: string } } } };

it("halts a release within two minutes after the other server received a crash, although both evaluate only once an hour", async () => {
  const { publisher, build, second } = await openPair(postgres, EVERY_S);
  const pilot = createPilot("crasher", Date.now());
  const crash = pilot.stateEvent(1, { kind: "crash", process: "main" });
  expect((await pilot.send(second.url, [crash], 1)).status).toBe(200);
  const from = performance.now();
  await until(
    "the ring is halted",
    async () => (await publisher.feed<Status>("status")).rings.ring0.halt?.build === build,
  );
  const seconds = (performance.now() - from) / 1_000;
  process.stdout.write(`halted ${seconds.toFixed(1)} s after the server that is not the leader received the crash\n`);
  expect(seconds).toBeLessThan(ALLOWED_S);
});
