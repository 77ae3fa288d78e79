import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { composeJws } from "../../src-shared/jws/index.ts";
import { armor, REQUEST_TYP, type Ring, unarmor } from "../../src-shared/license/index.ts";
import { deviceIdOf, generateX25519 } from "../../src-shared/node/device-sealing.ts";
import {
  beginSession,
  changeSession,
  encodeLogs,
  ENROL_HEADER,
  endSession,
  eventIdOf,
  LOGS_PATH,
  type SessionChange,
  SIGNATURE_HEADER,
  SIGNED_AT_HEADER,
  statementOf,
  type TelemetryEvent,
} from "../../src-shared/telemetry/index.ts";
import { HOUR, MIB, type UnixMs } from "../../src-shared/units.ts";
import type { BuildId } from "../../src-shared/updates/index.ts";

export type Stick = { readonly vaultId: string; readonly stickId: string };

/** What was done on a computer in one session of the app. */
export type AppSession = {
  readonly version: string;
  readonly hours: number;
  readonly operations: number;
  readonly failed: number;
};

/** What an enrolled computer needs to send reports again after a pause. */
export type SavedComputer = {
  readonly ring: Ring;
  readonly key: JsonWebKey;
  readonly pid: string;
  readonly token: string;
};

/** A simulated computer: it requests a license, and sends the reports that the app would send. */
export type Computer = {
  readonly ring: Ring;
  /** An activation request in the app's format. */
  readonly request: (stick: Stick, at: UnixMs) => string;
  /** Stores the enrolment that came with its license. */
  readonly enrol: (license: string, pid: string) => void;
  /** Throws before it is enrolled. */
  readonly save: () => SavedComputer;
  readonly reportSession: (url: string, at: UnixMs, session: AppSession) => Promise<void>;
  /** Tells that the feed offers it a build. */
  readonly reportOffered: (url: string, at: UnixMs, version: string, build: BuildId) => Promise<void>;
  readonly answer: (url: string, at: UnixMs, version: string, score: number, comment: string) => Promise<void>;
};

/** A new computer, or one that was saved. */
export async function newComputer(ring: Ring, saved?: SavedComputer): Promise<Computer> {
  const sealing = await generateX25519();
  const privateKey = saved
    ? createPrivateKey({ key: saved.key, format: "jwk" })
    : generateKeyPairSync("ed25519").privateKey;
  const key = privateKey.export({ format: "jwk" });
  const ed25519 = key.x as string;
  const device = deviceIdOf(sealing.publicKey);
  let identity: { readonly pid: string; readonly token: string } | undefined = saved;

  async function send(url: string, at: UnixMs, version: string, event: TelemetryEvent): Promise<void> {
    if (!identity) throw new Error("a computer that is not enrolled cannot send reports");
    const sender = {
      "service.name": "usb-video-vault",
      "service.version": version,
      "service.instance.id": identity.pid,
      "uvv.ring": ring,
      "os.type": "windows",
      "host.arch": "x64",
    } as const;
    const body = encodeLogs(sender, { at: event.at, session: event.session, up: event.up }, [event]);
    const headers = {
      "Content-Type": "application/json",
      [ENROL_HEADER]: identity.token,
      ...signatureOf(url, at, body, privateKey),
    };
    const answer = await fetch(`${url}${LOGS_PATH}`, { method: "POST", body, headers });
    const answerText = await answer.text();
    if (answer.status !== 200 || answerText !== "{}")
      throw new Error(`the ring server answered ${answer.status}: ${answerText}`);
  }

  return {
    ring,
    request({ vaultId, stickId }, at) {
      const x25519 = toBase64url(sealing.publicKey);
      const claims = { v: 1, vaultId, stickId, device, x25519, ed25519, app: "0.1.0", iat: Math.floor(at / 1_000) };
      const signed = composeJws({ typ: REQUEST_TYP, kid: "device" }, claims, (bytes) => sign(null, bytes, privateKey));
      return armor("ACTIVATION REQUEST", signed);
    },
    enrol(license, pid) {
      const token = unarmor("TELEMETRY ENROLMENT", license);
      if (!token.ok) throw new Error("the license has no enrolment");
      identity = { pid, token: token.value };
    },
    save() {
      if (!identity) throw new Error("a computer that is not enrolled cannot be saved");
      return { ring, key, pid: identity.pid, token: identity.token };
    },
    async reportSession(url, at, { version, hours, operations, failed }) {
      const from = at - hours * HOUR * 1_000;
      const changes = changesOf(hours, operations, failed);
      const state = endSession(changes.reduce(changeSession, beginSession(from, version)), { status: "ended" });
      await send(url, at, version, { ...envelope(from, at), kind: "session", state });
    },
    async answer(url, at, version, score, comment) {
      const feedback = { version, occasion: "update", score, well: "", badly: "", comment, contact: "" } as const;
      await send(url, at, version, { ...envelope(at, at), kind: "feedback", feedback });
    },
    async reportOffered(url, at, version, build) {
      const update = { step: "offered", build, seq: 1, code: null } as const;
      await send(url, at, version, { ...envelope(at, at), kind: "update", update });
    },
  };
}

function envelope(session: UnixMs, at: UnixMs) {
  const [id, of] = [eventIdOf(at, randomBytes(10)), eventIdOf(session, randomBytes(10))];
  return { v: 1, id, session: of, seq: 1, at, up: at - session } as const;
}

const done = (operation: "play" | "seek" | "unlock", succeeded: boolean): SessionChange => ({
  kind: "operation",
  operation,
  succeeded,
});

/** A start, a license, and films; some of the operations fail. */
function changesOf(hours: number, operations: number, failed: number): SessionChange[] {
  const plays = Array.from({ length: operations }, (_, index) =>
    done(index % 2 === 0 ? "play" : "seek", index >= failed),
  );
  const verdicts = Array.from({ length: 4 }, (): SessionChange => ({ kind: "verdict", code: "OK", tookMs: 12 }));
  const uptimeMs = hours * HOUR * 1_000;
  const lost = { dropped: 0, corrupted: 0, refused: 0 };
  return [
    { kind: "usable", startMs: 900 },
    ...verdicts,
    done("unlock", true),
    ...plays,
    { kind: "feature", feature: "play" },
    { kind: "sample", sample: { uptimeMs, downMs: 0, cpuMs: uptimeMs / 50, privateBytes: 150 * MIB, lost } },
  ];
}

function signatureOf(ingest: string, at: UnixMs, body: Uint8Array, key: KeyObject): Record<string, string> {
  const signature = sign(null, statementOf({ ingest, at, path: LOGS_PATH }, body), key);
  return { [SIGNED_AT_HEADER]: String(at), [SIGNATURE_HEADER]: toBase64url(signature) };
}
