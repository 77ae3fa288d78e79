import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { parseRevocations } from "../../../src-shared/license/index.ts";
import { DAY } from "../../../src-shared/units.ts";
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

let fixture: PublisherFixture;
let publisher: ReturnType<typeof openIssuingFixture>;
let device: Device;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  const packed = await succeed<Packed>(["pack", "--stick", fixture.stick, "--keys", fixture.keys, TIDES]);
  publisher = openIssuingFixture(fixture, packed);
  device = await newDevice();
});
afterAll(() => fixture.remove());

type Revoked = { seq: number; licenses: string[]; keys: string[]; added: { licenses: string[]; keys: string[] } };
const revoke = (...rest: string[]) => succeed<Revoked>(publisher.command("revoke", ...rest));
const onStick = (stick = fixture.stick) => join(stick, "VAULT", "revocations.uvvrev");
const ofPublisher = () => join(fixture.keys, "revocations.uvvrev");
const issue = () => publisher.issue("--request", publisher.request(device));
const listIn = (path: string) => {
  const list = parseRevocations(readFileSync(path, "utf8"), trustRootsOf(fixture));
  if (!list.ok) throw new Error(list.error);
  return list.value;
};
const code = (answer: Answer) => answer.json?.["code"];

describe("revoke", () => {
  it("makes the license invalid on each stick that has the list, and no other license", async () => {
    const [gone, good] = [await issue(), await issue()];
    expect(code(await publisher.check(gone.out))).toBe("OK");
    await revoke(gone.lid);
    expect(code(await publisher.check(gone.out))).toBe("OK");
    await revoke("--stick", fixture.stick);
    expect(code(await publisher.check(gone.out))).toBe("REVOKED");
    expect(code(await publisher.check(good.out))).toBe("OK");
  });

  it("adds to the earlier revocations, with the next number", async () => {
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

  it("enters the list and its hash in the register", async () => {
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

  it("leaves out what has expired when it signs the next list, keeps it revoked here, and passes the audit", async () => {
    const old = await issue();
    await revoke(old.lid);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 400 * DAY * 1000 });
    onTestFinished(() => void vi.useRealTimers());
    const { lid } = await issue();
    const { seq, licenses } = await revoke(lid);
    expect(licenses).toContain(lid);
    expect(licenses).not.toContain(old.lid);
    expect(listIn(ofPublisher()).counter.sequence).toBe(seq);
    expect((await publisher.audit()).code).toBe(0);
    const renewal = publisher.command("renew", old.lid, "--days", "9", "--out", publisher.next("uvvlic"));
    expect(await refusal(renewal)).toBe("LICENSE_REVOKED");
  });

  it("signs no new list when nothing is new", async () => {
    const { lid } = await issue();
    const { seq } = await revoke(lid);
    const before = readFileSync(ofPublisher());
    expect((await revoke(lid)).seq).toBe(seq);
    expect(readFileSync(ofPublisher())).toEqual(before);
  });

  it("signs a lost list again, with the next number", async () => {
    const { seq, licenses } = await revoke((await issue()).lid);
    rmSync(ofPublisher());
    expect(await revoke()).toMatchObject({ seq: seq + 1, licenses });
    expect((await publisher.audit()).code).toBe(0);
  });

  it("revokes an issuer key and every license that it signed", async () => {
    const { out } = await issue();
    const stick = fixture.newStick("for-key");
    cpSync(fixture.stick, stick, { recursive: true });
    const keys = fixture.path("copied-keys");
    cpSync(fixture.keys, keys, { recursive: true });
    const { kid } = JSON.parse(readFileSync(join(keys, "public", "license-issuer.jwk.json"), "utf8")) as {
      kid: string;
    };
    await succeed(["license", "revoke", "--keys", keys, "--key", kid, "--stick", stick]);
    const args = ["license", "check", out, "--stick", stick, "--trust", fixture.trust];
    expect(await refusal(args)).toBe("LICENSE_REFUSED");
    expect(code(await publisher.check(out))).toBe("OK");
  });

  it("writes the list onto every named stick, and copies of a stick include it", async () => {
    const [a, b] = [fixture.newStick("a"), fixture.newStick("b")];
    await succeed(["stick", "copy", fixture.stick, a, "--keys", fixture.keys]);
    const { lid } = await issue();
    const { seq } = await revoke(lid, "--stick", a, "--stick", fixture.stick);
    await succeed(["stick", "copy", a, b, "--keys", fixture.keys]);
    for (const stick of [a, b, fixture.stick]) expect(listIn(onStick(stick)).counter.sequence).toBe(seq);
    expect(await succeed(["verify", b, "--trust", fixture.trust])).toMatchObject({ extras: [] });
  });

  it.each<[string, () => Promise<string[]>, string]>([
    ["a license that was never issued", async () => ["a".repeat(26)], "LICENSE_UNKNOWN"],
    ["a customer that is not in the register", async () => ["everything"], "LICENSE_UNKNOWN"],
    ["a name that is no id", async () => ["C-1;rm"], "USAGE"],
    ["an unknown key", async () => ["--key", "lic-unknown"], "KEY_UNKNOWN"],
    [
      "a stick without a vault, before anything is signed",
      async () => [(await issue()).lid, "--stick", fixture.newStick("empty")],
      "NO_VAULT",
    ],
  ])("refuses %s", async (_what, args, expected) => {
    const rest = await args();
    const before = publisher.entries().length;
    expect(await refusal(publisher.command("revoke", ...rest))).toBe(expected);
    expect(publisher.entries()).toHaveLength(before);
  });

  it("prevents the renewal of a revoked license", async () => {
    const { lid } = await issue();
    await revoke(lid);
    const args = publisher.command("renew", lid, "--days", "9", "--out", publisher.next("uvvlic"));
    expect(await refusal(args)).toBe("LICENSE_REVOKED");
  });

  it("refuses a key folder that is older than a stick", async () => {
    const old = fixture.path("old-keys");
    cpSync(fixture.keys, old, { recursive: true });
    await revoke((await issue()).lid, "--stick", fixture.stick);
    const before = readFileSync(onStick());
    expect(await refusal(["license", "revoke", "--keys", old, "--stick", fixture.stick])).toBe("KEYS_OUTDATED");
    expect(await refusal(["add", "--keys", old, "--stick", fixture.stick, TIDES])).toBe("KEYS_OUTDATED");
    expect(readFileSync(onStick())).toEqual(before);
  });
});

describe("license audit", () => {
  it("finds no faults in a correct register", async () => {
    const { lid } = await issue();
    await revoke(lid);
    const answer = await publisher.audit();
    expect(answer.json).toMatchObject({ ok: true, faults: [], entries: publisher.entries().length });
    expect(answer.code).toBe(0);
  });

  // Restores the key folder afterwards.
  async function faultsAfter(change: () => void): Promise<string[]> {
    const keep = fixture.path("kept-keys");
    rmSync(keep, { recursive: true, force: true });
    cpSync(fixture.keys, keep, { recursive: true });
    change();
    const answer = await publisher.audit();
    rmSync(fixture.keys, { recursive: true });
    cpSync(keep, fixture.keys, { recursive: true });
    expect(answer.code).toBe(1);
    expect(answer.json).toMatchObject({ ok: false, error: { code: "AUDIT_FAILED" } });
    return answer.json?.["faults"] as string[];
  }

  it.each<[string, () => void, RegExp]>([
    ["a lost list", () => rmSync(ofPublisher()), /revocations\.uvvrev does not exist/],
    ["an invalid list", () => writeFileSync(ofPublisher(), "x"), /not signed by the newest key/],
    [
      "a register whose end was cut off",
      () => {
        const path = join(fixture.keys, "register.jsonl");
        writeFileSync(path, `${readFileSync(path, "utf8").trimEnd().split("\n").slice(0, -1).join("\n")}\n`);
      },
      /is missing: there were/,
    ],
    [
      "a changed entry",
      () => {
        const path = join(fixture.keys, "register.jsonl");
        writeFileSync(path, readFileSync(path, "utf8").replace('"C-0042"', '"C-0043"'));
      },
      /line 2 does not match the chain/,
    ],
    [
      "a key manifest that is not in the register",
      () => writeFileSync(join(fixture.trust, "keys.uvvkeys"), "x"),
      /keys\.uvvkeys does not match the keys in the same folder/,
    ],
  ])("reports %s", async (_what, change, expected) => {
    expect(await faultsAfter(change)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
  });

  it("reports an older list that replaced the newest one", async () => {
    await revoke((await issue()).lid);
    const older = readFileSync(ofPublisher());
    await revoke((await issue()).lid);
    expect(await faultsAfter(() => writeFileSync(ofPublisher(), older))).toEqual([
      expect.stringMatching(/is not the list that the register holds/),
    ]);
    expect(existsSync(ofPublisher())).toBe(true);
  });
});
