import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Release, releasePath } from "../../../src-shared/updates/index.ts";
import { snapshot } from "../support/publisher-fixture.ts";
import { type Changed, type FeedFixture, openFeedFixture, run } from "./support/feed-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let publisher: FeedFixture;
let build: string;
beforeEach(async () => {
  publisher = await openFeedFixture();
  build = await publisher.build("1.0.0");
  await publisher.feed("release", "--ring", "ring0", "--build", build);
  await publisher.feed(
    "promote",
    "--ring",
    "ring1",
    "--build",
    build,
    ...publisher.promotionOptions("ring1", "ring0", build),
  );
});

const bundle = (name: string) => join(publisher.keys, "private", "feed", name);
const away = (name: string) => publisher.path("away", name);
/** Moves the bundles of these people out of the key folder. */
function takeHome(...names: string[]): void {
  mkdirSync(publisher.path("away"), { recursive: true });
  for (const name of names) renameSync(bundle(name), away(name));
}
const sign = (file: string, who: string) => run(["feed", "sign", file, "--person-keys", away(who)]);
const toGa = (...rest: string[]) =>
  publisher.feed(
    "promote",
    "--ring",
    "ga",
    "--build",
    build,
    ...publisher.promotionOptions("ga", "ring1", build),
    ...rest,
  );
const gaShare = async () => {
  const { rings } = await publisher.feed<{ rings: { ga: { release?: Release } } }>("status");
  return rings.ga.release?.basisPoints;
};
const published = () => snapshot(join(publisher.repo, "metadata"));

describe("a change that needs two people", () => {
  it("is kept, signed on another computer without the feed, and published when it is imported", async () => {
    takeHome("person-2", "person-3");
    const before = published();
    const kept = await toGa();
    expect(kept).toMatchObject({ published: false, missing: [{ role: "ga", signed: 1, needed: 2 }] });
    expect(published()).toEqual(before);
    expect(await publisher.feed("status")).toMatchObject({
      pending: [{ file: kept.pending, missing: [{ role: "ga" }] }],
    });

    const carried = publisher.path("carried.json");
    copyFileSync(kept.pending as string, carried);
    const signed = await sign(carried, "person-3");
    expect(signed).toMatchObject({ ok: true, signed: [{ role: "ga", version: 2 }] });
    const [document] = signed["documents"] as { path: string; text: string }[];
    expect([document?.path, JSON.parse(document?.text ?? "")]).toMatchObject([
      releasePath("ga"),
      { build, ring: "ga" },
    ]);
    expect(await publisher.feed("import", carried)).toMatchObject({ published: true, missing: [] });
    expect(await gaShare()).toBe(1000);
    expect(readdirSync(join(publisher.repo, "pending"))).toEqual([]);
  });

  it("combines the signatures of two copies in any order", async () => {
    takeHome("person-1", "person-2", "person-3");
    const { pending, missing } = await toGa();
    expect(missing).toEqual([
      { role: "ga", signed: 0, needed: 2 },
      { role: "ring1", signed: 0, needed: 1 },
    ]);
    const copies = ["person-1", "person-3"].map((who) => ({ who, file: publisher.path(`${who}.json`) }));
    for (const { who, file } of copies) {
      copyFileSync(pending as string, file);
      expect(await sign(file, who)).toMatchObject({ ok: true });
    }
    const [first, second] = copies as [(typeof copies)[0], (typeof copies)[0]];
    const once = await publisher.feed("import", second.file);
    expect(once).toMatchObject({ published: false });
    expect(await publisher.feed("import", second.file)).toMatchObject({ published: false });
    expect(await publisher.feed("import", first.file)).toMatchObject({ published: true });
  });

  it("is published at once if all keys are available", async () => {
    takeHome("person-1", "person-2", "person-3");
    const all = ["person-1", "person-3"].flatMap((who) => ["--person-keys", away(who)]);
    expect(await toGa(...all)).toMatchObject({ published: true });
  });

  it("does not count one person twice", async () => {
    takeHome("person-1", "person-2", "person-3");
    cpSync(away("person-1"), away("twin"), { recursive: true });
    const kept = await toGa("--person-keys", away("person-1"), "--person-keys", away("twin"));
    expect(kept.missing).toEqual([{ role: "ga", signed: 1, needed: 2 }]);
  });
});

const STRAY = JSON.stringify({ path: "rings/ga/stray.json", content: "e30" });

