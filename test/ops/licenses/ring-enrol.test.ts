import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { newDevice } from "../support/device.ts";
import { openPublisherFixture, type PublisherFixture, TIDES } from "../support/publisher-fixture.ts";
import { type Packed, succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let count = 0;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  const packed = await succeed<Packed>(["pack", "--stick", fixture.stick, "--keys", fixture.keys, TIDES]);
  for (const name of ["north", "south", "west"])
    writeFileSync(fixture.path(`${name}.uvvreq`), (await newDevice()).request(packed));
});
afterAll(() => fixture.remove());

type Enrolled = {
  enrolled: { sub: string; ring: string; pid: string | null; out: string }[];
  skipped: { sub: string }[];
};

function enrol(table: string) {
  const [csv, outDir] = [fixture.path(`machines-${++count}.csv`), fixture.path(`enrolled-${count}`)];
  writeFileSync(csv, table);
  const where = ["--keys", fixture.keys, "--stick", fixture.stick, "--out-dir", outDir];
  return { outDir, args: ["ring", "enrol", csv, ...where] };
}

it("lists all faults at once, and writes nothing while there is one", async () => {
  const { outDir, args } = enrol(
    "customer;days;ring;request\nnorth;90;ring1;north.uvvreq\nagain;90;ring1;north.uvvreq\n" +
      "south;0;ring1;south.uvvreq\nwest;90;;west.uvvreq\neast;90;ring2;east.uvvreq\nfar;90;ring0;absent.uvvreq\n",
  );
  const answer = await vaultctl([...args, "--json"]);
  expect(answer).toMatchObject({ code: 1, json: { error: { code: "CSV_INVALID" } } });
  const faults = answer.json?.["faults"] as { line: number; message: string }[];
  expect(faults.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7]);
  expect(faults.map(({ message }) => message)).toEqual([
    "its request is from the computer of line 2.",
    expect.stringContaining("days must be"),
    expect.stringContaining("ring must be ring0 or ring1"),
    expect.stringContaining("ring must be one of"),
    expect.stringContaining("absent.uvvreq"),
  ]);
  const text = await vaultctl(args);
  for (const { line } of faults) expect(text.stderr).toContain(`line ${line}: `);
  expect(text.stderr).toContain("Nothing was issued.");
  expect(existsSync(outDir)).toBe(false);
  const { licenses } = await succeed<{ licenses: unknown[] }>(["license", "list", "--keys", fixture.keys]);
  expect(licenses).toEqual([]);
});

it("enrols every computer once, also if the table has grown, and no computer under a second name", async () => {
  const first = enrol("customer,days,ring,request\nnorth,90,ring1,north.uvvreq\nsouth,90,ring0,south.uvvreq\n");
  const { enrolled } = await succeed<Enrolled>(first.args);
  expect(enrolled.map(({ sub, ring }) => [sub, ring])).toEqual([
    ["north", "ring1"],
    ["south", "ring0"],
  ]);
  for (const { pid } of enrolled) expect(pid).toMatch(/^[a-z2-7]{26}$/);
  expect(readdirSync(first.outDir).toSorted()).toEqual(["north.uvvlic", "south.uvvlic"]);
  const grown = enrol("customer,days,ring,request\nnorth,90,ring1,north.uvvreq\nwest,90,ring1,west.uvvreq\n");
  const second = await succeed<Enrolled>(grown.args);
  expect([second.enrolled.map(({ sub }) => sub), second.skipped.map(({ sub }) => sub)]).toEqual([["west"], ["north"]]);
  const renamed = enrol("customer,days,ring,request\nnordic,90,ring1,north.uvvreq\n");
  const answer = await vaultctl([...renamed.args, "--json"]);
  expect(answer.json?.["faults"]).toEqual([
    { line: 2, message: "its computer is already enrolled as north: renew that license." },
  ]);
});
