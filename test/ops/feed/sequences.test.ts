import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it, vi } from "vitest";
import { EMPTY_LEDGER, type LedgerHead, raise } from "../../../src-shared/ledger/index.ts";
import { type Ring, RINGS } from "../../../src-shared/license/index.ts";
import { openFolderSource, readFeed } from "../../../src-shared/node/update-feed/index.ts";
import { ledgerUpdateFromFeed, refuseReplay } from "../../../src-shared/updates/index.ts";
import { type FeedFixture, NOW, openFeedFixture, run } from "./support/feed-fixture.ts";

vi.setConfig({ testTimeout: 300_000 });

const ring = fc.constantFrom(...RINGS);
const pick = fc.nat(2);
const command = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("release" as const), pick }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("promote" as const), ring, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rollback" as const), ring, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("halt" as const), ring }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("resume" as const), ring }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("flags" as const), ring }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("security" as const), pick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("rotate" as const),
      role: fc.constantFrom("ring0", "ring1", "ga", "halt", "lists", "targets", "snapshot", "root"),
      stolen: fc.boolean(),
    }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

function wordsOf(publisher: FeedFixture, builds: readonly string[], order: Command): readonly string[][] {
  const build = "pick" in order ? (builds[order.pick] ?? "") : "";
  const because = ["--reason", "x"];
  switch (order.kind) {
    case "release":
      return [["release", "--ring", "ring0", "--build", build]];
    case "promote":
      // With the verdict of every ring: one of them may be the right one.
      return RINGS.map((gate) => {
        const to = order.ring === "ring0" ? "ga" : order.ring;
        return ["promote", "--ring", to, "--build", build, ...publisher.promotionOptions(to, gate, build)];
      });
    case "rollback":
      return [["rollback", "--ring", order.ring, "--to", build, ...because]];
    case "halt":
    case "resume":
      return [[order.kind, "--ring", order.ring, ...because]];
    case "flags":
      return [["flags", "--ring", order.ring, "--on", "dark", ...because]];
    case "security":
      return [["security", "--floor", String(order.pick)]];
    case "rotate":
      return [["rotate", "--role", order.role, ...(order.stolen ? ["--stolen"] : [])]];
  }
}

/** One installation that follows the feed, with the state of its ledger and its TUF client. */
function openInstall(publisher: FeedFixture, own: Ring) {
  const store = publisher.path(`store-${own}`);
  if (!existsSync(store)) mkdirSync(store);
  const anchor = readFileSync(join(publisher.trust, "feed-root.json"));
  let head: LedgerHead = EMPTY_LEDGER;
  return async () => {
    const signal = new AbortController().signal;
    const opened = await readFeed({ store, anchor, source: openFolderSource(publisher.repo), now: NOW, signal }, own);
    if (!opened.ok) throw new Error(`${own}: ${opened.error}`);
    const { feed, keep, close } = opened.value;
    expect(refuseReplay(feed, head)).toMatchObject({ ok: true });
    head = raise(head, ledgerUpdateFromFeed(feed, NOW));
    await keep();
    await close();
    return feed;
  };
}

it("after any sequence of commands, no installation sees a lower counter", async () => {
  let published = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 12, maxLength: 24 }), async (orders) => {
      const publisher = await openFeedFixture();
      const builds = [
        await publisher.build("1.0.0", 0),
        await publisher.build("1.1.0", 1),
        await publisher.build("1.2.0", 2),
      ];
      const installs = RINGS.map((own) => openInstall(publisher, own));
      for (const order of orders) {
        for (const words of wordsOf(publisher, builds, order)) {
          const result = await run(["feed", ...words, "--repo", publisher.repo, "--keys", publisher.keys]);
          if (result["published"] === true) published++;
        }
        for (const read of installs) {
          const { release, builds: listed } = await read();
          if (release) expect(listed.has(release.document.build)).toBe(true);
        }
      }
      // a ring is only offered builds that the previous ring was offered.
      const { rings } = await publisher.feed<{ rings: Record<Ring, { offered: string[] }> }>("status");
      expect(rings.ring0.offered).toEqual(expect.arrayContaining(rings.ring1.offered));
      expect(rings.ring1.offered).toEqual(expect.arrayContaining(rings.ga.offered));
    }),
    { numRuns: 3, seed: 20_261_121 },
  );
  expect(published).toBeGreaterThan(15);
});

it("a feed from an old backup is refused until the roles that had changed since are rotated", async () => {
  const publisher = await openFeedFixture();
  const build = await publisher.build("1.0.0");
  await publisher.feed("release", "--ring", "ring0", "--build", build);
  const backup = publisher.path("backup");
  cpSync(publisher.repo, backup, { recursive: true });
  for (const flag of ["a", "b", "c"]) await publisher.feed("flags", "--ring", "ring0", "--on", flag, "--reason", "x");
  await publisher.feed("halt", "--ring", "ring0", "--reason", "x");
  const read = openInstall(publisher, "ring0");
  expect((await read()).release?.counter).toMatchObject({ generation: 1, sequence: 4 });

  rmSync(publisher.repo, { recursive: true });
  cpSync(backup, publisher.repo, { recursive: true });
  await expect(read()).rejects.toThrow("ROLLED_BACK");
  for (const role of ["ring0", "halt"]) await publisher.feed("rotate", "--role", role, "--stolen");
  await publisher.feed("halt", "--ring", "ring0", "--reason", "Again");
  expect((await read()).release?.counter).toMatchObject({ generation: 2, sequence: 1 });
});
