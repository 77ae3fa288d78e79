import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Halt, Halts, Release, SecurityDocument } from "../../../src-shared/updates/index.ts";
import { filesUnder } from "../support/publisher-fixture.ts";
import { type FeedFixture, openFeedFixture, run } from "./support/feed-fixture.ts";
import { serve, type TufReader, tufReader } from "./support/tuf-reader.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let publisher: FeedFixture;
let build: string;
let server: Awaited<ReturnType<typeof serve>>;
let reader: TufReader;
beforeEach(async () => {
  publisher = await openFeedFixture();
  build = await publisher.build("1.0.0");
  await publisher.promoteEverywhere(build);
  server = await serve(publisher.repo);
  reader = tufReader(server.url, join(publisher.trust, "feed-root.json"));
  await reader.refresh();
});

type Role = { role: string; generation: number; version: number; keyids: string[] };
const roles = async () => {
  const { roles: all } = await publisher.feed<{ roles: Role[] }>("status");
  return Object.fromEntries(all.map((role) => [role.role, role]));
};
const release = (ring: string, from = reader) => from.json<Release>(`rings/${ring}/release.json`);
const halt = (ring: string) => reader.json<Halts>(`halts/${ring}/halt.json`);
const security = () => reader.json<SecurityDocument>("security.json");
const bundle = (name: string) => join(publisher.keys, "private", "feed", name);

describe("a stolen ring key", () => {
  it("is replaced: readers ignore what the thief signs afterwards, even with high counters", async () => {
    const newer = await publisher.build("1.1.0");
    // The thief also controls the server, and publishes there until he is detected.
    const thief = publisher.copy();
    await thief.feed("release", "--ring", "ring0", "--build", newer);
    for (let i = 0; i < 5; i++) await thief.feed("flags", "--ring", "ring0", "--on", `step-${i}`, "--reason", "Mine");
    server.from(thief.repo);
    expect((await release("ring0"))?.seq).toBe(7);
    const shown = reader.version("snapshot");

    const before = await roles();
    const rotated = await publisher.feed<{ replaced: { role: string; bundle: string }[] }>(
      "rotate",
      "--role",
      "ring0",
      "--stolen",
    );
    expect(rotated.replaced.map(({ role }) => role)).toEqual(["ring0", "snapshot", "timestamp"]);
    const after = await roles();
    for (const role of ["ring0", "snapshot", "timestamp"]) {
      expect(after[role]?.generation).toBe(2);
      expect(after[role]?.keyids).not.toEqual(before[role]?.keyids);
    }
    expect(after["ga"]).toMatchObject({ generation: 1, keyids: before["ga"]?.keyids });

    // A reader that had seen the thief's higher versions still follows the new keys.
    server.from(publisher.repo);
    await reader.refresh();
    expect(reader.version("snapshot")).toBeLessThan(shown);
    expect(await release("ring0")).toMatchObject({ seq: 1, build, flags: {} });

    // Readers refuse what he publishes now, and the publisher can continue.
    await thief.feed("flags", "--ring", "ring0", "--on", "again", "--reason", "Mine");
    server.from(thief.repo);
    await expect(reader.refresh()).rejects.toThrow();
    await publisher.feed("flags", "--ring", "ring0", "--on", "ours", "--reason", "Ours");
    server.from(publisher.repo);
    expect(await release("ring0")).toMatchObject({ seq: 2, flags: { ours: true } });
  });

  it("is replaced with counters that start at 1 again", async () => {
    await publisher.feed("rotate", "--role", "ga", "--stolen");
    expect(await release("ga")).toMatchObject({ seq: 1, kind: "forward", build, basisPoints: 10_000 });
    await publisher.feed("rollback", "--ring", "ring0", "--to", build, "--reason", "x").catch(() => {});
    const next = await publisher.build("1.1.0");
    await publisher.feed("release", "--ring", "ring0", "--build", next);
    expect((await release("ring0"))?.seq).toBe(2);
  });
});

