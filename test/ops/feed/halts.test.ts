import { mkdirSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { publishHalt, publishHaltOnce } from "../../../src-ops/server/decisions/publish-halt.ts";
import { EMPTY_LEDGER } from "../../../src-shared/ledger/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import { openFolderSource, readFeed } from "../../../src-shared/node/update-feed/index.ts";
import { type BuildId, decideUpdate } from "../../../src-shared/updates/index.ts";
import { install } from "../../shared/updates/feeds.ts";
import { type FeedFixture, NOW, openFeedFixture, run } from "./support/feed-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let publisher: FeedFixture;
let builds: readonly string[];
beforeEach(async () => {
  publisher = await openFeedFixture();
  builds = [await publisher.build("1.1.0"), await publisher.build("1.2.0")];
  for (const build of builds) await publisher.feed("release", "--ring", "ring0", "--build", build);
});

/** What a new installation of version 1.0.0 decides about the published feed. */
async function decision(ring: Ring = "ring0"): Promise<string> {
  const store = publisher.path(`store-${Math.random()}`);
  mkdirSync(store);
  const anchor = readFileSync(join(publisher.trust, "feed-root.json"));
  const signal = new AbortController().signal;
  const opened = await readFeed({ store, anchor, source: openFolderSource(publisher.repo), now: NOW, signal }, ring);
  if (!opened.ok) return opened.error;
  await opened.value.close();
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
  const decided = decideUpdate(opened.value.feed, EMPTY_LEDGER, install(), "by-hand", NOW, sha256);
  return decided.kind === "hold" ? decided.reason : decided.kind;
}

const halt = (build: string | undefined) =>
  publisher.feed("halt", "--ring", "ring0", "--build", build ?? "", "--reason", "By hand");
const location = () => ({ repo: publisher.repo, keys: publisher.keys, personKeys: [] });
const halting = (build: string | undefined) => ({ ring: "ring0" as const, build: build as BuildId, reason: "Console" });

describe("a second halt leaves the first in force", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["by hand", () => halt(builds[0])],
    ["from the console", () => publishHalt(location(), halting(builds[0]), NOW * 1000)],
    ["of the automatic watch", () => publishHaltOnce(location(), halting(builds[0]), NOW * 1000)],
  ])("%s", async (_name, second) => {
    await halt(builds[1]);
    expect(await decision()).toBe("HALTED");
    await second();
    expect(await decision()).toBe("HALTED");
  });
});

type Status = { rings: { ring0: { halt?: { build: string }; halts: { build: string; reason: string }[] } } };
const halted = async () => {
  const { rings } = await publisher.feed<Status>("status");
  return rings.ring0.halts.map(({ build }) => build);
};

describe("the halts of a ring", () => {
  it("are all shown, and each is lifted by its own resume", async () => {
    await halt(builds[1]);
    await halt(builds[0]);
    expect(await halted()).toEqual([builds[1], builds[0]]);
    await publisher.feed("resume", "--ring", "ring0", "--reason", "Fine");
    expect([await halted(), await decision()]).toEqual([[builds[0]], "install"]);
    await halt(builds[1]);
    expect([await halted(), await decision()]).toEqual([[builds[0], builds[1]], "HALTED"]);
    await publisher.feed("resume", "--ring", "ring0", "--build", builds[0] ?? "", "--reason", "Fine");
    expect(await halted()).toEqual([builds[1]]);
  });

  it("stay lifted in every later document of the ring", async () => {
    await halt(builds[1]);
    await publisher.feed("resume", "--ring", "ring0", "--reason", "Fine");
    const next = await publisher.build("1.3.0");
    await publisher.feed("release", "--ring", "ring0", "--build", next);
    await publisher.feed("rollback", "--ring", "ring0", "--to", builds[1] ?? "", "--reason", "Bad");
    await halt(next);
    expect(await halted()).toEqual([next]);
    await publisher.feed("rotate", "--role", "ring0");
    expect(await halted()).toEqual([next]);
  });

  it("do not get lost if two operators halt at once", async () => {
    const words = (build: string | undefined) => ["--ring", "ring0", "--build", build ?? "", "--reason", "x"];
    const at = ["--repo", publisher.repo, "--keys", publisher.keys];
    const both = await Promise.all(builds.map((build) => run(["feed", "halt", ...words(build), ...at])));
    for (const [i, result] of both.entries()) {
      if (result.ok) continue;
      expect(result.error?.code).toBe("BUSY");
      await halt(builds[i]);
    }
    expect((await halted()).toSorted()).toEqual(builds.toSorted());
  });

  it("are forgotten when their builds are revoked", async () => {
    await halt(builds[0]);
    await publisher.feed("security", "--revoke", builds[0] ?? "");
    await halt(builds[1]);
    expect(await halted()).toEqual([builds[1]]);
  });
});

describe("a halt everywhere", () => {
  type Halts = { rings: Record<Ring, { halts: { build: string; reason: string }[] }> };
  const everywhere = async () => {
    const { rings } = await publisher.feed<Halts>("status");
    return Object.values(rings).map(({ halts }) => halts.map(({ build }) => build));
  };
  const haltEverywhere = (...args: readonly string[]) => publisher.feed("halt", ...args, "--reason", "Broken");

  it("stops a build in every ring, named by its id or its version, also where it was never offered", async () => {
    await haltEverywhere(builds[1] as string, "--everywhere");
    expect(await everywhere()).toEqual([[builds[1]], [builds[1]], [builds[1]]]);
    expect(await decision()).toBe("HALTED");
    await haltEverywhere("1.1.0", "--everywhere");
    expect(await everywhere()).toEqual([builds.toReversed(), builds.toReversed(), builds.toReversed()]);
  });

  it("stops the ring's own halts no less, and replaces a halt that is in force", async () => {
    await halt(builds[0]);
    await haltEverywhere(builds[1] as string, "--everywhere");
    const [ring0] = await everywhere();
    expect(ring0).toEqual(builds);
    await haltEverywhere(builds[0] as string, "--everywhere");
    const [again] = await everywhere();
    expect(again).toEqual(builds.toReversed());
  });

  it.each([
    ["without the build", ["--everywhere"], "USAGE"],
    ["with a ring as well", ["1.1.0", "--everywhere", "--ring", "ring0"], "USAGE"],
    ["without ring and --everywhere", ["1.1.0"], "USAGE"],
    ["for an unknown version", ["9.9.9", "--everywhere"], "BUILD_UNKNOWN"],
  ])("is refused %s", async (_what, args, code) => {
    const feed = ["--repo", publisher.repo, "--keys", publisher.keys];
    const { error } = await run(["feed", "halt", ...args, ...feed, "--reason", "Broken"]);
    expect(error?.code).toBe(code);
  });
});