describe("an imported change", () => {
  let kept: Changed;
  let file: string;
  beforeEach(async () => {
    takeHome("person-2", "person-3");
    kept = await toGa();
    file = kept.pending as string;
  });
  const edit = (change: (text: string) => string) => writeFileSync(file, change(readFileSync(file, "utf8")));
  type Part = { signed: Record<string, unknown>; signatures: { keyid: string; sig: string }[] };
  const editGa = (change: (part: Part) => void) =>
    edit((text) => {
      const pending = JSON.parse(text) as { roles: { role: string; metadata: string }[] };
      for (const entry of pending.roles) {
        if (entry.role !== "ga") continue;
        const part = JSON.parse(entry.metadata) as Part;
        change(part);
        entry.metadata = JSON.stringify(part);
      }
      return JSON.stringify(pending);
    });

  it("is judged again, and refused even with all its signatures if it is no longer allowed", async () => {
    await sign(file, "person-2");
    await publisher.feed("halt", "--ring", "ring1", "--reason", "Crashes");
    expect(await publisher.refused("import", file)).toBe("BUILD_HALTED");
    expect(await gaShare()).toBeUndefined();
  });

  it("is refused if the feed has changed since", async () => {
    await sign(file, "person-2");
    const copy = publisher.path("late.json");
    copyFileSync(file, copy);
    await publisher.feed("refresh", "--role", "ga", "--person-keys", away("person-2"));
    expect(await publisher.refused("import", copy)).toBe("PENDING_OUTDATED");
    expect(await publisher.feed("status")).toMatchObject({
      pending: [{ summary: expect.stringContaining("make it again") }],
    });
  });

  it("counts no signature over other content", async () => {
    await sign(file, "person-2");
    editGa(({ signed }) => (signed["expires"] = "2099-01-01T00:00:00Z"));
    // The key in this folder signs what is imported here; the other signature is no longer valid.
    expect(await publisher.feed("import", file)).toMatchObject({ missing: [{ role: "ga", signed: 1, needed: 2 }] });
  });

  it("ignores signatures of unknown keys, and does not publish them", async () => {
    const other = await openFeedFixture();
    await run(["feed", "sign", file, "--person-keys", join(other.keys, "private", "feed", "person-1")]);
    const strange = "f".repeat(64);
    editGa(({ signatures }) => signatures.push({ keyid: strange, sig: "00".repeat(64) }));
    expect(await publisher.feed("import", file)).toMatchObject({ published: false });
    await sign(file, "person-3");
    expect(await publisher.feed("import", file)).toMatchObject({ published: true });
    const { signatures } = JSON.parse(readFileSync(join(publisher.repo, "metadata", "2.ga.json"), "utf8")) as Part;
    expect(signatures).toHaveLength(2);
    expect(signatures.map(({ keyid }) => keyid)).not.toContain(strange);
  });

  it.each([
    ["a changed document", (text: string) => text.replace(/"content": "../, '"content": "AA')],
    ["a missing document", (text: string) => text.replace(/"documents": \[[^\]]*\]/, '"documents": []')],
  ])("is refused with %s", async (_name, change) => {
    edit(change);
    expect(await publisher.refused("import", file)).toBe("PENDING_INVALID");
  });

  it.each([
    ["invalid JSON", () => "x"],
    ["another role", (text: string) => text.replace('"role": "ga"', '"role": "root"')],
    ["a path outside the feed", (text: string) => text.replaceAll("rings/ga/release.json", "../../escaped.json")],
    [
      "a target of another role",
      (text: string) => text.replaceAll("rings/ga/release.json", "rings/ring0/release.json"),
    ],
    ["a document that no metadata lists", (text: string) => text.replace('"documents": [', `"documents": [${STRAY},`)],
    [
      "metadata of another kind",
      (text: string) => text.replaceAll('\\"_type\\":\\"targets\\"', '\\"_type\\":\\"root\\"'),
    ],
  ])("is refused as invalid: %s", async (_name, change) => {
    edit(change);
    expect(await publisher.refused("import", file)).toBe("PENDING_INVALID");
    expect(existsSync(publisher.path("escaped.json"))).toBe(false);
  });
});

describe("signing on another computer", () => {
  it("is refused without a matching key, and leaves the file unchanged", async () => {
    takeHome("person-2", "person-3");
    const { pending } = await toGa();
    const before = readFileSync(pending as string, "utf8");
    const result = await run(["feed", "sign", pending as string, "--person-keys", bundle("ci")]);
    expect(result.error?.code).toBe("NOTHING_TO_SIGN");
    expect((await run(["feed", "sign", pending as string])).error?.code).toBe("USAGE");
    expect((await run(["feed", "sign", publisher.path("none"), "--person-keys", bundle("ci")])).error?.code).toBe(
      "NOT_FOUND",
    );
    expect(readFileSync(pending as string, "utf8")).toBe(before);
  });

  it("of a build needs both CI and release, and the build's files are kept in the meantime", async () => {
    takeHome("ci", "release");
    const file = publisher.path("usb-video-vault_1.1.0_arm64.deb");
    writeFileSync(file, "arm");
    const args = ["--version", "1.1.0", "--build-epoch", "1"];
    const added = await publisher.feed("add-build", file, ...args, "--person-keys", away("ci"));
    expect(added.missing).toEqual([{ role: "builds", signed: 1, needed: 2 }]);
    await publisher.feed("refresh");
    await sign(added.pending as string, "release");
    expect(await publisher.feed("import", added.pending as string)).toMatchObject({ published: true });
    const verified = await run(["feed", "verify", "--repo", publisher.repo, "--trust", publisher.trust]);
    expect(verified).toMatchObject({ ok: true, faults: [], absent: [] });
    expect(basename(added.pending as string)).toMatch(/^[0-9a-f]{12}\.pending\.json$/);
  });

  it("waits for the server if its keys are not available", async () => {
    takeHome("server");
    const kept = await toGa();
    expect(kept.missing.map((entry) => (entry as { role: string }).role)).toEqual(["snapshot", "timestamp"]);
    const imported = await publisher.feed("import", kept.pending as string, "--person-keys", away("server"));
    expect(imported).toMatchObject({ published: true });
  });

  it("never opens keys on a stick, nor a bundle with a damaged key", async () => {
    const stick = publisher.path("stick");
    mkdirSync(join(stick, "VAULT"), { recursive: true });
    cpSync(bundle("person-1"), join(stick, "keys"), { recursive: true });
    expect(await publisher.refused("refresh", "--person-keys", join(stick, "keys"))).toBe("KEYS_ON_STICK");
    const path = join(bundle("server"), "feed-halt.jwk.json");
    writeFileSync(path, readFileSync(path, "utf8").replace(/"d": "../, '"d": "AA'));
    expect(await publisher.refused("refresh")).toBe("KEYS_BROKEN");
  });
});
