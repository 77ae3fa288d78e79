import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { EMPTY_LEDGER, raise } from "../../../src-shared/ledger/index.ts";
import { judgeLicense, NO_REVOCATIONS, verifyLicense } from "../../../src-shared/license/index.ts";
import { DAY } from "../../../src-shared/units.ts";
import { type Device, newDevice } from "../support/device.ts";
import { type Issued, openIssuingFixture, openLicense } from "../support/licenses.ts";
import { openAsReader } from "../support/open-as-reader.ts";
import { type Packed, refusal, succeed } from "../support/vaultctl.ts";
import {
  LIGHTHOUSE,
  openPublisherFixture,
  TIDES,
  trustRootsOf,
  vaultKeyOf,
  type PublisherFixture,
} from "../support/publisher-fixture.ts";
import { ledgerUpdateFromLicense } from "../../../src-shared/license/index.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let packed: Packed;
let publisher: ReturnType<typeof openIssuingFixture>;
let device: Device;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  packed = await succeed<Packed>(["pack", "--stick", fixture.stick, "--keys", fixture.keys, TIDES, LIGHTHOUSE]);
  publisher = openIssuingFixture(fixture, packed);
  device = await newDevice();
});
afterAll(() => fixture.remove());

const renew = (lid: string, ...rest: string[]) =>
  publisher.command("renew", lid, ...rest, "--out", publisher.next("uvvlic"));
const forDevice = () => publisher.issue("--request", publisher.request(device), "--ring", "ring1", "--grace-days", "3");

