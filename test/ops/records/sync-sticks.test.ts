import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MIB } from "../../../src-shared/units.ts";
import { writeBigVideo } from "../support/big-video.ts";
import { openIssuingFixture } from "../support/licenses.ts";
import { markKeyOn } from "../support/mark-key.ts";
import { mayMount, mountMemory } from "../support/mounts.ts";
import { openAsReader } from "../support/open-as-reader.ts";
import {
  LIGHTHOUSE,
  openPackedPublisher,
  type PublisherFixture,
  snapshot,
  TIDES,
} from "../support/publisher-fixture.ts";
import {
  type Listing,
  type Packed,
  refusal,
  signalWhen,
  startVaultctl,
  succeed,
  vaultctl,
} from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

type State = {
  name: string | null;
  root: string | null;
  state: string;
  added: string[];
  removed: string[];
  error: { code: string } | null;
};
type Synced = { ok: boolean; titles: number; sticks: State[]; limited: string[] };

let fixture: PublisherFixture;
let packed: Packed;
let [one, two, master] = ["", "", ""];
beforeEach(async () => {
  ({ fixture, packed } = await openPackedPublisher());
  master = fixture.stick;
  [one, two] = [fixture.newStick("one"), fixture.newStick("two")];
  await succeed(["stick", "produce", one, two, "--master", master, ...keys()]);
});
afterEach(() => fixture.remove());

const keys = () => ["--keys", fixture.keys];
const sync = (...rest: string[]) => ["stick", "sync", "--master", master, ...keys(), ...rest];
const videosOn = async (stick: string) => (await succeed<Listing>(["ls", stick, ...keys()])).videos;
/** As with these sticks plugged in. */
async function syncPlugged(plugged: readonly string[], ...rest: string[]): Promise<Synced> {
  const { json } = await vaultctl([...sync(...rest), "--json"], undefined, { mounted: async () => plugged });
  return json as unknown as Synced;
}
/** When each encrypted file was written. */
const written = (stick: string) =>
  readdirSync(join(stick, "VAULT", "data"), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => statSync(join(file.parentPath, file.name)))
    .map(({ ino, mtimeMs }) => `${ino} ${mtimeMs}`);

