import * as v from "valibot";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { RandomId } from "../../../src-shared/ids.ts";
import { NonNegativeInteger } from "../../../src-shared/integers.ts";
import type { FastifyPluginAsync, FastifyReply } from "fastify";
import { normalizeEvents, type StoreCounts, sessionsWithoutVersion } from "../../gates/index.ts";
import { decodedBody, type RawRequest, refuse, STORAGE_RETRY_SECONDS } from "../http/index.ts";
import { type Enrolment, type RingStore, storageProblemOf } from "../store/index.ts";
import type { ReportError } from "../unexpected-errors.ts";
import type { WriteBatcher } from "./write-batcher.ts";
import type { Device } from "./devices.ts";
import { createIdentification, ENROLMENT_OVER, type IdentificationPorts, unauthorized } from "./identification.ts";
import {
  decodeRecords,
  ERASE_PATH,
  LOGS_PATH,
  MAX_BATCH_BYTES,
  METRICS_PATH,
} from "../../../src-shared/telemetry/index.ts";

export type IngestPorts = IdentificationPorts & {
  readonly store: Pick<RingStore, "versionsOf" | "erase" | "recordEnrolment" | "ringOf">;
  readonly batcher: WriteBatcher;
  readonly onEvents: () => void;
  /** Called with the counts of each batch. */
  readonly countRecords: (counts: StoreCounts & { readonly refused: number }) => void;
  readonly note: (event: string, fields: Readonly<Record<string, string | number>>) => void;
  readonly report: ReportError;
};

/** `content`: the body of the request without its encoding. */
type Handler = (request: RawRequest, content: Uint8Array, reply: FastifyReply) => Promise<object>;

/** The routes for what computers send: events, metrics and erasure requests. */
export function ingestRoutes(ports: IngestPorts): FastifyPluginAsync {
  return async (app) => {
    const identification = createIdentification(app, ports);
    const handling =
      (handle: Handler) =>
      async (request: RawRequest, reply: FastifyReply): Promise<object> => {
        try {
          const unsigned = identification.withBody(request);
          if (unsigned) return refuse(reply, unsigned);
          const content = await decodedBody(request, identification.bodyLimit(request));
          if (!content.ok) return refuse(reply, content.error);
          const refusal = identification.withContent(request, content.value);
          return refusal ? refuse(reply, refusal) : await handle(request, content.value, reply);
        } catch (error) {
          return notStored(ports, error, reply);
        }
      };
    app.addHook("onRequest", async (request: RawRequest, reply) => {
      try {
        const refusal = await identification.beforeBody(request);
        if (refusal) return refuse(reply, refusal);
      } catch (error) {
        return notStored(ports, error, reply);
      }
    });
    const config = { takesGzip: true } as const;
    const batch = { bodyLimit: MAX_BATCH_BYTES, config };
    // Events are acknowledged once they are on disk.
    app.post(
      LOGS_PATH,
      batch,
      handling((request, content, reply) => storeBatch(ports, request, content, reply)),
    );
    // Metrics repeat the events for other collectors, so they are not stored.
    app.post(
      METRICS_PATH,
      batch,
      handling(async () => ({})),
    );
    app.post(
      ERASE_PATH,
      { config },
      handling((request, content, reply) => erase(ports, request, content, reply)),
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

async function storeBatch(
  ports: IngestPorts,
  { device }: RawRequest,
  content: Uint8Array,
  reply: FastifyReply,
): Promise<object> {
  const { store, batcher, now } = ports;
  const batch = decodeRecords(content);
  if (!batch.ok) return refuse(reply, MALFORMED);
  const { resource, events, refused } = batch.value;
  const machine = resource["service.instance.id"];
  if (device ? machine !== device.pid : await store.ringOf(machine)) return refuse(reply, NOT_THIS_COMPUTER);
  // What a computer without enrolment sends could be anybody's invention: none of it is stored (docs/rings/ring-server.md).
  if (!device) return partial(events.length + refused);
  const ring = await ringOf(store, device);
  if (ring === "ended") return refuse(reply, ENROLMENT_OVER);
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
  const errorMessage =
    "records of another program, of a computer without enrolment, or in conflict with a stored record";
  return { partialSuccess: { rejectedLogRecords: String(rejected), errorMessage } };
}

const Erasure = v.strictObject({
  v: v.literal(1),
  pid: RandomId,
  at: NonNegativeInteger,
});

async function erase(
  ports: IngestPorts,
  { device }: RawRequest,
  content: Uint8Array,
  reply: FastifyReply,
): Promise<object> {
  const json = parseStrictJson(content);
  const request = v.safeParse(Erasure, json.ok ? json.value : undefined);
  if (!request.success) return refuse(reply, MALFORMED);
  const { pid, at } = request.output;
  if (device ? device.pid !== pid : await ports.store.ringOf(pid)) return refuse(reply, NOT_THIS_COMPUTER);
  // Nothing is stored about a computer without enrolment, so there is nothing to erase.
  if (!device) return {};
  const { events } = await ports.store.erase(pid, at);
  ports.note("computer.erased", { pid, events });
  return {};
}
