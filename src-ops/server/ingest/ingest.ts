import * as v from "valibot";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { RandomId } from "../../../src-shared/ids.ts";
import { NonNegativeInteger } from "../../../src-shared/integers.ts";
import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from "fastify";
import { normalizeEvents, type StoreCounts, sessionsWithoutVersion } from "../../gates/index.ts";
import { type RateLimit, type RawRequest, type Refusal, refuse, STORAGE_RETRY_SECONDS } from "../http/index.ts";
import { type Enrolment, type RingStore, storageProblemOf } from "../store/index.ts";
import type { ReportError } from "../unexpected-errors.ts";
import type { WriteBatcher } from "./write-batcher.ts";
import { type Device, type Devices, isSignedBy } from "./devices.ts";
import {
  decodeRecords,
  ENROL_HEADER,
  ERASE_PATH,
  LOGS_PATH,
  MAX_BATCH_BYTES,
  METRICS_PATH,
  SIGNATURE_HEADER,
  SIGNED_AT_HEADER,
  STATEMENT_TOLERANCE_MS,
} from "../../../src-shared/telemetry/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The enrolled computer that sent the request, once its enrolment has been checked. */
    device: Device | undefined;
  }
}

export type IngestLimits = {
  /** For one enrolled computer. */
  readonly device: RateLimit;
  /** For one network, counting requests whose sender the server does not know yet. */
  readonly stranger: RateLimit;
};

export type IngestPorts = {
  readonly store: Pick<RingStore, "versionsOf" | "erase" | "recordEnrolment" | "ringOf">;
  readonly batcher: WriteBatcher;
  readonly devices: Devices;
  readonly limits: IngestLimits;
  readonly now: () => UnixMs;
  /** This server's address, as clients are configured. */
  readonly address: () => string;
  readonly onEvents: () => void;
  /** Called with the counts of each batch. */
  readonly countRecords: (counts: StoreCounts & { readonly refused: number }) => void;
  readonly note: (event: string, fields: Readonly<Record<string, string | number>>) => void;
  readonly report: ReportError;
};

type Handler = (request: RawRequest, reply: FastifyReply) => Promise<object>;

/** The routes for what computers send: events, metrics and erasure requests. */
export function ingestRoutes(ports: IngestPorts): FastifyPluginAsync {
  return async (app) => {
    const identify = createIdentification(app, ports);
    // Checks the sender and its rate limits first, then handles the body. Events are acknowledged once they are on disk.
    const withIdentification =
      (handle: Handler): Handler =>
      async (request, reply) => {
        try {
          const refusal = await identify(request);
          return refusal ? refuse(reply, refusal) : await handle(request, reply);
        } catch (error) {
          return notStored(ports, error, reply);
        }
      };
    const batch = { bodyLimit: MAX_BATCH_BYTES };
    app.post(
      LOGS_PATH,
      batch,
      withIdentification((request, reply) => storeBatch(ports, request, reply)),
    );
    // Metrics repeat the events for other collectors, so they are not stored.
    app.post(
      METRICS_PATH,
      batch,
      withIdentification(async () => ({})),
    );
    app.post(
      ERASE_PATH,
      withIdentification((request, reply) => erase(ports, request, reply)),
    );
  };
}

/** Responds to a request of which nothing was stored: the sender may send it again. */
function notStored({ note, report }: IngestPorts, error: unknown, reply: FastifyReply): FastifyReply {
  const problem = storageProblemOf(error);
  if (!problem) report("ingest", error);
  const code = problem ?? "STORAGE";
  note("events.not-kept", { code });
  return refuse(reply, { status: 503, code, retryAfterSeconds: STORAGE_RETRY_SECONDS });
}

/**
 * Checks who sent a request, and whether the sender exceeds its rate limit. `device` stays `undefined` for a computer that
 * is not enrolled. A sender that claims an enrolment and cannot prove it is refused.
 */
