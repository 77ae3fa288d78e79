import { copyFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DAY } from "../../../src-shared/units.ts";
import { vaultctl } from "../support/vaultctl.ts";
import { type Changed, type FeedFixture, NOW } from "./support/feed-fixture.ts";
import { awayBundle, bundleHere, openPromoted, promoteToGa, takeBundlesHome } from "./support/people-away.ts";
import { published, readPendingJson, withMatchingId, writePendingJson } from "./support/thief.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Waiting = { was: string; outcome: string; id: string; file: string; reason: string };
type Result = Changed & { waiting: Waiting[] };
type Pending = {
  id: string;
  file: string;
  sentences: string[];
  reason: string | null;
  awaited: { role: string; needed: number; from: { name: string | null }[] }[];
  next: { who: string | null; command: string }[];
};
type Release = { build: string; basisPoints: number; flags: Record<string, boolean>; seq: number };
type Status = { rings: Record<string, { release: Release; halts: { build: string }[] }>; builds: { id: string }[] };

let publisher: FeedFixture;
let build: string;
beforeEach(async () => {
  ({ publisher, build } = await openPromoted());
});

const away = (name: string) => awayBundle(publisher, name);
const idOf = (pending: string | null) => basename(pending ?? "", ".pending.json");
const status = () => publisher.feed<Status>("status");
const pendingAt = async (now: number) => (await publisher.feedAt<{ pending: Pending[] }>(now, "pending")).pending;
const pendingNow = () => pendingAt(NOW);
const because = ["--reason", "x"];

async function signed(pending: string | null, ...who: string[]): Promise<string> {
  for (const name of who) {
    const named = name.endsWith("offline") ? ["--role", "root", "--role", "targets"] : [];
    expect(await publisher.sign(pending as string, away(name), ...named)).toMatchObject({ ok: true });
  }
  return pending as string;
}

