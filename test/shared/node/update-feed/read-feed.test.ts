import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { BuildId } from "../../../../src-shared/updates/index.ts";
import { EARLIER, feedKey } from "../../../fakes/feed-repository.ts";
import { temporaryFolder } from "../../../fakes/temporary-folder.ts";
import { addBuild, setHalt, setRelease, setSecurity, updateFeed } from "../../../fakes/update-feed.ts";
import { FeedFixture, T } from "./feed-fixture.ts";

const B2 = "build-2" as BuildId;
const RING = ["ring0", "ring1", "ga"] as const;

describe("a feed", () => {
  it.each(RING)("contains what an installation of %s needs, each document with its counter", async (ring) => {
    const fixture = await FeedFixture.begin((repository) => {
      setHalt(repository, ring, { build: "build-1", seq: 4 });
      setSecurity(repository, { seq: 3, buildFloor: 2 });
      repository.addTarget("lists", "lists/revocations.uvvrev", "revoked");
    });
    const opened = await fixture.read({ ring });
    if (!opened.ok) throw new Error(opened.error);
    const { feed, lists, notes, close } = opened.value;
    expect(feed.release).toMatchObject({
      document: { ring, build: "build-2" },
      counter: { generation: 1, sequence: 1 },
    });
    expect(feed.halts).toMatchObject({
      document: { halts: [{ build: "build-1", seq: 4 }] },
      counter: { generation: 1, sequence: 4 },
    });
    expect(feed.security).toMatchObject({ document: { buildFloor: 2 }, counter: { generation: 1, sequence: 3 } });
    expect([...feed.builds.keys()]).toEqual(["build-1", "build-2", "build-3"]);
    expect([...feed.roles]).toEqual(
      ["root", "timestamp", "snapshot", "targets", "builds", ring, "halt", "lists"].map((name) => [
        name,
        { generation: 1, sequence: 1 },
      ]),
    );
    expect(lists.revocations?.toString()).toBe("revoked");
    expect(lists.keys).toBeUndefined();
    expect(await notes(B2)).toEqual({ fr: "Nouveautés de 2.0.0", en: "What is new in 2.0.0" });
    await close();
  });

  it("has the generation that the parent states, whatever the role itself states", async () => {
    const fixture = await FeedFixture.begin((repository) => {
      repository.delegate("ga", [feedKey("ga-new")], 1, ["rings/ga/*"], { "uvv:generation": 3 });
      repository.role("ga")["uvv:generation"] = 9;
      repository.root.roles["targets"]!["uvv:generation"] = 2;
    });
    const feed = await fixture.follow();
    expect(feed.release?.counter).toMatchObject({ generation: 3, sequence: 1 });
    expect(feed.security?.counter.generation).toBe(2);
    expect(feed.roles.get("ga")).toEqual({ generation: 3, sequence: 1 });
  });

  it("provides only complete files that are listed, and recognizes them again", async () => {
    const fixture = await FeedFixture.begin();
    const opened = await fixture.read();
    if (!opened.ok) throw new Error(opened.error);
    const { feed, download, holds, close } = opened.value;
    const file = feed.builds.get(B2)!.files[0]!;
    const to = join(temporaryFolder(), "pending", "app.deb");
    const seen: number[] = [];
    const { signal } = new AbortController();
    expect(await download(file, to, (bytes) => seen.push(bytes), signal)).toEqual({ ok: true, value: undefined });
    expect(readFileSync(to, "utf8")).toBe("bytes of build-2");
    expect(seen.at(-1)).toBe(file.length);
    expect(await holds(file, to)).toBe(true);
    writeFileSync(to, "bytes of build-X");
    expect(await holds(file, to)).toBe(false);
    rmSync(to);
    expect(await holds(file, to)).toBe(false);
    for (const path of fixture.repository.files.keys()) {
      if (path.endsWith(".deb")) fixture.repository.files.set(path, Buffer.from("bytes of build-X"));
    }
    expect(await download(file, to, () => undefined, signal)).toEqual({ ok: false, error: "MISMATCH" });
    expect(readdirSync(join(to, ".."))).toEqual([]);
    await close();
  });

  it("leaves nothing behind in the temporary folder", async () => {
    const fixture = await FeedFixture.begin();
    const own = temporaryFolder();
    vi.stubEnv("TMPDIR", own);
    onTestFinished(() => void vi.unstubAllEnvs());
    await fixture.follow();
    await fixture.refusal({ now: 5_000_000_000 });
    await fixture.refusal({ anchor: Buffer.from("{") });
    expect(readdirSync(own)).toEqual([]);
  });
});

