import { describe, expect, it } from "vitest";
import { parseRelease } from "../../../src-shared/updates/index.ts";
import { releaseClaims } from "./documents.ts";

const bytes = (document: object) => Buffer.from(JSON.stringify(document));
const parse = (members: object) => parseRelease(bytes(releaseClaims(members)), "ga");
const rollback = { kind: "rollback", from: ["build-3"], build: "build-2" };
const halt = { build: "build-2", generation: 1, seq: 4 };
const resumed = [halt];

describe("a release", () => {
  it("is read completely, and unknown members are ignored", () => {
    expect(parse({ later: 1 })).toEqual({ ok: true, value: releaseClaims() });
    expect(parse(rollback)).toMatchObject({ ok: true });
    expect(parse({ kind: "resume", resumed })).toMatchObject({ ok: true, value: { resumed } });
    expect(parse({ resumed })).toMatchObject({ ok: true });
    expect(parse({ build: "build-3", resumed })).toMatchObject({ ok: true });
  });

  it("belongs to the ring of its path", () => {
    expect(parse({ ring: "ring1" })).toEqual({ ok: false, error: "WRONG_RING" });
  });

  it.each([
    ["another format", { v: 2 }],
    ["an unknown ring", { ring: "ring2" }],
    ["a sequence of zero", { seq: 0 }],
    ["a fractional sequence", { seq: 1.5 }],
    ["a sequence that is too large to be exact", { seq: 2 ** 53 }],
    ["an unknown kind", { kind: "sideways" }],
    ["a build with a path out of the folder", { build: "../build" }],
    ["a build in capitals", { build: "Build-2" }],
    ["a build that is a device on Windows", { build: "com1.zip" }],
    ["an empty build", { build: "" }],
    ["a share that is not a number", { basisPoints: "NaN" }],
    ["a share of null, as NaN is written", { basisPoints: Number.NaN }],
    ["a share below zero", { basisPoints: -1 }],
    ["a share above the whole", { basisPoints: 10_001 }],
    ["a fractional basis point", { basisPoints: 0.5 }],
    ["a version with a suffix", { minSource: "1.0.0-beta" }],
    ["no fallback member", { fallback: undefined }],
    ["a flag that is not a boolean", { flags: { chapters: "yes" } }],
    ["a flag in capitals", { flags: { Chapters: true } }],
    ["too many flags", { flags: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}`, true])) }],
    ["an invalid hash", { verdictHash: "abc" }],
    ["a long reason", { reason: "x".repeat(501) }],
    ["a forward release with a list of starting builds", { from: ["build-1"] }],
    ["a rollback without starting builds", { ...rollback, from: [] }],
    ["a rollback to one of its starting builds", { ...rollback, from: ["build-2"] }],
    ["a rollback with a share", { ...rollback, basisPoints: 9_999 }],
    ["a resume of nothing", { kind: "resume" }],
    ["a resume of another build", { kind: "resume", resumed: [{ ...halt, build: "build-1" }] }],
    ["a halt without generation", { kind: "resume", resumed: [{ build: "build-2", seq: 4 }] }],
    ["a halt that is named twice", { kind: "resume", resumed: [halt, { ...halt, seq: 5 }] }],
    ["too many halts", { resumed: Array.from({ length: 201 }, (_, i) => ({ ...halt, build: `b-${i}` })) }],
  ])("with %s is refused", (_name, members) => {
    expect(parse(members)).toEqual({ ok: false, error: "MALFORMED" });
  });

  it("is refused if a member is duplicated, if it is too long and if it is not JSON", () => {
    const twice = Buffer.from(JSON.stringify(releaseClaims()).replace("{", '{"basisPoints":10000,'));
    expect(parseRelease(twice, "ga")).toEqual({ ok: false, error: "MALFORMED" });
    const long = bytes({ ...releaseClaims(), padding: "x".repeat(64 * 1024) });
    expect(parseRelease(long, "ga")).toEqual({ ok: false, error: "MALFORMED" });
    expect(parseRelease(Buffer.from("{"), "ga")).toEqual({ ok: false, error: "MALFORMED" });
  });
});
