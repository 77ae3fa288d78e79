import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parseRevocations } from "../../../src-shared/license/index.ts";
import { type Device, newDevice } from "../support/device.ts";
import { openIssuingFixture, openLicense } from "../support/licenses.ts";
import {
  openPackedPublisher,
  type PublisherFixture,
  snapshot,
  trustRootsOf,
  vaultKeyOf,
} from "../support/publisher-fixture.ts";
import {
  type Packed,
  refusal,
  runVaultctl,
  signalWhen,
  startVaultctl,
  succeed,
  vaultctl,
} from "../support/vaultctl.ts";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

type Replaced = {
  stick: string;
  stickId: string;
  revocations: number;
  customers: string[];
  licenses: {
    state: string;
    replaces: string;
    lid: string;
    seq: number;
    sub: string;
    exp: number;
    out: string;
    passphraseFile: string | null;
  }[];
};
type Listed = { licenses: { lid: string; sub: string; state: string; stickId: string; exp: number; grace: number }[] };

let fixture: PublisherFixture;
let packed: Packed;
let master: string;
let device: Device;
let publisher: ReturnType<typeof openIssuingFixture>;
beforeEach(async () => {
  ({ fixture, packed } = await openPackedPublisher());
  publisher = openIssuingFixture(fixture, packed);
  device = await newDevice();
  // The stick itself is lost; another one has the same vault.
  master = fixture.newStick("master");
  await succeed(["stick", "copy", fixture.stick, master, ...keys()]);
});
afterEach(() => fixture.remove());

const keys = () => ["--keys", fixture.keys];
const replace = (onto: string, ...rest: string[]) => {
  const order = ["stick", "replace", "S1", "--onto", onto, "--master", master, ...keys()];
  return [...order, "--out-dir", fixture.path("outbox"), ...rest];
};
const running = async () => {
  const { licenses } = await succeed<Listed>(["license", "list", ...keys()]);
  return licenses.filter(({ state }) => state === "active" || state === "grace");
};
/** Two customers, one of them with a passphrase and a license that has already been renewed; and one that has ended. */
async function sell() {
  const ann = await publisher.issue(
    "--for",
    "C-1",
    "--request",
    publisher.request(device),
    "--grace-days",
    "9",
    "--watermark",
    "corner",
  );
  const ben = await publisher.issue("--for", "C-2", "--passphrase-file", publisher.next("txt"));
  const year = ["--extend", "1y", "--passphrase-file", publisher.next("txt"), "--out", publisher.next("uvvlic")];
  const renewed = await succeed<{ exp: number }>(publisher.command("renew", ben.lid, ...year));
  const gone = await publisher.issue("--for", "C-3", "--passphrase-file", publisher.next("txt"));
  await succeed(publisher.command("revoke", gone.lid));
  return { ann, ben: { ...ben, exp: renewed.exp } };
}

