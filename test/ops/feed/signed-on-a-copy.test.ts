import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type FeedFixture, run } from "./support/feed-fixture.ts";
import { awayBundle, openPromoted, promoteToGa, takeBundlesHome } from "./support/people-away.ts";

// A person signs on another computer, which has a copy of the feed. What comes back is imported, or it is said why not.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let publisher: FeedFixture;
let build: string;
let copy: string;
beforeEach(async () => {
  ({ publisher, build } = await openPromoted());
  takeBundlesHome(publisher, "person-2", "person-3");
  copy = publisher.path("copy");
});

const take = () => cpSync(publisher.repo, copy, { recursive: true });
/** What waits in the copy for the keys of a person, signed there. */
async function signAll(person: string): Promise<readonly string[]> {
  const own = ["--person-keys", awayBundle(publisher, person), "--repo", copy, "--trust", publisher.trust, "--yes"];
  const { changes } = (await run(["feed", "sign", ...own])) as unknown as { changes: { file: string }[] };
  return changes.map(({ file }) => file);
}
async function refusal(file: string): Promise<string> {
  const { error } = await run(["feed", "import", file, "--repo", publisher.repo, "--keys", publisher.keys]);
  expect(error?.code).toBe("PENDING_UNKNOWN");
  return error?.message ?? "";
}

describe("what was signed on a copy of the feed", () => {
  it("is imported by its file, and published with it", async () => {
    await promoteToGa(publisher, build);
    take();
    const [file = ""] = await signAll("person-3");
    expect(await publisher.feed("import", file)).toMatchObject({ published: true });
    expect(await refusal(file)).toContain("is published already");
  });

  it("is void if another change was published first, and the change that was made again is named", async () => {
    await promoteToGa(publisher, build);
    take();
    const [file = ""] = await signAll("person-3");
    // Ring1 gets a new document, and the promotion has one of ring1 too.
    await publisher.feed("flags", "--ring", "ring1", "--on", "dark", "--reason", "x");
    const { pending } = await publisher.feed<{ pending: { id: string }[] }>("pending");
    const [again] = pending;
    expect(again?.id).not.toBe(basename(file, ".pending.json"));
    expect(await refusal(file)).toContain(`made again as ${again?.id}`);
  });

  it("is not a change of this feed if it was made on the copy, or discarded here", async () => {
    take();
    const order = ["--ring", "ga", "--build", build, ...publisher.promotionOptions("ga", "ring1", build)];
    const onCopy = await run(["feed", "promote", ...order, "--repo", copy, "--keys", publisher.keys]);
    expect(await refusal(onCopy["pending"] as string)).toContain("make it here with the same command");
    const { pending } = await promoteToGa(publisher, build);
    const carried = publisher.path("carried.pending.json");
    writeFileSync(carried, readFileSync(pending as string));
    await publisher.feed("discard", basename(pending as string, ".pending.json"));
    expect(await refusal(carried)).toContain("discarded");
  });

  it("is out of date if the feed has gone on and the change was discarded", async () => {
    const { pending } = await promoteToGa(publisher, build);
    const carried = join(publisher.folder, "late.pending.json");
    writeFileSync(carried, readFileSync(pending as string));
    await publisher.feed("discard", basename(pending as string, ".pending.json"));
    await publisher.feed("flags", "--ring", "ring1", "--on", "dark", "--reason", "x");
    expect(await refusal(carried)).toContain("The feed has changed since");
  });
});
