import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseRevocations } from "../../../src-shared/license/index.ts";
import { DAY } from "../../../src-shared/units.ts";
import { type Device, newDevice } from "../support/device.ts";
import { openIssuingFixture } from "../support/licenses.ts";
import { type Answer, refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import {
  openPackedPublisher,
  snapshot,
  TIDES,
  trustRootsOf,
  type PublisherFixture,
} from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let publisher: ReturnType<typeof openIssuingFixture>;
let device: Device;
beforeEach(async () => {
  const opened = await openPackedPublisher();
  fixture = opened.fixture;
  publisher = openIssuingFixture(fixture, opened.packed);
  device = await newDevice();
});
afterEach(() => fixture.remove());

type Rotated = { kid: string; generation: number; retired: string[]; seq: number };
// Licenses that end with the old key are part of these tests: nobody is asked.
const keysCommand = (...args: string[]) => ["keys", ...args, "--keys", fixture.keys, "--yes"];
const rotate = (role: string, ...rest: string[]) => keysCommand("rotate", "--role", role, ...rest);
const issue = () => publisher.issue("--request", publisher.request(device));
const code = (answer: Answer) => answer.json?.["code"];
const kidOf = (role: string, name = `${role}.jwk.json`) =>
  (JSON.parse(readFileSync(join(fixture.trust, name), "utf8")) as { kid: string }).kid;

describe("keys rotate", () => {
  it("creates the next issuer key, retires the previous one, and signs that with the parent key", async () => {
    const before = await issue();
    const old = kidOf("license-issuer");
    const rotated = await succeed<Rotated>(rotate("license-issuer"));
    expect(rotated).toMatchObject({ generation: 2, retired: [old], seq: 1 });
    const after = await issue();
    expect(publisher.entries().at(-1)).toMatchObject({ kind: "license", kid: rotated.kid });
    expect(code(await publisher.check(after.out))).toBe("OK");
    expect(code(await publisher.check(before.out))).toBe("KEY_UNKNOWN");
    expect((await publisher.audit()).code).toBe(0);
  });

  it("leaves key files with the same state as the manifest, for builds of the app", async () => {
    await succeed(rotate("license-issuer"));
    const applied = trustRootsOf(fixture);
    rmSync(join(fixture.trust, "keys.uvvkeys"));
    const byKid = (a: { kid: string }, b: { kid: string }) => (a.kid < b.kid ? -1 : 1);
    expect(trustRootsOf(fixture).toSorted(byKid)).toEqual(applied.toSorted(byKid));
  });

  it("keeps the old key valid until it is retired", async () => {
    const before = await issue();
    const old = kidOf("license-issuer");
    expect(await succeed<Rotated>(rotate("license-issuer", "--keep-old"))).toMatchObject({ retired: [] });
    const after = await issue();
    expect([code(await publisher.check(before.out)), code(await publisher.check(after.out))]).toEqual(["OK", "OK"]);
    const older = { role: "license-issuer", kid: old };
    const check = ["keys", "check", "--keys", fixture.keys];
    expect(await succeed(check)).toMatchObject({ older: [{ ...older, retired: false }] });
    expect(await succeed(keysCommand("retire", old))).toMatchObject({ retired: [old], seq: 2 });
    expect(await succeed(check)).toMatchObject({ older: [{ ...older, retired: true }] });
    expect([code(await publisher.check(before.out)), code(await publisher.check(after.out))]).toEqual([
      "KEY_UNKNOWN",
      "OK",
    ]);
  });

  it("signs the revocation list again with the new key", async () => {
    const { lid } = await issue();
    const { seq } = await succeed<{ seq: number }>(publisher.command("revoke", lid));
    await succeed(rotate("revocation-list"));
    const list = parseRevocations(
      readFileSync(join(fixture.keys, "revocations.uvvrev"), "utf8"),
      trustRootsOf(fixture),
    );
    expect(list).toMatchObject({ ok: true, value: { counter: { generation: 2, sequence: seq + 1 } } });
    expect(list.ok && [...list.value.licenses]).toEqual([lid]);
    expect((await publisher.audit()).code).toBe(0);
  });

  it("can renew licenses that the old key signed", async () => {
    const { lid } = await issue();
    await succeed(rotate("license-issuer"));
    const out = publisher.next("uvvlic");
    await succeed(publisher.command("renew", lid, "--days", "9", "--out", out));
    expect(code(await publisher.check(out))).toBe("OK");
  });

  it("does not let publishers lock themselves out of their sticks", async () => {
    const before = snapshot(fixture.keys);
    expect(await refusal(rotate("vault-publisher"))).toBe("USAGE");
    expect(snapshot(fixture.keys)).toEqual(before);
  });

  it("finds a moved parent key with --parent, and changes nothing without it", async () => {
    const away = fixture.path("safe");
    renameSync(join(fixture.keys, "private", "offline"), away);
    const before = snapshot(fixture.trust);
    expect(await refusal(rotate("license-issuer"))).toBe("KEYS_MISSING");
    expect(snapshot(fixture.trust)).toEqual(before);
    expect(await succeed<Rotated>(rotate("license-issuer", "--parent", away))).toMatchObject({ generation: 2 });
    expect(existsSync(join(fixture.keys, "private", "offline"))).toBe(false);
  });

  it("refuses another publisher's parent key", async () => {
    await succeed(["keys", "init", "--dir", fixture.path("stranger"), "--dev"]);
    const strange = fixture.path("stranger", "private", "offline");
    expect(await refusal(rotate("license-issuer", "--parent", strange))).toBe("KEYS_BROKEN");
  });

  it("succeeds after a run that was stopped after it had written the private key", async () => {
    const keep = fixture.path("kept");
    cpSync(fixture.trust, keep, { recursive: true });
    const register = readFileSync(join(fixture.keys, "register.jsonl"), { encoding: "utf8", flag: "a+" });
    const first = await succeed<Rotated>(rotate("license-issuer"));
    rmSync(fixture.trust, { recursive: true });
    cpSync(keep, fixture.trust, { recursive: true });
    writeFileSync(join(fixture.keys, "register.jsonl"), register);
    rmSync(join(fixture.keys, "register.head"));
    expect((await issue()).seq).toBe(1);
    const again = await succeed<Rotated>(rotate("license-issuer"));
    expect(again.generation).toBe(2);
    expect(again.kid).not.toBe(first.kid);
    expect(code(await publisher.check((await issue()).out))).toBe("OK");
  });

  it("is reported by the audit if it was stopped between register and manifest", async () => {
    await succeed(rotate("license-issuer"));
    const manifest = readFileSync(join(fixture.trust, "keys.uvvkeys"));
    await succeed(rotate("license-issuer"));
    writeFileSync(join(fixture.trust, "keys.uvvkeys"), manifest);
    rmSync(join(fixture.trust, "license-issuer.3.jwk.json"));
    const answer = await publisher.audit();
    expect(answer.json?.["faults"]).toEqual([expect.stringMatching(/not the key manifest that the register holds/)]);
    await succeed(rotate("license-issuer"));
    expect((await publisher.audit()).code).toBe(0);
  });
});

describe("licenses that still play", () => {
  it("are counted before a key is replaced or retired, and nothing changes without a yes", async () => {
    const old = kidOf("license-issuer");
    await issue();
    await issue();
    const told = { code: "LICENSES_WOULD_END", message: expect.stringMatching(/2 licenses that still play/) };
    const replace = ["keys", "rotate", "--keys", fixture.keys, "--role", "license-issuer"];
    expect((await vaultctl([...replace, "--json"])).json).toMatchObject({ error: told, licenses: 2 });
    await succeed([...replace, "--keep-old"]);
    const retire = ["keys", "retire", old, "--keys", fixture.keys];
    expect((await vaultctl([...retire, "--json"])).json).toMatchObject({ error: told, licenses: 2 });
    expect(
      (await succeed<{ licenses: { state: string }[] }>(["license", "list", "--keys", fixture.keys])).licenses,
    ).toMatchObject([{ state: "active" }, { state: "active" }]);
    await succeed([...retire, "--yes"]);
  });

  it("are not counted if they were revoked, have ended, or were renewed with the new key", async () => {
    const old = kidOf("license-issuer");
    const [ended, revoked, renewed] = [await issue(), await issue(), await issue()];
    await succeed(rotate("license-issuer", "--keep-old"));
    await succeed(["license", "revoke", revoked.lid, "--keys", fixture.keys]);
    const renew = [
      "license",
      "renew",
      renewed.lid,
      "--extend",
      "9y",
      "--keys",
      fixture.keys,
      "--out",
      fixture.path("renewed"),
    ];
    await succeed(renew);
    const later = await vaultctl(["keys", "retire", old, "--keys", fixture.keys, "--json"], ended.exp + DAY);
    expect(later.json).toMatchObject({ ok: true, retired: [old] });
  });
});

describe("keys retire", () => {
  it("keeps one key for each role", async () => {
    expect(await refusal(["keys", "retire", kidOf("license-issuer"), "--keys", fixture.keys])).toBe("USAGE");
    expect(await refusal(["keys", "retire", "lic-none", "--keys", fixture.keys])).toBe("KEY_UNKNOWN");
    expect(await refusal(["keys", "retire", kidOf("key-manifest"), "--keys", fixture.keys])).toBe("KEY_UNKNOWN");
  });
});

describe("a stick", () => {
  const onStick = (stick = fixture.stick) => join(stick, "VAULT", "keys.uvvkeys");
  const manifest = () => readFileSync(join(fixture.trust, "keys.uvvkeys"));

  it("has the key manifest after each change, on each copy, and after `keys publish`", async () => {
    expect(existsSync(onStick())).toBe(false);
    await succeed(rotate("license-issuer"));
    await succeed(["keys", "publish", "--keys", fixture.keys, "--stick", fixture.stick]);
    expect(readFileSync(onStick())).toEqual(manifest());
    await succeed(rotate("license-issuer"));
    await succeed(["add", "--stick", fixture.stick, "--keys", fixture.keys, TIDES]);
    expect(readFileSync(onStick())).toEqual(manifest());
    const [copy, fresh] = [fixture.newStick("copy"), fixture.newStick("fresh")];
    await succeed(["stick", "copy", fixture.stick, copy, "--keys", fixture.keys]);
    await succeed(["pack", "--stick", fresh, "--keys", fixture.keys, TIDES]);
    for (const stick of [copy, fresh]) {
      expect(readFileSync(onStick(stick))).toEqual(manifest());
      expect(await succeed(["verify", stick, "--trust", fixture.trust])).toMatchObject({ extras: [] });
    }
  });

  it("is not written to if nothing is new", async () => {
    await succeed(rotate("license-issuer"));
    const publish = ["keys", "publish", "--keys", fixture.keys, "--stick", fixture.stick];
    expect(await succeed(publish)).toMatchObject({ written: ["keys.uvvkeys"] });
    expect(await succeed(publish)).toMatchObject({ written: [] });
  });

  it("is signed again with the next publisher key before the old one is retired", async () => {
    const old = kidOf("vault-publisher");
    const { kid } = await succeed<Rotated>(rotate("vault-publisher", "--keep-old"));
    const verify = ["verify", fixture.stick, "--trust", fixture.trust];
    expect(await succeed(["stick", "resign", "--stick", fixture.stick, "--keys", fixture.keys])).toMatchObject({
      kid,
      gen: 2,
    });
    await succeed(keysCommand("retire", old));
    expect(await succeed(verify)).toMatchObject({ gen: 2, faults: [], extras: [] });
  });

  it("signed by a retired key cannot be opened", async () => {
    const old = kidOf("vault-publisher");
    await succeed(rotate("vault-publisher", "--keep-old"));
    await succeed(keysCommand("retire", old));
    expect(await refusal(["verify", fixture.stick, "--trust", fixture.trust])).toBe("VAULT_UNTRUSTED");
  });
});

describe("trust", () => {
  it("is refused with a key manifest that does not match", async () => {
    await succeed(rotate("license-issuer"));
    const folder = fixture.path("mixed");
    await succeed(["keys", "init", "--dir", fixture.path("stranger"), "--dev"]);
    cpSync(fixture.path("stranger", "public"), folder, { recursive: true });
    cpSync(join(fixture.trust, "keys.uvvkeys"), join(folder, "keys.uvvkeys"));
    expect(await refusal(["verify", fixture.stick, "--trust", folder])).toBe("BAD_TRUST_KEY");
  });

  it("uses the manifest if the key files are older", async () => {
    const older = fixture.path("older");
    cpSync(fixture.trust, older, { recursive: true });
    const before = await issue();
    await succeed(rotate("license-issuer"));
    const after = await issue();
    cpSync(join(fixture.trust, "keys.uvvkeys"), join(older, "keys.uvvkeys"));
    const check = (file: string) =>
      vaultctl(["license", "check", file, "--stick", fixture.stick, "--trust", older, "--json"]);
    expect([code(await check(before.out)), code(await check(after.out))]).toEqual(["KEY_UNKNOWN", "OK"]);
  });
});

describe("keys new-parent", () => {
  it("replaces a lost parent key, for readers that have its public half", async () => {
    const before = fixture.path("before");
    cpSync(fixture.trust, before, { recursive: true });
    await succeed(rotate("license-issuer"));
    rmSync(join(fixture.keys, "private", "offline"), { recursive: true });
    const old = kidOf("key-manifest");
    const made = await succeed<Rotated>(["keys", "new-parent", "--keys", fixture.keys]);
    expect(made).toMatchObject({ generation: 2, retired: [old], seq: 2 });
    expect(await succeed<Rotated>(rotate("license-issuer"))).toMatchObject({ generation: 3, seq: 3 });
    expect(code(await publisher.check((await issue()).out))).toBe("OK");
    expect((await publisher.audit()).code).toBe(0);
    // A reader with only the old parent key refuses the new manifest, and keeps its keys.
    cpSync(join(fixture.trust, "keys.uvvkeys"), join(before, "keys.uvvkeys"));
    expect(await refusal(["verify", fixture.stick, "--trust", before])).toBe("BAD_TRUST_KEY");
  });

  it("adds a parent key to a key folder of the first version", async () => {
    rmSync(join(fixture.keys, "private", "offline"), { recursive: true });
    rmSync(join(fixture.trust, "key-manifest.jwk.json"));
    expect(code(await publisher.check((await issue()).out))).toBe("OK");
    expect(await refusal(rotate("license-issuer"))).toBe("KEYS_MISSING");
    expect(await succeed<Rotated>(["keys", "new-parent", "--keys", fixture.keys])).toMatchObject({ generation: 1 });
    expect(await succeed<Rotated>(rotate("license-issuer"))).toMatchObject({ generation: 2 });
    expect(readdirSync(fixture.trust)).toContain("key-manifest.jwk.json");
  });
});

describe("stick floor", () => {
  const floor = (n: number) => [
    "stick",
    "floor",
    "--stick",
    fixture.stick,
    "--keys",
    fixture.keys,
    "--min-seq",
    String(n),
  ];

  it("refuses older licenses with a passphrase, even on computers with an empty ledger", async () => {
    const [old, bound] = [await publisher.issue("--passphrase-file", publisher.next("txt")), await issue()];
    const young = await publisher.issue("--passphrase-file", publisher.next("txt"));
    const raised = await succeed<{ refused: object[] }>(floor(young.seq));
    expect(raised).toMatchObject({
      gen: 2,
      minSeq: young.seq,
      refused: [{ lid: old.lid, seq: old.seq, sub: "C-0042" }],
    });
    const codes = await Promise.all([old, bound, young].map(async ({ out }) => code(await publisher.check(out))));
    expect(codes).toEqual(["ROLLED_BACK", "OK", "OK"]);
  });

  it("never decreases, is never above the issued numbers, and survives later changes", async () => {
    for (let i = 0; i < 3; i++) await publisher.issue("--passphrase-file", publisher.next("txt"));
    await succeed(floor(2));
    expect(await refusal(floor(1))).toBe("USAGE");
    expect(await refusal(floor(4))).toBe("USAGE");
    await succeed(["add", "--stick", fixture.stick, "--keys", fixture.keys, TIDES]);
    expect(await succeed(["stick", "resign", "--stick", fixture.stick, "--keys", fixture.keys])).toMatchObject({
      minSeq: 2,
    });
  });
});