describe("one film and one id on all sticks", () => {
  it("changes the master and every stick that is plugged in, writes nothing again, and names those that are behind", async () => {
    const [before, key] = [written(one), markKeyOn(one)];
    const first = await syncPlugged([one, master, fixture.folder], "--add", LIGHTHOUSE);
    expect(first).toMatchObject({ ok: true, titles: 2 });
    expect(first.sticks).toMatchObject([
      { name: "S2", root: one, state: "updated", added: ["The lighthouse"], removed: [] },
      { name: "S3", root: null, state: "behind" },
    ]);
    expect(written(one)).toEqual(expect.arrayContaining(before));
    expect(await videosOn(one)).toEqual(await videosOn(master));
    expect(markKeyOn(one, 2)).toBe(key);
    expect(await succeed(["verify", one, "--trust", fixture.trust])).toMatchObject({ faults: [], extras: [] });
    // A later run finishes the rest.
    const later = await syncPlugged([two]);
    expect(later.sticks).toMatchObject([
      { name: "S3", root: two, state: "updated", added: ["The lighthouse"] },
      { name: "S2", root: null, state: "current" },
    ]);
    expect(await videosOn(two)).toEqual(await videosOn(master));
  });

  it("keeps sold licenses valid, also for the new film, and names those that are for certain films", async () => {
    const publisher = openIssuingFixture({ ...fixture, stick: one }, packed);
    const secret = publisher.next("txt");
    const sold = await publisher.issue("--for", "C-1", "--passphrase-file", secret);
    const [tides] = await videosOn(one);
    await publisher.issue("--for", "C-2", "--passphrase-file", publisher.next("txt"), "--entitle", tides!.id);
    const synced = await syncPlugged([one], "--add", LIGHTHOUSE);
    expect(synced.limited).toEqual(["C-2"]);
    const passphrase = readFileSync(secret, "utf8").trim();
    const checked = await publisher.check(sold.out);
    expect(checked.json).toMatchObject({ code: "OK" });
    expect(passphrase).toMatch(/^\d{4}-/);
    const { catalog, read } = await openAsReader(fixture, one);
    const lesson = catalog.videos.find(({ title }) => title === "The lighthouse")!;
    expect((await read(lesson.file, "video")).equals(readFileSync(LIGHTHOUSE))).toBe(true);
  });

  it("takes a film off every stick", async () => {
    await syncPlugged([one], "--add", LIGHTHOUSE);
    const [tides] = (await videosOn(master)).filter(({ title }) => title !== "The lighthouse");
    const [used] = [written(one).length];
    const retired = await syncPlugged([one, two], "--retire", tides!.id);
    expect(retired.sticks).toMatchObject([
      { name: "S2", state: "updated", added: [], removed: [tides!.title] },
      { name: "S3", state: "updated", added: ["The lighthouse"], removed: [tides!.title] },
    ]);
    expect((await videosOn(two)).map(({ title }) => title)).toEqual(["The lighthouse"]);
    expect(written(one).length).toBeLessThan(used);
  });

  it("may be run again: the film is not added twice, and what is gone is told", async () => {
    const [tides] = await videosOn(master);
    const change = ["--add", LIGHTHOUSE, "--retire", tides!.id];
    await syncPlugged([one], ...change);
    const [sticks, again] = [snapshot(one), await vaultctl(sync(...change, "--stick", one))];
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toMatch(/lighthouse\.mp4 is on the master already\.\n.*is not on the master\./);
    expect(again.stdout).toMatch(
      /^S2 {5}current {2}.*one\nS3 {5}behind {3}not plugged in: run the command again with it\n1 videos/m,
    );
    expect(snapshot(one)).toEqual(sticks);
    // Another film with the same size is not the same film.
    const other = fixture.path("other.mp4");
    const bytes = readFileSync(LIGHTHOUSE);
    writeFileSync(
      other,
      bytes.map((byte, index) => (index === bytes.length - 3 ? byte ^ 1 : byte)),
    );
    expect((await syncPlugged([one], "--add", other)).titles).toBe(2);
  });

  it("never takes off what only this stick has, unless it is named", async () => {
    const own = await succeed<Packed>(["add", "--stick", one, ...keys(), "--no-trial", LIGHTHOUSE]);
    const before = snapshot(one);
    const synced = await syncPlugged([one, two], "--retire", "a".repeat(26));
    expect(synced.sticks).toMatchObject([
      { name: "S2", root: one, state: "failed", error: { code: "VIDEOS_ONLY_HERE" } },
      { name: "S3", state: "current" },
    ]);
    expect(snapshot(one)).toEqual(before);
    const named = await syncPlugged([one], "--retire", own.added[0]!);
    expect(named.sticks[0]).toMatchObject({ state: "updated", removed: ["The lighthouse"] });
  });

  it("takes sticks by folder or name, goes on after one that fails, and says which to run again", async () => {
    const foreign = fixture.newStick("foreign");
    await succeed(["pack", "--stick", foreign, ...keys(), TIDES]);
    const { json, code } = await vaultctl(
      [...sync("--add", LIGHTHOUSE, "--stick", foreign, "s2", "S3"), "--json"],
      undefined,
      {
        mounted: async () => [two],
      },
    );
    expect([code, json]).toMatchObject([1, { error: { code: "STICKS_MISSING" } }]);
    expect((json as unknown as Synced).sticks).toMatchObject([
      { root: foreign, state: "failed", error: { code: "NOT_A_STICK" } },
      { name: "S2", state: "failed", error: { code: "STICK_AWAY" } },
      { name: "S3", root: two, state: "updated" },
    ]);
    expect(await refusal(sync("--stick", "S77"))).toBe("STICK_UNKNOWN");
  });

  it("does not call a stick up to date that could not be recorded, and goes on with the others", async () => {
    const { sticks } = await succeed<{ sticks: { name: string; stickId: string }[] }>(["stick", "list", ...keys()]);
    const { stickId } = sticks.find(({ name }) => name === "S2")!;
    const inTheWay = join(fixture.keys, "sticks", stickId, "VAULT", "manifest.2.uvv");
    mkdirSync(inTheWay);
    const answer = await vaultctl([...sync("--add", LIGHTHOUSE, "--stick", one, two), "--json"]);
    expect((answer.json as unknown as Synced).sticks).toMatchObject([
      { root: one, state: "failed", error: { code: "FILE_SYSTEM" } },
      { name: "S3", root: two, state: "updated" },
    ]);
    rmdirSync(inTheWay);
    expect((await succeed<Synced>(sync("--stick", one))).sticks[0]).toMatchObject({ name: "S2", state: "current" });
  });

  it("writes a file again that is damaged, and takes a link in its place for no file", async () => {
    const [folder] = readdirSync(join(one, "VAULT", "data"));
    const part = join(one, "VAULT", "data", folder!, "000");
    const whole = readFileSync(part);
    writeFileSync(part, Buffer.alloc(whole.length - 10, 7));
    expect((await syncPlugged([one])).sticks[0]).toMatchObject({ name: "S2", state: "updated" });
    expect(readFileSync(part).equals(whole)).toBe(true);
    const outside = fixture.path("outside");
    writeFileSync(outside, "mine");
    rmSync(part);
    symlinkSync(outside, part);
    expect((await syncPlugged([one])).sticks[0]).toMatchObject({ name: "S2", state: "updated" });
    expect([readFileSync(outside, "utf8"), lstatSync(part).isFile()]).toEqual(["mine", true]);
    expect(readFileSync(part).equals(whole)).toBe(true);
    expect(await succeed(["verify", one, "--trust", fixture.trust])).toMatchObject({ faults: [] });
  });

  it.runIf(mayMount())("leaves a stick as it was if the film does not fit", async () => {
    const small = fixture.path("small");
    const unmount = mountMemory(small, "size=8m")!;
    try {
      cpSync(one, small, { recursive: true });
      const before = snapshot(small);
      const big = fixture.path("big.mp4");
      writeBigVideo(big, 12, "does not fit");
      const synced = await syncPlugged([small], "--add", big);
      expect(synced.sticks[0]).toMatchObject({ root: small, state: "failed", error: { code: "DISK_FULL" } });
      expect(snapshot(small)).toEqual(before);
    } finally {
      unmount();
    }
  });
});

describe("a run that was killed", () => {
  it.each([
    ["in the middle of a copied film", (stick: string) => bytesIn(stick) > 20 * MIB],
    ["when the new content was signed", (stick: string) => existsSync(join(stick, "VAULT", "manifest.2.jws"))],
  ])("is finished by the same command: killed %s", async (_when, isReached) => {
    const big = fixture.path("big.mp4");
    writeBigVideo(big, 48, "killed");
    await succeed(["add", "--stick", master, ...keys(), "--no-trial", big]);
    const before = await videosOn(one);
    await signalWhen(startVaultctl(sync("--stick", one)), "SIGKILL", () => isReached(one));
    // Whatever is there is valid: the content before or after.
    expect([before.length, before.length + 1]).toContain((await videosOn(one)).length);
    const { sticks } = await succeed<Synced>(sync("--stick", one));
    expect(["updated", "current"]).toContain(sticks[0]?.state);
    expect(await videosOn(one)).toEqual(await videosOn(master));
    expect(await succeed(["verify", one, "--trust", fixture.trust])).toMatchObject({ faults: [] });
    rmSync(big);
  });
});

function bytesIn(stick: string): number {
  const files = readdirSync(join(stick, "VAULT", "data"), { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
}
