import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { DAY } from "../../../src-shared/units.ts";
import { type Device, newDevice } from "../support/device.ts";
import { type Issued, openIssuingFixture, openLicense } from "../support/licenses.ts";
import { type Packed, refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import { openPackedPublisher, vaultKeyOf, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let packed: Packed;
let publisher: ReturnType<typeof openIssuingFixture>;
let device: Device;
beforeAll(async () => {
  ({ fixture, packed } = await openPackedPublisher());
  publisher = openIssuingFixture(fixture, packed);
  device = await newDevice();
});
afterAll(() => fixture.remove());

const forDevice = () => publisher.issue("--request", publisher.request(device));

describe("an extension", () => {
  const extend = (...rest: string[]) => publisher.command("renew", ...rest, "--out-dir", fixture.path("renewed"));

  it("counts from the present end: nobody loses days by renewing early", async () => {
    const { lid, exp } = await forDevice();
    const { exp: later, endedBefore } = await succeed<Issued & { endedBefore: number }>(extend(lid, "--extend", "10d"));
    expect([endedBefore, later]).toEqual([exp, exp + 10 * DAY]);
  });

  it("counts from now if the license has ended", async () => {
    const { lid, exp } = await forDevice();
    const now = exp + 100 * DAY;
    const answer = await vaultctl([...extend(lid, "--extend", "10d"), "--json"], now);
    expect(answer.json).toMatchObject({ exp: now + 10 * DAY });
  });

  it("renews several licenses by their customers, each into a file with its new end", async () => {
    const secrets = fixture.path("secrets");
    mkdirSync(secrets);
    const [secretOf, customers] = [(name: string) => join(secrets, `${name}.txt`), ["C-0701", "C-0702", "C-0703"]];
    const request = ["--request", publisher.request(device)];
    const issued = [
      await publisher.issue("--for", "C-0701", "--passphrase-file", secretOf("C-0701")),
      await publisher.issue("--for", "C-0702", ...request),
      await publisher.issue("--for", "C-0703", "--passphrase-file", secretOf("C-0703"), "--days", "36500"),
    ];
    type Renewed = { licenses: Issued[] };
    const args = extend(...customers, "--extend", "1y", "--same-passphrase", secrets);
    const { licenses } = await succeed<Renewed>(args);
    expect(licenses.map(({ lid }) => lid)).toEqual(issued.map(({ lid }) => lid));
    const end = new Date(licenses[2]!.exp * 1_000).toISOString().slice(0, 10);
    expect(licenses[2]!.out).toBe(join(fixture.path("renewed"), `C-0703-${end}.uvvlic`));
    expect(licenses[2]!.exp - issued[2]!.exp).toBeGreaterThanOrEqual(365 * DAY);
    const kek = toBase64url(vaultKeyOf(fixture, packed.vaultId));
    expect(await openLicense(publisher.claims(licenses[1]!.out), device)).toBe(kek);
    const secret = readFileSync(secretOf("C-0703"), "utf8").trim();
    expect(await openLicense(publisher.claims(licenses[2]!.out), secret)).toBe(kek);
    const written = licenses.map(({ out }) => readFileSync(out, "utf8"));
    expect(new Set(written).size).toBe(3);
  });

  it("renews nothing if one of several cannot be renewed, and names every reason", async () => {
    const { lid } = await publisher.issue("--for", "C-0711", "--request", publisher.request(device));
    await publisher.issue("--for", "C-0712", "--passphrase-file", publisher.next("txt"));
    const before = publisher.entries().length;
    mkdirSync(fixture.path("no-secrets"));
    const kept = ["--same-passphrase", fixture.path("no-secrets")];
    const answer = await vaultctl([...extend("C-0711", "C-0712", "C-9999", lid, "--extend", "1y"), ...kept, "--json"]);
    expect(answer.json?.["faults"]).toEqual([
      { code: "PASSPHRASE_INVALID", message: expect.stringMatching(/C-0712\.txt/) },
      { code: "LICENSE_UNKNOWN", message: expect.stringMatching(/C-9999/) },
      { code: "USAGE", message: expect.stringMatching(/named twice/) },
    ]);
    expect(publisher.entries()).toHaveLength(before);
  });

  it("asks which one is meant if a customer has several licenses, but not for those that are revoked or have ended", async () => {
    const request = ["--request", publisher.request(device)];
    const one = await publisher.issue("--for", "C-0721", ...request);
    const other = await publisher.issue("--for", "C-0721", ...request);
    const answer = await vaultctl([...extend("C-0721", "--extend", "1y"), "--json"]);
    expect(answer.json).toMatchObject({
      error: { code: "LICENSE_AMBIGUOUS", message: expect.stringContaining(other.lid) },
      licenses: [one.lid, other.lid],
    });
    expect(await refusal(publisher.command("revoke", "C-0721"))).toBe("LICENSE_AMBIGUOUS");
    await succeed(publisher.command("revoke", one.lid));
    expect(await succeed(extend("C-0721", "--extend", "1y"))).toMatchObject({ lid: other.lid });
    await succeed(publisher.command("revoke", "C-0721"));
    expect(await refusal(extend("C-0721", "--extend", "1y"))).toBe("LICENSE_REVOKED");
    expect(await succeed(publisher.command("revoke", "C-0721"))).toMatchObject({ added: { licenses: [], keys: [] } });
    const ended = await publisher.issue("--for", "C-0722", ...request);
    const running = await publisher.issue("--for", "C-0722", ...request, "--days", "1y");
    const later = await vaultctl([...extend("C-0722", "--extend", "1y"), "--json"], ended.exp + DAY);
    expect(later.json).toMatchObject({ lid: running.lid });
  });
});

it("tells when a customer already has a license for the stick", async () => {
  const request = ["--request", publisher.request(device)];
  const first = await publisher.issue("--for", "C-0731", ...request);
  const args = [
    "license",
    "issue",
    "--for",
    "C-0731",
    "--days",
    "30",
    "--keys",
    fixture.keys,
    "--stick",
    fixture.stick,
  ];
  const { stderr } = await vaultctl([...args, ...request, "--out", publisher.next("uvvlic")]);
  expect(stderr).toContain(`C-0731 already had license ${first.lid}`);
});

it("refuses an end that is over", async () => {
  const args = ["license", "issue", "--for", "C-0732", "--keys", fixture.keys, "--stick", fixture.stick];
  const rest = ["--request", publisher.request(device), "--out", publisher.next("uvvlic")];
  // Without hyphens it is a second of the year 1970.
  for (const until of ["2020-01-01", "20370331"])
    expect(await refusal([...args, ...rest, "--until", until])).toBe("USAGE");
});
