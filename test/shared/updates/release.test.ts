import { describe, expect, it } from "vitest";
import { parseRelease } from "../../../src-shared/updates/index.ts";
import { releaseClaims } from "./documents.ts";

const bytes = (document: object) => Buffer.from(JSON.stringify(document));
const parse = (members: object) => parseRelease(bytes(releaseClaims(members)), "ga");
const rollback = { kind: "rollback", from: ["build-3"], build: "build-2" };
const halt = { build: "build-2", generation: 1, seq: 4 };

describe("a release", () => {
  it("is read completely, and unknown members are ignored", () => {
    expect(parse({ later: 1 })).toEqual({ ok: true, value: releaseClaims() });
    expect(parse(rollback)).toMatchObject({ ok: true });
    expect(parse({ kind: "resume", halt })).toMatchObject({ ok: true, value: { halt } });
    expect(parse({ halt })).toMatchObject({ ok: true });
  });

  it("belongs to the ring of its path", () => {
    expect(parse({ ring: "ring1" })).toEqual({ ok: false, error: "WRONG_RING" });
  });

  it.each([
    ["another format", { v: 2 }],
    ["a ring that is none", { ring: "ring2" }],
    ["a sequence of zero", { seq: 0 }],
    ["a broken sequence", { seq: 1.5 }],
    ["a sequence beyond what counts exactly", { seq: 2 ** 53 }],
    ["a kind that is none", { kind: "sideways" }],
    ["a build that climbs out", { build: "../build" }],
    ["a build in capitals", { build: "Build-2" }],
    ["a build that is a device on Windows", { build: "com1.zip" }],
    ["an empty build", { build: "" }],
    ["a share that is no number", { basisPoints: "NaN" }],
    ["a share of null, as NaN is written", { basisPoints: Number.NaN }],
    ["a share below zero", { basisPoints: -1 }],
    ["a share above all", { basisPoints: 10_001 }],
    ["half a basis point", { basisPoints: 0.5 }],
    ["a version with more behind it", { minSource: "1.0.0-beta" }],
    ["no fallback member", { fallback: undefined }],
    ["a flag that is no switch", { flags: { chapters: "yes" } }],
    ["a flag in capitals", { flags: { Chapters: true } }],
    ["too many flags", { flags: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}`, true])) }],
    ["a hash that is none", { verdictHash: "abc" }],
    ["a long reason", { reason: "x".repeat(501) }],
    ["a forward that names where it starts", { from: ["build-1"] }],
    ["a rollback from nowhere", { ...rollback, from: [] }],
    ["a rollback to where it starts", { ...rollback, from: ["build-2"] }],
    ["a rollback for some", { ...rollback, basisPoints: 9_999 }],
    ["a resume of nothing", { kind: "resume" }],
    ["a resume of another build", { kind: "resume", halt: { ...halt, build: "build-1" } }],
    ["a halt without generation", { kind: "resume", halt: { build: "build-2", seq: 4 } }],
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
