import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeEach, expect, it, vi } from "vitest";
import { vaultctl } from "../support/vaultctl.ts";
import { type Changed, type FeedFixture, NOW, openFeedFixture, run } from "./support/feed-fixture.ts";
import { takeBundlesHome } from "./support/people-away.ts";
import { published, readPendingJson } from "./support/thief.ts";
import { serve, type TufReader, tufReader } from "./support/tuf-reader.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Replaced = Changed & {
  replaced: { role: string; old: string; next: string }[];
  bundles: string[];
  awaited: { role: string; needed: number; keys: string; from: { name: string }[] }[];
  waiting: { was: string; outcome: string; file: string }[];
};
type Roles = { roles: { role: string; keyids: string[]; generation: number; threshold: number }[] };

const PEOPLE = ["person-1", "person-2", "person-3"];
let publisher: FeedFixture;
let reader: TufReader;
beforeEach(async () => {
  publisher = await openFeedFixture();
  reader = tufReader((await serve(publisher.repo)).url, join(publisher.trust, "feed-root.json"));
  await reader.refresh();
  takeBundlesHome(publisher, ...PEOPLE.flatMap((name) => [name, `${name}-offline`]));
});

const bundle = (name: string, ...rest: string[]) => publisher.path("away", name, ...rest);
const replace = (name: string, out = "new") =>
  publisher.feed<Replaced>("person", "replace", name, "--out", publisher.path(out));
const sign = async (file: string, folder: string, ...roles: string[]) => {
  const named = roles.flatMap((role) => ["--role", role]);
  const signed = await publisher.sign(file, folder, ...named);
  expect(signed).toMatchObject({ ok: true });
  return (signed["signed"] as { role: string }[]).map(({ role }) => role).toSorted();
};
const rolesNow = async () => {
  const { roles } = await publisher.feed<Roles>("status");
  return new Map(roles.map((role) => [role.role, role]));
};

it("gives a person new keys in every role with one change, which the others sign, and one bundle", async () => {
  const before = await rolesNow();
  const result = await replace("person-2");
  expect(result.replaced.map(({ role }) => role).toSorted()).toEqual(["ga", "ring1", "root", "targets"]);
  const own = publisher.path("new", "person-2");
  expect(readdirSync(own).toSorted()).toEqual(["feed-ga.jwk.json", "feed-ring1.jwk.json", "offline", "public"]);
  expect(readdirSync(join(own, "offline")).toSorted()).toEqual(["feed-root.jwk.json", "feed-targets.jwk.json"]);
  // A new root needs enough of the keys so far and enough of the new ones; the new bundle has signed already.
  const others = ["person-1", "person-3"].map((name) => ({ name }));
  expect(result.awaited).toMatchObject([
    { role: "root", keys: "former", needed: 2, from: PEOPLE.map((name) => ({ name })) },
    { role: "root", keys: "new", needed: 1, from: others },
    { role: "targets", needed: 1, from: others },
    { role: "ga", needed: 1, from: others },
  ]);
  const file = result.pending as string;
  // Nobody signs root or targets without naming them.
  expect(await sign(file, bundle("person-1"))).toEqual(["ga", "ring1"]);
  expect((await publisher.sign(file, bundle("person-1-offline"))).error?.code).toBe("NOTHING_TO_SIGN");
  expect(await sign(file, bundle("person-1-offline"), "root", "targets")).toEqual(["root", "targets"]);
  expect(await publisher.feed("import", file)).toMatchObject({ published: false });
  await sign(file, bundle("person-3-offline"), "root");
  expect(await publisher.feed("import", file)).toMatchObject({ published: true });
  await reader.refresh();

  const after = await rolesNow();
  for (const { role, old, next } of result.replaced) {
    expect(after.get(role)?.keyids).toEqual(
      before.get(role)?.keyids.with(before.get(role)?.keyids.indexOf(old) ?? -1, next),
    );
    expect(after.get(role)).toMatchObject({
      threshold: before.get(role)?.threshold,
      generation: (before.get(role)?.generation ?? 0) + 1,
    });
  }
  for (const role of ["builds", "ring0", "halt", "lists", "snapshot", "timestamp"]) {
    expect(after.get(role)?.keyids).toEqual(before.get(role)?.keyids);
  }
  // The old bundle is worth nothing, and the new one is known by the same name.
  const { pending } = await publisher.feed("rotate", "--role", "ring0", "--into", publisher.path("ring0"));
  expect((await publisher.sign(pending as string, bundle("person-2-offline"), "--role", "targets")).error?.code).toBe(
    "NOTHING_TO_SIGN",
  );
  const waiting = await publisher.feed<{ pending: { awaited: { from: { name: string }[] }[] }[] }>("pending");
  expect(waiting.pending[0]?.awaited[0]?.from).toMatchObject(PEOPLE.map((name) => ({ name })));
  expect(await sign(pending as string, join(own, "offline"), "targets")).toEqual(["targets"]);
});