describe("a stolen halt key", () => {
  it("is replaced, the thief's halts are dropped, and new halts are possible", async () => {
    const thief = publisher.copy();
    for (let i = 0; i < 4; i++) await thief.feed("halt", "--ring", "ga", "--reason", `Nobody updates ${i}`);
    server.from(thief.repo);
    expect(await halt("ga")).toMatchObject({ seq: 4, halts: [{ seq: 4, build }] });
    await publisher.feed("halt", "--ring", "ga", "--reason", "As found on the server");

    await publisher.feed("rotate", "--role", "halt", "--stolen", "--drop-halts");
    server.from(publisher.repo);
    expect(await halt("ga")).toMatchObject({ seq: 1, halts: [] });
    expect(await security()).toMatchObject({ seq: 2, haltGeneration: 2 });
    expect((await roles())["halt"]?.generation).toBe(2);
    await publisher.feed("halt", "--ring", "ga", "--reason", "Ours");
    expect(await halt("ga")).toMatchObject({ seq: 2, halts: [{ seq: 2, build, reason: "Ours" }] });
    await thief.feed("halt", "--ring", "ga", "--reason", "Again");
    server.from(thief.repo);
    await expect(reader.refresh()).rejects.toThrow();
  });

  it("keeps the publisher's active halts, and keeps lifted halts lifted", async () => {
    await publisher.feed("halt", "--ring", "ga", "--reason", "Stands");
    await publisher.feed("halt", "--ring", "ring1", "--reason", "Undone");
    await publisher.feed("resume", "--ring", "ring1", "--reason", "Fine");
    await publisher.feed("rotate", "--role", "halt", "--stolen");
    expect(await halt("ga")).toMatchObject({ seq: 1, halts: [{ seq: 1, build, reason: "Stands" }] });
    expect(await halt("ring1")).toMatchObject({ seq: 1, halts: [] });
    expect(await security()).toMatchObject({ seq: 1 });
    const { rings } = await publisher.feed<{ rings: Record<string, { halt?: Halt }> }>("status");
    expect([rings["ga"]?.halt?.build, rings["ring1"]?.halt]).toEqual([build, undefined]);
    await publisher.feed("resume", "--ring", "ga", "--reason", "Fine");
    expect(await release("ga")).toMatchObject({
      resumed: expect.arrayContaining([{ build, generation: 2, seq: 1 }]),
    });
  });
});