describe("two changes of one ring side by side", () => {
  let flags: Result;
  let larger: Result;
  beforeEach(async () => {
    await promoteToGa(publisher, build);
    takeBundlesHome(publisher, "person-2", "person-3");
    const ga = publisher.promotionOptions("ga", "ga", build);
    larger = await publisher.feed<Result>("promote", "--ring", "ga", "--build", build, ...ga);
    flags = await publisher.feed<Result>("flags", "--ring", "ga", "--on", "dark", ...because);
    expect([larger.published, flags.published]).toEqual([false, false]);
  });

  it("the second is made again on the first, without signatures, and both are in the feed at the end", async () => {
    const late = publisher.path("late.json");
    copyFileSync(await signed(larger.pending, "person-2"), late);
    const result = await publisher.feed<Result>("import", await signed(flags.pending, "person-3"));
    expect(result).toMatchObject({
      published: true,
      waiting: [
        {
          was: idOf(larger.pending),
          outcome: "rebased",
          awaited: [{ role: "ga", needed: 2, from: ["person-1", "person-2", "person-3"].map((name) => ({ name })) }],
        },
      ],
    });
    const again = result.waiting[0]?.file ?? "";
    expect(readPendingJson(again).roles.map(({ metadata }) => metadata.signatures)).toEqual([[]]);
    expect(published(publisher, "ga").version + 1).toBe(readPendingJson(again).roles[0]?.metadata.signed["version"]);
    expect(existsSync(larger.pending as string)).toBe(false);
    // What was signed under the old id is not imported into the new one.
    expect(await publisher.refused("import", late)).toBe("PENDING_UNKNOWN");
    await signed(again, "person-2");
    expect(await publisher.feed("import", again)).toMatchObject({ published: false });
    await signed(again, "person-3");
    expect(await publisher.feed("import", again)).toMatchObject({ published: true });
    const { release } = (await status()).rings["ga"]!;
    expect(release).toMatchObject({ build, basisPoints: 5_000, flags: { dark: true } });
  });

  it("says in the terminal which was made again, and who has to sign it again", async () => {
    const file = await signed(flags.pending, "person-3");
    const options = ["--repo", publisher.repo, "--keys", publisher.keys];
    const { stdout } = await vaultctl(["feed", "import", file, ...options], NOW);
    expect(stdout).toMatch(
      new RegExp(`${idOf(larger.pending)} \\(ga runs .*\\) was made again on the new state, as [0-9a-f]{12}\\.`),
    );
    expect(stdout).toContain("ga needs 2 more signatures, from person-1, person-2 or person-3.");
  });

  it("is kept with the reason if both change the same, until it is discarded", async () => {
    const off = await publisher.feed<Result>("flags", "--ring", "ga", "--off", "dark", ...because);
    const { waiting } = await publisher.feed<Result>("import", await signed(flags.pending, "person-3"));
    const kept = waiting.find(({ was }) => was === idOf(off.pending));
    expect(kept).toMatchObject({ outcome: "kept", reason: expect.stringContaining("the flag dark") as string });
    const shown = (await pendingNow()).find(({ id }) => id === idOf(off.pending));
    expect(shown).toMatchObject({
      reason: kept?.reason,
      next: [{ who: null, command: `vaultctl feed discard ${idOf(off.pending)}` }],
    });
    expect((await publisher.sign(off.pending as string, away("person-2"))).error?.code).toBe("PENDING_OUTDATED");
    expect(await publisher.feed("discard", idOf(off.pending))).toMatchObject({ id: idOf(off.pending) });
    expect((await pendingNow()).map(({ id }) => id)).not.toContain(idOf(off.pending));
  });

  it("a promotion is not made again over a rollback", async () => {
    const next = await publisher.build("1.1.0");
    await publisher.feed("release", "--ring", "ring0", "--build", next);
    await publisher.feed(
      "promote",
      "--ring",
      "ring1",
      "--build",
      next,
      ...publisher.promotionOptions("ring1", "ring0", next),
    );
    const both = ["person-2", "person-3"].flatMap((who) => ["--person-keys", away(who)]);
    const forward = publisher.promotionOptions("ga", "ring1", next);
    const result = await publisher.feed<Result>("promote", "--ring", "ga", "--build", next, ...forward, ...both);
    expect(result.published).toBe(true);
    const kept = result.waiting.find(({ was }) => was === idOf(larger.pending));
    expect(kept).toMatchObject({ outcome: "kept", reason: expect.stringMatching(/build|promotion/) as string });
    // The flag, which has nothing to do with it, is.
    expect(result.waiting.find(({ was }) => was === idOf(flags.pending))).toMatchObject({ outcome: "rebased" });
    expect((await status()).rings["ga"]?.release.build).toBe(next);
  });

  it("a promotion whose verdict is too old by now is kept, and not made again", async () => {
    const later = NOW + 2 * DAY;
    expect(await publisher.signAt(later, flags.pending as string, away("person-3"))).toMatchObject({ ok: true });
    const { waiting } = await publisher.feedAt<Result>(later, "import", flags.pending as string);
    expect(waiting).toMatchObject([{ outcome: "kept", reason: expect.stringContaining("older than 24 h") as string }]);
  });

  it("is made again although days have passed and the files of those days are gone", async () => {
    const later = NOW + 5 * DAY;
    await publisher.feed("discard", idOf(larger.pending));
    const other = await publisher.feed<Result>("flags", "--ring", "ga", "--on", "loud", ...because);
    for (const days of [1, 2, 3, 4]) await publisher.feedAt(NOW + days * DAY, "refresh");
    expect(await publisher.signAt(later, other.pending as string, away("person-3"))).toMatchObject({ ok: true });
    await publisher.feedAt(later, "import", other.pending as string);
    const [again] = await pendingAt(later);
    // Two more days, in which nothing is left of the state that it was first made from.
    for (const days of [6, 7])
      await publisher.feedAt(NOW + days * DAY, "refresh", "--role", "ga", "--person-keys", away("person-2"));
    const [last] = await pendingAt(NOW + 7 * DAY);
    expect([again?.reason, last?.reason]).toEqual([null, null]);
    expect(last?.id).not.toBe(again?.id);
    expect(last?.sentences.join(" ")).toContain("The flag dark of ga is turned on.");
  });

  it("is made again by the next command if a crash came between", async () => {
    const forgotten = publisher.path("forgotten.json");
    copyFileSync(larger.pending as string, forgotten);
    const { waiting } = await publisher.feed<Result>("import", await signed(flags.pending, "person-3"));
    renameSync(forgotten, larger.pending as string);
    renameSync(waiting[0]?.file ?? "", publisher.path("lost.json"));
    expect(await pendingNow()).toMatchObject([
      { id: idOf(larger.pending), next: [{ who: null, command: "vaultctl feed refresh" }] },
    ]);
    const result = await publisher.feed<Result>("refresh");
    expect(result.waiting).toMatchObject([{ was: idOf(larger.pending), outcome: "rebased" }]);
  });

  it("nothing that somebody has planted is made again beyond its kind, nor signed", async () => {
    const planted = readPendingJson(larger.pending as string);
    for (const { metadata } of planted.roles) {
      metadata.signed["delegations"] = { keys: {}, roles: [] };
      metadata.signatures = [];
    }
    const fitting = withMatchingId(planted);
    const path = join(publisher.repo, "pending", `${fitting.id}.pending.json`);
    writePendingJson(path, fitting);
    await publisher.feed<Result>("import", await signed(flags.pending, "person-3"));
    for (const { file } of await pendingNow()) {
      for (const { metadata } of readPendingJson(file).roles) {
        expect(metadata.signatures).toEqual([]);
        expect(metadata.signed["delegations"]).toBeUndefined();
      }
    }
  });
});

