import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statfsSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Metadata } from "@tufjs/models";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { thisHost, thisOwner } from "../../../src-ops/keys/lock-owner.ts";
import { signFreshness } from "../../../src-ops/feed/draft.ts";
import { loadFeed } from "../../../src-ops/feed/load-feed.ts";
import { encode, nextTargets, type SignedMetadata } from "../../../src-ops/feed/metadata.ts";
import { openFeedKeys } from "../../../src-ops/keys/index.ts";
import type { Release } from "../../../src-shared/updates/index.ts";
import { mountMemory } from "../support/mounts.ts";
import { refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import { filesUnder } from "../support/publisher-fixture.ts";
import { killAtSteps, PUBLICATIONS } from "./support/kill-steps.ts";
import { type FeedFixture, NOW, openFeedFixture, run } from "./support/feed-fixture.ts";
import { serve, tufReader } from "./support/tuf-reader.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

let publisher: FeedFixture;
let build: string;
beforeEach(async () => {
  publisher = await openFeedFixture();
  build = await publisher.build("1.0.0");
  await publisher.feed("release", "--ring", "ring0", "--build", build);
});

const flags = (on: string) => ["flags", "--ring", "ring0", "--on", on, "--reason", "x"];
const command = ({ repo, keys }: FeedFixture, ...rest: string[]) => ["feed", ...rest, "--repo", repo, "--keys", keys];
const anchor = () => join(publisher.trust, "feed-root.json");

describe("kill -9 while publishing leaves readers the old or the new state, and the next command can continue", () => {
  // Here the process is killed at every twelfth step; `npm run long` (test/long/feed-kills.test.ts) tries every step.
  it.each(PUBLICATIONS)("of $what", async ({ args, seqs }) => {
    await killAtSteps(publisher, args, seqs, 12);
  });

  // `validated` in ring-targets.json is written after the timestamp: an old value would look like an edit by hand.
  it("of a validation, at every second of the last steps", async () => {
    await killAtSteps(
      publisher,
      ["validate", "--ring", "ring0", "--verdict", publisher.verdict("ring0", build)],
      [1],
      2,
      16,
    );
  });
});

describe("a reader in the middle", () => {
  it("finds the complete old state for one day after it has read the old timestamp", async () => {
    const old = publisher.path("old");
    cpSync(join(publisher.repo, "metadata"), join(old, "metadata"), { recursive: true });
    await publisher.feed(...(flags("dark") as [string]));
    // It has the old timestamp, and fetches everything else from the current feed.
    for (const name of readdirSync(join(publisher.repo, "metadata"))) {
      if (name !== "timestamp.json") cpSync(join(publisher.repo, "metadata", name), join(old, "metadata", name));
    }
    cpSync(join(publisher.repo, "targets"), join(old, "targets"), { recursive: true });
    const reader = tufReader((await serve(old)).url, anchor());
    expect((await reader.json<Release>("rings/ring0/release.json"))?.seq).toBe(1);
  });

  it("does not keep old files after that day; the published state stays", async () => {
    const before = filesUnder(publisher.repo);
    const yesterday = NOW - 2 * 86_400;
    for (const name of before) utimesSync(join(publisher.repo, name), yesterday, yesterday);
    await publisher.feed(...(flags("dark") as [string]));
    for (const name of filesUnder(publisher.repo)) utimesSync(join(publisher.repo, name), yesterday, yesterday);
    await publisher.feed(...(flags("light") as [string]));
    const after = filesUnder(publisher.repo);
    expect(after.filter((name) => name.endsWith("release.json"))).toHaveLength(2);
    expect(after).not.toContain("metadata/1.ring0.json");
    expect(after).toContain("metadata/1.root.json");
    expect(await run(["feed", "verify", "--repo", publisher.repo, "--trust", publisher.trust])).toMatchObject({
      ok: true,
    });
  });
});

it("removes files that killed runs left, and no files of others", async () => {
  const orphans = ["metadata/99.ring0.json", `targets/rings/ring0/${"a".repeat(64)}.release.json`];
  const foreignFiles = ["metadata/README.txt", "targets/notes.md", "targets/index.html"];
  for (const name of [...orphans, ...foreignFiles]) writeFileSync(join(publisher.repo, name), "{}");
  await publisher.feed("refresh");
  const left = filesUnder(publisher.repo);
  for (const name of orphans) expect(left).not.toContain(name);
  for (const name of foreignFiles) expect(left).toContain(name);
});

describe("two publishers at once", () => {
  it("take turns or get BUSY; every change that was reported as published is in the feed", async () => {
    const other = publisher.path("keys-of-the-other");
    cpSync(publisher.keys, other, { recursive: true });
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        vaultctl([...command({ ...publisher, keys: i % 2 ? other : publisher.keys }, ...flags(`flag-${i}`)), "--json"]),
      ),
    );
    const done = answers.flatMap(({ code }, i) => (code === 0 ? [`flag-${i}`] : []));
    expect(done.length).toBeGreaterThan(0);
    for (const { code, json } of answers) if (code !== 0) expect(json).toMatchObject({ error: { code: "BUSY" } });
    const { rings } = await publisher.feed<{ rings: { ring0: { release: Release } } }>("status");
    expect(Object.keys(rings.ring0.release.flags).toSorted()).toEqual(done.toSorted());
    expect(rings.ring0.release.seq).toBe(1 + done.length);
  });

  it("are not blocked by the lock of a process that has ended", async () => {
    const own = await thisOwner(await thisHost());
    writeFileSync(join(publisher.repo, ".feed.lock"), JSON.stringify({ ...own, pid: 4_194_303 }));
    await publisher.feed("refresh");
    writeFileSync(join(publisher.repo, ".feed.lock"), JSON.stringify(own));
    expect(await publisher.refused("refresh")).toBe("BUSY");
  });
});