it("a root that only the new keys sign is not published", async () => {
  const result = await replace("person-2");
  const file = result.pending as string;
  await sign(file, publisher.path("new", "person-2", "offline"), "root", "targets");
  await sign(file, publisher.path("new", "person-2"));
  // One key so far and one new one: 2 of the new root's keys, but 1 of the former root's.
  await sign(file, bundle("person-1-offline"), "root", "targets");
  await sign(file, bundle("person-1"));
  const imported = await publisher.feed<Replaced>("import", file);
  expect(imported).toMatchObject({
    published: false,
    missing: [{ role: "root", signed: 1, needed: 2 }],
    awaited: [{ role: "root", keys: "former", needed: 1, from: [{ name: "person-2" }, { name: "person-3" }] }],
  });
  expect(published(publisher, "root").version).toBe(1);
  // The owner of a replaced key may still sign with it, because it counts for the root so far.
  expect(await sign(file, bundle("person-2-offline"), "root")).toEqual(["root"]);
  expect(await publisher.feed("import", file)).toMatchObject({ published: true });
  await reader.refresh();
});

it("two persons at the same time: the second change is made again, and signed with the new keys of the first", async () => {
  const first = await replace("person-2", "new-2");
  const second = await replace("person-3", "new-3");
  const file = first.pending as string;
  await sign(file, bundle("person-1-offline"), "root", "targets");
  await sign(file, bundle("person-3-offline"), "root");
  await sign(file, bundle("person-1"));
  const done = await publisher.feed<Replaced>("import", file);
  expect(done).toMatchObject({
    published: true,
    waiting: [{ was: basename(second.pending as string, ".pending.json"), outcome: "rebased" }],
  });
  const again = done.waiting[0]?.file ?? "";
  expect(readPendingJson(again).root?.signatures).toEqual([]);
  for (const place of [publisher.path("new-2", "person-2"), publisher.path("new-3", "person-3")]) {
    await sign(again, join(place, "offline"), "root", "targets");
    await sign(again, place);
  }
  await sign(again, bundle("person-1-offline"), "root");
  expect(await publisher.feed("import", again)).toMatchObject({ published: true });
  await reader.refresh();
  const listed = [...(await rolesNow()).values()].flatMap(({ keyids }) => keyids);
  for (const { old } of [...first.replaced, ...second.replaced]) expect(listed).not.toContain(old);
});

it("keeps the new keys if something fails after the feed that lists them is published", async () => {
  const alone = await openFeedFixture();
  // The cleaning up after a publication removes temporary files, but no folder.
  const obstacle = join(alone.repo, ".metadata.0123456789ab.tmp");
  mkdirSync(obstacle);
  const order = ["person", "replace", "person-2", "--out", alone.path("new")] as const;
  expect(await alone.refused(...order)).toBe("FILE_SYSTEM");
  expect(published(alone, "root").version).toBe(2);
  rmSync(obstacle, { recursive: true });
  const own = alone.path("new", "person-2");
  const files = ["feed-ga.jwk.json", "feed-ring1.jwk.json"].map((name) => join(own, name));
  const kids = files.map((file) => (JSON.parse(readFileSync(file, "utf8")) as { kid: string }).kid);
  const { roles } = await alone.feed<Roles>("status");
  const listed = new Map(roles.map(({ role, keyids }) => [role, keyids]));
  expect([listed.get("ga")?.includes(kids[0]!), listed.get("ring1")?.includes(kids[1]!)]).toEqual([true, true]);
});

it("tells people by name whose signatures are missing", async () => {
  const order = ["feed", "person", "replace", "person-2", "--out", publisher.path("new")];
  const { stdout, code } = await vaultctl([...order, "--repo", publisher.repo, "--keys", publisher.keys], NOW);
  expect(code).toBe(0);
  expect(stdout).toContain(
    "root needs 2 more signatures with the keys so far, from person-1, person-2 or person-3.\n" +
      "root needs 1 more signature with the new keys, from person-1 or person-3.\n" +
      "targets needs 1 more signature, from person-1 or person-3.\n",
  );
  expect(stdout).toContain(`person-2 gets ${publisher.path("new", "person-2", "offline")} for a safe`);
});

it("is refused for strangers and machines, and leaves no keys behind", async () => {
  for (const name of ["person-9", "server", "ci", "../person-1", ""]) {
    const out = ["--out", publisher.path("new")];
    expect([name, await publisher.refused("person", "replace", name, ...out)]).toEqual([name, "SIGNER_UNKNOWN"]);
  }
  expect(existsSync(publisher.path("new"))).toBe(false);
  await replace("person-2");
  expect(await publisher.refused("person", "replace", "person-2", "--out", publisher.path("new"))).toBe("FILE_EXISTS");
  mkdirSync(publisher.path("stick", "VAULT"), { recursive: true });
  const onStick = ["person", "replace", "person-3", "--out", publisher.path("stick", "keys")] as const;
  expect(await publisher.refused(...onStick)).toBe("KEYS_ON_STICK");
  // Without --out the new bundle is in the key folder, like those of `feed init`.
  const { bundles } = await publisher.feed<Replaced>("person", "replace", "person-1");
  const folders = ["person-1", "person-1-offline"].map((name) => join(publisher.keys, "private", "feed", name));
  expect(bundles.toSorted()).toEqual(folders);
  expect(folders.map((folder) => existsSync(folder))).toEqual([true, true]);
  rmSync(join(publisher.repo, "signers.json"));
  expect(await publisher.refused("person", "replace", "person-3", "--out", publisher.path("x"))).toBe("SIGNER_UNKNOWN");
  // What is published names nobody.
  const text = readFileSync(join(publisher.repo, "ring-targets.json"), "utf8");
  expect(text).not.toContain("person-");
  expect(await run(["feed", "verify", "--repo", publisher.repo, "--trust", publisher.trust])).toMatchObject({
    ok: true,
  });
});
