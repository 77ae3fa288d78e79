import { symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { PACK_MAGIC } from "../../../src-shared/content-pack.ts";
import {
  keyManifestToken,
  licenseIssuer,
  listed,
  NOW,
  parent,
  revocationIssuer,
  ROOTS,
  signToken,
  vaultPublisher,
} from "../../fakes/issuer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId, testKey } from "../../fakes/test-keys.ts";
import { type TestPackOptions, testPackSections } from "../../fakes/test-pack.ts";
import { decodeUnverifiedJws } from "../../../src-shared/jws/index.ts";
import { sha256, snapshot } from "../../ops/support/publisher-fixture.ts";
import { openedStick } from "./pack-fixture.ts";

vi.setConfig({ testTimeout: 120_000 });

/** Every pack is given to an app with an open stick; what the dialog says, and whether anything on the stick is another. */
async function setUp() {
  const fixture = await openedStick();
  const before = snapshot(fixture.stick);
  const sections = (options?: TestPackOptions) => testPackSections(fixture.stick, fixture.next, 2, options);
  const whole = ({ front, manifest, catalog, revocations, parts }: ReturnType<typeof sections>) =>
    Buffer.concat([front, manifest, catalog, revocations, ...parts]);
  /** What is said, and the files that differ from before, apart from what was begun of new films. */
  async function refused(bytes: Buffer) {
    const problem = await fixture.problem(fixture.written(bytes));
    const after = snapshot(fixture.stick);
    expect(Object.keys(before).filter((name) => after[name] !== before[name])).toEqual([]);
    expect(Object.keys(after).filter((name) => name.includes("manifest.2"))).toEqual([]);
    return { problem, isUntouched: Object.keys(after).length === Object.keys(before).length };
  }
  return { ...fixture, sections, whole, refused };
}

const flipped = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at]! ^ 1;
  return copy;
};

