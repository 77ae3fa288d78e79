import { copyFileSync, cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { expect, it, vi } from "vitest";
import { snapshot } from "../support/publisher-fixture.ts";
import { type FeedFixture, openFeedFixture, run } from "./support/feed-fixture.ts";
import { MUTATIONS } from "./support/mutations.ts";
import {
  type MetadataJson,
  type PendingJson,
  published,
  publishedKeys,
  readPendingJson,
  withMatchingId,
  writePendingJson,
} from "./support/thief.ts";

vi.setConfig({ testTimeout: 600_000, hookTimeout: 60_000 });

const RUNS = 200;
const NAMES = Object.keys(MUTATIONS);

const mutation = fc.record({ name: fc.constantFrom(...NAMES), n: fc.nat(1000) });
const attack = fc.record({
  base: fc.nat(4),
  mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }),
  // Whether the thief also computes the id that fits his content.
  isRenamed: fc.nat(9).map((n) => n > 1),
  roles: fc.constantFrom([], ["root"], ["targets"], ["root", "targets"]),
});

type Difference = {
  roles: { role: string; after: number }[];
  keys: { role: string; added: string[]; removed: string[]; after: { threshold: number } }[];
  builds: string[];
  files: { path: string; sha256: string }[];
  documents: { path: string; text: string }[];
};
type Signed = { ok: boolean; error?: { code: string }; signed?: { role: string }[]; difference?: Difference };

it("a mutated pending file gets no signature for what was not shown, and is not imported", async () => {
  const publisher = await openFeedFixture();
  const [kept, bundles] = await keepChanges(publisher);
  const clean = publisher.path("clean");
  cpSync(publisher.repo, clean, { recursive: true });
  const ours = publishedKeys(publisher, "root", "targets");
  expect(ours).toMatchObject({ root: { threshold: 2 }, targets: { threshold: 2 } });
  const counts: Record<string, number> = {};
  const count = (what: string) => (counts[what] = (counts[what] ?? 0) + 1);
  const carried = publisher.path("carried.json");
  const before = snapshot(join(publisher.repo, "metadata"));

  await fc.assert(
    fc.asyncProperty(attack, async ({ base, mutations, isRenamed, roles }) => {
      const own = kept[base % kept.length] as string;
      copyFileSync(own, carried);
      const original = readPendingJson(carried);
      const file = readPendingJson(carried);
      for (const { name, n } of mutations) MUTATIONS[name]?.(file, publisher, n);
      const isAltered = contentOf(file) !== contentOf(original);
      writePendingJson(carried, isRenamed ? withMatchingId(file) : file);

      const keys = ["person-2", "person-2-offline"].flatMap((name) => ["--person-keys", join(bundles, name)]);
      const named = roles.flatMap((role) => ["--role", role]);
      const signed = (await publisher.sign(carried, join(bundles, "release"), ...keys, ...named)) as Signed;
      count(`sign ${signed.ok ? "ok" : signed.error?.code}`);
      if (signed.ok) expectShown(publisher, readPendingJson(carried), signed, roles);

      const everybody = readdirSync(bundles).flatMap((name) => ["--person-keys", join(bundles, name)]);
      const where = ["--repo", publisher.repo, "--keys", publisher.keys];
      const imported = await run(["feed", "import", carried, ...where, ...everybody]);
      count(`import ${imported.ok ? "ok" : imported.error?.code}`);
      if (isAltered) {
        expect(imported.ok).toBe(false);
        expect(snapshot(join(publisher.repo, "metadata"))).toEqual(before);
      }
      expect(publishedKeys(publisher, "root", "targets")).toMatchObject(
        isAltered ? ours : { root: { threshold: 2 }, targets: { threshold: 2 } },
      );
      if (imported.ok) {
        expect(await run(["feed", "verify", "--repo", publisher.repo, "--trust", publisher.trust])).toMatchObject({
          ok: true,
          faults: [],
        });
        rmSync(publisher.repo, { recursive: true });
        cpSync(clean, publisher.repo, { recursive: true, preserveTimestamps: true });
      }
    }),
    { numRuns: RUNS, seed: 20_261_130 },
  );
  process.stdout.write(`${RUNS} mutated pending files: ${JSON.stringify(counts)}\n`);
  expect(await run(["feed", "verify", "--repo", publisher.repo, "--trust", publisher.trust])).toMatchObject({
    ok: true,
    faults: [],
  });
  expect(publishedKeys(publisher, "root", "targets")).toEqual(ours);
  // Both outcomes must occur, or the property says nothing.
  expect(counts["sign ok"]).toBeGreaterThan(3);
  expect(counts["sign CHANGE_EXCEEDS_KIND"]).toBeGreaterThan(30);
  expect(counts["import PENDING_CHANGED"]).toBeGreaterThan(20);
});

