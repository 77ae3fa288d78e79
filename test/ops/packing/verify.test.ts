import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { verifyVault } from "../../../src-ops/packing/index.ts";
import { openAsReader } from "../support/open-as-reader.ts";
import { succeed, vaultctl } from "../support/vaultctl.ts";
import { HARBOUR, openPublisherFixture, TIDES, type PublisherFixture } from "../support/publisher-fixture.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let part: string;
let count = 0;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  await succeed(["pack", "--stick", fixture.stick, "--keys", fixture.keys, HARBOUR, TIDES]);
  const { catalog } = await openAsReader(fixture, fixture.stick);
  part = join("VAULT", "data", catalog.videos[0]!.file.id, "000");
});
afterAll(() => fixture.remove());

function copyOfStick(): string {
  const stick = fixture.path(`stick-${++count}`);
  cpSync(fixture.stick, stick, { recursive: true });
  return stick;
}

const verify = (stick: string) => vaultctl(["verify", stick, "--trust", fixture.trust, "--json"]);

it("accepts a complete stick and shows what it checked", async () => {
  const answer = await verify(fixture.stick);
  expect(answer.code).toBe(0);
  expect(answer.json).toMatchObject({
    ok: true,
    gen: 1,
    files: 8,
    parts: 8,
    faults: [],
    extras: [],
    developmentKeys: true,
  });
});

it.each<[string, (path: string) => void, string]>([
  ["one flipped bit", (path) => flip(path, 500_000), "CONTENT"],
  ["a flipped first byte", (path) => flip(path, 0), "CONTENT"],
  ["a cut part", (path) => truncateSync(path, 1_000_000), "SIZE"],
  [
    "a part with an extra byte",
    (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.of(0)])),
    "SIZE",
  ],
  ["a missing part", (path) => rmSync(path), "MISSING"],
  ["a folder instead of a part", (path) => (rmSync(path), mkdirSync(path)), "UNREADABLE"],
])("finds %s", async (_what, damage, fault) => {
  const stick = copyOfStick();
  damage(join(stick, part));
  const answer = await verify(stick);
  expect(answer.code).toBe(1);
  expect(answer.json).toMatchObject({ ok: false, error: { code: "VAULT_DAMAGED" }, faults: [{ path: part, fault }] });
});

it("lists every fault, not only the first", async () => {
  const stick = copyOfStick();
  const data = join(stick, "VAULT", "data");
  for (const id of readdirSync(data)) flip(join(data, id, "000"), 60);
  expect((await verify(stick)).json?.["faults"]).toHaveLength(8);
});

it("refuses a changed manifest and a lost catalog", async () => {
  const stick = copyOfStick();
  rmSync(join(stick, "VAULT", "manifest.1.uvv"));
  expect((await verify(stick)).json).toMatchObject({ error: { code: "VAULT_INCOMPLETE" } });
  flip(join(stick, "VAULT", "manifest.1.jws"), 200);
  expect((await verify(stick)).json).toMatchObject({ error: { code: "VAULT_UNTRUSTED" } });
});

it("reports a newer manifest without a trusted signature as a fault", async () => {
  const stick = copyOfStick();
  const folder = join(stick, "VAULT");
  writeFileSync(join(folder, "manifest.7.jws"), readFileSync(join(folder, "manifest.1.jws")));
  const answer = await verify(stick);
  expect(answer.code).toBe(1);
  expect(answer.json?.["faults"]).toEqual([{ path: join("VAULT", "manifest.7.jws"), fault: "UNTRUSTED" }]);
});

it("reports other files, but not as faults", async () => {
  const stick = copyOfStick();
  mkdirSync(join(stick, "VAULT", "data", "stray"));
  writeFileSync(join(stick, "VAULT", "data", "stray", "000"), "x");
  writeFileSync(join(stick, "VAULT", "pending.uvv"), "x");
  writeFileSync(join(stick, "letter.txt"), "not in the vault's folder");
  const answer = await verify(stick);
  expect(answer.code).toBe(0);
  expect(answer.json?.["extras"]).toEqual(["VAULT/data/stray/000", "VAULT/pending.uvv"]);
});

it("does not follow a link in the place of a part", async () => {
  const stick = copyOfStick();
  rmSync(join(stick, part));
  symlinkSync(join(fixture.stick, part), join(stick, part));
  const answer = await verify(stick);
  expect(answer.code).toBe(1);
  expect(answer.json?.["faults"]).toEqual([{ path: part, fault: "UNREADABLE" }]);
});

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(path, bytes);
}

it("says that the stick is gone if it is pulled out meanwhile, and not that its parts are missing", async () => {
  const stick = copyOfStick();
  let shown = 0;
  const progress = {
    show: () => {
      if (++shown === 1) rmSync(stick, { recursive: true });
    },
    end: () => undefined,
  };
  const job = { signal: new AbortController().signal, progress, note: () => undefined };
  const verified = await verifyVault(stick, fixture.trust, job);
  expect(verified).toMatchObject({ ok: false, error: { code: "STICK_AWAY", message: expect.stringContaining(stick) } });
  expect(shown).toBe(1);
});
