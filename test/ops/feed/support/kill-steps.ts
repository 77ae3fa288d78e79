import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import type { Release } from "../../../../src-shared/updates/index.ts";
import { PROJECT, runVaultctl } from "../../support/vaultctl.ts";
import { filesUnder } from "../../support/publisher-fixture.ts";
import { type FeedFixture, run } from "./feed-fixture.ts";
import { serve, tufReader } from "./tuf-reader.ts";

/** What is published while it is killed, and which numbers ring0's document may have for readers then. */
export const PUBLICATIONS = [
  { what: "a ring's document", args: ["flags", "--ring", "ring0", "--on", "dark", "--reason", "x"], seqs: [1, 2] },
  { what: "new keys with a new root", args: ["rotate", "--role", "ring0", "--stolen"], seqs: [1] },
] as const;

// The preload counts what vaultctl does to the file system, and kills it there.
const KILL = { NODE_OPTIONS: `--import ${pathToFileURL(join(PROJECT, "test", "fakes", "kill-at.mjs")).href}` };

/** Kills the publication at every `stride`-th step, or at those of the `last` ones, each time on a fresh copy of a feed in which ring0 runs a build. */
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
    const victim = publisher.copy();
    server.from(victim.repo);
    const reader = tufReader(server.url, anchor);
    await reader.refresh();
    const env = { ...KILL, UVV_KILL_AT: `${at}`, UVV_KILL_WHEN: killed % 2 === 0 ? "before" : "half" };
    expect((await runVaultctl(command(victim, ...args), env)).code).toBeNull();
    killed++;
    // One that had read the old state, and one that begins now.
    for (const who of [reader, tufReader(server.url, anchor)]) {
      await who.refresh();
      const release = await who.json<Release>("rings/ring0/release.json");
      expect(seqs).toContain(release?.seq);
      seen.add(who.version("snapshot"));
    }
    expect(await run(command(victim, "refresh"))).toMatchObject({ ok: true, published: true });
    expect(await run(["feed", "verify", "--repo", victim.repo, "--trust", victim.trust])).toMatchObject({ ok: true });
    await reader.refresh();
    expect(filesUnder(victim.repo).filter((name) => /\.tmp$|\.lock|publishing/.test(name))).toEqual([]);
  }
  // Both states were met, or the steps were not those of publishing.
  expect(seen.size).toBe(2);
  return killed;
}
