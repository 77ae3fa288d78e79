import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { EMPTY_LEDGER, type LedgerHead, raise } from "../../../src-shared/ledger/index.ts";
import { type Ring, RINGS } from "../../../src-shared/license/index.ts";
import { openFolderSource, readFeed } from "../../../src-shared/node/update-feed/index.ts";
import { decideUpdate, ledgerUpdateFromFeed } from "../../../src-shared/updates/index.ts";
import { install } from "../../shared/updates/feeds.ts";
import { type FeedFixture, NOW, openFeedFixture, run } from "./support/feed-fixture.ts";

vi.setConfig({ testTimeout: 60_000 });

type Steps = { published: boolean; changes: { summary: string; published: boolean }[]; notes: string[] };
type Status = { rings: Record<Ring, { release?: { build: string; kind: string }; halts: { build: string }[] }> };

const BECAUSE = ["--reason", "It was a display driver"];
const promotion = (publisher: FeedFixture, ring: string, gate: string, build: string) => [
  "--ring",
  ring,
  "--build",
  build,
  ...publisher.promotionOptions(ring, gate, build),
];

/** Which builds are halted in each ring. */
async function halted(publisher: FeedFixture): Promise<readonly string[][]> {
  const { rings } = await publisher.feed<Status>("status");
  return RINGS.map((ring) => rings[ring].halts.map(({ build }) => build));
}

/** An installation of version 1.0.0 that remembers every halt it has seen. */
function openInstall(publisher: FeedFixture, ring: Ring) {
  const store = publisher.path(`store-${ring}`);
  mkdirSync(store);
  const anchor = readFileSync(join(publisher.trust, "feed-root.json"));
  let head: LedgerHead = EMPTY_LEDGER;
  return async (): Promise<string> => {
    const signal = new AbortController().signal;
    const opened = await readFeed({ store, anchor, source: openFolderSource(publisher.repo), now: NOW, signal }, ring);
    if (!opened.ok) throw new Error(opened.error);
    const { feed, keep, close } = opened.value;
    head = raise(head, ledgerUpdateFromFeed(feed, NOW));
    await keep();
    await close();
    const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
    const decided = decideUpdate(feed, head, install(), "by-hand", NOW, sha256);
    return decided.kind === "install" ? decided.build.version : decided.kind === "hold" ? decided.reason : decided.kind;
  };
}

const refusal = async (publisher: FeedFixture, ...args: string[]) => {
  const { error } = await run(["feed", ...args, "--repo", publisher.repo, "--keys", publisher.keys]);
  return error as { code: string; message: string };
};

