import { nodeHttpClient } from "../../src-shared/node/node-http-client.ts";
// `npm run soak:telemetry`: 100,000 events through a server that fails in every way it can, then 1,000 kills in
// mid-write. The check for lost and duplicate events uses the ids at the receiver, not the sender's counters.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createHttpPost, createTransport, deliver, openQueue, QUEUE_LIMITS } from "../../src-main/telemetry/index.ts";
import { eventIdOf, type TelemetryEvent } from "../../src-shared/telemetry/index.ts";
import { GIB } from "../../src-shared/units.ts";
import { type ServerReply, startTelemetryServer } from "../fakes/telemetry-server.ts";
import { FINDING, BUSY_SESSION, SENDER } from "../shared/telemetry/events.ts";
import { killTelemetry } from "./telemetry-kills.ts";

const BAD_REPLIES: readonly ServerReply[] = [
  { kind: "status", status: 500 },
  { kind: "status", status: 502 },
  { kind: "status", status: 503, headers: { "Retry-After": "120" } },
  { kind: "status", status: 429, headers: { "Retry-After": "30" } },
  { kind: "slow", ms: 20 },
  { kind: "partial", refuse: 1 },
  { kind: "disconnect" },
  { kind: "lost answer" },
];
const APPENDED_AT_ONCE = 25;
const LONGEST_RUN_MS = 120;

const newId = () => eventIdOf(Date.now(), randomBytes(10));
const printCount = (what: string, count: number) => process.stdout.write(`${String(count).padStart(8)}  ${what}\n`);

const { values } = parseArgs({
  options: { events: { type: "string", default: "100000" }, kills: { type: "string", default: "1000" } },
});
const folder = mkdtempSync(join(tmpdir(), "uvv-soak-"));
try {
  const faults = [
    ...(await flapping(join(folder, "flapping"), Number(values.events))),
    ...(await kills(join(folder, "kills"), Number(values.kills))),
  ];
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  process.stdout.write(faults.length === 0 ? "nothing lost, nothing doubled\n" : `${faults.length} faults\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Sends this many events to a server that gives a bad reply half of the time. */
async function flapping(queueFolder: string, total: number): Promise<string[]> {
  const replyCounts = new Map<string, number>();
  const server = await startTelemetryServer(() => {
    const reply = Math.random() < 0.5 ? BAD_REPLIES[Math.floor(Math.random() * BAD_REPLIES.length)] : undefined;
    const name = reply === undefined ? "accepted" : "status" in reply ? `answered ${reply.status}` : reply.kind;
    replyCounts.set(name, (replyCounts.get(name) ?? 0) + 1);
    return reply ?? { kind: "take" };
  });
  const opened = await openQueue(queueFolder, () => 0, { ...QUEUE_LIMITS, totalBytes: GIB });
  if (!opened.ok) throw new Error(opened.error);
  const queue = opened.value;
  const session = newId();
  const sent = await appendEvents(queue, session, total);
  const transport = createTransport({
    destination: { url: server.url, isOurs: true },
    post: createHttpPost(nodeHttpClient),
    sign: async () => undefined,
    now: Date.now,
    random: Math.random,
  });
  const from = async () => ({ sender: SENDER, sent: { at: Date.now(), session, up: total }, enrolment: undefined });
  const started = performance.now();
  let rests = 0;
  // Waits and rests are computed as usual, but not waited for.
  const step = async () =>
    deliver({ queue, transport, wait: async () => undefined, from }, new AbortController().signal);
  while ((await step()).restMs > 0) rests++;
  const seconds = (performance.now() - started) / 1000;
  const { refused } = queue.lost();
  await queue.close();
  await server.stop();

  for (const [name, count] of replyCounts) printCount(`batches ${name}`, count);
  printCount("rests", rests);
  printCount("events queued", sent.size);
  printCount("events at the receiver", server.events.size);
  printCount("events that it refused, by id", server.refused.size);
  printCount("events refused, by the sender's count", refused);
  printCount("duplicates that it dropped by their id", server.counts.duplicates);
  printCount(`seconds; ${Math.round(total / seconds)} events a second`, Math.round(seconds));
  const isThere = (id: string) => server.events.has(id) || server.refused.has(id);
  return [
    ...[...sent].filter((id) => !isThere(id)).map((id) => `${id} is lost`),
    ...[...server.events.keys()].filter((id) => !sent.has(id)).map((id) => `${id} was never sent`),
    ...[...server.events.keys()].filter((id) => server.refused.has(id)).map((id) => `${id} was accepted and refused`),
    ...(refused === server.refused.size ? [] : ["sender and receiver count refusals differently"]),
    ...server.faults,
  ];
}

type Queue = Extract<Awaited<ReturnType<typeof openQueue>>, { ok: true }>["value"];

async function appendEvents(queue: Queue, session: string, total: number): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let seq = 1; seq <= total; seq += APPENDED_AT_ONCE) {
    const events = Array.from({ length: Math.min(APPENDED_AT_ONCE, total - seq + 1) }, (_, i) =>
      event(session, seq + i),
    );
    const appended = await queue.append(events);
    if (!appended.ok) throw new Error(appended.error);
    for (const { id } of events) ids.add(id);
  }
  return ids;
}

function event(session: string, seq: number): TelemetryEvent {
  const about = { v: 1, id: newId(), session, seq, at: Date.now(), up: seq } as const;
  return seq % 10 === 0
    ? { ...about, kind: "security", finding: FINDING }
    : { ...about, kind: "session", state: BUSY_SESSION };
}

async function kills(queueFolder: string, count: number): Promise<string[]> {
  const started = performance.now();
  const report = await killTelemetry(queueFolder, count, LONGEST_RUN_MS);
  printCount("kills", report.kills);
  printCount("events acknowledged before a kill", report.acknowledged);
  printCount("events at the receiver", report.arrived);
  printCount("of them written, but killed before the acknowledgement", report.unacknowledged);
  printCount("duplicates that it dropped by their id", report.duplicatesDropped);
  printCount("seconds", Math.round((performance.now() - started) / 1000));
  return [...report.lost.map((id) => `${id} is lost`), ...report.faults];
}
