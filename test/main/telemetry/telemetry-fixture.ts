import { nodeHttpClient } from "../../../src-shared/node/node-http-client.ts";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  createHttpPost,
  createTelemetry,
  createTransport,
  deliver,
  openQueue,
  QUEUE_LIMITS,
  type QueueLimits,
  type TelemetryPorts,
  type TelemetryQueue,
  type TransportPorts,
} from "../../../src-main/telemetry/index.ts";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { type Enrolment, statementOf } from "../../../src-shared/telemetry/index.ts";
import { DEVICE, NOW } from "../../fakes/issuer.ts";
import { testId, testKey } from "../../fakes/test-keys.ts";
import { type ServerReply, startTelemetryServer, type TelemetryServer } from "../../fakes/telemetry-server.ts";
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

export async function startServer(behaviour?: (request: number) => ServerReply) {
  const server = await startTelemetryServer(behaviour);
  onTestFinished(() => server.stop());
  return server;
}

const MAX_WAITS = 5;

/** Delivers everything that is queued, with waits that only record how long they would have been. */
export async function deliverTo(url: string, queue: TelemetryQueue, overrides: Partial<TransportPorts> = {}) {
  const waits: number[] = [];
  const transport = createTransport({
    destination: { url, isOurs: true },
    post: createHttpPost(nodeHttpClient, 500),
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

export const key = testKey("device", "device");
const { "service.instance.id": _pid, "uvv.ring": _ring, ...sender } = SENDER;
export const enrolment: Enrolment = {
  token: "the-token",
  kid: "enr-test",
  claims: {
    v: 1,
    pid: testId("pilot"),
    ring: "ring1",
    device: DEVICE,
    ed25519: toBase64url(key.root.publicKey),
    iat: NOW,
    exp: NOW + 86_400,
  },
};

/** The telemetry of a computer: its folder, its clock, its answer to the consent question. */
export async function setUp(
  options: {
    folder?: string;
    behaviour?: (n: number) => ServerReply;
    server?: TelemetryServer;
  } & Partial<TelemetryPorts> = {},
) {
  const server = options.server ?? (await startServer(options.behaviour));
  const folder = options.folder ?? join(temporaryFolder(), "telemetry");
  const fixture = { consent: true, ms: 1_000, logged: [] as string[] };
  const telemetry = createTelemetry({
    folder,
    hasConsent: () => fixture.consent,
    enrolment: async () => undefined,
    sender,
    destination: { url: server.url, isOurs: true },
    monitoring: undefined,
    post: createHttpPost(nodeHttpClient, 1_000),
    sign: async (about, body) => toBase64url(key.sign(statementOf(about, body))),
    // Until it is closed or withdrawn: a test that needs a second attempt triggers it with the next tick.
    wait: (_ms, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
    random: () => 0,
    now: () => AT + fixture.ms,
    monotonic: () => fixture.ms,
    randomBytes: (count) => new Uint8Array(randomBytes(count)),
    sample: async () => ({ downMs: 0, cpuMs: fixture.ms / 10, privateBytes: 150_000_000 }),
    knownTime: () => NOW,
    minidumps: async () => 0,
    changed: () => undefined,
    log: (event, fields) => void fixture.logged.push(JSON.stringify({ event, ...fields })),
    ...options,
  });
  onTestFinished(telemetry.close);
  return { telemetry, server, folder, fixture };
}

export const settled = (check: () => boolean) =>
  new Promise<void>((resolve) => {
    const poll = () => (check() ? resolve() : setTimeout(poll, 5));
    poll();
  });
