import { generateKeyPairSync, sign } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import {
  beginSession,
  changeSession,
  encodeLogs,
  ENROL_HEADER,
  ENROLMENT_PROFILE,
  type EnrolmentClaims,
  ERASE_PATH,
  eventIdOf,
  LOGS_PATH,
  type Sender,
  SIGNATURE_HEADER,
  SIGNED_AT_HEADER,
  type SessionChange,
  type SessionState,
  statementOf,
  type TelemetryEvent,
} from "../../src-shared/telemetry/index.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";
import { DEVICE, signToken } from "./issuer.ts";
import { testId, testKey, testKeyFile, testSeed } from "./test-keys.ts";

/** Signs the enrolments of the tests' pilots. */
export const enrolmentIssuer = testKey("enrolment-1", "telemetry-enrolment");

/** Writes the public key that a ring server needs, as `keys init` does. */
export function writeEnrolmentAnchor(folder: string): void {
  const { root } = enrolmentIssuer;
  writeFileSync(
    join(folder, "enrolment-1.jwk.json"),
    JSON.stringify(testKeyFile({ ...root, role: "telemetry-enrolment" })),
  );
}

export type Pilot = ReturnType<typeof createPilot>;

/** A computer that sends telemetry as the app does, with its own device key and enrolment. */
export function createPilot(
  name: string,
  now: number,
  ring: Ring = "ring0",
  version = "0.2.0",
  clock: () => number = Date.now,
) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const pid = testId(name);
  const ed25519 = publicKey.export({ format: "jwk" }).x as string;
  const seconds = Math.floor(now / 1_000);
  const claims: EnrolmentClaims = {
    v: 1,
    pid,
    ring,
    device: DEVICE,
    ed25519,
    iat: seconds - 60,
    exp: seconds + 90 * 86_400,
  };
  const token = signToken(ENROLMENT_PROFILE.typ, claims, enrolmentIssuer);
  const session = eventIdOf(now, testSeed(`${name} session`).subarray(0, 10));
  const sender: Sender = {
    "service.name": "usb-video-vault",
    "service.version": version,
    "service.instance.id": pid,
    "uvv.ring": ring,
    "os.type": "linux",
    "host.arch": "x64",
  };
  let state: SessionState = beginSession(now, version);
  let seq = 0;

  /** Signs for the server at this address, by default at this moment. */
  function headersOf(ingest: string, path: string, body: Uint8Array, at = clock()): Record<string, string> {
    const signature = toBase64url(sign(null, statementOf({ ingest, at, path }, body), privateKey));
    const signed = { [ENROL_HEADER]: token, [SIGNED_AT_HEADER]: String(at), [SIGNATURE_HEADER]: signature };
    return { "Content-Type": "application/json", ...signed };
  }

  /** The next state after these changes, reported `upMs` after the session began. */
  function stateEvent(upMs: number, ...changes: readonly SessionChange[]): TelemetryEvent {
    state = changes.reduce(changeSession, { ...state, uptimeMs: upMs });
    seq++;
    const id = eventIdOf(now, testSeed(`${name} event ${seq}`).subarray(0, 10));
    return { v: 1, id, session, seq, at: now + upMs, up: upMs, kind: "session", state };
  }

  const bodyOf = (events: readonly TelemetryEvent[], upMs: number, from: Partial<Sender> = {}) =>
    encodeLogs({ ...sender, ...from }, { at: now + upMs, session, up: upMs }, events);

  function post(
    url: string,
    path: string,
    body: Uint8Array<ArrayBuffer>,
    headers = headersOf(url, path, body),
  ): Promise<Response> {
    return fetch(`${url}${path}`, { method: "POST", body, headers });
  }

  return {
    pid,
    token,
    session,
    headersOf,
    stateEvent,
    bodyOf,
    post,
    send: (url: string, events: readonly TelemetryEvent[], upMs = 0) => post(url, LOGS_PATH, bodyOf(events, upMs)),
    erase: (url: string, at: number) => post(url, ERASE_PATH, utf8(JSON.stringify({ v: 1, pid, at }))),
  };
}

/** A pilot whose clock stands still, for a server whose clock does. */
export const createFrozenPilot = (name: string, now: number, ring?: Ring, signedAt = now) =>
  createPilot(name, now, ring, undefined, () => signedAt);
