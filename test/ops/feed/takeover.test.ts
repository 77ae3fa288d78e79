import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { snapshot } from "../support/publisher-fixture.ts";
import { type FeedFixture, run } from "./support/feed-fixture.ts";
import { awayBundle, openPromoted, promoteToGa, takeBundlesHome } from "./support/people-away.ts";
import {
  type PendingJson,
  publishedKeys,
  readPendingJson,
  thiefsRootKey,
  thiefsTakeover,
  withMatchingId,
  writePendingJson,
} from "./support/thief.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let publisher: FeedFixture;
let build: string;
let ours: ReturnType<typeof publishedKeys>;
beforeEach(async () => {
  ({ publisher, build } = await openPromoted());
  ours = publishedKeys(publisher, "root", "targets");
});

const away = (name: string) => awayBundle(publisher, name);
const takeHome = (person: string) => takeBundlesHome(publisher, person, `${person}-offline`);
const bundlesOf = (person: string) => [person, `${person}-offline`].flatMap((name) => ["--person-keys", away(name)]);
const sign = (file: string, person: string, ...rest: string[]) =>
  publisher.sign(file, away(person), ...bundlesOf(person), ...rest);

async function expectOurFeed(): Promise<void> {
  expect(publishedKeys(publisher, "root", "targets")).toEqual(ours);
  const verified = await run(["feed", "verify", "--repo", publisher.repo, "--trust", publisher.trust]);
  expect(verified).toMatchObject({ ok: true, faults: [] });
}

describe("a thief without any key", () => {
  it("does not take over the feed with a root that he adds to a promotion on its way to the third person", async () => {
    for (const person of ["person-2", "person-3"]) takeHome(person);
    const { pending } = await promoteToGa(publisher, build);
    const carried = publisher.path("carried.json");
    copyFileSync(pending as string, carried);
    const { root, targets } = thiefsTakeover(publisher);
    const file = readPendingJson(carried);
    writePendingJson(carried, { ...file, root, roles: [{ role: "targets", metadata: targets }, ...file.roles] });

    const named = ["--role", "root", "--role", "targets"];
    expect(await sign(carried, "person-3", ...named)).toMatchObject({ ok: false, error: { code: "PENDING_INVALID" } });
    expect(await publisher.refused("import", carried)).toBe("PENDING_CHANGED");
    // With the id that fits what he has added, and whatever he says the change is about.
    for (const [kind, code] of [
      ["ring", "CHANGE_EXCEEDS_KIND"],
      ["keys", "CHANGE_EXCEEDS_KIND"],
      ["refresh", "CHANGE_EXCEEDS_KIND"],
    ] as const) {
      writePendingJson(carried, withMatchingId({ ...readPendingJson(carried), kind }));
      expect(await sign(carried, "person-3", ...named)).toMatchObject({ ok: false, error: { code } });
      expect(await publisher.refused("import", carried)).toBe("PENDING_UNKNOWN");
    }
    await expectOurFeed();
  });

  it("publishes nothing even if he can write into the folder of the pending changes", async () => {
    for (const person of ["person-2", "person-3"]) takeHome(person);
    const { pending } = await promoteToGa(publisher, build);
    const { root, targets } = thiefsTakeover(publisher);
    const original = readPendingJson(pending as string);
    const plant = (file: PendingJson) => {
      const fitting = withMatchingId(file);
      const path = join(publisher.repo, "pending", `${fitting.id}.pending.json`);
      writePendingJson(path, fitting);
      return path;
    };
    const roles = [{ role: "targets", metadata: targets }];
    const added = plant({ ...original, root, roles: [...roles, ...original.roles] });
    expect(await publisher.refused("import", added)).toBe("CHANGE_EXCEEDS_KIND");
    const { pending: listed } = await publisher.feed<{ pending: { file: string; reason: string }[] }>("status");
    expect(listed.find(({ file }) => file === added)?.reason).toContain("more than it says");
    const alone = plant({ ...original, kind: "keys", root, roles, documents: [] });
    expect(await publisher.refused("import", alone)).toBe("CHANGE_EXCEEDS_KIND");

    // A change of keys as vaultctl would write it, but with his key in the place of one of ours: no key here signs it.
    const his = thiefsRootKey(publisher);
    const planted = plant({ ...original, kind: "keys", root: his, roles: [], documents: [] });
    const everybody = ["person-2", "person-3"].flatMap(bundlesOf);
    expect(await publisher.feed("import", planted, ...everybody)).toMatchObject({
      published: false,
      missing: [
        { role: "root", signed: 0, needed: 2 },
        { role: "root", signed: 0, needed: 2 },
      ],
    });
    // Who is asked to sign it sees whose key goes and whose comes, and has to name the root.
    expect(await sign(planted, "person-3")).toMatchObject({ ok: false, error: { code: "NOTHING_TO_SIGN" } });
    const shown = await run([
      "feed",
      "sign",
      planted,
      ...bundlesOf("person-3"),
      "--role",
      "root",
      "--repo",
      publisher.repo,
      "--trust",
      publisher.trust,
    ]);
    expect(shown).toMatchObject({
      error: { code: "NOT_CONFIRMED" },
      difference: { critical: true, keys: [{ role: "root", removed: [ours["root"]?.keyids[0]] }] },
    });
    await expectOurFeed();
  });

  it("publishes nothing with a file that nobody of ours has signed, where all bundles are in place", async () => {
    const before = snapshot(join(publisher.repo, "metadata"));
    const { root, targets } = thiefsTakeover(publisher);
    const file = publisher.path("from-outside.json");
    const roles = [{ role: "targets", metadata: targets }];
    const summary = "new keys";
    writePendingJson(
      file,
      withMatchingId({ v: 2, id: "0".repeat(12), kind: "keys", summary, root, roles, documents: [] }),
    );
    expect(await publisher.refused("import", file)).toBe("PENDING_UNKNOWN");
    expect(snapshot(join(publisher.repo, "metadata"))).toEqual(before);
    await expectOurFeed();
  });
});
