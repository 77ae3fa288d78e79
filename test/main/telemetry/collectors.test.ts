import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Handlers } from "../../../src-main/ipc/index.ts";
import type { Log } from "../../../src-main/log/index.ts";
import {
  countCalls,
  findEnrolment,
  countLogEvents,
  noteSeek,
  reportLicenses,
  sampleProcesses,
} from "../../../src-main/telemetry/index.ts";
import { armor } from "../../../src-shared/license/index.ts";
import { ENROLMENT_PROFILE, type SecurityFinding, type SessionChange } from "../../../src-shared/telemetry/index.ts";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { DEVICE, licenseToken, NOW, signToken } from "../../fakes/issuer.ts";
import { testId, testKey } from "../../fakes/test-keys.ts";

function listener() {
  const noted: SessionChange[] = [];
  const reported: SecurityFinding[] = [];
  return {
    noted,
    reported,
    note: (change: SessionChange) => void noted.push(change),
    report: (finding: SecurityFinding) => void reported.push(finding),
  };
}

describe("a log event", () => {
  it.each<[string, (log: Log) => void, SessionChange[], SecurityFinding[]]>([
    ["an ordinary refusal", (log) => log("license.refused", { code: "EXPIRED" }), [], []],
    ["a removed stick", (log) => log("playback.fault", { video: "v", code: "REMOVED" }), [], []],
    [
      "a damaged video",
      (log) => log("playback.fault", { video: "v", code: "DAMAGED" }),
      [{ kind: "fault" }, { kind: "operation", operation: "play", succeeded: false }],
      [],
    ],
    [
      "a license that could not be stored",
      (log) => log("license.refused", { code: "STATE_NOT_WRITTEN" }),
      [{ kind: "fault" }, { kind: "operation", operation: "unlock", succeeded: false }],
      [],
    ],
    [
      "a forged license, whose own report contains its hash",
      (log) => log("license.refused", { code: "SIGNATURE_INVALID" }),
      [{ kind: "security", what: "signature" }],
      [],
    ],
    [
      "a forged stick",
      (log) => log("vault.refused", { code: "UNTRUSTED" }),
      [{ kind: "security", what: "signature" }],
      [{ what: "signature", subject: "stick", code: "UNTRUSTED", artefact: null }],
    ],
    [
      "a feed that was rolled back",
      (log) => log("updates.refused", { code: "ROLLED_BACK" }),
      [{ kind: "security", what: "rollback" }],
      [{ what: "rollback", subject: "update", code: "ROLLED_BACK", artefact: null }],
    ],
  ])("is counted as collectors count it: %s", (_name, logEvents, noted, reported) => {
    const emitted = listener();
    const lines: unknown[] = [];
    logEvents(countLogEvents(emitted, (event, fields) => void lines.push({ event, ...fields })));
    expect(lines).toHaveLength(1);
    expect(emitted).toMatchObject({ noted, reported });
  });
});

describe("verdicts", () => {
  it("are counted by code and time, and refused artefacts are reported by the hash of their token", () => {
    const emitted = listener();
    const token = licenseToken();
    const wrapped = armor("LICENSE", token).replaceAll("\n", "\r\n ");
    reportLicenses(emitted)(
      [
        { text: wrapped, code: "ROLLED_BACK", cause: "STICK" },
        { text: "noise", code: "SIGNATURE_INVALID" },
        { text: token, code: "STATE_LOST" },
        { text: token, code: "OK" },
      ],
      8,
    );
    expect(emitted.noted).toEqual(
      ["ROLLED_BACK", "SIGNATURE_INVALID", "STATE_LOST", "OK"].map((code) => ({ kind: "verdict", code, tookMs: 2 })),
    );
    const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
    expect(emitted.reported).toEqual([
      { what: "rollback", subject: "license", code: "ROLLED_BACK", artefact: hashOf(token), cause: "STICK" },
      { what: "signature", subject: "license", code: "SIGNATURE_INVALID", artefact: hashOf("noise") },
    ]);
  });
});

