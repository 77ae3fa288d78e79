import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { markKeyOn } from "../support/mark-key.ts";
import { openAsReader } from "../support/open-as-reader.ts";
import { type Listing, type Packed, refusal, succeed, vaultctl } from "../support/vaultctl.ts";
import { HARBOUR, openPublisherFixture, snapshot, TIDES, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let packed: Packed;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  packed = await succeed<Packed>(["pack", "--stick", fixture.stick, "--keys", fixture.keys, HARBOUR, TIDES]);
});
afterAll(() => fixture.remove());

const copy = (from: string, to: string) => ["stick", "copy", from, to, "--keys", fixture.keys] as const;

it("gives each copy its own signed stick id, and the same videos", async () => {
  const ids = new Set([packed.stickId]);
  for (const name of ["copy-1", "copy-2"]) {
    const stick = fixture.newStick(name);
    const { stickId } = await succeed<Listing>(copy(fixture.stick, stick));
    ids.add(stickId);
    const listing = await succeed<Listing>(["ls", stick, "--keys", fixture.keys]);
    expect(listing).toMatchObject({ vaultId: packed.vaultId, stickId, gen: 1, videos: packed.videos });
    expect(JSON.parse(readFileSync(join(stick, "VAULT", "vault.json"), "utf8"))).toMatchObject({ stickId });
    expect(await succeed(["verify", stick, "--trust", fixture.trust])).toMatchObject({ faults: [], extras: [] });
    const { catalog, read } = await openAsReader(fixture, stick);
    expect((await read(catalog.videos[0]!.file, "video")).equals(readFileSync(HARBOUR))).toBe(true);
  }
  expect(ids.size).toBe(3);
});

it("gives each copy its own key for marks, which stays the same when the content is signed again", async () => {
  const stick = fixture.newStick("marked");
  await succeed(copy(fixture.stick, stick));
  const key = markKeyOn(stick);
  expect(key).not.toBe(markKeyOn(fixture.stick));
  await succeed(["stick", "resign", "--stick", stick, "--keys", fixture.keys]);
  expect(markKeyOn(stick, 2)).toBe(key);
});

it("copies the revocation list, but no license", async () => {
  const from = fixture.path("with-lists");
  cpSync(fixture.stick, from, { recursive: true });
  mkdirSync(join(from, "VAULT", "licenses"));
  writeFileSync(join(from, "VAULT", "licenses", "a.uvvlic"), "a license");
  writeFileSync(join(from, "VAULT", "revocations.uvvrev"), "a list");
  const to = fixture.newStick("from-lists");
  await succeed(copy(from, to));
  expect(readFileSync(join(to, "VAULT", "revocations.uvvrev"), "utf8")).toBe("a list");
  expect(readdirSync(join(to, "VAULT"))).not.toContain("licenses");
});

it("refuses a stick that has a vault, and leaves it unchanged", async () => {
  const to = fixture.newStick("taken");
  await succeed(["pack", "--stick", to, "--keys", fixture.keys, TIDES]);
  const before = snapshot(to);
  const { code, stderr } = await vaultctl(copy(fixture.stick, to));
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(/^VAULT_EXISTS: .*`vaultctl stick sync`: its licenses stay valid/m),
  ]);
  // A stick that is made again has another id: every license that was sold for it would be useless.
  expect(stderr).not.toMatch(/delete/);
  expect(snapshot(to)).toEqual(before);
});

it("refuses a damaged part, and leaves the target empty", async () => {
  const from = fixture.path("damaged");
  cpSync(fixture.stick, from, { recursive: true });
  const { catalog } = await openAsReader(fixture, from);
  const part = join(from, "VAULT", "data", catalog.videos[1]!.file.id, "000");
  const bytes = readFileSync(part);
  bytes[1000] = bytes[1000]! ^ 1;
  writeFileSync(part, bytes);
  const to = fixture.newStick("stays-empty");
  expect(await refusal(copy(from, to))).toBe("VAULT_DAMAGED");
  expect(readdirSync(to)).toEqual([]);
});

it("refuses a stick without a vault, itself, and other keys", async () => {
  const empty = fixture.newStick("empty");
  expect(await refusal(copy(empty, fixture.newStick("target")))).toBe("NO_VAULT");
  expect(await refusal(copy(fixture.stick, fixture.stick))).toBe("NOT_A_STICK");
  await succeed(["keys", "init", "--dir", fixture.path("stranger"), "--dev"]);
  const strange = copy(fixture.stick, empty).with(5, fixture.path("stranger"));
  expect(await refusal(strange)).toBe("VAULT_UNTRUSTED");
});

it("produces several sticks, goes on after one that fails, and makes only the rest the next time", async () => {
  type Produced = {
    sticks: { to: string; state: string; name: string | null; stickId: string; error: { code: string } }[];
  };
  const [first, taken, linked, last] = ["p-1", "p-2", "p-3", "p-4"].map((name) => fixture.newStick(name)) as [
    string,
    string,
    string,
    string,
  ];
  await succeed(["pack", "--stick", taken, "--keys", fixture.keys, TIDES]);
  symlinkSync(fixture.path("elsewhere"), join(linked, "VAULT"));
  const produce = ["stick", "produce", first, taken, linked, last, "--master", fixture.stick, "--keys", fixture.keys];
  const answer = await vaultctl([...produce, "--json"]);
  expect(answer.json).toMatchObject({ error: { code: "STICKS_MISSING", message: expect.stringMatching(/^2 of 4/) } });
  const { sticks } = answer.json as unknown as Produced;
  expect(sticks.map(({ to, state }) => [to, state])).toEqual([
    [first, "made"],
    [taken, "failed"],
    [linked, "failed"],
    [last, "made"],
  ]);
  expect(sticks[1]).toMatchObject({ name: null, error: { code: "VAULT_EXISTS" } });
  // The file system has refused this one.
  expect(sticks[2]).toMatchObject({ name: null, error: { code: "LINK_REFUSED" } });
  expect(new Set([sticks[0]?.stickId, sticks[3]?.stickId, packed.stickId]).size).toBe(3);
  for (const stick of [taken, linked]) rmSync(join(stick, "VAULT"), { recursive: true });
  const again = await succeed<Produced>(produce);
  expect(again.sticks.map(({ state }) => state)).toEqual(["known", "made", "made", "known"]);
  expect(again.sticks[0]).toMatchObject({ name: sticks[0]?.name, stickId: sticks[0]?.stickId });
  for (const stick of [first, taken, linked, last]) {
    expect(await succeed(["verify", stick, "--trust", fixture.trust])).toMatchObject({ faults: [] });
  }
  // The master itself is no copy.
  const onto = await vaultctl([
    "stick",
    "produce",
    fixture.stick,
    "--master",
    fixture.stick,
    "--keys",
    fixture.keys,
    "--json",
  ]);
  expect((onto.json as unknown as Produced).sticks[0]).toMatchObject({ state: "failed" });
});
