import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  ENROL_HEADER,
  ERASE_PATH,
  SIGNATURE_HEADER,
  SIGNED_AT_HEADER,
  STATEMENT_TOLERANCE_MS,
} from "../../../src-shared/telemetry/index.ts";
import { type Bytes, KIB, type Milliseconds, type UnixMs } from "../../../src-shared/units.ts";
import {
  clientNetwork,
  createPacedQueue,
  type RateLimit,
  type RawRequest,
  type Refusal,
  TOO_LARGE,
} from "../http/index.ts";
import type { RingStore } from "../store/index.ts";
import { createDailyVolume } from "./daily-volume.ts";
import { type Device, type Devices, isSignedBy } from "./devices.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The enrolled computer that sent the request, once its enrolment has been checked. */
    device: Device | undefined;
  }
}

export type IngestLimits = {
  /** For one enrolled computer in one network. */
  readonly device: RateLimit;
  /** For one network, counting requests with an enrolment that the server does not know yet. */
  readonly stranger: RateLimit;
  /** For one network, counting requests without enrolment. */
  readonly unenrolled: RateLimit;
};

export type IdentificationPorts = {
  readonly store: Pick<RingStore, "ringOf">;
  readonly devices: Devices;
  readonly limits: IngestLimits;
  readonly now: () => UnixMs;
  /** This server's address, as clients are configured. */
  readonly address: () => string;
  readonly note: (event: string, fields: Readonly<Record<string, string>>) => void;
};

// Nothing that a computer without enrolment sends is stored, so the server does not hold much of it in memory either.
const UNENROLLED_BODY: Bytes = 64 * KIB;
const VOLUME_RETRY_SECONDS = 3_600;
// Two hundred a second. After a restart each computer is unknown once.
const STRANGER_PAUSE: Milliseconds = 5;

/** Checks who sent a request. A sender that claims an enrolment and cannot prove it is refused. */
export function createIdentification(app: FastifyInstance, ports: IdentificationPorts) {
  const { devices, limits, now, address, store, note } = ports;
  app.decorateRequest("device");
  const limitStranger = app.createRateLimit(limits.stranger);
  const limitUnenrolled = app.createRateLimit(limits.unenrolled);
  const limitDevice = app.createRateLimit({ ...limits.device, keyGenerator: deviceAndNetwork });
  const volume = createDailyVolume();
  const strangers = createPacedQueue(STRANGER_PAUSE);

  return {
    /**
     * Checks the enrolment and the rate limits, before the body is read. `request.device` stays `undefined` for a computer
     * that is not enrolled.
     */
    async beforeBody(request: RawRequest): Promise<Refusal | undefined> {
      const token = headerOf(request, ENROL_HEADER);
      if (token === undefined || !devices.isKnown(token)) await strangers.turn(request.raw.socket);
      if (token === undefined) return tooMany(await limitUnenrolled(request)) ?? tooLarge(request);
      // A new token costs a signature check, so their number is limited for each network.
      const refusal = devices.isKnown(token) ? undefined : tooMany(await limitStranger(request));
      if (refusal) return refusal;
      const device = devices.identify(token, Math.floor(now() / 1_000));
      if (!device.ok) {
        note("enrolment.refused", { code: device.error });
        return unauthorized(device.error === "EXPIRED" ? "ENROLMENT_EXPIRED" : "ENROLMENT_INVALID");
      }
      request.device = device.value;
      // A license can be revoked after its token was issued; the register knows it. Erasure is still allowed.
      if (pathOf(request) !== ERASE_PATH && (await store.ringOf(device.value.pid)) === "ended") return ENROLMENT_OVER;
      return tooMany(await limitDevice(request));
    },

    /** Checks that the computer signed the body as it was sent, before anything of it is unpacked. */
    withBody(request: RawRequest): Refusal | undefined {
      const { device, body } = request;
      if (!device) return undefined;
      const { pid } = device;
      const path = pathOf(request);
      const at = signedAt(headerOf(request, SIGNED_AT_HEADER));
      // A request that was signed long ago, or for another server, may be a copy that somebody else sends again.
      if (Math.abs(now() - at) > STATEMENT_TOLERANCE_MS) return unauthorized("STATEMENT_OUT_OF_TIME");
      if (!isSignedBy(device, { ingest: address(), at, path }, body, headerOf(request, SIGNATURE_HEADER) ?? "")) {
        note("statement.refused", { pid });
        return unauthorized("STATEMENT_NOT_SIGNED");
      }
      return undefined;
    },

    /** How much a body may unpack to, so that an encoding takes no more memory and disk than the same without it. */
    bodyLimit({ device, routeOptions }: RawRequest): Bytes {
      return device ? routeOptions.bodyLimit : Math.min(routeOptions.bodyLimit, UNENROLLED_BODY);
    },

    /** Checks that the computer has not sent too much today, counting what its bodies unpack to. */
    withContent(request: RawRequest, content: Uint8Array): Refusal | undefined {
      const { pid } = request.device ?? {};
      if (pid === undefined || pathOf(request) === ERASE_PATH) return undefined;
      if (volume.allows(pid, content.length, now())) return undefined;
      note("volume.refused", { pid });
      return { status: 429, code: "TOO_MUCH_TODAY", retryAfterSeconds: VOLUME_RETRY_SECONDS };
    },
  };
}

// Counted by network too: a copy of an enrolment without its key must not use up the limit of its computer.
function deviceAndNetwork(request: FastifyRequest): string {
  return `${request.device?.pid ?? ""} ${clientNetwork(request)}`;
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

function tooLarge({ headers }: RawRequest): Refusal | undefined {
  const length = Number(headers["content-length"] ?? Number.NaN);
  return length <= UNENROLLED_BODY ? undefined : TOO_LARGE;
}

const pathOf = ({ routeOptions }: RawRequest) => String(routeOptions.url);

export function unauthorized(code: string): Refusal {
  return { status: 401, code };
}

export const ENROLMENT_OVER = unauthorized("ENROLMENT_OVER");

function headerOf({ headers }: RawRequest, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}
