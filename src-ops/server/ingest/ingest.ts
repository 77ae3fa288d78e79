import * as v from "valibot";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { RandomId } from "../../../src-shared/ids.ts";
import { NonNegativeInteger } from "../../../src-shared/integers.ts";
import { err, ok, type Result } from "../../../src-shared/result.ts";
import { normalizeEvents, type StoreCounts, sessionsWithoutVersion } from "../../gates/index.ts";
import { type Enrolment, type RingStore, storageProblemOf } from "../store/index.ts";
import {
  type HttpResponse,
  OK_RESPONSE,
  type HttpRequest,
  errorResponse,
  RETRY_SECONDS,
  retryLater,
  type RateLimiter,
} from "../http/index.ts";
import type { WriteBatcher } from "./write-batcher.ts";
import { type Device, type Devices, isSignedBy } from "./devices.ts";
import {
  decodeRecords,
  ENROL_HEADER,
  ERASE_PATH,
  LOGS_PATH,
  METRICS_PATH,
  SIGNATURE_HEADER,
} from "../../../src-shared/telemetry/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";

export type IngestPorts = {
  readonly store: Pick<RingStore, "versionsOf" | "erase" | "recordEnrolment" | "ringOf">;
  readonly batcher: WriteBatcher;
  readonly devices: Devices;
  /** Of one computer, and of one address whose senders could not be told. */
  readonly rates: { readonly device: RateLimiter; readonly stranger: RateLimiter };
  readonly now: () => UnixMs;
  readonly onEvents: () => void;
  /** Told what became of the records of a batch. */
  readonly countRecords: (counts: StoreCounts & { readonly refused: number }) => void;
  readonly note: (event: string, fields: Readonly<Record<string, string | number>>) => void;
};

export const INGEST_PATHS: readonly string[] = [LOGS_PATH, METRICS_PATH, ERASE_PATH];

/** Who it is -> how much they may ask -> what they say -> on disk -> the answer. */
export async function ingest(ports: IngestPorts, request: HttpRequest): Promise<HttpResponse> {
  try {
    const sender = await senderOf(ports, request);
    if (!sender.ok) return sender.error;
    switch (request.path) {
      case LOGS_PATH:
        return await takeBatch(ports, request, sender.value);
      case ERASE_PATH:
        return await erase(ports, request, sender.value);
      default:
        // Metrics say the same as the events, for other collectors.
        return OK_RESPONSE;
    }
  } catch (error) {
    // Nothing of it was kept, so that it may come again.
    ports.note("events.not-kept", { what: error instanceof Error ? error.message : "unknown" });
    return retryLater(503, storageProblemOf(error) ?? "STORAGE", RETRY_SECONDS);
  }
}

/** `undefined`: a computer that is not enrolled. One that claims to be and cannot prove it is refused. */
async function senderOf(
  ports: IngestPorts,
  { path, header, body, address }: HttpRequest,
): Promise<Result<Device | undefined, HttpResponse>> {
  const { devices, rates, now } = ports;
  const token = header(ENROL_HEADER);
  // A token that is new costs a signature check: an address has only so many.
  if (token === undefined || !devices.isKnown(token)) {
    const asked = rates.stranger.take(address, now());
    if (!asked.ok) return err(retryLater(429, "TOO_MANY_REQUESTS", asked.waitSeconds));
  }
  if (token === undefined) return ok(undefined);
  const device = devices.identify(token, Math.floor(now() / 1_000));
  if (!device.ok) {
    ports.note("enrolment.refused", { code: device.error });
    return err(errorResponse(401, device.error === "EXPIRED" ? "ENROLMENT_EXPIRED" : "ENROLMENT_INVALID"));
  }
  // The register knows what a token cannot tell: that its license was revoked since. To be forgotten stays a right.
  if (path !== ERASE_PATH && (await ports.store.ringOf(device.value.pid)) === "ended")
    return err(errorResponse(401, "ENROLMENT_OVER"));
  const asked = rates.device.take(device.value.pid, now());
  if (!asked.ok) return err(retryLater(429, "TOO_MANY_REQUESTS", asked.waitSeconds));
  if (!isSignedBy(device.value, path, body, header(SIGNATURE_HEADER) ?? "")) {
    ports.note("statement.refused", { pid: device.value.pid });
    return err(errorResponse(401, "STATEMENT_NOT_SIGNED"));
  }
  return device;
}

async function takeBatch(ports: IngestPorts, { body }: HttpRequest, device: Device | undefined): Promise<HttpResponse> {
  const { store, batcher: commits, now } = ports;
  const batch = decodeRecords(body);
  if (!batch.ok) return errorResponse(400, "MALFORMED");
  const { resource, events, refused } = batch.value;
  const machine = resource["service.instance.id"];
  if (device ? machine !== device.pid : await store.ringOf(machine)) return errorResponse(401, "NOT_THIS_COMPUTER");
  const ring = device ? await ringOf(store, device) : "unenrolled";
  if (ring === "ended") return errorResponse(401, "ENROLMENT_OVER");
  const versions = await store.versionsOf(machine, sessionsWithoutVersion(events));
  const normalized = normalizeEvents(resource, events, ring, now(), (session) => versions.get(session));
  const taken = await commits.take(normalized);
  ports.countRecords({ ...taken, refused });
  if (taken.taken > 0) ports.onEvents();
  return partial(refused + taken.conflicting);
}

// A computer may go on with an older file than its newest: what it tells belongs to the ring of the newest.
async function ringOf(store: IngestPorts["store"], { pid, ring, iat }: Device): Promise<Enrolment> {
  return (await store.ringOf(pid)) === ring ? ring : store.recordEnrolment(pid, ring, iat);
}

// OTLP: what is refused here must not be sent again, and what was there already is not refused.
function partial(rejected: number): HttpResponse {
  if (rejected === 0) return OK_RESPONSE;
  const errorMessage = "records that are none of ours, or in the place of another";
  return { status: 200, body: { partialSuccess: { rejectedLogRecords: String(rejected), errorMessage } } };
}

const Erasure = v.strictObject({
  v: v.literal(1),
  pid: RandomId,
  at: NonNegativeInteger,
});

async function erase(ports: IngestPorts, { body }: HttpRequest, device: Device | undefined): Promise<HttpResponse> {
  const json = parseStrictJson(body);
  const asked = v.safeParse(Erasure, json.ok ? json.value : undefined);
  if (!asked.success) return errorResponse(400, "MALFORMED");
  const { pid, at } = asked.output;
  // Without an enrolment the random pseudonym itself is the proof: nobody else was told it.
  if (device ? device.pid !== pid : await ports.store.ringOf(pid)) return errorResponse(401, "NOT_THIS_COMPUTER");
  const { events } = await ports.store.erase(pid, at);
  ports.note("computer.erased", { pid, events });
  return OK_RESPONSE;
}