/** One change of each kind that waits for signatures, and the folder with the keys of the people who are away. */
async function keepChanges(publisher: FeedFixture): Promise<[string[], string]> {
  const build = await publisher.build("1.0.0");
  await publisher.feed("release", "--ring", "ring0", "--build", build);
  const toRing1 = publisher.promotionOptions("ring1", "ring0", build);
  await publisher.feed("promote", "--ring", "ring1", "--build", build, ...toRing1);
  const [here, away] = [join(publisher.keys, "private", "feed"), publisher.path("away")];
  mkdirSync(away);
  for (const name of readdirSync(here)) {
    if (name !== "server" && !name.startsWith("person-1")) renameSync(join(here, name), join(away, name));
  }
  const packaged = publisher.path("usb-video-vault_1.1.0_amd64.deb");
  writeFileSync(packaged, "next");
  const lost = ["--into", publisher.path("new")];
  const changes = [
    await publisher.feed(
      "promote",
      "--ring",
      "ga",
      "--build",
      build,
      ...publisher.promotionOptions("ga", "ring1", build),
    ),
    await publisher.feed("add-build", packaged, "--version", "1.1.0", "--build-epoch", "1"),
    await publisher.feed("security", "--floor", "1"),
    await publisher.feed("rotate", "--role", "ring0", ...lost),
    await publisher.feed("rotate", "--role", "root", ...lost),
  ];
  return [changes.map(({ pending }) => pending as string), away];
}

/** Everything in a file but the signatures and the id. */
function contentOf({ kind, summary, documents, root, roles }: PendingJson): string {
  const parts = [...(root ? [{ role: "root", metadata: root }] : []), ...roles];
  const unsigned = parts.map(({ role, metadata }) => [role, { ...metadata, signatures: [] }]);
  return JSON.stringify([kind, summary, documents, unsigned]);
}

/** Compares the signed metadata with the published ones: whatever differs must be in the difference that was shown. */
function expectShown(
  publisher: FeedFixture,
  file: PendingJson,
  { signed, difference }: Signed,
  roles: readonly string[],
): void {
  for (const { role } of signed ?? []) {
    if (role === "root" || role === "targets") expect(roles).toContain(role);
    const part = (role === "root" ? file.root : file.roles.find((one) => one.role === role)?.metadata) as MetadataJson;
    const old = published(publisher, role);
    expect(difference?.roles).toContainEqual({ role, before: old.version, after: part.signed["version"] });
    expect(part.signed["version"]).toBe(old.version + 1);
    expect(plainMembers(part)).toEqual(plainMembers(old));
    for (const path of changedTargets(old, part)) {
      const isBuild = difference?.files.some((shown) => shown.path === path && shown.sha256 === hashOf(part, path));
      const text = difference?.documents.find((document) => document.path === path)?.text;
      const content = file.documents.find((document) => document.path === path)?.content;
      if (!isBuild) expect(text).toBe(Buffer.from(content ?? "", "base64url").toString());
    }
    for (const [name, entry] of entriesOf(part)) {
      const was = entriesOf(old).get(name);
      if (JSON.stringify(was) === JSON.stringify(entry)) continue;
      const shown = difference?.keys.find((keys) => keys.role === name);
      expect(shown?.after.threshold).toBe(entry.threshold);
      expect(shown?.added).toEqual(entry.keyids.filter((keyid) => !was?.keyids.includes(keyid)));
      expect(entry.threshold).toBe(was?.threshold);
    }
    expect([...entriesOf(part).keys()]).toEqual([...entriesOf(old).keys()]);
  }
}

type Entry = { name?: string; keyids: string[]; threshold: number };

function entriesOf({ signed }: MetadataJson): Map<string, Entry> {
  const { roles, delegations } = signed as { roles?: Record<string, Entry>; delegations?: { roles: Entry[] } };
  return new Map(
    delegations ? delegations.roles.map((entry) => [entry.name ?? "", entry]) : Object.entries(roles ?? {}),
  );
}

const COMPARED = new Set(["version", "expires", "targets", "keys", "roles", "delegations"]);

function plainMembers({ signed }: MetadataJson): object {
  return Object.fromEntries(Object.entries(signed).filter(([name]) => !COMPARED.has(name)));
}

function hashOf({ signed }: MetadataJson, path: string): string | undefined {
  return (signed["targets"] as Record<string, { hashes: Record<string, string> }>)[path]?.hashes["sha256"];
}

function changedTargets(old: MetadataJson, next: MetadataJson): string[] {
  const [before, after] = [old, next].map(({ signed }) => (signed["targets"] ?? {}) as Record<string, unknown>);
  const paths = [...Object.keys(before ?? {}), ...Object.keys(after ?? {})];
  return paths.filter((path) => JSON.stringify(before?.[path]) !== JSON.stringify(after?.[path]));
}