describe("a stick that takes the place of a lost one", () => {
  it("has its own id, and every license that still plays: same customer, computer, end and terms", async () => {
    const { ann, ben } = await sell();
    await succeed(["customer", "import", publisher.written("csv", "number;stick\nC-1;s1\nC-9;S2\n"), ...keys()]);
    const onto = fixture.newStick("new");
    const replaced = await succeed<Replaced>(replace(onto, "--yes"));
    expect(replaced).toMatchObject({ stick: "S3", revocations: 2, customers: ["C-1"] });
    expect(replaced.licenses).toMatchObject([
      { state: "issued", sub: "C-1", replaces: ann.lid, exp: ann.exp, passphraseFile: null },
      {
        state: "issued",
        sub: "C-2",
        replaces: ben.lid,
        exp: ben.exp,
        passphraseFile: expect.stringMatching(/C-2\.txt$/),
      },
    ]);
    expect(replaced.stickId).not.toBe(packed.stickId);
    const kek = toBase64url(vaultKeyOf(fixture, packed.vaultId));
    const [first, second] = replaced.licenses.map(({ out }) => publisher.claims(out));
    expect(first).toMatchObject({
      grace: 9 * 86_400,
      protection: { watermark: "corner" },
      bind: { mode: "device", stick: replaced.stickId, device: device.id },
    });
    expect(await openLicense(first!, device)).toBe(kek);
    expect(second).toMatchObject({ bind: { mode: "stick", stick: replaced.stickId } });
    expect(await openLicense(second!, readFileSync(replaced.licenses[1]!.passphraseFile!, "utf8").trim())).toBe(kek);
    // The old ones are revoked, and the new stick carries the list.
    const list = parseRevocations(
      readFileSync(join(onto, "VAULT", "revocations.uvvrev"), "utf8"),
      trustRootsOf(fixture),
    );
    expect(list.ok && [...list.value.licenses]).toEqual(expect.arrayContaining([ann.lid, ben.lid]));
    expect((await running()).map(({ stickId }) => stickId)).toEqual([replaced.stickId, replaced.stickId]);
    expect(await succeed(["verify", onto, "--trust", fixture.trust])).toMatchObject({ faults: [] });
    expect((await publisher.audit()).code).toBe(0);
    const { customers } = await succeed<{ customers: object[] }>(["customer", "list", ...keys()]);
    expect(customers).toEqual([
      { number: "C-1", stick: "S3" },
      { number: "C-9", stick: "S2" },
    ]);
    expect((await vaultctl(["stick", "list", ...keys()])).stdout).toMatch(/^S1 .*\(replaced by S3\)$/m);
    // Nothing is made for the lost stick any more: its customer has the new one.
    const pack = ["stick", "content-pack", "S1", "--master", master, ...keys(), "--out", fixture.path("lost.uvvpack")];
    expect(await refusal(pack)).toBe("STICK_REPLACED");
    const order = [
      "--for",
      "C-7",
      "--days",
      "9",
      "--passphrase-file",
      publisher.next("txt"),
      "--out",
      publisher.next("x"),
    ];
    expect(await refusal(["license", "issue", "--stick", "s1", ...order, ...keys()])).toBe("STICK_REPLACED");
  });

  it("is not made again by a second run, which changes nothing", async () => {
    await sell();
    const onto = fixture.newStick("new");
    const first = await succeed<Replaced>(replace(onto, "--yes"));
    const [stick, register] = [snapshot(onto), readFileSync(join(fixture.keys, "register.jsonl"), "utf8")];
    rmSync(fixture.path("outbox"), { recursive: true });
    const again = await succeed<Replaced>(replace(onto, "--yes"));
    expect(again).toMatchObject({ stick: first.stick, revocations: first.revocations });
    expect(again.licenses.map(({ state, seq }) => [state, seq])).toEqual(
      first.licenses.map(({ seq }) => ["known", seq]),
    );
    expect(snapshot(onto)).toEqual(stick);
    expect(readFileSync(join(fixture.keys, "register.jsonl"), "utf8")).toBe(register);
  });

  it("brings the app, if a folder with its packages is named, before any license is revoked", async () => {
    await sell();
    const onto = fixture.newStick("new");
    mkdirSync(fixture.path("dist"));
    expect(await refusal(replace(onto, "--yes", "--with-app", fixture.path("dist")))).toBe("NOT_FOUND");
    expect([readdirSync(onto), (await running()).length]).toEqual([[], 2]);
    writeFileSync(fixture.path("dist", "usb-video-vault_0.1.0_amd64.deb"), "package");
    await succeed(replace(onto, "--yes", "--with-app", fixture.path("dist")));
    expect(await succeed(["verify", onto, "--trust", fixture.trust])).toMatchObject({ app: { version: "0.1.0" } });
  });

  it("asks before it revokes, and changes nothing without a yes", async () => {
    await sell();
    const onto = fixture.newStick("new");
    const before = snapshot(fixture.keys);
    expect(await refusal(replace(onto))).toBe("LICENSES_WOULD_END");
    const asked = await runVaultctl(replace(onto), {}, ["sh", "-c", 'echo no | "$@"', "sh"]);
    expect([asked.code, asked.stderr]).toEqual([1, expect.stringMatching(/2 licenses of stick S1 .* Continue\?/)]);
    expect([snapshot(fixture.keys), readdirSync(onto)]).toEqual([before, []]);
    const agreed = await runVaultctl(replace(onto), {}, ["sh", "-c", 'echo yes | "$@"', "sh"]);
    expect(agreed.code, agreed.stderr).toBe(0);
    expect(agreed.stdout).toMatch(/^C-1 {9}issued {2}license 5 \(\w{26}\) instead of \w{26}: .*C-1\.uvvlic$/m);
  });

  it("writes the mails as license batch does", async () => {
    await sell();
    const table = "number;name;mail\nC-1;Ann;ann@example.org\nC-2;Ben;ben@example.org\n";
    await succeed(["customer", "import", publisher.written("csv", table), ...keys()]);
    const outbox = fixture.path("outbox");
    const mailed = await succeed<{ mails: { file: string }[] }>(
      replace(fixture.newStick("new"), "--yes", "--mail", outbox),
    );
    expect(mailed.mails.map(({ file }) => file)).toEqual(["C-1.eml", "C-2.eml", "C-2-passphrase.eml"]);
    for (const { file } of mailed.mails) expect(existsSync(join(outbox, file))).toBe(true);
  });

  it("is never another stick of the publisher, nor a second one in place of the same", async () => {
    await sell();
    const wrong = fixture.newStick("wrong");
    cpSync(master, wrong, { recursive: true });
    for (const onto of [wrong, fixture.stick]) {
      const before = snapshot(onto);
      expect(await refusal(replace(onto, "--yes"))).toBe("VAULT_EXISTS");
      expect(snapshot(onto)).toEqual(before);
    }
    const other = fixture.newStick("other");
    await succeed(["pack", "--stick", other, ...keys(), join(import.meta.dirname, "../../media/lighthouse.mp4")]);
    expect(await refusal(replace(fixture.newStick("new"), "--yes").with(6, other))).toBe("USAGE");
    await succeed(replace(fixture.path("new"), "--yes"));
    expect(await refusal(replace(fixture.newStick("second"), "--yes"))).toBe("VAULT_EXISTS");
    expect(await refusal(replace(fixture.newStick("third"), "--yes").with(2, "S9"))).toBe("STICK_UNKNOWN");
  });

  it("names what is missing of a license before anything is issued", async () => {
    await sell();
    const outbox = fixture.path("outbox");
    cpSync(publisher.written("uvvlic", "something else"), join(outbox, "C-2.uvvlic"), { recursive: true });
    const before = publisher.entries().length;
    expect(await refusal(replace(fixture.newStick("new"), "--yes"))).toBe("FILE_EXISTS");
    expect(publisher.entries()).toHaveLength(before);
    renameSync(join(outbox, "C-2.uvvlic"), fixture.path("away"));
    expect((await succeed<Replaced>(replace(fixture.path("new"), "--yes"))).licenses).toHaveLength(2);
  });
});

