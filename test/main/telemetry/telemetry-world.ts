import { onTestFinished } from "vitest";
import {
  createFetchPost,
  createTransport,
  deliver,
  openQueue,
  QUEUE_LIMITS,
  type QueueLimits,
  type TelemetryQueue,
  type TransportPorts,
} from "../../../src-main/telemetry/index.ts";
import { type Mood, startTelemetryServer } from "../../fakes/telemetry-server.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { AT, SENDER, SENT } from "../../shared/telemetry/events.ts";

export async function openTestQueue(
  folder = temporaryFolder(),
  limits: Partial<QueueLimits> = {},
  knownTime = () => 0,
): Promise<TelemetryQueue & { folder: string }> {
  const queue = await openQueue(folder, knownTime, { ...QUEUE_LIMITS, ...limits });
  if (!queue.ok) throw new Error(queue.error);
  onTestFinished(queue.value.close);
  return { ...queue.value, folder };
}

export async function startServer(mood?: (request: number) => Mood) {
  const server = await startTelemetryServer(mood);
  onTestFinished(() => server.stop());
  return server;
}

const MAX_WAITS = 5;

/** Delivers all that is queued, with waits that only take note of how long they would have been. */
export async function deliverTo(url: string, queue: TelemetryQueue, overrides: Partial<TransportPorts> = {}) {
  const waits: number[] = [];
  const transport = createTransport({
    destination: { url, isOurs: true },
    post: createFetchPost(fetch, 500),
    sign: async () => undefined,
    now: () => AT,
    random: () => 0,
    ...overrides,
  });
  const stop = new AbortController();
  const wait = async (ms: number) => {
    waits.push(ms);
    if (waits.length >= MAX_WAITS) stop.abort();
  };
  const from = async () => ({ sender: SENDER, sent: SENT, enrolment: undefined });
  const { restMs } = await deliver({ queue, transport, wait, from }, stop.signal);
  return { waits, restMs };
}