describe("calls", () => {
  const operation = (succeeded: boolean) => ({ kind: "operation", operation: "play", succeeded });
  const feature = (name: string) => ({ kind: "feature", feature: name });

  it.each<[string, keyof Handlers, object, object[]]>([
    ["a play", "player.open", { ok: true, value: { resumeSeconds: 0 } }, [feature("play"), operation(true)]],
    [
      "a resumed play",
      "player.open",
      { ok: true, value: { resumeSeconds: 9 } },
      [feature("play"), operation(true), feature("resume")],
    ],
    ["a play that fails", "player.open", { ok: false, error: "DAMAGED" }, [operation(false)]],
    ["a play without its stick", "player.open", { ok: false, error: "REMOVED" }, []],
    ["a wrong passphrase", "license.unlock", { ok: false, error: "PASSPHRASE_WRONG" }, []],
    ["a passphrase", "license.unlock", { ok: true, value: {} }, [feature("passphrase")]],
    ["a call that is not a feature", "app.snapshot", { ok: true, value: {} }, []],
  ])("are counted, and answered as before: %s", async (_name, name, outcome, noted) => {
    const emitted = listener();
    const handlers = { [name]: async () => outcome } as unknown as Handlers;
    const call = countCalls(handlers, emitted.note)[name] as (input: unknown) => Promise<unknown>;
    expect(await call({})).toBe(outcome);
    expect(emitted.noted).toEqual(noted);
  });

  it.each([
    ["bytes=0-", 206, []],
    ["bytes=100-", 206, [true]],
    ["bytes=100-", 416, [false]],
    [undefined, 200, []],
  ])("count requests that do not begin at the start as seeks: %s answered %i", (range, status, noted) => {
    const emitted = listener();
    const request = new Request("https://media.example", range === undefined ? {} : { headers: { Range: range } });
    noteSeek(request, new Response(null, { status }), emitted.note);
    expect(emitted.noted).toEqual(noted.map((succeeded) => ({ kind: "operation", operation: "seek", succeeded })));
  });
});

describe("processes", () => {
  it("are sampled by their private memory and their total processor time", async () => {
    const memory = { workingSetSize: 10_000_000 };
    const own = { pid: process.pid, cpu: { cumulativeCPUUsage: 1.5 }, memory };
    const gone = { pid: 2 ** 30, cpu: {}, memory: { workingSetSize: 3 } };
    const windows = { pid: 4, cpu: { cumulativeCPUUsage: 0.5 }, memory: { workingSetSize: 9, privateBytes: 5 } };
    const { cpuMs, privateBytes } = await sampleProcesses([own, gone, windows]);
    expect(cpuMs).toBe(2_000);
    expect(privateBytes).toBeGreaterThan(1_000_000);
    expect(privateBytes).toBeLessThan(process.memoryUsage().rss * 1.5 + 8 * 1024);
    expect(await sampleProcesses([gone, windows])).toEqual({ cpuMs: 500, privateBytes: 8 * 1024 });
  });
});

describe("an enrolment", () => {
  const issuer = testKey("enrolment-1", "telemetry-enrolment");
  const file = (pid: string, iat: number, device = DEVICE) =>
    armor(
      "TELEMETRY ENROLMENT",
      signToken(
        ENROLMENT_PROFILE.typ,
        { v: 1, pid, ring: "ring1", device, ed25519: toBase64url(issuer.root.publicKey), iat, exp: NOW + 9 },
        issuer,
      ),
    );

  it("is the newest one for this computer among all licenses", () => {
    const texts = [
      file(testId("a"), 5),
      "noise",
      file(testId("b"), 7),
      file(testId("c"), 9, toBase64url(issuer.root.publicKey)),
    ];
    const here = { now: NOW, device: DEVICE };
    expect(findEnrolment(texts, [issuer.root], here)?.claims.pid).toBe(testId("b"));
    expect(findEnrolment(texts, [], here)).toBeUndefined();
  });
});