describe("a full disk", () => {
  it("keeps the old state, and the command succeeds after space is freed", async ({ skip }) => {
    const repo = publisher.path("small");
    const unmount = mountMemory(repo, "size=1m,nr_inodes=60");
    if (!unmount) skip("mounting a tmpfs is not allowed here");
    else onTestFinished(unmount);
    cpSync(publisher.repo, repo, { recursive: true });
    const filler = join(repo, "filler");
    writeFileSync(filler, Buffer.alloc(statfsSync(repo).bavail * statfsSync(repo).bsize));
    const args = command({ ...publisher, repo }, ...flags("dark"));
    expect(await refusal(args)).toBe("DISK_FULL");
    const reader = tufReader((await serve(repo)).url, anchor());
    expect((await reader.json<Release>("rings/ring0/release.json"))?.seq).toBe(1);
    writeFileSync(filler, "");
    await succeed(args);
    expect((await reader.json<Release>("rings/ring0/release.json"))?.flags).toEqual({ dark: true });
  });
});

describe("a journal", () => {
  it("that was manipulated cannot write any file except the feed's visible files", async () => {
    const content = Buffer.from("{}").toString("base64url");
    for (const path of ["../escaped.json", "metadata/../../escaped.json", "metadata/9.ring0.json", "pending/x.json"]) {
      writeFileSync(join(publisher.repo, "publishing.json"), JSON.stringify({ v: 1, files: [{ path, content }] }));
      expect(await publisher.refused("refresh")).toBe("FEED_BROKEN");
    }
    expect(existsSync(publisher.path("escaped.json"))).toBe(false);
  });
});

describe("a feed that was changed", () => {
  const change = (name: string, from: RegExp, to: string) => {
    const path = join(publisher.repo, "metadata", name);
    writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
  };

  it.each([
    ["a signed text", "2.ring0.json", /"version":2/, '"version":3'],
    ["a signature", "2.ring0.json", /"sig":"[0-9a-f]{128}/, `"sig":"${"0".repeat(128)}`],
    ["the timestamp", "timestamp.json", /"version":\d+/, '"version":99'],
    ["a root", "1.root.json", /^/, "x"],
    ["the delegations", "1.targets.json", /"threshold":2/, '"threshold":1'],
  ])("in %s is refused", async (_name, file, from, to) => {
    if (file === "1.root.json")
      cpSync(join(publisher.repo, "metadata", file), join(publisher.repo, "metadata", "2.root.json"));
    change(file === "1.root.json" ? "2.root.json" : file, from, to);
    expect(await publisher.refused("refresh")).toBe("FEED_BROKEN");
    expect((await run(["feed", "verify", "--repo", publisher.repo, "--trust", publisher.trust])).ok).toBe(false);
  });

  it.each(["ring0", "snapshot"] as const)(
    "in %s by an attacker with the server's other keys is refused",
    async (role) => {
      const loaded = await loadFeed(publisher.repo, publisher.trust);
      const signers = await openFeedKeys([join(publisher.keys, "private", "feed", "server")]);
      if (!loaded.ok || !signers.ok) throw new Error("the feed cannot be opened");
      const feed = loaded.value;
      const forged = new Map(feed.roles);
      if (role === "ring0") {
        const ring0 = feed.roles.get("ring0")!;
        forged.set("ring0", new Metadata(nextTargets("ring0", ring0.signed, NOW, {}), ring0.signatures));
      }
      const own = signers.value.filter((signer) => signer.role !== role);
      const { snapshot, timestamp } = signFreshness(feed, forged, own, [feed.keyring], NOW);
      const write = (name: string, metadata: SignedMetadata) =>
        writeFileSync(join(publisher.repo, "metadata", name), encode(metadata));
      write(`${forged.get("ring0")!.signed.version}.ring0.json`, forged.get("ring0")!);
      write(`${snapshot.signed.version}.snapshot.json`, snapshot);
      write("timestamp.json", timestamp);
      expect(await publisher.refused("refresh")).toBe("FEED_BROKEN");
    },
  );

  it("is refused if a document is missing or differs", async () => {
    const folder = join(publisher.repo, "targets", "rings", "ring0");
    const name = readdirSync(folder).find((entry) => entry.endsWith("release.json")) ?? "";
    const original = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), original.replace(/"seq":1/, '"seq":9'));
    expect(await publisher.refused("refresh")).toBe("FEED_BROKEN");
    mkdirSync(publisher.path("empty"));
    expect(
      (await run(["feed", "verify", "--repo", publisher.repo, "--trust", publisher.path("empty")])).error?.code,
    ).toBe("NO_ANCHOR");
    cpSync(publisher.trust, join(publisher.repo, "public"), { recursive: true });
    const inside = ["feed", "verify", "--repo", publisher.repo, "--trust", join(publisher.repo, "public")];
    expect((await run(inside)).error?.code).toBe("ANCHOR_ON_STICK");
  });
});
