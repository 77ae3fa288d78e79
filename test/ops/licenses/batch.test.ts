import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
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
  ["a fault in it", "C-1,30,,,yes\nC-2,x,,,yes\n", 3, /days/],
  ["a missing request", "C-1,30,,,yes\nC-2,3,,none.uvvreq,\n", 3, /none\.uvvreq cannot be read/],
  [
    "a file that is not a request",
    "C-1,30,,,yes\nC-2,3,,2.csv,\n",
    3,
    /2\.csv is not a complete activation request|cannot be read/,
  ],
  ["a video that is not on the stick", `C-1,30,,,yes\n\nC-2,3,,,yes,${"a".repeat(26)}\n`, 4, /No video/],
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

it("overwrites nothing: refuses the same table the second time", async () => {
  const { args } = batch("C-1,30,,,yes\n");
  await succeed(args);
  const entries = publisher.entries().length;
  const answer = await vaultctl([...args, "--json"]);
  expect(answer.json?.["faults"]).toEqual([{ line: 2, message: expect.stringMatching(/already exists/) }]);
  expect(publisher.entries()).toHaveLength(entries);
});

it("writes no passphrase onto a stick", async () => {
  const { args } = batch("C-1,30,,,yes\n");
  expect(await refusal(args.with(args.indexOf("--out-dir") + 1, join(fixture.stick, "out")))).toBe("CSV_INVALID");
});
