import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { applyPack } from "../../../src-main/content-pack/apply-pack.ts";
import { openPack } from "../../../src-main/content-pack/read-pack.ts";
import { decidePack } from "../../../src-shared/content-pack.ts";
import { openVault } from "../../../src-shared/node/vault-reader.ts";
import { openIssuingFixture } from "../support/licenses.ts";
import {
  HARBOUR,
  LIGHTHOUSE,
  openPackedPublisher,
  type PublisherFixture,
  snapshot,
  trustRootsOf,
} from "../support/publisher-fixture.ts";
import { type Listing, type Packed, refusal, signalWhen, startVaultctl, succeed } from "../support/vaultctl.ts";
import { writeBigVideo } from "../support/big-video.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

type Made = { out: string; stickId: string; gen: number; bytes: number; added: string[]; removed: string[] };

let fixture: PublisherFixture;
let packed: Packed;
let [stick, master] = ["", ""];
beforeEach(async () => {
  ({ fixture, packed } = await openPackedPublisher());
  master = fixture.stick;
  stick = fixture.newStick("one");
  await succeed(["stick", "produce", stick, "--master", master, ...keys()]);
});
afterEach(() => fixture.remove());

const keys = () => ["--keys", fixture.keys];
const order = (name: string, ...rest: string[]) => [
  "stick",
  "content-pack",
  name,
  "--master",
  master,
  ...keys(),
  ...rest,
];
const make = (name: string) => succeed<Made>(order("S2", "--out", fixture.path(`${name}.uvvpack`)));
const addToMaster = (film: string) => succeed<Packed>(["add", "--stick", master, ...keys(), "--no-trial", film]);
const videosOn = async (root: string) => (await succeed<Listing>(["ls", root, ...keys()])).videos;

/** What the app does with a pack, on a computer that has not seen the stick yet. */
async function apply(path: string, root = stick): Promise<string> {
  const roots = trustRootsOf(fixture);
  const pack = await openPack(path, { roots: async () => roots, apply: async () => undefined });
  const vault = await openVault(root, roots);
  if (!pack.ok) return pack.error;
  try {
    if (!vault.ok) return vault.error;
    const decided = decidePack(pack.value, vault.value.manifest, { manifests: new Map() });
    if (!decided.ok) return decided.error;
    const steps = { signal: new AbortController().signal, onBytes: () => undefined };
    const applied = await applyPack(pack.value, vault.value, roots, steps);
    return applied.ok ? "done" : applied.error;
  } finally {
    await pack.value.close();
  }
}

it("is made from the records, without the stick, and brings exactly what the stick lacks", async () => {
  const before = await videosOn(stick);
  await addToMaster(LIGHTHOUSE);
  const made = await make("one");
  expect(made).toMatchObject({ gen: 2, added: ["The lighthouse"], removed: [] });
  // The film that the stick has is not sent again.
  const data = (root: string) => readdirSync(join(root, "VAULT", "data"));
  const fresh = data(master).filter((id) => !data(stick).includes(id));
  const sent = fresh.reduce((sum, id) => sum + statSync(join(master, "VAULT", "data", id, "000")).size, 0);
  expect(made.bytes - sent).toBeGreaterThan(0);
  expect(made.bytes - sent).toBeLessThan(20_000);
  expect(await apply(made.out)).toBe("done");
  expect(await videosOn(stick)).toEqual(await videosOn(master));
  expect((await videosOn(stick)).length).toBe(before.length + 1);
  expect(await succeed(["verify", stick, "--trust", fixture.trust])).toMatchObject({ faults: [] });
});

it("keeps sold licenses valid, and carries the newest revocation list", async () => {
  const publisher = openIssuingFixture({ ...fixture, stick }, packed);
  const sold = await publisher.issue("--for", "C-1", "--passphrase-file", publisher.next("txt"));
  const gone = await publisher.issue("--for", "C-2", "--passphrase-file", publisher.next("txt"));
  await succeed(publisher.command("revoke", gone.lid));
  await addToMaster(LIGHTHOUSE);
  expect(await apply((await make("one")).out)).toBe("done");
  expect((await publisher.check(sold.out)).json).toMatchObject({ code: "OK" });
  expect((await publisher.check(gone.out)).json).toMatchObject({ code: "REVOKED" });
});

