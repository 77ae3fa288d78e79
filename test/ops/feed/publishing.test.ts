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
import { vouchFor } from "../../../src-ops/feed/draft.ts";
import { loadFeed } from "../../../src-ops/feed/load-feed.ts";
import { encode, nextTargets, type SignedMetadata } from "../../../src-ops/feed/metadata.ts";
import { openFeedKeys } from "../../../src-ops/keys/index.ts";
import type { Release } from "../../../src-shared/updates/index.ts";
import { mountMemory } from "../support/mounts.ts";
import { refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import { filesUnder } from "../support/publisher-fixture.ts";
import { killAtSteps, PUBLICATIONS } from "./support/kill-steps.ts";
import { type FeedWorkshop, NOW, openFeedWorkshop, run } from "./support/feed-fixture.ts";
import { serve, tufReader } from "./support/tuf-reader.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 60_000 });

let shop: FeedWorkshop;
let build: string;
beforeEach(async () => {
  shop = await openFeedWorkshop();
  build = await shop.build("1.0.0");
  await shop.feed("release", "--ring", "ring0", "--build", build);
});

const flags = (on: string) => ["flags", "--ring", "ring0", "--on", on, "--reason", "x"];
const command = ({ repo, keys }: FeedWorkshop, ...rest: string[]) => ["feed", ...rest, "--repo", repo, "--keys", keys];
const anchor = () => join(shop.trust, "feed-root.json");

describe("kill -9 while publishing leaves readers the old state or the new one, and the next command a feed", () => {
  // Every step is killed at in `npm run long` (test/long/feed-kills.test.ts); here one of twelve.
  it.each(PUBLICATIONS)("of $what", async ({ args, seqs }) => {
    await killAtSteps(shop, args, seqs, 12);
  });

  // The mark in ring-targets.json is written after the timestamp: one that lagged behind would look like a hand's edit.
  it("of a pass, at every second of the last steps", async () => {
    await killAtSteps(shop, ["validate", "--ring", "ring0", "--verdict", shop.verdict("ring0", build)], [1], 2, 16);
  });
});

describe("a reader in the middle", () => {
  it("that has read the old timestamp finds all of the old state for a day", async () => {
    const old = shop.path("old");
    cpSync(join(shop.repo, "metadata"), join(old, "metadata"), { recursive: true });
    await shop.feed(...(flags("dark") as [string]));
    // What it holds is the old timestamp; everything else it fetches from the feed of now.
    for (const name of readdirSync(join(shop.repo, "metadata"))) {
      if (name !== "timestamp.json") cpSync(join(shop.repo, "metadata", name), join(old, "metadata", name));
    }
    cpSync(join(shop.repo, "targets"), join(old, "targets"), { recursive: true });
    const reader = tufReader((await serve(old)).url, anchor());
    expect((await reader.json<Release>("rings/ring0/release.json"))?.seq).toBe(1);
  });

  it("keeps nothing from being swept after that day; what is published stays", async () => {
    const before = filesUnder(shop.repo);
    const yesterday = NOW - 2 * 86_400;
    for (const name of before) utimesSync(join(shop.repo, name), yesterday, yesterday);
    await shop.feed(...(flags("dark") as [string]));
    for (const name of filesUnder(shop.repo)) utimesSync(join(shop.repo, name), yesterday, yesterday);
    await shop.feed(...(flags("light") as [string]));
    const after = filesUnder(shop.repo);
    expect(after.filter((name) => name.endsWith("release.json"))).toHaveLength(2);
    expect(after).not.toContain("metadata/1.ring0.json");
    expect(after).toContain("metadata/1.root.json");
    expect(await run(["feed", "verify", "--repo", shop.repo, "--trust", shop.trust])).toMatchObject({ ok: true });
  });
});

it("sweeps what killed runs left, and nothing that is not the feed's own", async () => {
  const orphans = ["metadata/99.ring0.json", `targets/rings/ring0/${"a".repeat(64)}.release.json`];
  const strangers = ["metadata/README.txt", "targets/notes.md", "targets/index.html"];
  for (const name of [...orphans, ...strangers]) writeFileSync(join(shop.repo, name), "{}");
  await shop.feed("refresh");
  const left = filesUnder(shop.repo);
  for (const name of orphans) expect(left).not.toContain(name);
  for (const name of strangers) expect(left).toContain(name);
});

describe("two publishers at once", () => {
  it("take turns or are told to wait; every change that was told as published is there", async () => {
    const other = shop.path("keys-of-the-other");
    cpSync(shop.keys, other, { recursive: true });
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        vaultctl([...command({ ...shop, keys: i % 2 ? other : shop.keys }, ...flags(`flag-${i}`)), "--json"]),
      ),
    );
    const done = answers.flatMap(({ code }, i) => (code === 0 ? [`flag-${i}`] : []));
    expect(done.length).toBeGreaterThan(0);
    for (const { code, json } of answers) if (code !== 0) expect(json).toMatchObject({ error: { code: "BUSY" } });
    const { rings } = await shop.feed<{ rings: { ring0: { release: Release } } }>("status");
    expect(Object.keys(rings.ring0.release.flags).toSorted()).toEqual(done.toSorted());
    expect(rings.ring0.release.seq).toBe(1 + done.length);
  });

  it("are not held up by the lock of a process that is gone", async () => {
    const gone = await vaultctl(["--help"]);
    expect(gone.code).toBe(0);
    writeFileSync(join(shop.repo, ".feed.lock"), "4194303");
    await shop.feed("refresh");
    writeFileSync(join(shop.repo, ".feed.lock"), String(process.pid));
    expect(await shop.refused("refresh")).toBe("BUSY");
  });
});