function createIdentification(app: FastifyInstance, ports: IngestPorts) {
  const { devices, limits, now, address, store, note } = ports;
  app.decorateRequest("device");
  const limitStranger = app.createRateLimit(limits.stranger);
  const limitDevice = app.createRateLimit({ ...limits.device, keyGenerator: ({ device }) => device?.pid ?? "" });

  return async (request: RawRequest): Promise<Refusal | undefined> => {
    const token = headerOf(request, ENROL_HEADER);
    // A new token costs a signature check, so their number is limited for each network.
    if (token === undefined || !devices.isKnown(token)) {
      const refusal = tooMany(await limitStranger(request));
      if (refusal) return refusal;
    }
    if (token === undefined) return undefined;
    const device = devices.identify(token, Math.floor(now() / 1_000));
    if (!device.ok) {
      note("enrolment.refused", { code: device.error });
      return unauthorized(device.error === "EXPIRED" ? "ENROLMENT_EXPIRED" : "ENROLMENT_INVALID");
    }
    request.device = device.value;
    const { pid } = device.value;
    const path = String(request.routeOptions.url);
    // A license can be revoked after its token was issued; the register knows it. Erasure is still allowed.
    if (path !== ERASE_PATH && (await store.ringOf(pid)) === "ended") return unauthorized("ENROLMENT_OVER");
    const refusal = tooMany(await limitDevice(request));
    if (refusal) return refusal;
    const at = signedAt(headerOf(request, SIGNED_AT_HEADER));
    // A request that was signed long ago, or for another server, may be a copy that somebody else sends again.
    if (Math.abs(now() - at) > STATEMENT_TOLERANCE_MS) return unauthorized("STATEMENT_OUT_OF_TIME");
    const about = { ingest: address(), at, path };
    if (isSignedBy(device.value, about, request.body, headerOf(request, SIGNATURE_HEADER) ?? "")) return undefined;
    note("statement.refused", { pid });
    return unauthorized("STATEMENT_NOT_SIGNED");
  };
}

/** A time that is not in our form is infinitely long ago. */
function signedAt(header: string | undefined): UnixMs {
  return header !== undefined && /^(0|[1-9]\d{0,14})$/.test(header) ? Number(header) : Number.NEGATIVE_INFINITY;
}

type Count = Awaited<ReturnType<ReturnType<FastifyInstance["createRateLimit"]>>>;

function tooMany(count: Count): Refusal | undefined {
  if (count.isAllowed || !count.isExceeded) return undefined;
  return { status: 429, code: "TOO_MANY_REQUESTS", retryAfterSeconds: count.ttlInSeconds };
}

function unauthorized(code: string): Refusal {
  return { status: 401, code };
}

function headerOf({ headers }: RawRequest, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}

async function storeBatch(ports: IngestPorts, { body, device }: RawRequest, reply: FastifyReply): Promise<object> {
  const { store, batcher, now } = ports;
  const batch = decodeRecords(body);
  if (!batch.ok) return refuse(reply, MALFORMED);
  const { resource, events, refused } = batch.value;
  const machine = resource["service.instance.id"];
  if (device ? machine !== device.pid : await store.ringOf(machine)) return refuse(reply, NOT_THIS_COMPUTER);
  const ring = device ? await ringOf(store, device) : "unenrolled";
  if (ring === "ended") return refuse(reply, unauthorized("ENROLMENT_OVER"));
  const versions = await store.versionsOf(machine, sessionsWithoutVersion(events));
  const normalized = normalizeEvents(resource, events, ring, now(), (session) => versions.get(session));
  const counts = await batcher.write(normalized);
  ports.countRecords({ ...counts, refused });
  if (counts.taken > 0) ports.onEvents();
  return partial(refused + counts.conflicting);
}

const MALFORMED = { status: 400, code: "MALFORMED" };
const NOT_THIS_COMPUTER = unauthorized("NOT_THIS_COMPUTER");

// A computer may still use an older enrolment. Its events belong to the ring of its newest enrolment.
async function ringOf(store: IngestPorts["store"], { pid, ring, iat }: Device): Promise<Enrolment> {
  return (await store.ringOf(pid)) === ring ? ring : store.recordEnrolment(pid, ring, iat);
}

// OTLP: rejected records must not be sent again. Records that the server already has do not count as rejected.
function partial(rejected: number): object {
  if (rejected === 0) return {};
  const errorMessage = "records of another program, or in conflict with a stored record";
  return { partialSuccess: { rejectedLogRecords: String(rejected), errorMessage } };
}

const Erasure = v.strictObject({
  v: v.literal(1),
  pid: RandomId,
  at: NonNegativeInteger,
});

async function erase(ports: IngestPorts, { body, device }: RawRequest, reply: FastifyReply): Promise<object> {
  const json = parseStrictJson(body);
  const request = v.safeParse(Erasure, json.ok ? json.value : undefined);
  if (!request.success) return refuse(reply, MALFORMED);
  const { pid, at } = request.output;
  // Without an enrolment the random pseudonym itself is the proof: only its computer knows it.
  if (device ? device.pid !== pid : await ports.store.ringOf(pid)) return refuse(reply, NOT_THIS_COMPUTER);
  const { events } = await ports.store.erase(pid, at);
  ports.note("computer.erased", { pid, events });
  return {};
}
