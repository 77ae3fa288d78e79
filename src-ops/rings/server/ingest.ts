import * as v from "valibot";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { RandomId } from "../../../src-shared/ids.ts";
import { NonNegativeInteger } from "../../../src-shared/integers.ts";
import { err, ok, type Result } from "../../../src-shared/result.ts";
import { placeEvents, sessionsWithoutVersion } from "../../../src-shared/rings/index.ts";
import {
  decodeRecords,
  ENROL_HEADER,
  ERASE_PATH,
  LOGS_PATH,
  METRICS_PATH,
  SIGNATURE_HEADER,
} from "../../../src-shared/telemetry/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import type { UnixMs } from "../../../src-shared/units.ts";
import type { ServerHealth } from "../monitoring/server-health.ts";
import type { RingStore } from "../store/ring-store.ts";
import { storageProblemOf } from "../store/storage-problem.ts";
import { type Answer, DONE, refusal, RETRY_SECONDS, waitFor } from "./answer.ts";
import type { Commits } from "./commits.ts";
import { type Device, type Devices, isSignedBy } from "./devices.ts";
import type { Rates } from "./rates.ts";

export type IngestPorts = {
  readonly store: Pick<RingStore, "versionsOf" | "erase" | "meet" | "ringOf">;
  readonly commits: Commits;
  readonly devices: Devices;
  /** Of one computer, and of one address whose senders could not be told. */
  readonly rates: { readonly device: Rates; readonly stranger: Rates };
  readonly now: () => UnixMs;
  readonly onEvents: () => void;
  readonly heard: ServerHealth["heard"];
  readonly note: (event: string, fields: Readonly<Record<string, string | number>>) => void;
};

/** A request, read whole. Everything in it is attacker-controlled. */
export type Received = {
  readonly path: string;
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
  readonly address: string;
};

export const INGEST_PATHS: readonly string[] = [LOGS_PATH, METRICS_PATH, ERASE_PATH];

/** Who it is -> how much they may ask -> what they say -> on disk -> the answer. */
export async function ingest(ports: IngestPorts, received: Received): Promise<Answer> {
  try {
    const sender = await senderOf(ports, received);
    if (!sender.ok) return sender.error;
    switch (received.path) {
      case LOGS_PATH:
        return await takeBatch(ports, received, sender.value);
      case ERASE_PATH:
        return await erase(ports, received, sender.value);
      default:
        // Metrics say the same as the events, for other collectors.
        return DONE;
    }
  } catch (error) {
    // Nothing of it was kept, so that it may come again.
    ports.note("events.not-kept", { what: error instanceof Error ? error.message : "unknown" });
    return waitFor(503, storageProblemOf(error) ?? "STORAGE", RETRY_SECONDS);
  }
}

/** `undefined`: a computer that is not enrolled. One that claims to be and cannot prove it is refused. */
async function senderOf(
  ports: IngestPorts,
  { path, header, body, address }: Received,
): Promise<Result<Device | undefined, Answer>> {
  const { devices, rates, now } = ports;
  const token = header(ENROL_HEADER);
  // A token that is new costs a signature check: an address has only so many.
  if (token === undefined || !devices.isKnown(token)) {
    const asked = rates.stranger.take(address, now());
    if (!asked.ok) return err(waitFor(429, "TOO_MANY_REQUESTS", asked.waitSeconds));
  }
  if (token === undefined) return ok(undefined);
  const device = devices.identify(token, Math.floor(now() / 1_000));
  if (!device.ok) {
    ports.note("enrolment.refused", { code: device.error });
    return err(refusal(401, device.error === "EXPIRED" ? "ENROLMENT_EXPIRED" : "ENROLMENT_INVALID"));
  }
  // The register knows what a token cannot tell: that its license was revoked since. To be forgotten stays a right.
  if (path !== ERASE_PATH && (await ports.store.ringOf(device.value.pid)) === "over")
    return err(refusal(401, "ENROLMENT_OVER"));
  const asked = rates.device.take(device.value.pid, now());
  if (!asked.ok) return err(waitFor(429, "TOO_MANY_REQUESTS", asked.waitSeconds));
  if (!isSignedBy(device.value, path, body, header(SIGNATURE_HEADER) ?? "")) {
    ports.note("statement.refused", { pid: device.value.pid });
    return err(refusal(401, "STATEMENT_NOT_SIGNED"));
  }
  return device;
}

async function takeBatch(ports: IngestPorts, { body }: Received, device: Device | undefined): Promise<Answer> {
  const { store, commits, now } = ports;
  const batch = decodeRecords(body);
  if (!batch.ok) return refusal(400, "MALFORMED");
  const { resource, events, refused } = batch.value;
  const machine = resource["service.instance.id"];
  if (device ? machine !== device.pid : await store.ringOf(machine)) return refusal(401, "NOT_THIS_COMPUTER");
  const ring = device ? await ringOf(store, device) : "unenrolled";
  if (ring === "over") return refusal(401, "ENROLMENT_OVER");
  const versions = await store.versionsOf(machine, sessionsWithoutVersion(events));
  const placed = placeEvents(resource, events, ring, now(), (session) => versions.get(session));
  const taken = await commits.take(placed);
  ports.heard({ ...taken, refused });
  if (taken.taken > 0) ports.onEvents();
  return partial(refused + taken.conflicting);
}

// A computer may go on with an older file than its newest: what it tells belongs to the ring of the newest.
async function ringOf(store: IngestPorts["store"], { pid, ring, iat }: Device): Promise<Ring | "over"> {
  return (await store.ringOf(pid)) === ring ? ring : store.meet(pid, ring, iat);
}

// OTLP: what is refused here must not be sent again, and what was there already is not refused.
function partial(rejected: number): Answer {
  if (rejected === 0) return DONE;
  const errorMessage = "records that are none of ours, or in the place of another";
  return { status: 200, body: { partialSuccess: { rejectedLogRecords: String(rejected), errorMessage } } };
}

const Erasure = v.strictObject({
  v: v.literal(1),
  pid: RandomId,
  at: NonNegativeInteger,
});

async function erase(ports: IngestPorts, { body }: Received, device: Device | undefined): Promise<Answer> {
  const json = parseStrictJson(body);
  const asked = v.safeParse(Erasure, json.ok ? json.value : undefined);
  if (!asked.success) return refusal(400, "MALFORMED");
  const { pid, at } = asked.output;
  // Without an enrolment the random pseudonym itself is the proof: nobody else was told it.
  if (device ? device.pid !== pid : await ports.store.ringOf(pid)) return refusal(401, "NOT_THIS_COMPUTER");
  const { events } = await ports.store.erase(pid, at);
  ports.note("computer.erased", { pid, events });
  return DONE;
}