describe("a full disk", () => {
  it("leaves the old state, and room for it to go on once there is some", async ({ skip }) => {
    const repo = shop.path("small");
    const unmount = mountMemory(repo, "size=1m,nr_inodes=60");
    if (!unmount) skip("mounting a tmpfs is not allowed here");
    else onTestFinished(unmount);
    cpSync(shop.repo, repo, { recursive: true });
    const filler = join(repo, "filler");
    writeFileSync(filler, Buffer.alloc(statfsSync(repo).bavail * statfsSync(repo).bsize));
    const args = command({ ...shop, repo }, ...flags("dark"));
    expect(await refusal(args)).toBe("DISK_FULL");
    const reader = tufReader((await serve(repo)).url, anchor());
    expect((await reader.json<Release>("rings/ring0/release.json"))?.seq).toBe(1);
    writeFileSync(filler, "");
    await succeed(args);
    expect((await reader.json<Release>("rings/ring0/release.json"))?.flags).toEqual({ dark: true });
  });
});

describe("a journal", () => {
  it("that was planted writes nothing else than the feed's own visible files", async () => {
    const content = Buffer.from("{}").toString("base64url");
    for (const path of ["../escaped.json", "metadata/../../escaped.json", "metadata/9.ring0.json", "pending/x.json"]) {
      writeFileSync(join(shop.repo, "publishing.json"), JSON.stringify({ v: 1, files: [{ path, content }] }));
      expect(await shop.refused("refresh")).toBe("FEED_BROKEN");
    }
    expect(existsSync(shop.path("escaped.json"))).toBe(false);
  });
});

describe("a feed that was altered", () => {
  const change = (name: string, from: RegExp, to: string) => {
    const path = join(shop.repo, "metadata", name);
    writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
  };

  it.each([
    ["a signed text", "2.ring0.json", /"version":2/, '"version":3'],
    ["a signature", "2.ring0.json", /"sig":"../, '"sig":"00'],
    ["the timestamp", "timestamp.json", /"version":\d+/, '"version":99'],
    ["a root", "1.root.json", /^/, "x"],
    ["the delegations", "1.targets.json", /"threshold":2/, '"threshold":1'],
  ])("in %s is not built upon", async (_name, file, from, to) => {
    if (file === "1.root.json") cpSync(join(shop.repo, "metadata", file), join(shop.repo, "metadata", "2.root.json"));
    change(file === "1.root.json" ? "2.root.json" : file, from, to);
    expect(await shop.refused("refresh")).toBe("FEED_BROKEN");
    expect((await run(["feed", "verify", "--repo", shop.repo, "--trust", shop.trust])).ok).toBe(false);
  });

  it.each(["ring0", "snapshot"] as const)(
    "in %s by whoever has the server's other keys is not built upon",
    async (role) => {
      const loaded = await loadFeed(shop.repo, shop.trust);
      const signers = await openFeedKeys([join(shop.keys, "private", "feed", "server")]);
      if (!loaded.ok || !signers.ok) throw new Error("the feed cannot be opened");
      const feed = loaded.value;
      const forged = new Map(feed.roles);
      if (role === "ring0") {
        const ring0 = feed.roles.get("ring0")!;
        forged.set("ring0", new Metadata(nextTargets("ring0", ring0.signed, NOW, {}), ring0.signatures));
      }
      const own = signers.value.filter((signer) => signer.role !== role);
      const { snapshot, timestamp } = vouchFor(feed, forged, own, [feed.keyring], NOW);
      const write = (name: string, metadata: SignedMetadata) =>
        writeFileSync(join(shop.repo, "metadata", name), encode(metadata));
      write(`${forged.get("ring0")!.signed.version}.ring0.json`, forged.get("ring0")!);
      write(`${snapshot.signed.version}.snapshot.json`, snapshot);
      write("timestamp.json", timestamp);
      expect(await shop.refused("refresh")).toBe("FEED_BROKEN");
    },
  );

  it("is not built upon where a document is missing or another", async () => {
    const folder = join(shop.repo, "targets", "rings", "ring0");
    const name = readdirSync(folder).find((entry) => entry.endsWith("release.json")) ?? "";
    const original = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), original.replace(/"seq":1/, '"seq":9'));
    expect(await shop.refused("refresh")).toBe("FEED_BROKEN");
    mkdirSync(shop.path("empty"));
    expect((await run(["feed", "verify", "--repo", shop.repo, "--trust", shop.path("empty")])).error?.code).toBe(
      "NO_ANCHOR",
    );
    cpSync(shop.trust, join(shop.repo, "public"), { recursive: true });
    const inside = ["feed", "verify", "--repo", shop.repo, "--trust", join(shop.repo, "public")];
    expect((await run(inside)).error?.code).toBe("ANCHOR_ON_STICK");
  });
});
