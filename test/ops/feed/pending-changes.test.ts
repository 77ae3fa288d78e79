import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { vaultctl } from "../support/vaultctl.ts";
import { type FeedFixture, NOW } from "./support/feed-fixture.ts";
import { awayBundle, openPromoted, promoteToGa, takeBundlesHome } from "./support/people-away.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Pending = {
  id: string;
  sentences: string[];
  reason: string | null;
  awaited: { role: string; needed: number; from: { name: string | null }[] }[];
  next: { who: string | null; command: string }[];
};

let publisher: FeedFixture;
let build: string;
beforeEach(async () => {
  ({ publisher, build } = await openPromoted());
});

const away = (name: string) => awayBundle(publisher, name);
const idOf = (pending: string | null) => basename(pending ?? "", ".pending.json");
const pendingNow = async () => (await publisher.feed<{ pending: Pending[] }>("pending")).pending;

describe("what waits for signatures", () => {
  it("is told in sentences, with the people who can sign and the next command", async () => {
    takeBundlesHome(publisher, "person-2", "person-3");
    const { pending } = await promoteToGa(publisher, build);
    const id = idOf(pending);
    const options = ["--repo", publisher.repo, "--keys", publisher.keys];
    for (const command of ["pending", "status"]) {
      const { stdout } = await vaultctl(["feed", command, ...options], NOW);
      expect(stdout).toContain(`Pending ${id} (ring):\n`);
      expect(stdout).toContain(`  ga gets build ${build} for 10 % of its computers, as its first build`);
      expect(stdout).toContain("  ring1's keys sign that a build has passed there.\n");
      expect(stdout).toContain("  ga needs 1 more signature, from person-2 or person-3.\n");
      expect(stdout).toContain(`  Next, person-2: vaultctl feed sign ${id} --person-keys BUNDLE\n`);
    }
    // The id is enough, wherever a file is.
    expect(await publisher.sign(id, away("person-3"))).toMatchObject({ ok: true });
    expect(await pendingNow()).toMatchObject([{ next: [{ who: null, command: `vaultctl feed import ${id}` }] }]);
    expect(await publisher.feed("import", id)).toMatchObject({ published: true });
    const { stdout } = await vaultctl(["feed", "pending", ...options], NOW);
    expect(stdout).toBe("No change waits for signatures.\n");
  });

  it("names root and targets in the command, and does not believe the summary in the file", async () => {
    takeBundlesHome(publisher, "person-1-offline", "person-2-offline", "person-3-offline");
    const { pending } = await publisher.feed("rotate", "--role", "ring0");
    const file = pending as string;
    writeFileSync(file, readFileSync(file, "utf8").replace(/"summary": "[^"]*"/, '"summary": "nothing at all"'));
    const [shown] = await pendingNow();
    expect(shown?.sentences).toEqual(["release gets a new ring0 key."]);
    expect(shown?.next).toContainEqual({
      who: "person-2",
      command: `vaultctl feed sign ${shown?.id} --person-keys BUNDLE --role targets`,
    });
  });

  it("is told with key ids in a feed whose signers nobody wrote down", async () => {
    takeBundlesHome(publisher, "person-2", "person-3");
    renameSync(join(publisher.repo, "signers.json"), publisher.path("signers.json"));
    await promoteToGa(publisher, build);
    const [shown] = await pendingNow();
    expect(shown?.awaited).toMatchObject([{ role: "ga", from: [{ name: null }, { name: null }] }]);
    expect(shown?.next[0]?.who).toMatch(/^the owner of key [0-9a-f]{8}$/);
    writeFileSync(join(publisher.repo, "signers.json"), '{"v":1,"signers":[{"name":"Ann <b>","keys":[]}]}');
    expect(await publisher.refused("pending")).toBe("SIGNERS_BROKEN");
  });

  it("says why a change is not allowed any more, though nothing has overtaken it", async () => {
    takeBundlesHome(publisher, "person-2", "person-3");
    const { pending } = await promoteToGa(publisher, build);
    await publisher.feed("halt", "--ring", "ring1", "--reason", "Crashes");
    const [shown] = await pendingNow();
    expect(shown).toMatchObject({ id: idOf(pending), reason: expect.stringContaining("halted in ring1") as string });
  });

  it("is discarded by its id or file, also if it is damaged, and nothing else is", async () => {
    takeBundlesHome(publisher, "person-2", "person-3");
    const { pending } = await promoteToGa(publisher, build);
    const damaged = join(publisher.repo, "pending", "0123456789ab.pending.json");
    writeFileSync(damaged, "{");
    writeFileSync(join(publisher.repo, "pending", "notes.txt"), "");
    for (const named of ["../metadata/timestamp.json", "notes.txt", "", "*", "ffffffffffff", "../pending"]) {
      expect([named, await publisher.refused("discard", named)]).toEqual([named, "PENDING_UNKNOWN"]);
    }
    await publisher.feed("discard", damaged);
    await publisher.feed("discard", pending as string);
    expect([existsSync(damaged), existsSync(pending as string)]).toEqual([false, false]);
    expect(existsSync(join(publisher.repo, "pending", "notes.txt"))).toBe(true);
    expect(await publisher.feed("status")).toMatchObject({ pending: [] });
  });
});
