import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openUpdateMemory } from "../../../src-main/updates/index.ts";
import { OLDER_COPY_GRACE } from "../../../src-shared/updates/index.ts";
import { release } from "./attack.ts";
import { UpdateFixture } from "./update-fixture.ts";

const OLDER_COPY = { kind: "problem", code: "OLDER_COPY" };

/** A computer that has seen a newer feed than the one that a cache on the way still has. */
async function behindCache(isPassedBy: (cacheControl: string | undefined) => boolean) {
  const fixture = await UpdateFixture.begin();
  const yesterday = new Map(fixture.repository.files);
  release(fixture, { seq: 2 });
  await (await fixture.check()).updates.close();
  const cache = { isThere: true };
  fixture.server.answer = (request, response) => {
    if (!cache.isThere || isPassedBy(request.headers["cache-control"])) return false;
    const content = yesterday.get((request.url ?? "/").slice(1));
    response.writeHead(content ? 200 : 404).end(content);
    return true;
  };
  fixture.logged.length = 0;
  return { fixture, cache };
}

const refusals = ({ logged }: UpdateFixture) =>
  logged.flatMap(({ event, code }) => (event === "updates.refused" ? [code] : []));

describe("a cache that still has an older feed", () => {
  it("is passed if it obeys", async () => {
    const { fixture } = await behindCache((cacheControl) => cacheControl === "no-cache");
    const updates = await fixture.start();
    await updates.check("web", "by-itself");
    expect(updates.view()).toMatchObject({ outcome: null, now: { stage: "ready" } });
    expect(refusals(fixture)).toEqual([]);
  });

  it("installs nothing, changes no counter and suspects nobody, until it has lasted for an hour", async () => {
    const { fixture, cache } = await behindCache(() => false);
    const head = () => JSON.stringify([...(fixture.ledger?.head().updates.roles ?? [])]);
    let updates = await fixture.start();
    await fixture.ledger?.open();
    const before = head();
    await updates.check("web", "by-itself");
    expect(updates.view().outcome).toEqual(OLDER_COPY);
    expect(await updates.install()).toMatchObject({ ok: false });
    await updates.close();
    fixture.clock.now += OLDER_COPY_GRACE - 1;
    // A restart does not begin a new hour.
    updates = await fixture.start();
    await updates.check("web", "by-hand");
    expect(updates.view().outcome).toEqual(OLDER_COPY);
    expect(head()).toBe(before);
    expect(new Set(refusals(fixture))).toEqual(new Set(["OLDER_COPY"]));
    fixture.clock.now += 1;
    await updates.check("web", "by-itself");
    expect(updates.view().outcome).toEqual({ kind: "problem", code: "ROLLED_BACK" });

    cache.isThere = false;
    await updates.check("web", "by-itself");
    expect(updates.view()).toMatchObject({ outcome: null, now: { stage: "ready" } });
    cache.isThere = true;
    await updates.check("web", "by-itself");
    expect(updates.view().outcome).toEqual(OLDER_COPY);
  });

  it("begins a new hour if the clock was set back", async () => {
    const { fixture } = await behindCache(() => false);
    const memory = openUpdateMemory(join(fixture.data, "updates.json"));
    await memory.noteOlder(fixture.clock.now + 86_400);
    const updates = await fixture.start();
    await updates.check("web", "by-itself");
    expect(updates.view().outcome).toEqual(OLDER_COPY);
  });

  it("is no excuse for a stick", async () => {
    const { fixture } = await behindCache(() => false);
    const yesterday = new Map(fixture.repository.files);
    release(fixture, { seq: 3 });
    fixture.server.answer = undefined;
    await (await fixture.check()).updates.close();
    fixture.stickRoot = fixture.exportToStick(yesterday);
    const updates = await fixture.start();
    await updates.check("stick", "by-hand");
    expect(updates.view().outcome).toEqual({ kind: "problem", code: "ROLLED_BACK" });
  });
});
