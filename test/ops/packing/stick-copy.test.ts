import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { openAsReader } from "../support/open-as-reader.ts";
import { type Listing, type Packed, refusal, succeed } from "../support/vaultctl.ts";
import { HARBOUR, openPublisherFixture, snapshot, TIDES, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let workshop: PublisherFixture;
let packed: Packed;
beforeAll(async () => {
  workshop = await openPublisherFixture();
  packed = await succeed<Packed>(["pack", "--stick", workshop.stick, "--keys", workshop.keys, HARBOUR, TIDES]);
});
afterAll(() => workshop.remove());

const copy = (from: string, to: string) => ["stick", "copy", from, to, "--keys", workshop.keys] as const;

it("gives each copy a signed stick id of its own, and the same videos", async () => {
  const ids = new Set([packed.stickId]);
  for (const name of ["copy-1", "copy-2"]) {
    const stick = workshop.newStick(name);
    const { stickId } = await succeed<Listing>(copy(workshop.stick, stick));
    ids.add(stickId);
    const listing = await succeed<Listing>(["ls", stick, "--keys", workshop.keys]);
    expect(listing).toMatchObject({ vaultId: packed.vaultId, stickId, gen: 1, videos: packed.videos });
    expect(JSON.parse(readFileSync(join(stick, "VAULT", "vault.json"), "utf8"))).toMatchObject({ stickId });
    expect(await succeed(["verify", stick, "--trust", workshop.trust])).toMatchObject({ faults: [], extras: [] });
    const { catalog, read } = await openAsReader(workshop, stick);
    expect((await read(catalog.videos[0]!.file, "video")).equals(readFileSync(HARBOUR))).toBe(true);
  }
  expect(ids.size).toBe(3);
});

it("takes the revocation list along, and no license", async () => {
  const from = workshop.path("with-lists");
  cpSync(workshop.stick, from, { recursive: true });
  mkdirSync(join(from, "VAULT", "licenses"));
  writeFileSync(join(from, "VAULT", "licenses", "a.uvvlic"), "a license");
  writeFileSync(join(from, "VAULT", "revocations.uvvrev"), "a list");
  const to = workshop.newStick("from-lists");
  await succeed(copy(from, to));
  expect(readFileSync(join(to, "VAULT", "revocations.uvvrev"), "utf8")).toBe("a list");
  expect(readdirSync(join(to, "VAULT"))).not.toContain("licenses");
});

it("refuses a stick that has a vault, and leaves it as it was", async () => {
  const to = workshop.newStick("taken");
  await succeed(["pack", "--stick", to, "--keys", workshop.keys, TIDES]);
  const before = snapshot(to);
  expect(await refusal(copy(workshop.stick, to))).toBe("VAULT_EXISTS");
  expect(snapshot(to)).toEqual(before);
});

it("refuses a damaged part, and leaves the target empty", async () => {
  const from = workshop.path("damaged");
  cpSync(workshop.stick, from, { recursive: true });
  const { catalog } = await openAsReader(workshop, from);
  const part = join(from, "VAULT", "data", catalog.videos[1]!.file.id, "000");
  const bytes = readFileSync(part);
  bytes[1000] = bytes[1000]! ^ 1;
  writeFileSync(part, bytes);
  const to = workshop.newStick("stays-empty");
  expect(await refusal(copy(from, to))).toBe("VAULT_DAMAGED");
  expect(readdirSync(to)).toEqual([]);
});

it("refuses a stick without a vault, itself, and other keys", async () => {
  const empty = workshop.newStick("empty");
  expect(await refusal(copy(empty, workshop.newStick("target")))).toBe("NO_VAULT");
  expect(await refusal(copy(workshop.stick, workshop.stick))).toBe("NOT_A_STICK");
  await succeed(["keys", "init", "--dir", workshop.path("stranger"), "--dev"]);
  const strange = copy(workshop.stick, empty).with(5, workshop.path("stranger"));
  expect(await refusal(strange)).toBe("VAULT_UNTRUSTED");
});
