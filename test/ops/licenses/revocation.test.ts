import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parseRevocations } from "../../../src-shared/license/index.ts";
import { type Device, newDevice } from "../support/device.ts";
import { openIssuingFixture } from "../support/licenses.ts";
import { type Answer, type Packed, refusal, succeed } from "../support/vaultctl.ts";
import {
  openPublisherFixture,
  sha256,
  TIDES,
  trustRootsOf,
  type PublisherFixture,
} from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let workshop: PublisherFixture;
let publisher: ReturnType<typeof openIssuingFixture>;
let device: Device;
beforeAll(async () => {
  workshop = await openPublisherFixture();
  const packed = await succeed<Packed>(["pack", "--stick", workshop.stick, "--keys", workshop.keys, TIDES]);
  publisher = openIssuingFixture(workshop, packed);
  device = await newDevice();
});
afterAll(() => workshop.remove());

type Revoked = { seq: number; licenses: string[]; keys: string[]; added: { licenses: string[]; keys: string[] } };
const revoke = (...rest: string[]) => succeed<Revoked>(publisher.command("revoke", ...rest));
const onStick = (stick = workshop.stick) => join(stick, "VAULT", "revocations.uvvrev");
const ofPublisher = () => join(workshop.keys, "revocations.uvvrev");
const issue = () => publisher.issue("--request", publisher.request(device));
const listIn = (path: string) => {
  const list = parseRevocations(readFileSync(path, "utf8"), trustRootsOf(workshop));
  if (!list.ok) throw new Error(list.error);
  return list.value;
};
const code = (answer: Answer) => answer.json?.["code"];

describe("revoke", () => {
  it("refuses the license wherever the list has come to, and no other", async () => {
    const [gone, good] = [await issue(), await issue()];
    expect(code(await publisher.check(gone.out))).toBe("OK");
    await revoke(gone.lid);
    expect(code(await publisher.check(gone.out))).toBe("OK");
    await revoke("--stick", workshop.stick);
    expect(code(await publisher.check(gone.out))).toBe("REVOKED");
    expect(code(await publisher.check(good.out))).toBe("OK");
  });

  it("adds to what was revoked before, under the next number", async () => {
    const [a, b] = [await issue(), await issue()];
    const first = await revoke(a.lid);
    const second = await revoke(b.lid, a.lid);
    expect(second.seq).toBe(first.seq + 1);
    expect(second.added).toEqual({ licenses: [b.lid], keys: [] });
    const list = listIn(ofPublisher());
    expect(list.counter).toEqual({ generation: 1, sequence: second.seq });
    expect([...list.licenses]).toEqual(second.licenses);
    expect(second.licenses).toEqual(expect.arrayContaining([...first.licenses, b.lid]));
  });

  it("enters the list with its hash", async () => {
    const { lid } = await issue();
    const { seq } = await revoke(lid);
    const hash = Buffer.from(sha256(readFileSync(ofPublisher())), "hex").toString("base64url");
    expect(publisher.entries().at(-1)).toMatchObject({
      kind: "revocation",
      seq,
      licenses: [lid],
      keys: [],
      sha256: hash,
    });
  });

  it("signs no new list when nothing is new", async () => {
    const { lid } = await issue();
    const { seq } = await revoke(lid);
    const before = readFileSync(ofPublisher());
    expect((await revoke(lid)).seq).toBe(seq);
    expect(readFileSync(ofPublisher())).toEqual(before);
  });

  it("signs the list again when it is lost, under the next number", async () => {
    const { seq, licenses } = await revoke((await issue()).lid);
    rmSync(ofPublisher());
    expect(await revoke()).toMatchObject({ seq: seq + 1, licenses });
    expect((await publisher.audit()).code).toBe(0);
  });

  it("takes an issuer key out with all it signed", async () => {
    const { out } = await issue();
    const stick = workshop.newStick("for-key");
    cpSync(workshop.stick, stick, { recursive: true });
    const keys = workshop.path("copied-keys");
    cpSync(workshop.keys, keys, { recursive: true });
    const { kid } = JSON.parse(readFileSync(join(keys, "public", "license-issuer.jwk.json"), "utf8")) as {
      kid: string;
    };
    await succeed(["license", "revoke", "--keys", keys, "--key", kid, "--stick", stick]);
    const args = ["license", "check", out, "--stick", stick, "--trust", workshop.trust];
    expect(await refusal(args)).toBe("LICENSE_REFUSED");
    expect(code(await publisher.check(out))).toBe("OK");
  });

  it("writes onto every stick that is named, and copies take the list along", async () => {
    const [a, b] = [workshop.newStick("a"), workshop.newStick("b")];
    await succeed(["stick", "copy", workshop.stick, a, "--keys", workshop.keys]);
    const { lid } = await issue();
    const { seq } = await revoke(lid, "--stick", a, "--stick", workshop.stick);
    await succeed(["stick", "copy", a, b, "--keys", workshop.keys]);
    for (const stick of [a, b, workshop.stick]) expect(listIn(onStick(stick)).counter.sequence).toBe(seq);
    expect(await succeed(["verify", b, "--trust", workshop.trust])).toMatchObject({ extras: [] });
  });

  it.each<[string, () => Promise<string[]>, string]>([
    ["a license that was never issued", async () => ["a".repeat(26)], "LICENSE_UNKNOWN"],
    ["what is no id", async () => ["everything"], "USAGE"],
    ["a key that is none of ours", async () => ["--key", "lic-unknown"], "KEY_UNKNOWN"],
    [
      "a stick without a vault, before anything is signed",
      async () => [(await issue()).lid, "--stick", workshop.newStick("empty")],
      "NO_VAULT",
    ],
  ])("refuses %s", async (_what, args, expected) => {
    const rest = await args();
    const before = publisher.entries().length;
    expect(await refusal(publisher.command("revoke", ...rest))).toBe(expected);
    expect(publisher.entries()).toHaveLength(before);
  });

  it("keeps a revoked license from being renewed", async () => {
    const { lid } = await issue();
    await revoke(lid);
    const args = publisher.command("renew", lid, "--days", "9", "--out", publisher.next("uvvlic"));
    expect(await refusal(args)).toBe("LICENSE_REVOKED");
  });

  it("refuses to work with keys that a stick has overtaken", async () => {
    const old = workshop.path("old-keys");
    cpSync(workshop.keys, old, { recursive: true });
    await revoke((await issue()).lid, "--stick", workshop.stick);
    const before = readFileSync(onStick());
    expect(await refusal(["license", "revoke", "--keys", old, "--stick", workshop.stick])).toBe("KEYS_OUTDATED");
    expect(await refusal(["add", "--keys", old, "--stick", workshop.stick, TIDES])).toBe("KEYS_OUTDATED");
    expect(readFileSync(onStick())).toEqual(before);
  });
});

