import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type FeedFixture, run } from "./support/feed-fixture.ts";
import { awayBundle, bundleHere, openPromoted, promoteToGa, takeBundlesHome } from "./support/people-away.ts";
import { readPendingJson, withMatchingId, writePendingJson } from "./support/thief.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let publisher: FeedFixture;
let build: string;
beforeEach(async () => {
  ({ publisher, build } = await openPromoted());
});

const bundle = (name: string) => bundleHere(publisher, name);
const away = (name: string) => awayBundle(publisher, name);
const takeHome = (...names: string[]) => takeBundlesHome(publisher, ...names);
const sign = (file: string, who: string) => publisher.sign(file, away(who));
const toGa = (...rest: string[]) => promoteToGa(publisher, build, ...rest);

describe("signing on another computer", () => {
  it("is refused without a matching key, and leaves the file unchanged", async () => {
    takeHome("person-2", "person-3");
    const { pending } = await toGa();
    const before = readFileSync(pending as string, "utf8");
    const result = await publisher.sign(pending as string, bundle("ci"));
    expect(result.error?.code).toBe("NOTHING_TO_SIGN");
    expect((await run(["feed", "sign", pending as string])).error?.code).toBe("USAGE");
    expect((await publisher.sign(publisher.path("none"), bundle("ci"))).error?.code).toBe("NOT_FOUND");
    expect(readFileSync(pending as string, "utf8")).toBe(before);
  });

  it("needs the feed and its first root, or signs nothing", async () => {
    takeHome("person-2", "person-3");
    const { pending } = await toGa();
    const before = readFileSync(pending as string, "utf8");
    const own = ["feed", "sign", pending as string, "--person-keys", away("person-3"), "--yes"];
    const code = async (...rest: string[]) => (await run([...own, ...rest])).error?.code;
    expect(await code()).toBe("NO_ANCHOR");
    expect(await code("--trust", publisher.trust)).toBe("NO_ANCHOR");
    expect(await code("--repo", publisher.repo, "--trust", publisher.path("away"))).toBe("NO_ANCHOR");
    cpSync(publisher.trust, join(publisher.repo, "trust"), { recursive: true });
    expect(await code("--repo", publisher.repo, "--trust", join(publisher.repo, "trust"))).toBe("ANCHOR_ON_STICK");
    expect(await code("--repo", publisher.path("none"), "--trust", publisher.trust)).toBe("FEED_MISSING");
    expect(readFileSync(pending as string, "utf8")).toBe(before);
    expect(await code("--repo", publisher.repo, "--keys", publisher.keys)).toBeUndefined();
  });

  it("shows the difference and signs nothing until it is confirmed", async () => {
    takeHome("person-2", "person-3");
    const { pending } = await toGa();
    const before = readFileSync(pending as string, "utf8");
    const anchor = ["--repo", publisher.repo, "--trust", publisher.trust];
    const shown = await run(["feed", "sign", pending as string, "--person-keys", away("person-3"), ...anchor]);
    expect(shown).toMatchObject({
      ok: false,
      error: { code: "NOT_CONFIRMED" },
      difference: {
        kind: "ring",
        critical: false,
        keys: [],
        builds: [],
        rings: [{ ring: "ga", before: null, after: { build, kind: "forward", basisPoints: 1000 } }],
        roles: [
          { role: "ga", before: 1, after: 2 },
          { role: "ring1", before: 2, after: 3 },
        ],
      },
    });
    expect(readFileSync(pending as string, "utf8")).toBe(before);
  });

  it("does not sign root or targets unless they are named, and shows which keys change", async () => {
    takeHome("person-2", "person-2-offline", "person-3", "person-3-offline");
    const rotate = ["rotate", "--role", "ga", "--into", publisher.path("new")] as const;
    const { pending } = await publisher.feed(...rotate);
    const file = pending as string;
    const keys = ["--person-keys", away("person-2")];
    const refused = await publisher.sign(file, away("person-2-offline"));
    expect(refused.error).toMatchObject({
      code: "NOTHING_TO_SIGN",
      message: expect.stringContaining("--role targets") as string,
    });
    expect(await publisher.sign(file, away("person-2-offline"), ...keys)).toMatchObject({
      signed: [{ role: "ga", version: 2 }],
      notNamed: ["targets"],
    });
    expect(await publisher.feed("import", file)).toMatchObject({ published: false });
    const signed = await publisher.sign(file, away("person-2-offline"), "--role", "targets");
    expect(signed).toMatchObject({
      ok: true,
      signed: [{ role: "targets", version: 2 }],
      difference: {
        kind: "keys",
        critical: true,
        keys: [{ role: "ga", before: { threshold: 2, of: 3 }, after: { threshold: 2, of: 3 } }],
      },
    });
    expect(await publisher.feed("import", file)).toMatchObject({ published: true });
  });

  it("works with all keys of a person in one bundle, as feeds from before the offline bundles have them", async () => {
    for (const person of [1, 2, 3]) {
      for (const role of ["root", "targets"]) {
        const name = `feed-${role}.jwk.json`;
        renameSync(join(bundle(`person-${person}-offline`), name), join(bundle(`person-${person}`), name));
      }
      rmSync(bundle(`person-${person}-offline`), { recursive: true });
    }
    takeHome("person-2", "person-3");
    const { pending } = await publisher.feed("rotate", "--role", "root", "--into", publisher.path("new"));
    const signed = await publisher.sign(pending as string, away("person-2"), "--role", "root");
    expect(signed).toMatchObject({ ok: true, signed: [{ role: "root", version: 2 }] });
    expect(await publisher.feed("import", pending as string)).toMatchObject({ published: true });
    const kept = await toGa();
    expect(await sign(kept.pending as string, "person-3")).toMatchObject({ ok: true });
    expect(await publisher.feed("import", kept.pending as string)).toMatchObject({ published: true });
  });

  it("of a build needs both CI and release, and the build's files are kept in the meantime", async () => {
    takeHome("ci", "release");
    const file = publisher.path("usb-video-vault_1.1.0_arm64.deb");
    writeFileSync(file, "arm");
    const args = ["--version", "1.1.0", "--build-epoch", "1"];
    const added = await publisher.feed("add-build", file, ...args, "--person-keys", away("ci"));
    expect(added.missing).toEqual([{ role: "builds", signed: 1, needed: 2 }]);
    await publisher.feed("refresh");
    const carried = publisher.path("carried.json");
    const original = readPendingJson(added.pending as string);
    const exchanged = readPendingJson(added.pending as string);
    for (const target of Object.values(
      exchanged.roles[0]?.metadata.signed["targets"] as Record<string, { hashes: object }>,
    ))
      target.hashes = { sha256: "f".repeat(64) };
    writePendingJson(carried, withMatchingId(exchanged));
    expect(readPendingJson(carried).id).not.toBe(original.id);
    expect((await sign(carried, "release")).error?.code).toBe("CHANGE_EXCEEDS_KIND");
    const signed = await sign(added.pending as string, "release");
    expect(signed).toMatchObject({ ok: true, difference: { builds: [added.build], files: [{ length: 3 }] } });
    expect(await publisher.feed("import", added.pending as string)).toMatchObject({ published: true });
    const verified = await run(["feed", "verify", "--repo", publisher.repo, "--trust", publisher.trust]);
    expect(verified).toMatchObject({ ok: true, faults: [], absent: [] });
    expect(basename(added.pending as string)).toMatch(/^[0-9a-f]{12}\.pending\.json$/);
  });

  it("waits for the server if its keys are not available", async () => {
    takeHome("server");
    const kept = await toGa();
    expect(kept.missing.map((entry) => (entry as { role: string }).role)).toEqual(["snapshot", "timestamp"]);
    const imported = await publisher.feed("import", kept.pending as string, "--person-keys", away("server"));
    expect(imported).toMatchObject({ published: true });
  });

  it("never opens keys on a stick, nor a bundle with a damaged key", async () => {
    const stick = publisher.path("stick");
    mkdirSync(join(stick, "VAULT"), { recursive: true });
    cpSync(bundle("person-1"), join(stick, "keys"), { recursive: true });
    expect(await publisher.refused("refresh", "--person-keys", join(stick, "keys"))).toBe("KEYS_ON_STICK");
    const path = join(bundle("server"), "feed-halt.jwk.json");
    writeFileSync(path, readFileSync(path, "utf8").replace(/"d": "../, '"d": "AA'));
    expect(await publisher.refused("refresh")).toBe("KEYS_BROKEN");
  });
});
