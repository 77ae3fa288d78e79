import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { DAY } from "../../../src-shared/units.ts";
import { type Device, newDevice } from "../support/device.ts";
import { openIssuingFixture, openLicense } from "../support/licenses.ts";
import { type Packed, refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import {
  LIGHTHOUSE,
  openPublisherFixture,
  TIDES,
  vaultKeyOf,
  type PublisherFixture,
} from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let packed: Packed;
let publisher: ReturnType<typeof openIssuingFixture>;
let device: Device;
let count = 0;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  packed = await succeed<Packed>(["pack", "--stick", fixture.stick, "--keys", fixture.keys, TIDES, LIGHTHOUSE]);
  publisher = openIssuingFixture(fixture, packed);
  device = await newDevice();
  writeFileSync(fixture.path("device.uvvreq"), device.request(packed));
});
afterAll(() => fixture.remove());

type Batch = { licenses: { line: number; lid: string; seq: number; sub: string; out: string }[] };

function batch(rows: string, ...rest: string[]) {
  const outDir = fixture.path(`out-${++count}`);
  const location = ["--keys", fixture.keys, "--stick", fixture.stick, "--out-dir", outDir];
  const csv = fixture.path(`${count}.csv`);
  writeFileSync(csv, `customer,days,ring,request,passphrase,entitle\n${rows}`);
  return { outDir, args: ["license", "batch", csv, ...location, ...rest] };
}

it("issues a license for each row", async () => {
  const video = packed.videos[0]!.id;
  const rows = `C-1,30,ring1,device.uvvreq,,${video}\nC-2,7,,,yes,\nC-3,9,,device.uvvreq,yes\n`;
  const { outDir, args } = batch(rows, "--grace-days", "2");
  const { licenses } = await succeed<Batch>(args);
  expect(licenses.map(({ line, sub }) => [line, sub])).toEqual([
    [2, "C-1"],
    [3, "C-2"],
    [4, "C-3"],
  ]);
  expect(readdirSync(outDir).toSorted()).toEqual(["C-1.uvvlic", "C-2.txt", "C-2.uvvlic", "C-3.txt", "C-3.uvvlic"]);
  const [one, two, three] = licenses.map(({ out }) => publisher.claims(out));
  expect(one).toMatchObject({
    sub: "C-1",
    ring: "ring1",
    entitlements: [video],
    grace: 2 * DAY,
    bind: { mode: "device" },
  });
  expect(two!.exp - two!.iat).toBe(7 * DAY);
  expect([two!.bind.mode, three!.bind.mode]).toEqual(["stick", "device-or-stick"]);
  const kek = toBase64url(vaultKeyOf(fixture, packed.vaultId));
  const secrets = ["C-2.txt", "C-3.txt"].map((name) => readFileSync(join(outDir, name), "utf8").trim());
  expect(secrets[0]).not.toBe(secrets[1]);
  expect(await openLicense(one!, device)).toBe(kek);
  expect(await openLicense(two!, secrets[0]!)).toBe(kek);
  expect(await openLicense(three!, secrets[1]!)).toBe(kek);
  for (const name of ["C-2.txt", "C-3.txt"]) expect(statSync(join(outDir, name)).mode & 0o777).toBe(0o600);
  expect((await publisher.audit()).code).toBe(0);
});

it.each<[string, string, number, RegExp]>([
  ["a fault in it", "C-21,30,,,yes\nC-22,x,,,yes\n", 3, /days/],
  ["a missing request", "C-21,30,,,yes\nC-22,3,,none.uvvreq,\n", 3, /none\.uvvreq cannot be read/],
  [
    "a file that is not a request",
    "C-21,30,,,yes\nC-22,3,,2.csv,\n",
    3,
    /2\.csv is not a complete activation request|cannot be read/,
  ],
  ["a video that is not on the stick", `C-21,30,,,yes\n\nC-22,3,,,yes,${"a".repeat(26)}\n`, 4, /No video/],
])("issues nothing at all when one row has %s, and names its line", async (_what, rows, line, message) => {
  const before = readFileSync(join(fixture.keys, "register.jsonl"), "utf8");
  const { outDir, args } = batch(rows);
  const answer = await vaultctl([...args, "--json"]);
  expect(answer.code).toBe(1);
  const named = expect.stringContaining(`.csv, line ${line}: `);
  expect(answer.json).toMatchObject({ ok: false, error: { code: "CSV_INVALID", message: named } });
  expect(answer.json?.["faults"]).toEqual([{ line, message: expect.stringMatching(message) }]);
  expect(existsSync(outDir)).toBe(false);
  expect(readFileSync(join(fixture.keys, "register.jsonl"), "utf8")).toBe(before);
});

