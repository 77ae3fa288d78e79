import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseRevocations } from "../../../src-shared/license/index.ts";
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

let workshop: PublisherFixture;
let publisher: ReturnType<typeof openIssuingFixture>;
let device: Device;
beforeEach(async () => {
  const opened = await openPackedPublisher();
  workshop = opened.workshop;
  publisher = openIssuingFixture(workshop, opened.packed);
  device = await newDevice();
});
afterEach(() => workshop.remove());

type Rotated = { kid: string; generation: number; retired: string[]; seq: number };
const rotate = (role: string, ...rest: string[]) => [
  "keys",
  "rotate",
  "--keys",
  workshop.keys,
  "--role",
  role,
  ...rest,
];
const issue = () => publisher.issue("--request", publisher.request(device));
const code = (answer: Answer) => answer.json?.["code"];
const kidOf = (role: string, name = `${role}.jwk.json`) =>
  (JSON.parse(readFileSync(join(workshop.trust, name), "utf8")) as { kid: string }).kid;

describe("keys rotate", () => {
  it("makes the next issuer key, retires the one before, and has the parent say so", async () => {
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

  it("leaves key files that say the same without the manifest: a new app is built from them", async () => {
    await succeed(rotate("license-issuer"));
    const applied = trustRootsOf(workshop);
    rmSync(join(workshop.trust, "keys.uvvkeys"));
    const byKid = (a: { kid: string }, b: { kid: string }) => (a.kid < b.kid ? -1 : 1);
    expect(trustRootsOf(workshop).toSorted(byKid)).toEqual(applied.toSorted(byKid));
  });

  it("keeps the old key for an overlap, until it is retired", async () => {
    const before = await issue();
    const old = kidOf("license-issuer");
    expect(await succeed<Rotated>(rotate("license-issuer", "--keep-old"))).toMatchObject({ retired: [] });
    const after = await issue();
    expect([code(await publisher.check(before.out)), code(await publisher.check(after.out))]).toEqual(["OK", "OK"]);
    expect(await succeed(["keys", "retire", old, "--keys", workshop.keys])).toMatchObject({ retired: [old], seq: 2 });
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
      readFileSync(join(workshop.keys, "revocations.uvvrev"), "utf8"),
      trustRootsOf(workshop),
    );
    expect(list).toMatchObject({ ok: true, value: { counter: { generation: 2, sequence: seq + 1 } } });
    expect(list.ok && [...list.value.licenses]).toEqual([lid]);
    expect((await publisher.audit()).code).toBe(0);
  });

  it("renews with the new key what the old one had signed", async () => {
    const { lid } = await issue();
    await succeed(rotate("license-issuer"));
    const out = publisher.next("uvvlic");
    await succeed(publisher.command("renew", lid, "--days", "9", "--out", out));
    expect(code(await publisher.check(out))).toBe("OK");
  });

  it("lets nobody lock himself out of his own sticks", async () => {
    const before = snapshot(workshop.keys);
    expect(await refusal(rotate("vault-publisher"))).toBe("USAGE");
    expect(snapshot(workshop.keys)).toEqual(before);
  });

  it("finds the parent key where it was put, and does nothing without it", async () => {
    const away = workshop.path("safe");
    renameSync(join(workshop.keys, "private", "offline"), away);
    const before = snapshot(workshop.trust);
    expect(await refusal(rotate("license-issuer"))).toBe("KEYS_MISSING");
    expect(snapshot(workshop.trust)).toEqual(before);
    expect(await succeed<Rotated>(rotate("license-issuer", "--parent", away))).toMatchObject({ generation: 2 });
    expect(existsSync(join(workshop.keys, "private", "offline"))).toBe(false);
  });

  it("takes no other publisher's parent key", async () => {
    await succeed(["keys", "init", "--dir", workshop.path("stranger"), "--dev"]);
    const strange = workshop.path("stranger", "private", "offline");
    expect(await refusal(rotate("license-issuer", "--parent", strange))).toBe("KEYS_BROKEN");
  });

  it("goes on after a run that was stopped when the private key was written", async () => {
    const keep = workshop.path("kept");
    cpSync(workshop.trust, keep, { recursive: true });
    const register = readFileSync(join(workshop.keys, "register.jsonl"), { encoding: "utf8", flag: "a+" });
    const first = await succeed<Rotated>(rotate("license-issuer"));
    rmSync(workshop.trust, { recursive: true });
    cpSync(keep, workshop.trust, { recursive: true });
    writeFileSync(join(workshop.keys, "register.jsonl"), register);
    rmSync(join(workshop.keys, "register.head"));
    expect((await issue()).seq).toBe(1);
    const again = await succeed<Rotated>(rotate("license-issuer"));
    expect(again.generation).toBe(2);
    expect(again.kid).not.toBe(first.kid);
    expect(code(await publisher.check((await issue()).out))).toBe("OK");
  });

  it("is told by the audit when it was stopped between register and manifest", async () => {
    await succeed(rotate("license-issuer"));
    const manifest = readFileSync(join(workshop.trust, "keys.uvvkeys"));
    await succeed(rotate("license-issuer"));
    writeFileSync(join(workshop.trust, "keys.uvvkeys"), manifest);
    rmSync(join(workshop.trust, "license-issuer.3.jwk.json"));
    const answer = await publisher.audit();
    expect(answer.json?.["faults"]).toEqual([expect.stringMatching(/not the key manifest that the register holds/)]);
    await succeed(rotate("license-issuer"));
    expect((await publisher.audit()).code).toBe(0);
  });
});

describe("keys retire", () => {
  it("leaves each role one key", async () => {
    expect(await refusal(["keys", "retire", kidOf("license-issuer"), "--keys", workshop.keys])).toBe("USAGE");
    expect(await refusal(["keys", "retire", "lic-none", "--keys", workshop.keys])).toBe("KEY_UNKNOWN");
    expect(await refusal(["keys", "retire", kidOf("key-manifest"), "--keys", workshop.keys])).toBe("KEY_UNKNOWN");
  });
});

describe("a stick", () => {
  const onStick = (stick = workshop.stick) => join(stick, "VAULT", "keys.uvvkeys");
  const manifest = () => readFileSync(join(workshop.trust, "keys.uvvkeys"));

  it("carries the key manifest after each change, on each copy, and when it is published", async () => {
    expect(existsSync(onStick())).toBe(false);
    await succeed(rotate("license-issuer"));
    await succeed(["keys", "publish", "--keys", workshop.keys, "--stick", workshop.stick]);
    expect(readFileSync(onStick())).toEqual(manifest());
    await succeed(rotate("license-issuer"));
    await succeed(["add", "--stick", workshop.stick, "--keys", workshop.keys, TIDES]);
    expect(readFileSync(onStick())).toEqual(manifest());
    const [copy, fresh] = [workshop.newStick("copy"), workshop.newStick("fresh")];
    await succeed(["stick", "copy", workshop.stick, copy, "--keys", workshop.keys]);
    await succeed(["pack", "--stick", fresh, "--keys", workshop.keys, TIDES]);
    for (const stick of [copy, fresh]) {
      expect(readFileSync(onStick(stick))).toEqual(manifest());
      expect(await succeed(["verify", stick, "--trust", workshop.trust])).toMatchObject({ extras: [] });
    }
  });

  it("is not written to when nothing is new", async () => {
    await succeed(rotate("license-issuer"));
    const publish = ["keys", "publish", "--keys", workshop.keys, "--stick", workshop.stick];
    expect(await succeed(publish)).toMatchObject({ written: ["keys.uvvkeys"] });
    expect(await succeed(publish)).toMatchObject({ written: [] });
  });

  it("is signed anew with the next publisher key before the old one is retired", async () => {
    const old = kidOf("vault-publisher");
    const { kid } = await succeed<Rotated>(rotate("vault-publisher", "--keep-old"));
    const verify = ["verify", workshop.stick, "--trust", workshop.trust];
    expect(await succeed(["stick", "resign", "--stick", workshop.stick, "--keys", workshop.keys])).toMatchObject({
      kid,
      gen: 2,
    });
    await succeed(["keys", "retire", old, "--keys", workshop.keys]);
    expect(await succeed(verify)).toMatchObject({ gen: 2, faults: [], extras: [] });
  });

  it("that the retired key had signed opens nowhere", async () => {
    const old = kidOf("vault-publisher");
    await succeed(rotate("vault-publisher", "--keep-old"));
    await succeed(["keys", "retire", old, "--keys", workshop.keys]);
    expect(await refusal(["verify", workshop.stick, "--trust", workshop.trust])).toBe("VAULT_UNTRUSTED");
  });
});

describe("trust", () => {
  it("is refused with a key manifest that does not fit", async () => {
    await succeed(rotate("license-issuer"));
    const folder = workshop.path("mixed");
    await succeed(["keys", "init", "--dir", workshop.path("stranger"), "--dev"]);
    cpSync(workshop.path("stranger", "public"), folder, { recursive: true });
    cpSync(join(workshop.trust, "keys.uvvkeys"), join(folder, "keys.uvvkeys"));
    expect(await refusal(["verify", workshop.stick, "--trust", folder])).toBe("BAD_TRUST_KEY");
  });

  it("follows the manifest where the key files are older than it", async () => {
    const older = workshop.path("older");
    cpSync(workshop.trust, older, { recursive: true });
    const before = await issue();
    await succeed(rotate("license-issuer"));
    const after = await issue();
    cpSync(join(workshop.trust, "keys.uvvkeys"), join(older, "keys.uvvkeys"));
    const check = (file: string) =>
      vaultctl(["license", "check", file, "--stick", workshop.stick, "--trust", older, "--json"]);
    expect([code(await check(before.out)), code(await check(after.out))]).toEqual(["KEY_UNKNOWN", "OK"]);
  });
});

describe("keys new-parent", () => {
  it("takes over from a lost parent key, for readers that are given its public half", async () => {
    const before = workshop.path("before");
    cpSync(workshop.trust, before, { recursive: true });
    await succeed(rotate("license-issuer"));
    rmSync(join(workshop.keys, "private", "offline"), { recursive: true });
    const old = kidOf("key-manifest");
    const made = await succeed<Rotated>(["keys", "new-parent", "--keys", workshop.keys]);
    expect(made).toMatchObject({ generation: 2, retired: [old], seq: 2 });
    expect(await succeed<Rotated>(rotate("license-issuer"))).toMatchObject({ generation: 3, seq: 3 });
    expect(code(await publisher.check((await issue()).out))).toBe("OK");
    expect((await publisher.audit()).code).toBe(0);
    // Whoever has only the old parent refuses what the new one says, and keeps the keys he has.
    cpSync(join(workshop.trust, "keys.uvvkeys"), join(before, "keys.uvvkeys"));
    expect(await refusal(["verify", workshop.stick, "--trust", before])).toBe("BAD_TRUST_KEY");
  });

  it("gives a parent to a key folder of the first version", async () => {
    rmSync(join(workshop.keys, "private", "offline"), { recursive: true });
    rmSync(join(workshop.trust, "key-manifest.jwk.json"));
    expect(code(await publisher.check((await issue()).out))).toBe("OK");
    expect(await refusal(rotate("license-issuer"))).toBe("KEYS_MISSING");
    expect(await succeed<Rotated>(["keys", "new-parent", "--keys", workshop.keys])).toMatchObject({ generation: 1 });
    expect(await succeed<Rotated>(rotate("license-issuer"))).toMatchObject({ generation: 2 });
    expect(readdirSync(workshop.trust)).toContain("key-manifest.jwk.json");
  });
});

describe("stick floor", () => {
  const floor = (n: number) => [
    "stick",
    "floor",
    "--stick",
    workshop.stick,
    "--keys",
    workshop.keys,
    "--min-seq",
    String(n),
  ];

  it("refuses older licenses where a passphrase is asked for, on computers that remember nothing", async () => {
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

  it("never falls, is never above what was issued, and stays through later changes", async () => {
    for (let i = 0; i < 3; i++) await publisher.issue("--passphrase-file", publisher.next("txt"));
    await succeed(floor(2));
    expect(await refusal(floor(1))).toBe("USAGE");
    expect(await refusal(floor(4))).toBe("USAGE");
    await succeed(["add", "--stick", workshop.stick, "--keys", workshop.keys, TIDES]);
    expect(await succeed(["stick", "resign", "--stick", workshop.stick, "--keys", workshop.keys])).toMatchObject({
      minSeq: 2,
    });
  });
});