describe("replacing keys", () => {
  it.each(["root", "targets", "snapshot", "timestamp", "builds", "ring0", "ring1", "ga", "halt", "lists"])(
    "of %s works for a reader that knew the old ones, and for a new reader",
    async (role) => {
      await publisher.feed("rotate", "--role", role);
      for (const who of [reader, tufReader(server.url, join(publisher.trust, "feed-root.json"))]) {
        await who.refresh();
        expect(await release("ga", who)).toMatchObject({ build });
      }
      await publisher.feed("refresh");
      await reader.refresh();
    },
  );

  it("creates private files that only their owner can read", async () => {
    await publisher.feed("rotate", "--role", "ga");
    const path = join(bundle("person-1"), "feed-ga.2.jwk.json");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
      kty: "OKP",
      "uvv:role": "feed-ga",
      "uvv:dev": true,
    });
  });

  it("of one person keeps the others' keys, and accepts a folder for a lost key", async () => {
    const before = (await roles())["ga"]?.keyids ?? [];
    const lost = before[2] as string;
    rmSync(join(bundle("person-3"), "feed-ga.jwk.json"));
    expect(await publisher.refused("rotate", "--role", "ga", "--key", lost)).toBe("KEYS_MISSING");
    await publisher.feed("rotate", "--role", "ga", "--key", lost, "--into", bundle("person-3"));
    const after = (await roles())["ga"]?.keyids ?? [];
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).not.toBe(lost);
    expect(await publisher.refused("rotate", "--role", "ga", "--key", lost)).toBe("KEY_UNKNOWN");
  });

  it("of root needs the signatures of the old and the new people", async () => {
    const home = publisher.path("home");
    cpSync(bundle("person-2-offline"), home, { recursive: true });
    for (const name of ["person-2-offline", "person-3-offline"]) rmSync(bundle(name), { recursive: true });
    const [first] = (await roles())["root"]?.keyids ?? [];
    const kept = await publisher.feed("rotate", "--role", "root", "--key", first as string);
    expect(kept).toMatchObject({ published: false, missing: [{ role: "root" }, { role: "root" }] });
    expect(existsSync(join(publisher.repo, "metadata", "2.root.json"))).toBe(false);
    await publisher.sign(kept.pending as string, home, "--role", "root");
    expect(await publisher.feed("import", kept.pending as string)).toMatchObject({ published: true });
    await reader.refresh();
    expect(reader.version("root")).toBe(2);
  });

  it("accepts the public half of a key whose private half stays with its owner", async () => {
    const before = (await roles())["ga"]?.keyids ?? [];
    const away = publisher.path("away");
    cpSync(bundle("person-3"), away, { recursive: true });
    rmSync(bundle("person-3"), { recursive: true });
    const made = await run(["feed", "make-key", "--role", "ga", "--into", away, "--dev"]);
    const [keyid, file] = [made["keyid"] as string, made["public"] as string];
    expect(readFileSync(file, "utf8")).not.toContain('"d"');
    const replace = ["rotate", "--role", "ga", "--key", before[2] as string, "--public", file];
    const rotated = await publisher.feed<{ published: boolean; replaced: object[] }>(...(replace as [string]));
    expect(rotated).toMatchObject({ published: true, replaced: [{ next: keyid, bundle: null }] });
    expect((await roles())["ga"]?.keyids).toEqual([before[0], before[1], keyid]);
    expect(filesUnder(publisher.keys).filter((name) => name.includes("feed-ga.2"))).toEqual([]);

    // The owner can sign with it elsewhere.
    rmSync(bundle("person-2"), { recursive: true });
    const kept = await publisher.feed("flags", "--ring", "ga", "--off", "x", "--reason", "Theirs");
    expect(kept).toMatchObject({ published: false, missing: [{ role: "ga", signed: 1, needed: 2 }] });
    await publisher.sign(kept.pending as string, away);
    expect(await publisher.feed("import", kept.pending as string)).toMatchObject({ published: true });
    await reader.refresh();
    expect(await release("ga")).toMatchObject({ flags: { x: false } });
  });

  it("with the only key of a role waits until its owner has signed", async () => {
    const away = publisher.path("away");
    const made = await run(["feed", "make-key", "--role", "halt", "--into", away, "--dev"]);
    const kept = await publisher.feed("rotate", "--role", "halt", "--public", made["public"] as string);
    expect(kept).toMatchObject({ published: false, missing: [{ role: "halt" }] });
    await publisher.sign(kept.pending as string, away);
    expect(await publisher.feed("import", kept.pending as string)).toMatchObject({ published: true });
    expect((await roles())["halt"]?.keyids).toEqual([made["keyid"]]);
  });

  it.each([
    ["of another role", "ring1", ["--dev"], (text: string) => text],
    ["of a feed without development keys", "ga", [], (text: string) => text],
    ["with its private half", "ga", ["--dev"], (text: string) => text.replace("{", '{"d":"AAAA",')],
    ["that was exchanged on the way", "ga", ["--dev"], (text: string) => text.replace(/"x": "..../, '"x": "AAAA')],
  ])("refuses a public half %s", async (_name, role, dev, bend) => {
    const made = await run(["feed", "make-key", "--role", role, "--into", publisher.path("away"), ...dev]);
    const sent = publisher.path("sent.json");
    writeFileSync(sent, bend(readFileSync(made["public"] as string, "utf8")));
    const [key = ""] = (await roles())["ga"]?.keyids ?? [];
    expect(await publisher.refused("rotate", "--role", "ga", "--key", key, "--public", sent)).toBe(
      "PUBLIC_KEY_INVALID",
    );
  });

  it("refuses a public half that is missing, already used, or for several keys", async () => {
    const made = await run(["feed", "make-key", "--role", "ga", "--into", publisher.path("away"), "--dev"]);
    const file = made["public"] as string;
    expect(await publisher.refused("rotate", "--role", "ga", "--public", file)).toBe("USAGE");
    const [first = "", second = ""] = (await roles())["ga"]?.keyids ?? [];
    await publisher.feed("rotate", "--role", "ga", "--key", first, "--public", file);
    const again = ["rotate", "--role", "ga", "--key", second, "--public"];
    expect(await publisher.refused(...(again as [string]), file)).toBe("PUBLIC_KEY_INVALID");
    expect(await publisher.refused(...(again as [string]), publisher.path("none.json"))).toBe("NOT_FOUND");
  });

  it("refuses --drop-halts for another role", async () => {
    expect(await publisher.refused("rotate", "--role", "ga", "--drop-halts")).toBe("USAGE");
  });
});