it("has everything since the stick was last seen, and a number that no other change of the stick gets", async () => {
  await addToMaster(LIGHTHOUSE);
  const first = await make("first");
  await addToMaster(HARBOUR);
  const second = await make("second");
  // Nobody knows whether the first one has arrived, so the second one does not need it.
  expect(second).toMatchObject({ gen: 3, added: ["The lighthouse", "The harbour"] });
  expect(await apply(second.out)).toBe("done");
  expect(await apply(first.out)).toBe("PACK_OLDER");
  expect(await apply(second.out)).toBe("PACK_PRESENT");
  // The stick comes back without any of them: its next change is newer than both.
  const back = fixture.newStick("back");
  await succeed(["stick", "copy", master, back, ...keys()]);
  const { stick: name } = await succeed<{ stick: string }>(["stick", "resign", "--stick", back, ...keys()]);
  await addToMaster(LIGHTHOUSE.replace("lighthouse.mp4", "tides.webm"));
  const out = fixture.path("back.uvvpack");
  const made = await succeed<Made>(order(name, "--out", out));
  const resigned = await succeed<{ gen: number }>(["stick", "resign", "--stick", back, ...keys()]);
  expect(resigned.gen).toBeGreaterThan(made.gen);
  expect(await apply(out, back)).toBe("PACK_OLDER");
});

it("goes on after a stick was seen again: the next pack has only what is new", async () => {
  await addToMaster(LIGHTHOUSE);
  await apply((await make("first")).out);
  const { sticks } = await succeed<{ sticks: { state: string }[] }>([
    "stick",
    "sync",
    "--master",
    master,
    "--stick",
    stick,
    ...keys(),
  ]);
  expect(sticks[0]).toMatchObject({ state: "current" });
  expect(await refusal(order("S2", "--out", fixture.path("again.uvvpack")))).toBe("STICK_CURRENT");
  await addToMaster(HARBOUR);
  expect(await make("second")).toMatchObject({ gen: 3, added: ["The harbour"] });
});

it("takes a retired film off, and is small", async () => {
  const added = await addToMaster(LIGHTHOUSE);
  await apply((await make("first")).out);
  await succeed(["remove", "--stick", master, ...keys(), packed.videos[0]!.id]);
  const made = await make("second");
  expect(made.removed).toEqual([packed.videos[0]!.title]);
  expect(await apply(made.out)).toBe("done");
  expect((await videosOn(stick)).map(({ id }) => id)).toEqual(added.added);
});

it("is refused without a stick, for another vault, over a file, and from a damaged master", async () => {
  await addToMaster(LIGHTHOUSE);
  expect(await refusal(order("S9", "--out", fixture.path("a.uvvpack")))).toBe("STICK_UNKNOWN");
  const other = fixture.newStick("other");
  await succeed(["pack", "--stick", other, ...keys(), "--no-trial", LIGHTHOUSE]);
  expect(await refusal(order("S2", "--out", fixture.path("a.uvvpack")).with(4, other))).toBe("NOT_A_STICK");
  writeFileSync(fixture.path("taken.uvvpack"), "mine");
  expect(await refusal(order("S2", "--out", fixture.path("taken.uvvpack")))).toBe("FILE_EXISTS");
  expect(await refusal(order("S2", "--out", join(master, "a.uvvpack")))).toBe("ON_STICK");
  const damaged = fixture.newStick("damaged");
  cpSync(master, damaged, { recursive: true });
  const lacking = readdirSync(join(stick, "VAULT", "data"));
  const film = readdirSync(join(damaged, "VAULT", "data")).find((id) => !lacking.includes(id))!;
  const part = join(damaged, "VAULT", "data", film, "000");
  const bytes = readFileSync(part);
  bytes[100] = bytes[100]! ^ 1;
  writeFileSync(part, bytes);
  expect(await refusal(order("S2", "--out", fixture.path("a.uvvpack")).with(4, damaged))).toBe("VAULT_DAMAGED");
  expect(readdirSync(fixture.folder).filter((name) => /^a\.|tmp$/.test(name))).toEqual([]);
});

it("is there whole or not at all after a kill, and the next one has a higher number", async () => {
  const big = fixture.path("big.mp4");
  writeBigVideo(big, 48, "pack");
  await addToMaster(big);
  const out = fixture.path("killed.uvvpack");
  const isBegun = () => readdirSync(fixture.folder).some((name) => name.startsWith(".killed"));
  await signalWhen(startVaultctl(order("S2", "--out", out)), "SIGKILL", isBegun);
  expect(existsSync(out)).toBe(false);
  const stickBefore = snapshot(stick);
  const made = await succeed<Made>(order("S2", "--out", out));
  expect(made.gen).toBe(3);
  expect(snapshot(stick)).toEqual(stickBefore);
  expect(await apply(out)).toBe("done");
  rmSync(big);
});
