import { nodeHttpClient } from "../../src-shared/node/node-http-client.ts";
// One run of the telemetry queue: appends one event after the other, prints the id of each when it is acknowledged, and
// sends at the same time. It runs until it is killed; the last run only delivers the remaining events.
import { randomBytes } from "node:crypto";
import { writeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { createHttpPost, createTransport, deliver, openQueue, QUEUE_LIMITS } from "../../src-main/telemetry/index.ts";
import { eventIdOf } from "../../src-shared/telemetry/index.ts";
import { FINDING, BUSY_SESSION, SENDER } from "../shared/telemetry/events.ts";

const { folder, url, last } = JSON.parse(process.argv[2] ?? "") as { folder: string; url: string; last: boolean };
const newId = () => eventIdOf(Date.now(), randomBytes(10));
const opened = await openQueue(folder, () => 0, { ...QUEUE_LIMITS, segmentEvents: 5 });
if (!opened.ok) throw new Error(opened.error);
const queue = opened.value;
const session = newId();
const transport = createTransport({
  destination: { url, isOurs: true },
  post: createHttpPost(nodeHttpClient),
  sign: async () => undefined,
  now: Date.now,
  random: () => 0,
});
const ports = {
  queue,
  transport,
  wait: () => setTimeout(1),
  from: async () => ({ sender: SENDER, sent: { at: Date.now(), session, up: 0 }, enrolment: undefined }),
};
const { signal } = new AbortController();

if (last) {
  await deliver(ports, signal);
  await queue.close();
} else {
  await Promise.all([write(), send()]);
}

async function write(): Promise<void> {
  for (let seq = 1; ; seq++) {
    const about = { v: 1, id: newId(), session, seq, at: Date.now(), up: seq } as const;
    const event =
      seq % 5 === 0
        ? ({ ...about, kind: "security", finding: FINDING } as const)
        : ({ ...about, kind: "session", state: BUSY_SESSION } as const);
    const appended = await queue.append([event]);
    if (!appended.ok) throw new Error(appended.error);
    writeSync(1, `${event.id}\n`);
  }
}

async function send(): Promise<void> {
  for (;;) {
    await deliver(ports, signal);
    await setTimeout(1);
  }
}
