import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { type Device, newDevice } from "../support/device.ts";
import { type Issued, openIssuingFixture, openLicense } from "../support/licenses.ts";
import { type Packed, refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import { openPublisherFixture, TIDES, vaultKeyOf, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let packed: Packed;
let publisher: ReturnType<typeof openIssuingFixture>;
let old: Device;
let next: Device;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  packed = await succeed<Packed>(["pack", "--stick", fixture.stick, "--keys", fixture.keys, TIDES]);
  publisher = openIssuingFixture(fixture, packed);
  old = await newDevice();
  next = await newDevice();
});
afterAll(() => fixture.remove());

const issue = (...rest: string[]) => publisher.issue("--request", publisher.request(old), ...rest);
const transfer = (lid: string, ...rest: string[]) => [
  ...publisher.command("transfer", lid, "--request", publisher.request(next), ...rest),
  "--out",
  publisher.next("uvvlic"),
];
const proof = (license: Issued, overrides?: Parameters<Device["giveBack"]>[1], by = old) =>
  publisher.written("uvvret", by.giveBack(license, overrides));

describe("a transfer", () => {
  it("moves a returned license to another computer, with the same end", async () => {
    const first = await issue("--ring", "ring0");
    const second = await succeed<Issued & { returned: boolean; from: string }>(
      transfer(first.lid, "--return", proof(first)),
    );
    expect(second).toMatchObject({ lid: first.lid, exp: first.exp, returned: true, from: old.id, ring: "ring0" });
    expect(second.seq).toBeGreaterThan(first.seq);
    const claims = publisher.claims(second.out);
    expect(claims.bind).toEqual({ mode: "device", stick: packed.stickId, device: next.id });
    expect(await openLicense(claims, next)).toBe(toBase64url(vaultKeyOf(fixture, packed.vaultId)));
    expect(await openLicense(claims, old)).toBeUndefined();
    expect(publisher.entries().at(-1)).toMatchObject({
      kind: "transfer",
      from: old.id,
      device: { id: next.id },
      proof: expect.any(String),
    });
  });

  it("needs --without-return if there is no proof, and states the consequence", async () => {
    const { lid } = await issue();
    expect(await refusal(transfer(lid))).toBe("RETURN_MISSING");
    const answer = await vaultctl(transfer(lid, "--without-return"));
    expect(answer.code).toBe(0);
    expect(answer.stdout).toContain(
      `There is no proof that the old computer (${old.id}) returned the license: it may still play.`,
    );
    expect(publisher.entries().at(-1)).not.toHaveProperty("proof");
  });

  it.each<[string, (license: Issued) => string[], string]>([
    ["of another license", (one) => ["--return", proof({ ...one, lid: packed.stickId })], "RETURN_INVALID"],
    ["of an older number", (one) => ["--return", proof({ ...one, seq: one.seq - 1 })], "RETURN_INVALID"],
    ["of a newer number", (one) => ["--return", proof({ ...one, seq: one.seq + 1 })], "RETURN_INVALID"],
    ["that another computer made", (one) => ["--return", proof(one, {}, next)], "RETURN_INVALID"],
    [
      "that another computer made in the old one's name",
      (one) => ["--return", proof(one, { device: old.id }, next)],
      "RETURN_INVALID",
    ],
    ["that names another computer", (one) => ["--return", proof(one, { device: next.id })], "RETURN_INVALID"],
    ["that is invalid", () => ["--return", publisher.written("uvvret", "hello")], "RETURN_INVALID"],
    ["that is missing", () => ["--return", fixture.path("none.uvvret")], "NOT_FOUND"],
    [
      "that is invalid, even with --without-return",
      () => ["--without-return", "--return", publisher.written("uvvret", "hello")],
      "RETURN_INVALID",
    ],
  ])("is refused with a proof %s", async (_what, rest, code) => {
    const license = await issue();
    const before = publisher.entries().length;
    expect(await refusal(transfer(license.lid, ...rest(license)))).toBe(code);
    expect(publisher.entries()).toHaveLength(before);
  });

  it("accepts each proof only once", async () => {
    const license = await issue();
    const given = proof(license);
    await succeed(transfer(license.lid, "--return", given));
    const back = publisher.command("transfer", license.lid, "--request", publisher.request(old), "--return", given);
    expect(await refusal([...back, "--out", publisher.next("uvvlic")])).toBe("RETURN_INVALID");
  });

  it("is refused for the same computer, and for a license for any computer", async () => {
    const { lid } = await issue();
    const same = publisher.command("transfer", lid, "--request", publisher.request(old), "--without-return");
    expect(await refusal([...same, "--out", publisher.next("uvvlic")])).toBe("REQUEST_MISMATCH");
    const open = await publisher.issue("--passphrase-file", publisher.next("txt"));
    expect(await refusal(transfer(open.lid, "--without-return"))).toBe("REQUEST_MISMATCH");
  });

  it("is refused for a request of another stick", async () => {
    const { lid } = await issue();
    const request = publisher.written("uvvreq", next.request({ ...packed, stickId: packed.vaultId }));
    const args = publisher.command(
      "transfer",
      lid,
      "--request",
      request,
      "--without-return",
      "--out",
      publisher.next("uvvlic"),
    );
    expect(await refusal(args)).toBe("REQUEST_MISMATCH");
  });

  it("keeps the passphrase in addition to the new computer", async () => {
    const secret = publisher.next("txt");
    const license = await issue("--passphrase-file", secret);
    const moved = await succeed<Issued>(transfer(license.lid, "--return", proof(license), "--same-passphrase", secret));
    expect(publisher.claims(moved.out).bind).toMatchObject({ mode: "device-or-stick", device: next.id });
  });

  it("cannot check a proof if the register does not have the computer's key", async () => {
    const license = await issue();
    const keys = fixture.path("old-keys");
    await succeed(["keys", "init", "--dir", keys, "--dev"]);
    const { device: _device, ...entry } = publisher.entries().at(-1)!;
    const line = { n: 0, prev: Buffer.alloc(32).toString("base64url"), at: 1, entry };
    writeFileSync(join(keys, "register.jsonl"), `${JSON.stringify(line)}\n`);
    const args = transfer(license.lid, "--return", proof(license));
    expect(await refusal(args.with(args.indexOf(fixture.keys), keys))).toBe("DEVICE_UNKNOWN");
  });
});