describe("other changes side by side", () => {
  it("builds come together", async () => {
    takeBundlesHome(publisher, "ci");
    const add = async (version: string) => {
      const file = publisher.path(`usb-video-vault_${version}_amd64.deb`);
      writeFileSync(file, version);
      return publisher.feed<Result>("add-build", file, "--version", version, "--build-epoch", "1");
    };
    const [one, two] = [await add("1.1.0"), await add("1.2.0")];
    const { waiting } = await publisher.feed<Result>("import", await signed(one.pending, "ci"));
    const again = waiting[0]?.file ?? "";
    const shown = (await pendingNow())[0]!;
    expect(shown.sentences).toEqual([`The feed gets build ${two.build} with 1 file.`]);
    expect(shown.awaited).toMatchObject([{ role: "builds", needed: 2, from: [{ name: "ci" }, { name: "release" }] }]);
    const options = ["--person-keys", bundleHere(publisher, "release"), "--person-keys", away("ci")];
    expect(await publisher.sign(again, bundleHere(publisher, "release"), ...options)).toMatchObject({ ok: true });
    expect(await publisher.feed("import", again)).toMatchObject({ published: true });
    expect((await status()).builds.map(({ id }) => id).toSorted()).toEqual([build, one.build, two.build].toSorted());
  });

  it("halts add up", async () => {
    const next = await publisher.build("1.1.0");
    mkdirSync(publisher.path("away", "halt"), { recursive: true });
    const key = "feed-halt.jwk.json";
    renameSync(join(bundleHere(publisher, "server"), key), publisher.path("away", "halt", key));
    const halt = (which: string) => publisher.feed<Result>("halt", which, "--everywhere", ...because);
    const [one, two] = [await halt(build), await halt(next)];
    const { waiting } = await publisher.feed<Result>("import", await signed(one.pending, "halt"));
    const again = await signed(waiting[0]?.file ?? two.pending, "halt");
    expect(await publisher.feed("import", again)).toMatchObject({ published: true });
    for (const ring of ["ring0", "ring1", "ga"]) {
      expect((await status()).rings[ring]?.halts.map((each) => each.build)).toEqual([build, next]);
    }
  });

  it("a higher floor and a revoked build come together, and the floor never falls", async () => {
    const next = await publisher.build("1.1.0", 7);
    takeBundlesHome(publisher, "person-1-offline", "person-2-offline", "person-3-offline");
    const people = ["person-1-offline", "person-2-offline"];
    const higher = await publisher.feed<Result>("security", "--floor", "3");
    const lower = await publisher.feed<Result>("security", "--floor", "2", "--revoke", next);
    const { waiting } = await publisher.feed<Result>("import", await signed(higher.pending, ...people));
    const again = await signed(waiting[0]?.file ?? lower.pending, ...people);
    expect((await pendingNow())[0]?.sentences).toContain(`No app installs build ${next} any more, for ever.`);
    expect(await publisher.feed("import", again)).toMatchObject({ published: true });
    expect(await status()).toMatchObject({ security: { buildFloor: 3, revokedBuilds: [next] } });
  });

  it("keys of different roles and of different people are replaced one after the other", async () => {
    const { roles } = await publisher.feed<{ roles: { role: string; keyids: string[] }[] }>("status");
    const keysOf = (role: string) => roles.find((each) => each.role === role)?.keyids ?? [];
    takeBundlesHome(publisher, "person-1-offline", "person-2-offline", "person-3-offline");
    const into = ["--into", publisher.path("new")];
    const rotate = (role: string, key: string) =>
      publisher.feed<Result>("rotate", "--role", role, "--key", key, ...into);
    const [first, second] = [keysOf("root")[0]!, keysOf("root")[1]!];
    const one = await rotate("root", first);
    const two = await rotate("root", second);
    const same = await rotate("root", first);
    const ring = await rotate("ring0", keysOf("ring0")[0]!);
    const people = ["person-2-offline", "person-3-offline"];
    const { waiting } = await publisher.feed<Result>("import", await signed(one.pending, ...people));
    const outcomeOf = ({ pending }: Result, all = waiting) => all.find(({ was }) => was === idOf(pending));
    expect(outcomeOf(two)).toMatchObject({ outcome: "rebased" });
    expect(outcomeOf(same)).toMatchObject({
      outcome: "kept",
      reason: expect.stringContaining("replaced already") as string,
    });
    // Another role is not overtaken by a new root.
    expect(outcomeOf(ring)).toBeUndefined();
    const again = outcomeOf(two)?.file ?? "";
    // The old and the new keys of the root sign: the new one of the first change is an old one for the second.
    expect(await publisher.sign(again, publisher.path("new"), "--role", "root")).toMatchObject({ ok: true });
    await signed(again, "person-3-offline");
    expect(await publisher.feed("import", again)).toMatchObject({ published: true });
    const after = await publisher.feed<{ roles: { role: string; version: number; keyids: string[] }[] }>("status");
    const root = after.roles.find(({ role }) => role === "root");
    expect(root?.version).toBe(3);
    expect(root?.keyids).not.toEqual(expect.arrayContaining([first]));
    expect(root?.keyids).not.toEqual(expect.arrayContaining([second]));
  });
});