describe("license audit", () => {
  it("finds nothing wrong with what was done", async () => {
    const { lid } = await issue();
    await revoke(lid);
    const answer = await publisher.audit();
    expect(answer.json).toMatchObject({ ok: true, faults: [], entries: publisher.entries().length });
    expect(answer.code).toBe(0);
  });

  // Each puts things back when it is over.
  async function faultsAfter(change: () => void): Promise<string[]> {
    const keep = workshop.path("kept-keys");
    rmSync(keep, { recursive: true, force: true });
    cpSync(workshop.keys, keep, { recursive: true });
    change();
    const answer = await publisher.audit();
    rmSync(workshop.keys, { recursive: true });
    cpSync(keep, workshop.keys, { recursive: true });
    expect(answer.code).toBe(1);
    expect(answer.json).toMatchObject({ ok: false, error: { code: "AUDIT_FAILED" } });
    return answer.json?.["faults"] as string[];
  }

  it.each<[string, () => void, RegExp]>([
    ["a lost list", () => rmSync(ofPublisher()), /revocations\.uvvrev is not there/],
    ["a list of someone else", () => writeFileSync(ofPublisher(), "x"), /not signed by the newest key/],
    [
      "a register whose end was cut off",
      () => {
        const path = join(workshop.keys, "register.jsonl");
        writeFileSync(path, `${readFileSync(path, "utf8").trimEnd().split("\n").slice(0, -1).join("\n")}\n`);
      },
      /is missing: there were/,
    ],
    [
      "a changed entry",
      () => {
        const path = join(workshop.keys, "register.jsonl");
        writeFileSync(path, readFileSync(path, "utf8").replace('"C-0042"', '"C-0043"'));
      },
      /line 2 does not match the chain/,
    ],
    [
      "a key manifest that nobody entered",
      () => writeFileSync(join(workshop.trust, "keys.uvvkeys"), "x"),
      /keys\.uvvkeys does not fit the keys beside it/,
    ],
  ])("tells %s", async (_what, change, expected) => {
    expect(await faultsAfter(change)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  it("tells an older list that was put in the place of the newest", async () => {
    await revoke((await issue()).lid);
    const older = readFileSync(ofPublisher());
    await revoke((await issue()).lid);
    expect(await faultsAfter(() => writeFileSync(ofPublisher(), older))).toEqual([
      expect.stringMatching(/is not the list that the register holds/),
    ]);
    expect(existsSync(ofPublisher())).toBe(true);
  });
});