describe("a hostile content pack", () => {
  it("that is cut off anywhere changes nothing", async () => {
    const { sections, whole, refused } = await setUp();
    const bytes = whole(sections());
    const { front, manifest, catalog } = sections();
    const inFront = [
      0,
      1,
      7,
      8,
      11,
      12,
      15,
      16,
      17,
      front.length - 1,
      front.length,
      front.length + manifest.length - 1,
    ];
    const later = [front.length + manifest.length + catalog.length, bytes.length - 1, bytes.length >> 1];
    for (const end of [...inFront, ...later]) {
      const { problem, isUntouched } = await refused(bytes.subarray(0, end));
      expect([end, problem, isUntouched]).toEqual([end, end < 12 ? "PACK_UNREADABLE" : "PACK_TRUNCATED", true]);
    }
    expect(await refused(Buffer.concat([bytes, Buffer.alloc(1)]))).toEqual({
      problem: "PACK_DAMAGED",
      isUntouched: true,
    });
  });

  it("with other bytes anywhere in front of the parts changes nothing", async () => {
    const { sections, whole, refused } = await setUp();
    const bytes = whole(sections());
    const { front, manifest, catalog } = sections();
    const end = front.length + manifest.length + catalog.length;
    for (let at = 0; at < end; at += 83) {
      const { problem, isUntouched } = await refused(flipped(bytes, at));
      expect([at, problem]).toEqual([at, expect.stringMatching(/^PACK_(?:UNREADABLE|TRUNCATED|UNTRUSTED|DAMAGED)$/)]);
      // The catalog is only read when all parts are there: until then no byte of it is on the stick.
      if (at < front.length + manifest.length) expect([at, isUntouched]).toEqual([at, true]);
    }
  });

  it("with other bytes in a film leaves no part of that film under its name", async () => {
    const { sections, whole, refused, stick } = await setUp();
    const { parts, ...rest } = sections();
    for (const [index, part] of parts.entries()) {
      const wrong = whole({ ...rest, parts: parts.with(index, flipped(part, part.length >> 1)) });
      expect((await refused(wrong)).problem).toBe("PACK_DAMAGED");
      // Parts that come before it in the pack may be there; this one is not, under any name.
      expect(Object.values(snapshot(stick))).not.toContain(sha256(flipped(part, part.length >> 1)));
    }
  });

  it("with huge lengths takes no memory and is refused at once", async () => {
    const { refused } = await setUp();
    const length = (value: number) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    };
    const magic = Buffer.from(PACK_MAGIC);
    for (const value of [0xffff_ffff, 65_537, 0x8000_0000]) {
      expect((await refused(Buffer.concat([magic, length(value), Buffer.alloc(100)]))).problem).toBe("PACK_UNREADABLE");
      const header = Buffer.concat([magic, length(0), length(value === 65_537 ? 5_000_000 : value), Buffer.alloc(100)]);
      expect((await refused(header)).problem).toBe("PACK_UNREADABLE");
    }
    expect((await refused(Buffer.concat([magic, length(65_536), Buffer.alloc(10)]))).problem).toBe("PACK_TRUNCATED");
    expect((await refused(Buffer.concat([magic, length(0), length(0)]))).problem).toBe("PACK_UNREADABLE");
  });

  it.each<[string, TestPackOptions, string]>([
    ["a key that nobody knows", { key: testKey("stranger", "vault-publisher") }, "PACK_UNTRUSTED"],
    ["the key of licenses", { key: licenseIssuer }, "PACK_UNTRUSTED"],
    [
      "another key under a known name",
      { key: { ...testKey("x", "vault-publisher"), root: vaultPublisher.root } },
      "PACK_UNTRUSTED",
    ],
    ["a path instead of an id", { claims: { files: ["../../../../outside"] } }, "PACK_UNREADABLE"],
    ["an absolute path", { claims: { files: ["/etc/passwd"] } }, "PACK_UNREADABLE"],
    ["a film that its manifest does not have", { claims: { files: [testId("nothing")] } }, "PACK_UNTRUSTED"],
    [
      "a film twice",
      { claims: { files: [testId("New lesson video"), testId("New lesson video")] } },
      "PACK_UNREADABLE",
    ],
    ["another generation than its manifest", { claims: { gen: 3 } }, "PACK_UNTRUSTED"],
    ["another stick than its manifest", { claims: { stickId: testId("other stick") } }, "PACK_UNTRUSTED"],
    ["a size above the limit", { claims: { manifest: { size: 2 ** 40, sha256: "A".repeat(43) } } }, "PACK_UNREADABLE"],
    ["a negative size", { claims: { catalog: { size: -1, sha256: "A".repeat(43) } } }, "PACK_UNREADABLE"],
    ["a later version of the format", { claims: { v: 2 } }, "PACK_UNREADABLE"],
    ["no file list", { claims: { files: undefined } }, "PACK_UNREADABLE"],
    ["an empty label", { claims: { label: "" } }, "PACK_UNREADABLE"],
  ])("signed with %s is refused", async (_what, options, code) => {
    const { sections, whole, refused } = await setUp();
    expect(await refused(whole(sections(options)))).toEqual({ problem: code, isUntouched: true });
  });

  it("with the manifest of somebody else is refused", async () => {
    const { sections, whole, refused } = await setUp();
    const { manifest } = sections();
    const claims = decodeUnverifiedJws(manifest.toString())!.claims as object;
    const forged = Buffer.from(signToken("uvv-manifest+jws", claims, testKey("stranger", "vault-publisher")));
    expect(await refused(whole(sections({ manifest: forged })))).toEqual({
      problem: "PACK_UNTRUSTED",
      isUntouched: true,
    });
    const other = Buffer.from(signToken("uvv-manifest+jws", { ...claims, label: "x".repeat(500) }, vaultPublisher));
    expect(await refused(whole(sections({ manifest: other, claims: { label: "x" } })))).toEqual({
      problem: "PACK_UNTRUSTED",
      isUntouched: true,
    });
  });

  it("that is something else that was downloaded in its place is refused", async () => {
    const { refused } = await setUp();
    const others = [
      "<!doctype html><title>Sign in</title>",
      "PK\u0003\u0004",
      "-----BEGIN USB VIDEO VAULT LICENSE-----\n",
      "\ufeffUVVPACK1",
      "uvvpack1\0\0\0\0",
    ];
    for (const text of others) {
      expect(await refused(Buffer.from(text.padEnd(5_000)))).toEqual({ problem: "PACK_UNREADABLE", isUntouched: true });
    }
  });

  it("that is no plain file is refused", async () => {
    const { problem, stick, written } = await setUp();
    const link = join(temporaryFolder(), "a.uvvpack");
    symlinkSync(written(Buffer.from("x")), link);
    expect(await problem(link)).toBe("PACK_UNREADABLE");
    expect(await problem(stick)).toBe("PACK_UNREADABLE");
    expect(await problem(join(stick, "nothing.uvvpack"))).toBe("PACK_UNREADABLE");
  });

  it("that becomes shorter while it is written leaves the old content", async () => {
    const { sections, whole, written, packs, watch, titles } = await setUp();
    const bytes = whole(sections());
    const path = written(bytes);
    await packs.receive(path);
    watch(() => truncateSync(path, bytes.length >> 1));
    await packs.accept(packs.view()!.id);
    expect(packs.view()).toMatchObject({ stage: "refused", problem: "PACK_TRUNCATED" });
    expect(await titles()).toEqual(["Harbour"]);
  });
});

describe("after a key was replaced", () => {
  const next = testKey("publisher-2", "vault-publisher", { generation: 2 });
  const keys = keyManifestToken({
    seq: 4,
    iat: NOW,
    keys: [listed(licenseIssuer), listed(revocationIssuer), listed(vaultPublisher), listed(next)],
  });

  it("brings the key manifest with it, and is refused if no parent key has signed it", async () => {
    const roots = [...ROOTS, parent.root];
    const { stick, next: content, written } = await openedStick(undefined, roots);
    const { manifest } = testPackSections(stick, content, 2);
    const claims = decodeUnverifiedJws(manifest.toString())!.claims as object;
    const signed = Buffer.from(signToken("uvv-manifest+jws", claims, next));
    const forged = testPackSections(stick, content, 2, {
      manifest: signed,
      key: next,
      keys: keyManifestToken({}, testKey("stranger", "key-manifest")),
    });
    const genuine = testPackSections(stick, content, 2, { manifest: signed, key: next, keys });
    const bytesOf = (sections: typeof forged) =>
      Buffer.concat([sections.front, sections.manifest, sections.catalog, sections.revocations, ...sections.parts]);
    const app = await openedStick(undefined, roots);
    expect(await app.problem(app.written(bytesOf(forged)))).toBe("PACK_UNTRUSTED");
    expect(await app.give(written(bytesOf(genuine)))).toMatchObject({ stage: "done" });
    expect(Object.keys(snapshot(app.stick))).toContain("VAULT/keys.uvvkeys");
  });
});
