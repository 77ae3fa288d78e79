import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { createHasher } from "../../../src-ops/packing/hashing/index.ts";
import { PartWriter } from "../../../src-ops/packing/part-writer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { openPublisherFixture, type PublisherFixture, snapshot, TIDES } from "../support/publisher-fixture.ts";
import { succeed, vaultctl } from "../support/vaultctl.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let fixture: PublisherFixture;
let repo: string;
let count = 0;
beforeAll(async () => {
  fixture = await openPublisherFixture();
  repo = fixture.path("repo");
  await succeed(["pack", "--stick", fixture.stick, "--keys", fixture.keys, TIDES]);
  await succeed(["feed", "init", "--people", "3", "--repo", repo, "--keys", fixture.keys]);
  const file = fixture.path("usb-video-vault_1.0.0_amd64.deb");
  writeFileSync(file, "package");
  const at = ["--repo", repo, "--keys", fixture.keys];
  const added = await succeed<{ build: string }>(
    ["feed", "add-build", file, "--version", "1.0.0", "--build-epoch", "1"].concat(at),
  );
  await succeed(["feed", "release", "--ring", "ring0", "--build", added.build, ...at]);
});
afterAll(() => fixture.remove());

/** A stick, and a folder of the user's outside of it, in which nothing may change. */
type Place = { readonly stick: string; readonly home: string };
type Attack = readonly [
  name: string,
  code: string,
  prepare: (at: Place) => void,
  command: (at: Place) => readonly string[],
];

/** Puts a link in the place of a folder, which moves elsewhere with its content. */
function moveAway(path: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  renameSync(path, to);
  symlinkSync(to, path);
}
function linkTo(to: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(to, path);
}
const packed = ({ stick }: Place) => cpSync(fixture.stick, stick, { recursive: true });
const dataOf = (stick: string) => join(stick, "VAULT", "data");
const firstFile = (stick: string) => join(dataOf(stick), readdirSync(dataOf(stick))[0] ?? "");

const keys = () => ["--keys", fixture.keys];
const pack = ({ stick }: Place) => ["pack", "--stick", stick, ...keys(), TIDES];
const add = ({ stick }: Place) => ["add", "--stick", stick, ...keys(), TIDES];
const resign = ({ stick }: Place) => ["stick", "resign", "--stick", stick, ...keys()];
const publishKeys = ({ stick }: Place) => ["keys", "publish", "--stick", stick, ...keys()];
const copyTo = ({ stick }: Place) => ["stick", "copy", fixture.stick, stick, ...keys()];
const copyFrom = ({ stick }: Place) => ["stick", "copy", stick, fixture.newStick(`to-${++count}`), ...keys()];
const verify = ({ stick }: Place) => ["verify", stick, "--trust", fixture.trust];
const list = ({ stick }: Place) => ["ls", stick, ...keys()];
const exportFeed = ({ stick }: Place) => ["feed", "export", "--to", stick, "--repo", repo, ...keys()];

const ATTACKS: readonly Attack[] = [
  [
    "pack: VAULT leads to a folder of the user's",
    "LINK_REFUSED",
    ({ stick, home }) => linkTo(home, join(stick, "VAULT")),
    pack,
  ],
  [
    "pack: VAULT leads nowhere yet",
    "LINK_REFUSED",
    ({ stick, home }) => linkTo(join(home, "new"), join(stick, "VAULT")),
    pack,
  ],
  [
    "pack: VAULT/data leads to a folder of the user's",
    "LINK_REFUSED",
    ({ stick, home }) => linkTo(home, dataOf(stick)),
    pack,
  ],
  [
    "add: VAULT leads to a whole vault elsewhere",
    "LINK_REFUSED",
    (at) => {
      packed(at);
      moveAway(join(at.stick, "VAULT"), join(at.home, "moved"));
    },
    add,
  ],
  [
    "add: VAULT/data leads elsewhere",
    "LINK_REFUSED",
    (at) => {
      packed(at);
      moveAway(dataOf(at.stick), join(at.home, "moved"));
    },
    add,
  ],
  [
    "resign: VAULT leads to a whole vault elsewhere",
    "LINK_REFUSED",
    (at) => {
      packed(at);
      moveAway(join(at.stick, "VAULT"), join(at.home, "moved"));
    },
    resign,
  ],
  [
    "keys publish: VAULT leads to a whole vault elsewhere",
    "NO_VAULT",
    (at) => {
      packed(at);
      moveAway(join(at.stick, "VAULT"), join(at.home, "moved"));
    },
    publishKeys,
  ],
  [
    "copy to a stick whose VAULT/data leads to folders with names like ours",
    "LINK_REFUSED",
    ({ stick, home }) => linkTo(home, dataOf(stick)),
    copyTo,
  ],
  [
    "copy from a stick with a folder of parts elsewhere",
    "LINK_REFUSED",
    (at) => {
      packed(at);
      moveAway(firstFile(at.stick), join(at.home, "moved"));
    },
    copyFrom,
  ],
  [
    "copy from a stick with a part elsewhere",
    "VAULT_DAMAGED",
    (at) => {
      packed(at);
      moveAway(join(firstFile(at.stick), "000"), join(at.home, "moved"));
    },
    copyFrom,
  ],
  [
    "verify: a folder of parts elsewhere",
    "VAULT_DAMAGED",
    (at) => {
      packed(at);
      moveAway(firstFile(at.stick), join(at.home, "moved"));
    },
    verify,
  ],
  [
    "verify: VAULT/data elsewhere",
    "VAULT_DAMAGED",
    (at) => {
      packed(at);
      moveAway(dataOf(at.stick), join(at.home, "moved"));
    },
    verify,
  ],
  [
    "ls: VAULT elsewhere",
    "NO_VAULT",
    (at) => {
      packed(at);
      moveAway(join(at.stick, "VAULT"), join(at.home, "moved"));
    },
    list,
  ],
  [
    "feed export: UPDATES leads to a folder of the user's",
    "LINK_REFUSED",
    ({ stick, home }) => linkTo(home, join(stick, "UPDATES")),
    exportFeed,
  ],
  [
    "feed export: UPDATES/metadata leads there",
    "LINK_REFUSED",
    ({ stick, home }) => linkTo(home, join(stick, "UPDATES", "metadata")),
    exportFeed,
  ],
  [
    "feed export: UPDATES/targets leads there",
    "LINK_REFUSED",
    ({ stick, home }) => linkTo(home, join(stick, "UPDATES", "targets")),
    exportFeed,
  ],
  [
    "feed export: a folder below leads there",
    "LINK_REFUSED",
    ({ stick, home }) => linkTo(home, join(stick, "UPDATES", "targets", "rings")),
    exportFeed,
  ],
];

