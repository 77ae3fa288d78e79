import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import type { Release } from "../../../../src-shared/updates/index.ts";
import { PROJECT, runVaultctl } from "../../support/vaultctl.ts";
import { filesUnder } from "../../support/publisher-fixture.ts";
import { type FeedFixture, run } from "./feed-fixture.ts";
import { serve, tufReader } from "./tuf-reader.ts";

/** Publications to interrupt, and the sequence numbers that readers may then see in ring0's document. */
export const PUBLICATIONS = [
  { what: "a ring's document", args: ["flags", "--ring", "ring0", "--on", "dark", "--reason", "x"], seqs: [1, 2] },
  { what: "new keys with a new root", args: ["rotate", "--role", "ring0", "--stolen"], seqs: [1] },
] as const;

// The preloaded module counts vaultctl's file system operations, and kills it at the chosen one.
const KILL = { NODE_OPTIONS: `--import ${pathToFileURL(join(PROJECT, "test", "fakes", "kill-at.mjs")).href}` };

/**
 * Kills the publication at every `stride`-th step (of the `last` ones, if given), each time on a new copy of the feed.
 */
export async function killAtSteps(
  publisher: FeedFixture,
  args: readonly string[],
  seqs: readonly number[],
  stride: number,
  last = Number.POSITIVE_INFINITY,
): Promise<number> {
  const command = (at: FeedFixture, ...rest: readonly string[]) => [
    "feed",
    ...rest,
    "--repo",
    at.repo,
    "--keys",
    at.keys,
  ];
  const anchor = join(publisher.trust, "feed-root.json");
  const counted = await runVaultctl(command(publisher.copy(), ...args), KILL);
  const steps = Number(/steps (\d+)/.exec(counted.stderr)?.[1]);
  expect(steps).toBeGreaterThan(20);
  const seen = new Set<number>();
  const server = await serve(publisher.repo);
  let killed = 0;
  for (let at = Math.max(1, steps - last); at <= steps; at += stride) {
    const copy = publisher.copy();
    server.from(copy.repo);
    const reader = tufReader(server.url, anchor);
    await reader.refresh();
    const env = { ...KILL, UVV_KILL_AT: `${at}`, UVV_KILL_WHEN: killed % 2 === 0 ? "before" : "half" };
    expect((await runVaultctl(command(copy, ...args), env)).code).toBeNull();
    killed++;
    // A reader that has read the old state, and a new one.
    for (const who of [reader, tufReader(server.url, anchor)]) {
      await who.refresh();
      const release = await who.json<Release>("rings/ring0/release.json");
      expect(seqs).toContain(release?.seq);
      seen.add(who.version("snapshot"));
    }
    expect(await run(command(copy, "refresh"))).toMatchObject({ ok: true, published: true });
    expect(await run(["feed", "verify", "--repo", copy.repo, "--trust", copy.trust])).toMatchObject({ ok: true });
    await reader.refresh();
    expect(filesUnder(copy.repo).filter((name) => /\.tmp$|\.lock|publishing/.test(name))).toEqual([]);
  }
  // If only one state was seen, the steps did not cover the publication.
  expect(seen.size).toBe(2);
  return killed;
}
