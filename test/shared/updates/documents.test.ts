import { describe, expect, it } from "vitest";
import { MAX_HALTS } from "../../../src-shared/limits.ts";
import type { Language } from "../../../src-shared/languages.ts";
import {
  parseBuildFile,
  parseGeneration,
  parseHalts,
  notesIn,
  parseReleaseNotes,
  parseSecurity,
  splitBuildPath,
} from "../../../src-shared/updates/index.ts";
import { buildFile, haltClaims, securityClaims } from "./documents.ts";

const bytes = (document: object) => Buffer.from(JSON.stringify(document));
const MALFORMED = { ok: false, error: "MALFORMED" };

const one = { build: "build-2", seq: 4, issued: 1_774_000_100, reason: "crashes" };

describe("the halts of a ring", () => {
  it("are accepted, for their own ring only", () => {
    expect(parseHalts(bytes(haltClaims()), "ga")).toEqual({ ok: true, value: haltClaims() });
    expect(parseHalts(bytes(haltClaims({ ring: "ring1" })), "ga")).toEqual({ ok: false, error: "WRONG_RING" });
  });

  it.each([
    { v: 1 },
    { seq: -1 },
    { halts: [{ ...one, build: undefined }] },
    { build: "" },
    { issued: -1 },
    { reason: 5 },
    { halts: {} },
    { halts: undefined },
    { halts: [one, one] },
    { halts: [{ ...one, seq: 5 }] },
    { halts: Array.from({ length: MAX_HALTS + 1 }, (_, i) => ({ ...one, build: `b-${i}`, reason: "" })) },
  ])("with %o is refused", (odd) => {
    expect(parseHalts(bytes(haltClaims(odd)), "ga")).toEqual(MALFORMED);
  });
});

describe("the security document", () => {
  it("is read", () => {
    const document = securityClaims({ buildFloor: 3, revokedBuilds: ["build-1"] });
    expect(parseSecurity(bytes(document))).toEqual({ ok: true, value: document });
  });

  it.each([{ v: 2 }, { seq: 0 }, { buildFloor: -1 }, { buildFloor: null }, { revokedBuilds: ["../x"] }])(
    "with %o is refused",
    (odd) => expect(parseSecurity(bytes(securityClaims(odd)))).toEqual(MALFORMED),
  );
});

describe("a file of a build", () => {
  const path = "builds/build-2/usb-video-vault_2.0.0_amd64.deb";

  it("is accepted if its path names the same build", () => {
    expect(parseBuildFile(path, buildFile())).toEqual({ ok: true, value: buildFile() });
    expect(parseBuildFile(path, buildFile({ buildId: "build-1" }))).toEqual(MALFORMED);
  });

  it.each([{ platform: "plan9" }, { arch: "mips" }, { kind: "rpm" }, { version: "2.0" }, { buildEpoch: -1 }])(
    "with %o is refused",
    (odd) => expect(parseBuildFile(path, buildFile(odd))).toEqual(MALFORMED),
  );

  it.each([
    "builds/build-2",
    "builds/build-2/a/b.deb",
    "builds/build-2/",
    "builds/build-2/.deb",
    "builds/build-2/..",
    "builds/BUILD-2/a.deb",
    "builds//a.deb",
    "Builds/build-2/a.deb",
    "builds/build-2/a b.deb",
    "builds/build-2\\a.deb",
  ])("is not accepted at the path %s", (odd) => {
    expect(splitBuildPath(odd)).toBeUndefined();
  });
});

describe("release notes", () => {
  it("are in French and in English, or are refused", () => {
    expect(parseReleaseNotes(bytes({ fr: "Plus vite", en: "Faster" }))).toMatchObject({ ok: true });
    expect(parseReleaseNotes(bytes({ en: "Faster" }))).toEqual(MALFORMED);
    expect(parseReleaseNotes(bytes({ fr: "x".repeat(8_001), en: "" }))).toEqual(MALFORMED);
  });

  it("are shown in English if a later language has no translation", () => {
    const notes = { fr: "Plus vite", en: "Faster" };
    expect(notesIn(notes, "fr")).toBe("Plus vite");
    expect(notesIn(notes, "de" as Language)).toBe("Faster");
  });
});

describe("the generation of a role", () => {
  it("is 1 if its parent has none, and a whole number from 1 if it has one", () => {
    expect(parseGeneration({})).toEqual({ ok: true, value: 1 });
    expect(parseGeneration({ "uvv:generation": 3 })).toEqual({ ok: true, value: 3 });
    for (const odd of [0, -1, 1.5, "2", null, 2 ** 53])
      expect(parseGeneration({ "uvv:generation": odd })).toEqual(MALFORMED);
  });
});