describe("a link on a stick", () => {
  it.each(ATTACKS)("is not followed: %s: %s", async (_name, code, prepare, command) => {
    const place = { stick: fixture.newStick(`stick-${++count}`), home: fixture.newStick(`home-${count}`) };
    writeFileSync(join(place.home, "letter.txt"), "the user's own file");
    // With the names that vaultctl gives to its own files, which it removes when nothing needs them.
    const own = join(place.home, "a".repeat(26));
    mkdirSync(own);
    writeFileSync(join(own, "000"), "not a part");
    writeFileSync(join(place.home, "manifest.7.uvv"), "not a catalog");
    mkdirSync(join(place.home, "ring0"));
    prepare(place);
    const before = snapshot(place.home);
    const { json } = await vaultctl([...command(place), "--json"]);
    expect(snapshot(place.home)).toEqual(before);
    const shown = json as { error?: { code: string } } | undefined;
    expect(shown?.error?.code ?? "done").toBe(code);
  });

  it(`is not followed in ${ATTACKS.length} of ${ATTACKS.length} attacks`, () => {
    process.stdout.write(`${ATTACKS.length} attacks with links on sticks that vaultctl reads and writes\n`);
  });
});

describe("a link in the folder of a feed", () => {
  it.each(["metadata", "targets"])("is not followed when something is published: %s", async (name) => {
    const [copy, home] = [fixture.path(`repo-${++count}`), fixture.newStick(`home-${count}`)];
    cpSync(repo, copy, { recursive: true });
    moveAway(join(copy, name), join(home, name));
    const before = snapshot(home);
    const { json } = await vaultctl(["feed", "security", "--floor", "1", "--repo", copy, ...keys(), "--json"]);
    expect(json).toMatchObject({ error: { code: "LINK_REFUSED" } });
    expect(snapshot(home)).toEqual(before);
  });
});

describe("a part that is already there", () => {
  const BYTES = Buffer.from("the bytes of a part");
  it.each<[string, (path: string, victim: string) => void]>([
    ["a link to an empty file", (path, victim) => symlinkSync(victim, path)],
    [
      "a link to nothing",
      (path, victim) => {
        rmSync(victim);
        symlinkSync(victim, path);
      },
    ],
    ["another name of an empty file", (path, victim) => linkSync(victim, path)],
    ["a pipe", (path) => void spawnSync("mkfifo", [path])],
  ])("is replaced, and what it leads to is not written: %s", async (_name, prepare) => {
    const folder = temporaryFolder();
    const [parts, victim] = [join(folder, "parts"), join(folder, "empty.txt")];
    mkdirSync(parts);
    writeFileSync(victim, "");
    const path = join(parts, "000");
    prepare(path, victim);
    // If a pipe is written to after all, a reader lets the test end.
    onTestFinished(() => {
      if (existsSync(path)) closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    });
    const hasher = createHasher();
    onTestFinished(() => hasher.close());
    const writer = new PartWriter(parts, 1000, hasher, () => {});
    await writer.write(BYTES);
    const [written] = await writer.finish();
    expect(written).toMatchObject({ size: BYTES.length });
    expect(readFileSync(path)).toEqual(BYTES);
    expect(readdirSync(folder).includes("empty.txt") ? readFileSync(victim, "utf8") : "").toBe("");
  });
});
