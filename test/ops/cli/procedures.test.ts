import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TRUST_ROLES } from "../../../src-shared/jws/index.ts";
import { type Device, newDevice } from "../support/device.ts";
import { type Issued, openIssuingFixture } from "../support/licenses.ts";
import { type Answer, type Packed, refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import { openPackedPublisher, snapshot, TIDES, type PublisherFixture } from "../support/publisher-fixture.ts";

// The procedures of docs/publisher/key-ceremony.md and rotation-and-loss.md, step by step.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let packed: Packed;
let publisher: ReturnType<typeof openIssuingFixture>;
let device: Device;
beforeEach(async () => {
  const opened = await openPackedPublisher();
  fixture = opened.fixture;
  packed = opened.packed;
  publisher = openIssuingFixture(fixture, packed);
  device = await newDevice();
});
afterEach(() => fixture.remove());

const keys = (name: string, ...rest: string[]) => ["keys", name, "--keys", fixture.keys, ...rest];
const issue = (...rest: string[]) => publisher.issue("--request", publisher.request(device), ...rest);
const code = (answer: Answer) => answer.json?.["code"];
const publish = () => succeed(keys("publish", "--stick", fixture.stick));
const issuerKid = () =>
  (JSON.parse(readFileSync(join(fixture.trust, "license-issuer.jwk.json"), "utf8")) as { kid: string }).kid;
const renewed = async (lid: string) => {
  const out = publisher.next("uvvlic");
  await succeed(publisher.command("renew", lid, "--days", "30", "--out", out));
  return out;
};

it("key ceremony: creates the keys, moves the parent offline, checks both copies, restores from the backup", async () => {
  const dir = fixture.path("ceremony");
  const ceremony = (name: string, ...rest: string[]) => ["keys", name, "--keys", dir, ...rest];
  await succeed(["keys", "init", "--dir", dir]);
  const offline = join(dir, "private", "offline");
  const safes = [fixture.path("safe-1"), fixture.path("safe-2")];
  for (const safe of safes) cpSync(offline, safe, { recursive: true });
  for (const safe of safes) {
    const { keys: opened } = await succeed<{ keys: object[] }>(ceremony("check", "--parent", safe));
    expect(opened).toHaveLength(TRUST_ROLES.length);
  }
  rmSync(offline, { recursive: true });
  expect(await refusal(ceremony("rotate", "--role", "license-issuer"))).toBe("KEYS_MISSING");
  expect(await succeed(ceremony("check"))).toMatchObject({ developmentKeys: false });
  const backup = fixture.path("backup");
  cpSync(dir, backup, { recursive: true });
  rmSync(dir, { recursive: true });
  cpSync(backup, dir, { recursive: true });
  expect(await succeed<{ keys: object[] }>(ceremony("check"))).toMatchObject({ ok: true });
  expect(await succeed(["license", "audit", "--keys", dir])).toMatchObject({ faults: [] });
});

it("key ceremony: hands out a bundle for each person, and keeps root and targets keys apart from ring keys", async () => {
  const feed = (name: string, ...rest: string[]) => {
    return ["feed", name, "--repo", fixture.path("feed"), "--keys", fixture.keys, ...rest];
  };
  const order = feed("init", "--people", "ann,ben,eve", "--out", fixture.path("bundles"));
  const { bundles } = await succeed<{ bundles: { folder: string; roles: string[] }[] }>(order);
  const offline = bundles.filter(({ folder }) => folder.endsWith("offline"));
  expect(offline.map(({ roles }) => roles)).toEqual(Array.from({ length: 3 }, () => ["root", "targets"]));
  for (const { folder, roles } of bundles) {
    if (!folder.endsWith("offline")) expect(roles.filter((role) => role === "root" || role === "targets")).toEqual([]);
  }
  mkdirSync(fixture.path("safes"));
  const safes = offline.map(({ folder }) => {
    const safe = fixture.path("safes", basename(dirname(folder)));
    renameSync(folder, safe);
    return safe;
  });
  // What the ring keys alone cannot do needs two safes.
  const rotate = feed("rotate", "--role", "ring0");
  expect(await succeed(rotate)).toMatchObject({
    published: false,
    missing: [{ role: "targets", signed: 0, needed: 2 }],
  });
  const two = safes.slice(0, 2).flatMap((safe) => ["--person-keys", safe]);
  expect(await succeed([...rotate, ...two])).toMatchObject({ published: true });
});

it("key ceremony: detects a damaged copy", async () => {
  const safe = fixture.path("safe");
  cpSync(join(fixture.keys, "private", "offline"), safe, { recursive: true });
  const path = join(safe, "key-manifest.jwk.json");
  writeFileSync(
    path,
    readFileSync(path, "utf8").replace(/"d": "./, (found) => `${found.slice(0, -1)}-`),
  );
  expect(await refusal(keys("check", "--parent", safe))).toBe("KEYS_BROKEN");
});

it("routine rotation: an overlap, then the old key retires", async () => {
  const before = await issue();
  const old = issuerKid();
  await succeed(keys("rotate", "--role", "license-issuer", "--keep-old"));
  await publish();
  const out = await renewed(before.lid);
  await succeed(["keys", "retire", old, "--keys", fixture.keys]);
  await publish();
  expect([code(await publisher.check(before.out)), code(await publisher.check(out))]).toEqual(["KEY_UNKNOWN", "OK"]);
});

it("lost issuer key: its licenses stay valid, and the next key signs new ones", async () => {
  const before = await issue();
  rmSync(join(fixture.keys, "private", "license-issuer.jwk.json"));
  const request = publisher.request(device);
  const again = ["license", "issue", "--keys", fixture.keys, "--stick", fixture.stick, "--for", "C-1", "--days", "1"];
  expect(await refusal([...again, "--request", request, "--out", publisher.next("l")])).toBe("KEYS_MISSING");
  await succeed(keys("rotate", "--role", "license-issuer", "--keep-old"));
  await publish();
  const after = await issue();
  expect([code(await publisher.check(before.out)), code(await publisher.check(after.out))]).toEqual(["OK", "OK"]);
  expect((await publisher.audit()).code).toBe(0);
});

it("stolen issuer key: what the thief signs is refused, and every customer's license is renewed", async () => {
  const customers = [await issue(), await issue("--for", "C-7")];
  const thief = fixture.path("thief");
  cpSync(fixture.keys, thief, { recursive: true });
  const stolen = issuerKid();
  await succeed(keys("rotate", "--role", "license-issuer", "--yes"));
  await succeed(publisher.command("revoke", "--key", stolen, "--stick", fixture.stick));
  const forged = publisher.next("uvvlic");
  const order = ["license", "issue", "--keys", thief, "--stick", fixture.stick, "--for", "C-666", "--days", "9"];
  // The thief removes the lists from the stick, because his own program need not refuse old keys.
  cpSync(fixture.stick, fixture.path("his-stick"), { recursive: true });
  for (const name of ["keys.uvvkeys", "revocations.uvvrev"])
    rmSync(fixture.path("his-stick", "VAULT", name), { force: true });
  const his = order.with(order.indexOf(fixture.stick), fixture.path("his-stick"));
  await succeed([...his, "--request", publisher.request(device), "--out", forged]);
  expect(code(await publisher.check(forged))).toBe("KEY_UNKNOWN");
  const list = () => succeed<{ licenses: (Issued & { state: string })[] }>(publisher.command("list"));
  const { licenses } = await list();
  expect(licenses.map(({ state }) => state)).toEqual(["key-retired", "key-retired"]);
  expect(licenses.map(({ lid }) => lid).toSorted()).toEqual(customers.map(({ lid }) => lid).toSorted());
  for (const { lid } of licenses) expect(code(await publisher.check(await renewed(lid)))).toBe("OK");
  expect((await list()).licenses.map(({ state }) => state)).toEqual(["active", "active"]);
  // A reader that does not know the new keys still has the revocation list.
  const old = ["license", "check", forged, "--stick", fixture.stick, "--trust", join(thief, "public"), "--json"];
  expect(code(await vaultctl(old))).toBe("REVOKED");
});

it("stolen revocation key: the next key signs the list again", async () => {
  const { lid, out } = await issue();
  await succeed(publisher.command("revoke", lid));
  await succeed(keys("rotate", "--role", "revocation-list"));
  await publish();
  expect(code(await publisher.check(out))).toBe("REVOKED");
});

it("stolen publisher key: every stick is signed again before the key retires", async () => {
  const kid = (JSON.parse(readFileSync(join(fixture.trust, "vault-publisher.jwk.json"), "utf8")) as { kid: string })
    .kid;
  await succeed(keys("rotate", "--role", "vault-publisher", "--keep-old"));
  await succeed(["stick", "resign", "--stick", fixture.stick, "--keys", fixture.keys]);
  await succeed(["keys", "retire", kid, "--keys", fixture.keys]);
  await publish();
  expect(await succeed(["verify", fixture.stick, "--trust", fixture.trust])).toMatchObject({
    faults: [],
    extras: [],
  });
});

it("lost parent key: apps that are built with the new one accept it", async () => {
  rmSync(join(fixture.keys, "private", "offline"), { recursive: true });
  const before = await issue();
  await succeed(keys("new-parent"));
  const safe = fixture.path("safe");
  cpSync(join(fixture.keys, "private", "offline"), safe, { recursive: true });
  await succeed(keys("check", "--parent", safe));
  expect(code(await publisher.check(before.out))).toBe("OK");
  await succeed(keys("rotate", "--role", "license-issuer", "--parent", safe, "--yes"));
  expect(code(await publisher.check(await renewed(before.lid)))).toBe("OK");
});

describe("lost register", () => {
  it("with a backup: an old one is refused, the newest one is accepted", async () => {
    await issue();
    const file = join(fixture.keys, "register.jsonl");
    const old = readFileSync(file);
    await issue();
    const newest = readFileSync(file);
    writeFileSync(file, old);
    const answer = await publisher.audit();
    expect(answer.json?.["faults"]).toEqual([expect.stringMatching(/line 2 is missing: there were 2/)]);
    writeFileSync(file, newest);
    expect((await issue()).seq).toBe(3);
  });

  it("without one: starts a new register from the license files, with numbers that were never used", async () => {
    const bound = await issue();
    const secret = publisher.next("txt");
    const open = await publisher.issue("--passphrase-file", secret, "--for", "C-7");
    const gone = await issue();
    await succeed(publisher.command("revoke", gone.lid));
    await succeed(keys("rotate", "--role", "license-issuer", "--keep-old"));
    for (const name of ["register.jsonl", "register.head"]) rmSync(join(fixture.keys, name));

    const restore = publisher.command("restore", bound.out, open.out, gone.out);
    expect(await refusal([...restore, "--first-seq", "3"])).toBe("USAGE");
    expect(await succeed([...restore, "--first-seq", "1000"])).toMatchObject({ licenses: 3, firstSeq: 1000 });
    expect((await publisher.audit()).json).toMatchObject({ ok: true, licenses: 3, revoked: 1, faults: [] });

    const again = publisher.next("uvvlic");
    await succeed(publisher.command("renew", open.lid, "--days", "9", "--same-passphrase", secret, "--out", again));
    expect(publisher.claims(again)).toMatchObject({ lid: open.lid, seq: 1000, sub: "C-7" });
    const renew = publisher.command("renew", bound.lid, "--days", "9", "--out", publisher.next("uvvlic"));
    expect(await refusal(renew)).toBe("DEVICE_UNKNOWN");
    expect(await succeed([...renew, "--request", publisher.request(device)])).toMatchObject({
      lid: bound.lid,
      seq: 1001,
    });
    expect(await succeed(publisher.command("revoke", open.lid))).toMatchObject({
      seq: 2,
      added: { licenses: [open.lid] },
    });
    expect((await publisher.audit()).code).toBe(0);
  });

  it("is not restarted while a register exists, nor with another publisher's license", async () => {
    const { out } = await issue();
    const before = snapshot(fixture.keys);
    expect(await refusal(publisher.command("restore", out, "--first-seq", "9"))).toBe("FILE_EXISTS");
    expect(snapshot(fixture.keys)).toEqual(before);
    await succeed(["keys", "init", "--dir", fixture.path("stranger"), "--dev"]);
    const strange = ["license", "restore", out, "--keys", fixture.path("stranger"), "--first-seq", "9"];
    expect(await refusal(strange)).toBe("LICENSE_REFUSED");
  });
});

describe("lost vault key", () => {
  const lose = () => rmSync(join(fixture.keys, "private", "vaults", `${packed.vaultId}.json`));
  const recover = (license: string, secret: string) =>
    keys("recover", "--stick", fixture.stick, "--license", license, "--passphrase-file", secret);

  it("is recovered from a license with its passphrase", async () => {
    const secret = publisher.next("txt");
    const { out } = await publisher.issue("--passphrase-file", secret);
    const before = snapshot(join(fixture.keys, "private", "vaults"));
    lose();
    expect(await refusal(["add", "--stick", fixture.stick, "--keys", fixture.keys, TIDES])).toBe("VAULT_KEY_MISSING");
    await succeed(recover(out, secret));
    expect(snapshot(join(fixture.keys, "private", "vaults"))).toEqual(before);
    await succeed(["add", "--stick", fixture.stick, "--keys", fixture.keys, TIDES]);
  });

  it("is not recovered with a wrong passphrase, from a license for a computer, or if the key exists", async () => {
    const secret = publisher.next("txt");
    const { out } = await publisher.issue("--passphrase-file", secret);
    const bound = await issue();
    expect(await refusal(recover(out, secret))).toBe("KEYS_EXIST");
    lose();
    const wrong = publisher.written("txt", "0000-0000-0000-0000-0000-0000\n");
    expect(await refusal(recover(out, wrong))).toBe("PASSPHRASE_INVALID");
    expect(await refusal(recover(bound.out, secret))).toBe("PASSPHRASE_INVALID");
  });

  it("without a license: the videos are packed again as another vault", async () => {
    lose();
    const fresh = fixture.path("fresh-stick");
    mkdirSync(fresh);
    const { vaultId } = await succeed<Packed>(["pack", "--stick", fresh, "--keys", fixture.keys, TIDES]);
    expect(vaultId).not.toBe(packed.vaultId);
  });
});