it("gives no file a name that Windows reserves for a device", async () => {
  const { outDir, args } = batch("CON,30,,,yes\nlpt1.x,30,,,yes\n");
  const { licenses } = await succeed<Batch>(args);
  expect(licenses.map(({ sub }) => sub)).toEqual(["CON", "lpt1.x"]);
  expect(readdirSync(outDir).toSorted()).toEqual(["CON_.txt", "CON_.uvvlic", "lpt1_.x.txt", "lpt1_.x.uvvlic"]);
});

it("issues nothing if two customers would have the same files on Windows", async () => {
  const { outDir, args } = batch("nul,30,,,yes\nNUL_,30,,,yes\n");
  expect(await refusal(args)).toBe("CSV_INVALID");
  expect(existsSync(outDir)).toBe(false);
});

it("overwrites nothing", async () => {
  const { args, outDir } = batch("C-10,30,,,yes\n");
  mkdirSync(outDir);
  writeFileSync(join(outDir, "C-10.uvvlic"), "somebody's file");
  const answer = await vaultctl([...args, "--json"]);
  expect(answer.json?.["faults"]).toEqual([{ line: 2, message: expect.stringMatching(/already exists/) }]);
  expect(readFileSync(join(outDir, "C-10.uvvlic"), "utf8")).toBe("somebody's file");
});

it("issues nobody a second license for the same stick: a table can grow and be issued again", async () => {
  const first = batch("C-11,30,,,yes\nC-12,30,,,yes\n");
  const issued = await succeed<Batch>(first.args);
  // Into another folder, so that no file of the first run is in the way.
  const second = batch("C-11,60,,,yes\nC-12,30,,,yes\nC-13,30,,,yes\n");
  const grown = await succeed<Batch & { skipped: { sub: string; licenses: { lid: string }[] }[] }>(second.args);
  expect(grown.licenses.map(({ sub }) => sub)).toEqual(["C-13"]);
  expect(grown.skipped.map(({ sub, licenses }) => [sub, licenses.map(({ lid }) => lid)])).toEqual(
    issued.licenses.map(({ sub, lid }) => [sub, [lid]]),
  );
  expect(readdirSync(second.outDir).toSorted()).toEqual(["C-13.txt", "C-13.uvvlic"]);
  const text = await vaultctl(second.args);
  expect(text.stdout).toMatch(/C-13 already has license [a-z2-7]{26} until .*: skipped/);
  expect(text.stdout).toContain("0 issued, 3 skipped.");
});

it("issues a second one when that is asked for, or after the first has been revoked", async () => {
  const once = await succeed<Batch>(batch("C-14,30,,,yes\n").args);
  expect((await succeed<Batch>(batch("C-14,30,,,yes\n", "--again").args)).licenses).toHaveLength(1);
  const other = await succeed<Batch>(batch("C-15,30,,,yes\n").args);
  await succeed(publisher.command("revoke", "C-15"));
  expect((await succeed<Batch>(batch("C-15,30,,,yes\n").args)).licenses[0]?.lid).not.toBe(other.licenses[0]?.lid);
  expect(once.licenses[0]?.sub).toBe("C-14");
});

it("takes a stick for each row, and several sticks for one customer", async () => {
  const copy = fixture.newStick("second");
  const { stickId } = await succeed<{ stickId: string }>([
    "stick",
    "copy",
    fixture.stick,
    copy,
    "--keys",
    fixture.keys,
  ]);
  const csv = publisher.written(
    "csv",
    "customer;days;stick;passphrase\nC-31;30;S1;yes\nC-31;30;s2;yes\nC-32;30;;yes\n",
  );
  const outDir = fixture.path("sticks");
  const args = ["license", "batch", csv, "--keys", fixture.keys, "--out-dir", outDir];
  const missing = await vaultctl([...args, "--json"]);
  expect(missing.json?.["faults"]).toEqual([{ line: 4, message: expect.stringMatching(/names no stick/) }]);
  const { licenses } = await succeed<Batch>([...args, "--stick", "S2"]);
  expect(licenses.map(({ out }) => publisher.claims(out).bind.stick)).toEqual([packed.stickId, stickId, stickId]);
  expect(readdirSync(outDir)).toContain("C-31-S1.uvvlic");
  expect((await succeed<Batch>([...args, "--stick", "S2"])).licenses).toEqual([]);
});

it("writes no passphrase onto a stick", async () => {
  const { args } = batch("C-16,30,,,yes\n");
  expect(await refusal(args.with(args.indexOf("--out-dir") + 1, join(fixture.stick, "out")))).toBe("CSV_INVALID");
});