describe("a feed is refused", () => {
  it("without an anchor", async () => {
    const fixture = await FeedFixture.begin();
    expect(await fixture.refusal({ anchor: Buffer.from("") })).toBe("NO_ANCHOR");
    expect(fixture.server.requestedPaths).toEqual([]);
  });

  it.each(["root", "timestamp", "snapshot", "targets", "builds", "ga", "halt", "lists"])(
    "if %s has expired",
    async (role) => {
      const fixture = await FeedFixture.begin((repository) => {
        setHalt(repository, "ga", {});
        repository.signedOf(role).expires = EARLIER;
      });
      expect(await fixture.refusal()).toBe("EXPIRED");
    },
  );

  it("by the time at which it is read, and no other", async () => {
    const fixture = await FeedFixture.begin((repository) => {
      repository.timestamp.expires = new Date((T + 100) * 1000).toISOString().replace(/\.\d+/, "");
    });
    expect(await fixture.refusal({ now: T + 99 })).toBe("taken");
    expect(await fixture.refusal({ now: T + 100 })).toBe("EXPIRED");
    expect(await fixture.refusal({ now: T + 101 })).toBe("EXPIRED");
  });

  it("if a document is another ring's", async () => {
    const fixture = await FeedFixture.begin((repository) => setRelease(repository, "ga", { ring: "ring1" }));
    expect(await fixture.refusal()).toBe("WRONG_RING");
  });

  it("if a ring's key signs another ring", async () => {
    const fixture = await FeedFixture.begin();
    fixture.repository.writeRole("ga", [feedKey("ring1-a"), feedKey("ring1-b")]);
    expect(await fixture.refusal()).toBe("SIGNATURE_INVALID");
  });

  it("if a ring lists another ring's release: it is ignored", async () => {
    const fixture = await FeedFixture.begin((repository) => {
      delete repository.role("ga").targets["rings/ga/release.json"];
      setRelease(repository, "ga", {}, "ring1");
    });
    expect((await fixture.follow()).release).toBeUndefined();
  });

  it.each([
    ["one key under two names", (key: object) => ({ ...key, note: "another name" })],
    ["a key of another type", () => ({ keytype: "rsa", scheme: "rsassa-pss-sha256", keyval: { public: "x" } })],
  ])("if a threshold is met by %s", async (_name, second) => {
    const fixture = await FeedFixture.begin((repository) => {
      const one = feedKey("ga-1");
      const other = { ...one, id: "ab".repeat(32), jwk: second(one.jwk) };
      repository.delegate("ga", [one, other], 2, ["rings/ga/*"]);
      if (_name.startsWith("a key")) repository.delegate("ga", [one, other], 1, ["rings/ga/*"]);
    });
    expect(await fixture.refusal()).toBe("UNSOUND_KEYS");
  });

  it.each([
    ["a generation that is not a number", { "uvv:generation": "3" }],
    ["a generation of zero", { "uvv:generation": 0 }],
  ])("if a delegation names %s", async (_name, members) => {
    const fixture = await FeedFixture.begin((repository) => {
      repository.delegate("ga", ["ga-1", "ga-2", "ga-3"].map(feedKey), 2, ["rings/ga/*"], members);
    });
    expect(await fixture.refusal()).toBe("MALFORMED");
  });

  it("if a document is too long, before it is fetched", async () => {
    const fixture = await FeedFixture.begin((repository) =>
      setRelease(repository, "ga", { padding: "x".repeat(70_000) }),
    );
    expect(await fixture.refusal()).toBe("TOO_LARGE");
    expect(fixture.server.requestedPaths.some((path) => path.includes("release.json"))).toBe(false);
  });

  it("if it is only partly published", async () => {
    for (const missing of [/\.ga\.json$/, /release\.json$/, /\.snapshot\.json$/, /\.builds\.json$/]) {
      const fixture = await FeedFixture.begin();
      for (const path of fixture.repository.files.keys()) {
        if (missing.test(path)) fixture.repository.files.delete(path);
      }
      expect(await fixture.refusal()).toBe("NOT_FOUND");
    }
  });
});