describe("a replacement that was killed", () => {
  const register = () => readFileSync(join(fixture.keys, "register.jsonl"), "utf8");
  it.each([
    ["while the content is copied", () => existsSync(fixture.path("new", "VAULT", "data"))],
    ["when the new stick was signed", () => existsSync(fixture.path("new", "VAULT", "manifest.1.jws"))],
    ["when the first license was entered in the register", () => register().includes('"replaces"')],
    ["when the first file was written", () => existsSync(fixture.path("outbox", "C-1.uvvlic"))],
    ["when the last file was written", () => existsSync(fixture.path("outbox", "C-2.uvvlic"))],
    ["when the old ones were revoked", () => (register().match(/"kind":"revocation"/g)?.length ?? 0) > 1],
  ])("is finished by the same command: killed %s", async (_when, isReached) => {
    const { ann, ben } = await sell();
    const onto = fixture.newStick("new");
    await signalWhen(startVaultctl(replace(onto, "--yes")), "SIGKILL", isReached);
    const { stickId, licenses } = await succeed<Replaced>(replace(onto, "--yes"));
    expect(await running()).toMatchObject([
      { sub: "C-1", stickId, exp: ann.exp },
      { sub: "C-2", stickId, exp: ben.exp },
    ]);
    for (const { out, lid } of licenses) expect(publisher.claims(out).lid).toBe(lid);
    const secret = readFileSync(licenses[1]!.passphraseFile!, "utf8").trim();
    expect(await openLicense(publisher.claims(licenses[1]!.out), secret)).toBe(
      toBase64url(vaultKeyOf(fixture, packed.vaultId)),
    );
    expect(await succeed(["verify", onto, "--trust", fixture.trust])).toMatchObject({ faults: [] });
    expect((await publisher.audit()).code).toBe(0);
  });

  it("issues a license under its next number if its file was never written", async () => {
    await sell();
    const onto = fixture.newStick("new");
    await signalWhen(startVaultctl(replace(onto, "--yes")), "SIGKILL", () =>
      existsSync(fixture.path("outbox", "C-1.uvvlic")),
    );
    const [before] = publisher.entries().filter((entry) => entry["replaces"] !== undefined);
    rmSync(fixture.path("outbox", "C-1.uvvlic"));
    const { licenses } = await succeed<Replaced>(replace(onto, "--yes"));
    expect(licenses[0]).toMatchObject({ state: "issued", lid: before?.lid });
    expect(licenses[0]!.seq).toBeGreaterThan(before!.seq);
    expect(publisher.claims(licenses[0]!.out)).toMatchObject({ lid: before?.lid, seq: licenses[0]!.seq });
    expect(await running()).toHaveLength(2);
  });

  it("never removes a file of somebody else in the place of a passphrase, but an empty one that was left", async () => {
    await sell();
    const [onto, secret] = [fixture.newStick("new"), fixture.path("outbox", "C-2.txt")];
    await signalWhen(startVaultctl(replace(onto, "--yes")), "SIGKILL", () => existsSync(secret));
    rmSync(fixture.path("outbox", "C-2.uvvlic"), { force: true });
    writeFileSync(secret, "my notes");
    expect(await refusal(replace(onto, "--yes"))).toBe("FILE_EXISTS");
    expect(readFileSync(secret, "utf8")).toBe("my notes");
    writeFileSync(secret, "");
    const { licenses } = await succeed<Replaced>(replace(onto, "--yes"));
    const claims = publisher.claims(licenses[1]!.out);
    expect(await openLicense(claims, readFileSync(secret, "utf8").trim())).toBe(
      toBase64url(vaultKeyOf(fixture, packed.vaultId)),
    );
  });
});