describe("a renewal", () => {
  it("is the next license of the same id, for the same computer, with new dates", async () => {
    const first = await forDevice();
    const second = await succeed<Issued>(renew(first.lid, "--days", "60"));
    const [before, after] = [publisher.claims(first.out), publisher.claims(second.out)];
    const { seq, iat, nbf, exp, vaults, ...same } = after;
    const { seq: _seq, iat: _iat, nbf: _nbf, exp: _exp, vaults: _vaults, ...kept } = before;
    expect(same).toEqual(kept);
    expect(seq).toBeGreaterThan(before.seq);
    expect([exp - iat, iat - nbf]).toEqual([60 * DAY, DAY]);
    expect(vaults[0]?.kek.device).not.toEqual(before.vaults[0]?.kek.device);
    expect(await openLicense(after, device)).toBe(toBase64url(vaultKeyOf(fixture, packed.vaultId)));
    expect(publisher.entries().at(-1)).toMatchObject({
      kind: "renewal",
      lid: first.lid,
      seq,
      device: { id: device.id },
    });
  });

  it("makes a computer that has seen it refuse the previous license", async () => {
    const first = await forDevice();
    const second = await succeed<Issued>(renew(first.lid, "--days", "60"));
    const roots = trustRootsOf(fixture);
    const { vault } = await openAsReader(fixture, fixture.stick);
    const here = {
      now: publisher.claims(second.out).iat,
      appVersion: "1.0.0",
      vaultId: packed.vaultId,
      stickId: packed.stickId,
      minSeq: 0,
      manifest: vault.manifest.counter,
      manifestHash: vault.manifestHash,
      device: device.id,
      deviceFingerprint: {},
      stickFingerprint: {},
      revocations: NO_REVOCATIONS,
    };
    const renewed = verifyLicense(readFileSync(second.out, "utf8"), roots);
    if (!renewed.ok) throw new Error(renewed.error);
    const head = raise(EMPTY_LEDGER, ledgerUpdateFromLicense(renewed.value, here));
    expect(judgeLicense(readFileSync(second.out, "utf8"), roots, head, here).code).toBe("OK");
    expect(judgeLicense(readFileSync(first.out, "utf8"), roots, head, here).code).toBe("ROLLED_BACK");
  });

  it("ends at the time of --until", async () => {
    const { lid } = await forDevice();
    const until = publisher.claims((await forDevice()).out).iat + 1000 * DAY;
    expect(await succeed(renew(lid, "--until", String(until)))).toMatchObject({ exp: until });
  });

  it("changes only the named terms", async () => {
    const { lid } = await forDevice();
    const video = packed.videos[0]!.id;
    const changes = ["--ring", "ga", "--grace-days", "9", "--min-app", "1.2.3", "--stick", fixture.stick];
    const renewed = await succeed<Issued>(renew(lid, "--days", "1", ...changes, "--entitle", video));
    expect(publisher.claims(renewed.out)).toMatchObject({
      ring: "ga",
      grace: 9 * DAY,
      minApp: "1.2.3",
      entitlements: [video],
    });
    const again = await succeed<Issued>(renew(lid, "--days", "1"));
    expect(publisher.claims(again.out)).toMatchObject({
      ring: "ga",
      grace: 9 * DAY,
      minApp: "1.2.3",
      entitlements: [video],
    });
    expect(await succeed(renew(lid, "--days", "1", "--all-videos"))).toMatchObject({ entitlements: ["*"] });
  });

  it("keeps the passphrase, or generates a new one", async () => {
    const secret = publisher.next("txt");
    const { lid } = await publisher.issue("--passphrase-file", secret);
    const kept = await succeed<Issued>(renew(lid, "--days", "1", "--same-passphrase", secret));
    const kek = toBase64url(vaultKeyOf(fixture, packed.vaultId));
    expect(await openLicense(publisher.claims(kept.out), readFileSync(secret, "utf8").trim())).toBe(kek);
    const fresh = publisher.next("txt");
    const changed = await succeed<Issued>(renew(lid, "--days", "1", "--passphrase-file", fresh));
    expect(await openLicense(publisher.claims(changed.out), readFileSync(fresh, "utf8").trim())).toBe(kek);
    expect(await openLicense(publisher.claims(changed.out), readFileSync(secret, "utf8").trim())).toBeUndefined();
    const unnamed = await succeed<Issued & { passphraseFile: string }>(renew(lid, "--days", "1"));
    expect(unnamed.passphraseFile).toBe(unnamed.out.replace(/uvvlic$/, "txt"));
    expect(statSync(unnamed.passphraseFile).mode & 0o777).toBe(0o600);
    const beside = readFileSync(unnamed.passphraseFile, "utf8").trim();
    expect(await openLicense(publisher.claims(unnamed.out), beside)).toBe(kek);
  });

  it("accepts only the same computer's request", async () => {
    const { lid } = await forDevice();
    expect(await succeed(renew(lid, "--days", "1", "--request", publisher.request(device)))).toMatchObject({ lid });
    const other = publisher.request(await newDevice());
    expect(await refusal(renew(lid, "--days", "1", "--request", other))).toBe("REQUEST_MISMATCH");
  });

  it.each<[string, () => Promise<string[]>, string]>([
    ["of an unknown license", async () => renew("a".repeat(26), "--days", "1"), "LICENSE_UNKNOWN"],
    ["without a date", async () => renew((await forDevice()).lid), "USAGE"],
    ["with two dates", async () => renew((await forDevice()).lid, "--days", "1", "--until", "9999999999"), "USAGE"],
    ["that has ended", async () => renew((await forDevice()).lid, "--until", "1000000000"), "LICENSE_ENDED"],
    [
      "with videos but without --stick",
      async () => renew((await forDevice()).lid, "--days", "1", "--entitle", packed.videos[0]!.id),
      "USAGE",
    ],
    [
      "with a video that is not on the stick",
      async () => renew((await forDevice()).lid, "--days", "1", "--stick", fixture.stick, "--entitle", packed.stickId),
      "VIDEO_UNKNOWN",
    ],
    [
      "with a passphrase that a person chose",
      async () => {
        const { lid } = await publisher.issue("--passphrase-file", publisher.next("txt"));
        return renew(lid, "--days", "1", "--same-passphrase", publisher.written("txt", "lighthouse keeper\n"));
      },
      "PASSPHRASE_INVALID",
    ],
    [
      "of a computer's license with a passphrase",
      async () => renew((await forDevice()).lid, "--days", "1", "--passphrase-file", publisher.next("txt")),
      "USAGE",
    ],
    [
      "of a passphrase license for a computer",
      async () => {
        const secret = publisher.next("txt");
        const { lid } = await publisher.issue("--passphrase-file", secret);
        return renew(lid, "--days", "1", "--same-passphrase", secret, "--request", publisher.request(device));
      },
      "REQUEST_MISMATCH",
    ],
  ])("is refused %s, without a register entry", async (_what, args, code) => {
    const command = await args();
    const before = publisher.entries().length;
    expect(await refusal(command)).toBe(code);
    expect(publisher.entries()).toHaveLength(before);
  });

  it("asks for the terms that a register of the first version does not have", async () => {
    const { lid } = await forDevice();
    const old = fixture.path("old-keys");
    await succeed(["keys", "init", "--dir", old, "--dev"]);
    const { grace: _grace, entitlements: _entitlements, device: _device, ...entry } = publisher.entries().at(-1)!;
    const line = { n: 0, prev: Buffer.alloc(32).toString("base64url"), at: 1, entry };
    writeFileSync(join(old, "register.jsonl"), `${JSON.stringify(line)}\n`);
    const args = (...rest: string[]) => [
      "license",
      "renew",
      lid,
      "--keys",
      old,
      "--days",
      "1",
      "--out",
      publisher.next("l"),
      ...rest,
    ];
    expect(await refusal(args())).toBe("DEVICE_UNKNOWN");
    expect(await refusal(args("--request", publisher.request(device)))).toBe("REGISTER_INCOMPLETE");
  });
});

describe("license list", () => {
  type Listed = { licenses: { lid: string; seq: number; state: string; sub: string }[] };
  const list = (...rest: string[]) => succeed<Listed>(publisher.command("list", ...rest));

  it("shows each license once, with its current state", async () => {
    const first = await forDevice();
    const second = await succeed<Issued>(renew(first.lid, "--days", "60"));
    const { licenses } = await list();
    expect(licenses.filter(({ lid }) => lid === first.lid)).toEqual([
      expect.objectContaining({ seq: second.seq, exp: second.exp, state: "active", device: device.id }),
    ]);
    expect(new Set(licenses.map(({ lid }) => lid)).size).toBe(licenses.length);
  });

  it("filters by customer and by end", async () => {
    const request = publisher.request(device);
    const soon = await publisher.issue("--for", "C-7", "--request", request, "--days", "5");
    await publisher.issue("--for", "C-7", "--request", request, "--days", "50");
    expect((await list("--customer", "C-7")).licenses).toHaveLength(2);
    const urgent = await list("--customer", "C-7", "--expiring", "6");
    expect(urgent.licenses.map(({ lid }) => lid)).toEqual([soon.lid]);
    expect((await list("--customer", "C-7", "--expiring", "4")).licenses).toEqual([]);
  });
});