describe("the stored metadata of a reader", () => {
  it("survives an incomplete root, which is replaced by the anchor", async () => {
    const fixture = await FeedFixture.begin();
    await fixture.follow();
    const forger = updateFeed();
    forger.root.version = 99;
    const forged = forger.sign("root", [feedKey("thief-1"), feedKey("thief-2")]);
    for (const damagedRoot of ["", '{"signatures": [', "{}", forged]) {
      writeFileSync(join(fixture.store, "root.json"), damagedRoot);
      expect((await fixture.follow()).release).toBeDefined();
      expect(readFileSync(join(fixture.store, "root.json")).equals(fixture.anchor)).toBe(true);
    }
  });

  it("contains the newer of its root and the anchor", async () => {
    const fixture = await FeedFixture.begin();
    const { repository } = fixture;
    repository.rotateRoot(() => repository.setTopKeys("timestamp", [feedKey("timestamp-2")], 1));
    repository.publish();
    await fixture.follow();
    repository.files.delete("metadata/2.root.json");
    expect((await fixture.follow()).roles.get("root")).toEqual({ generation: 1, sequence: 2 });
    const newer = repository.sign("root");
    writeFileSync(join(fixture.store, "root.json"), fixture.anchor);
    expect((await fixture.follow({ anchor: newer })).roles.get("root")).toEqual({ generation: 1, sequence: 2 });
  });

  it("cannot be replaced by links in its folder, nor by a file of any size", async () => {
    const fixture = await FeedFixture.begin();
    await fixture.follow();
    writeFileSync(join(fixture.store, "timestamp.json"), Buffer.alloc(9 * 1024 * 1024));
    expect((await fixture.follow()).release).toBeDefined();
  });

  it("keeps the steps that were valid before a refusal, as the client workflow requires", async () => {
    const fixture = await FeedFixture.begin();
    await fixture.follow();
    fixture.repository.rotateRoot(() => undefined);
    fixture.repository.role("targets").expires = EARLIER;
    fixture.repository.publish("targets");
    expect(await fixture.refusal()).toBe("EXPIRED");
    expect(readFileSync(join(fixture.store, "root.json"), "utf8")).toContain('"version":2');
  });

  it("causes an older feed to be refused", async () => {
    const fixture = await FeedFixture.begin();
    const old = new Map(fixture.repository.files);
    fixture.repository.publish("targets");
    await fixture.follow();
    for (const [path, content] of old) fixture.repository.files.set(path, content);
    expect(await fixture.refusal()).toBe("ROLLED_BACK");
    // Without its memory the reader cannot know: the ledger exists for that.
    rmSync(fixture.store, { recursive: true });
    expect(await fixture.refusal()).toBe("taken");
  });

  it("does not prevent a later build or release from being found", async () => {
    const fixture = await FeedFixture.begin();
    await fixture.follow();
    addBuild(fixture.repository, "build-4");
    setRelease(fixture.repository, "ga", { seq: 2, build: "build-4" });
    fixture.repository.publish("builds", "ga");
    const feed = await fixture.follow();
    expect(feed.release).toMatchObject({ document: { build: "build-4" }, counter: { sequence: 2 } });
    expect(feed.builds.has("build-4" as BuildId)).toBe(true);
    expect(feed.roles.get("timestamp")).toEqual({ generation: 1, sequence: 2 });
  });
});