describe("after a halt everywhere, of a build that only ring0 had", () => {
  it("one resume lifts it in every ring, and the others keep what they run", async () => {
    const publisher = await openFeedFixture();
    const old = await publisher.build("1.1.0");
    await publisher.promoteEverywhere(old);
    const bad = await publisher.build("1.2.0");
    await publisher.feed("release", "--ring", "ring0", "--build", bad);
    const installed = openInstall(publisher, "ring1");
    await publisher.feed("halt", bad, "--everywhere", ...BECAUSE);
    expect([await halted(publisher), await installed()]).toEqual([[[bad], [bad], [bad]], "1.1.0"]);

    const resumed = await publisher.feed<Steps>("resume", bad, ...BECAUSE);
    expect(resumed.changes.map(({ summary }) => summary)).toEqual([
      `ring0 resumes ${bad}`,
      `the halt of ${bad} in ring1 is lifted`,
      `the halt of ${bad} in ga is lifted`,
    ]);
    const { rings } = await publisher.feed<Status>("status");
    expect([await halted(publisher), rings.ring1.release, rings.ga.release]).toMatchObject([
      [[], [], []],
      { build: old, kind: "forward" },
      { build: old, kind: "forward" },
    ]);
    // Nobody gets the build by that; a promotion brings it, also to those who remember the halt.
    expect(await installed()).toBe("1.1.0");
    await publisher.feed("promote", ...promotion(publisher, "ring1", "ring0", bad));
    expect(await installed()).toBe("1.2.0");
    await publisher.feed("promote", ...promotion(publisher, "ga", "ring1", bad));
    // A halt that comes later counts again.
    await publisher.feed("halt", bad, "--everywhere", ...BECAUSE);
    expect(await installed()).toBe("HALTED");
    expect((await refusal(publisher, "resume", "1.1.0", ...BECAUSE)).code).toBe("HALT_UNKNOWN");
  });

  it("a ring whose own build is halted stays halted when the halt of another is lifted", async () => {
    const publisher = await openFeedFixture();
    const old = await publisher.build("1.1.0");
    await publisher.promoteEverywhere(old);
    const bad = await publisher.build("1.2.0");
    await publisher.feed("halt", bad, "--everywhere", ...BECAUSE);
    await publisher.feed("halt", old, "--ring", "ga", ...BECAUSE);
    await publisher.feed("resume", bad, "--ring", "ga", ...BECAUSE);
    expect(await halted(publisher)).toEqual([[bad], [bad], [old]]);
    // Nothing else of the ring's document has changed, and the lifted halt stays lifted in the next.
    await publisher.feed("flags", "--ring", "ga", "--on", "dark", ...BECAUSE);
    await publisher.feed("resume", old, ...BECAUSE);
    expect(await halted(publisher)).toEqual([[bad], [bad], []]);
  });

  it("a ring that runs nothing yet lifts it with its first release, if it is told to", async () => {
    const publisher = await openFeedFixture();
    const bad = await publisher.build("1.2.0");
    await publisher.feed("release", "--ring", "ring0", "--build", bad);
    await publisher.feed("halt", bad, "--everywhere", ...BECAUSE);
    const resumed = await publisher.feed<Steps>("resume", bad, ...BECAUSE);
    expect(resumed).toMatchObject({ published: true, waitingForFirstRelease: ["ring1", "ga"] });
    expect(await halted(publisher)).toEqual([[], [bad], [bad]]);

    const promote = promotion(publisher, "ring1", "ring0", bad);
    const refused = await refusal(publisher, "promote", ...promote);
    expect(refused.code).toBe("BUILD_HALTED");
    expect(refused.message).toContain("ring1 runs nothing yet: add --lift-halt");
    expect(await publisher.feed("promote", ...promote, "--lift-halt")).toMatchObject({ published: true });
    expect(await halted(publisher)).toEqual([[], [], [bad]]);
    expect(await openInstall(publisher, "ring1")()).toBe("1.2.0");
    const installed = openInstall(publisher, "ga");
    expect(await installed()).toBe("NO_RELEASE");
    await publisher.feed("promote", ...promotion(publisher, "ga", "ring1", bad), "--lift-halt");
    expect([await halted(publisher), await installed()]).toEqual([[[], [], []], "1.2.0"]);
  });

  it("says what to do where nothing can be lifted now", async () => {
    const publisher = await openFeedFixture();
    const bad = await publisher.build("1.2.0");
    await publisher.feed("halt", bad, "--everywhere", ...BECAUSE);
    for (const args of [
      ["resume", bad],
      ["resume", bad, "--ring", "ga"],
    ]) {
      const { code, message } = await refusal(publisher, ...args, ...BECAUSE);
      expect([code, message]).toEqual(["RING_EMPTY", expect.stringContaining("--lift-halt")]);
    }
    await publisher.feed("release", "--ring", "ring0", "--build", bad, "--lift-halt", ...BECAUSE);
    // Nothing to lift, and a ring that has a document: `feed resume` is the way there.
    const next = await publisher.build("1.3.0");
    const unhalted = await refusal(publisher, "release", "--ring", "ring0", "--build", next, "--lift-halt", ...BECAUSE);
    expect(unhalted.code).toBe("HALT_UNKNOWN");
    await publisher.feed("halt", next, "--ring", "ring0", ...BECAUSE);
    const running = await refusal(publisher, "release", "--ring", "ring0", "--build", next, "--lift-halt", ...BECAUSE);
    expect([running.code, running.message]).toEqual(["BUILD_HALTED", expect.stringContaining("feed resume")]);
  });
});
