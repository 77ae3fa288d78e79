import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { refusal, runVaultctl, succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Signers = { signers: { name: string; keys: { keyid: string; role: string }[] }[] };

let folder: string;
let keys: string;
const path = (...names: string[]) => join(folder, ...names);
const init = (...rest: string[]) => ["feed", "init", "--repo", path("feed"), "--keys", keys, ...rest];
const rolesIn = (bundle: string) =>
  readdirSync(bundle)
    .flatMap((name) => /^feed-(\w+)\.jwk\.json$/.exec(name)?.[1] ?? [])
    .toSorted();

beforeEach(async () => {
  folder = temporaryFolder();
  keys = path("keys");
  await succeed(["keys", "init", "--dir", keys, "--dev"]);
});

describe("one bundle a person", () => {
  it("has the ring keys, the keys for the safe apart from them, and the first root", async () => {
    const said = await vaultctl(init("--people", "ann, ben,eve-marie", "--out", `${path("bundles")}/`));
    expect(said).toMatchObject({ code: 0 });
    expect(readdirSync(path("bundles")).toSorted()).toEqual(["ann", "ben", "eve-marie"]);
    for (const name of ["ann", "ben", "eve-marie"]) {
      const bundle = path("bundles", name);
      expect(rolesIn(bundle)).toEqual(name === "eve-marie" ? ["ga"] : ["ga", "ring1"]);
      expect(rolesIn(join(bundle, "offline"))).toEqual(["root", "targets"]);
      expect(readFileSync(join(bundle, "public", "feed-root.json"))).toEqual(
        readFileSync(join(keys, "public", "feed-root.json")),
      );
      for (const file of ["feed-ga.jwk.json", join("offline", "feed-root.jwk.json")]) {
        expect(statSync(join(bundle, file)).mode & 0o777).toBe(0o600);
      }
      expect(said.stdout).toMatch(new RegExp(`^${name} gets \\S+${name} for the own computer: it signs ga`, "m"));
      expect(said.stdout).toMatch(new RegExp(`^${name} gets \\S+offline for a safe, .* it signs root, targets`, "m"));
    }
    // Machines keep theirs in the key folder, and no key of a person stays there.
    expect(readdirSync(join(keys, "private", "feed")).toSorted()).toEqual(["ci", "release", "server"]);
    expect(said.stdout).toContain("the ring server gets");
  });

  it("is what the person signs with, and nobody else's keys are needed for it", async () => {
    await succeed(init("--people", "ann,ben,eve", "--out", path("bundles")));
    const feed = (name: string, ...rest: string[]) => ["feed", name, "--repo", path("feed"), "--keys", keys, ...rest];
    const { pending } = await succeed<{ pending: string }>(
      feed("rotate", "--role", "ring0", "--person-keys", path("bundles", "ann", "offline")),
    );
    const trust = ["--repo", path("feed"), "--trust", path("bundles", "ben", "public"), "--yes"];
    const sign = (bundle: string) => ["feed", "sign", pending, "--person-keys", bundle, "--role", "targets", ...trust];
    expect(await refusal(sign(path("bundles", "ben")))).toBe("NOTHING_TO_SIGN");
    expect(await succeed(sign(path("bundles", "ben", "offline")))).toMatchObject({ signed: [{ role: "targets" }] });
    expect(await succeed(feed("import", pending))).toMatchObject({ published: true });
  });

  it("names in signers.json the owner of each key that the feed lists, and no private key", async () => {
    await succeed(init("--people", "ann,ben,eve", "--out", path("bundles")));
    const text = readFileSync(path("feed", "signers.json"), "utf8");
    expect(text).not.toContain('"d"');
    const { signers } = JSON.parse(text) as Signers;
    expect(signers.map(({ name, keys: own }) => [name, own.map(({ role }) => role).toSorted()])).toEqual([
      ["ann", ["ga", "ring1", "root", "targets"]],
      ["ben", ["ga", "ring1", "root", "targets"]],
      ["eve", ["ga", "root", "targets"]],
      ["ci", ["builds"]],
      ["release", ["builds", "ring0"]],
      ["server", ["halt", "lists", "snapshot", "timestamp"]],
    ]);
    const order = ["feed", "status", "--repo", path("feed"), "--keys", keys];
    const status = await succeed<{ roles: { keyids: string[] }[] }>(order);
    const listed = status.roles.flatMap(({ keyids }) => keyids).toSorted();
    expect(signers.flatMap(({ keys: own }) => own.map(({ keyid }) => keyid)).toSorted()).toEqual(listed);
  });

  it("is not written for fewer people than a majority needs, nor for names that a folder or another key has", async () => {
    for (const people of [
      "2",
      "10",
      "ann,ben",
      "ann,ben,ann",
      "ann,ben,ci",
      "ann,ben,server",
      "ann,ben,offline",
      "ann,ann-offline,eve",
      "ann,ben,con",
      "ann,ben,../eve",
      "ann,ben,Eve",
      "ann,,eve",
      "a,b,c,d,e,f,g,h,i,j",
    ]) {
      expect([people, await refusal(init("--people", people, "--out", path("bundles")))]).toEqual([people, "USAGE"]);
    }
    expect(existsSync(path("bundles"))).toBe(false);
    expect(existsSync(join(keys, "private", "feed"))).toBe(false);
  });

  it("goes into an empty folder outside the keys and the feed, and on no stick with films", async () => {
    mkdirSync(path("full", "VAULT"), { recursive: true });
    mkdirSync(path("used"));
    mkdirSync(path("empty"));
    writeFileSync(path("used", "notes.txt"), "");
    const out = (...names: string[]) => refusal(init("--out", path(...names)));
    expect(await out("full", "bundles")).toBe("KEYS_ON_STICK");
    expect(await out("used")).toBe("FILE_EXISTS");
    expect(await out("used", "notes.txt")).toBe("FILE_EXISTS");
    expect(await out("keys", "bundles")).toBe("USAGE");
    expect(await out("feed")).toBe("USAGE");
    expect(existsSync(join(keys, "private", "feed"))).toBe(false);
    await succeed(init("--out", path("empty")));
    expect(readdirSync(path("empty"))).toHaveLength(3);
  });

  it("is not made in a checkout of source code, except with development keys", async () => {
    mkdirSync(path("project", ".git"), { recursive: true });
    await succeed(["keys", "init", "--dir", path("release")]);
    const order = ["feed", "init", "--repo", path("feed"), "--out", path("project", "bundles")];
    expect(await refusal([...order, "--keys", path("release")])).toBe("KEYS_IN_CHECKOUT");
    await succeed([...order, "--keys", keys]);
  });
});

it("every command finds the feed that was made last, unless another one is named", async () => {
  const env = { HOME: folder, XDG_CONFIG_HOME: path(".config"), VAULTCTL_KEYS: "", VAULTCTL_FEED: "" };
  const run = async (...args: string[]) => (await runVaultctl([...args, "--json"], env)).json;
  expect(await run("feed", "status")).toMatchObject({ error: { code: "USAGE" } });
  await run("init", path("home-keys"), "--dev");
  const made = await run("feed", "init", "--people", "ann,ben,eve", "--out", path("bundles"));
  expect(made).toMatchObject({ ok: true, repo: path("usb-video-vault-feed") });
  expect(await run("feed", "status")).toMatchObject({ ok: true, roles: expect.any(Array) as unknown });
  // The folder of the keys is still remembered.
  expect(await run("stick", "list")).toMatchObject({ ok: true });
  const other = path("none");
  expect(await run("feed", "status", "--repo", other)).toMatchObject({ error: { code: "FEED_MISSING" } });
  expect(await run("feed", "--repo", other, "status")).toMatchObject({ error: { code: "FEED_MISSING" } });
});
