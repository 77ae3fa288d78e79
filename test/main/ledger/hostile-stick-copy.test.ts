import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { nodeFileSteps } from "../../../src-main/ledger/index.ts";
import type { SealKey } from "../../../src-main/ledger/seal.ts";
import { readCopy, writeCopy } from "../../../src-main/ledger/stick-copy.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { testId } from "../../fakes/test-keys.ts";
import { record } from "../../shared/ledger/heads.ts";

const OURS = record({ licenseEpoch: 3 });
const KEY = Buffer.alloc(32, 7) as unknown as SealKey;
const PRECIOUS = "the user's own file";

/** A stick, and a folder of the user's with one file. */
type Computer = {
  readonly stick: string;
  readonly ledger: string;
  readonly copy: string;
  readonly home: string;
  readonly victim: string;
};

function computer(): Computer {
  const folder = temporaryFolder();
  const [stick, home] = [join(folder, "stick"), join(folder, "home")];
  const ledger = join(stick, "VAULT", "ledger");
  mkdirSync(ledger, { recursive: true });
  mkdirSync(home);
  const victim = join(home, "letter.txt");
  writeFileSync(victim, PRECIOUS);
  return { stick, ledger, home, victim, copy: join(ledger, `${OURS.installId}.uvvled`) };
}

/** Replaces a folder of the stick by a link. */
const linked = (path: string, to: string) => {
  spawnSync("rm", ["-rf", path]);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(to, path);
};
const pipe = (path: string) => void spawnSync("mkfifo", [path]);

// What someone who prepares a stick can leave on it: the name of the copy is known from an earlier visit.
const ATTACKS: readonly (readonly [name: string, isWritten: boolean, prepare: (at: Computer) => void])[] = [
  [
    "the temporary file is a link to a file of the user's",
    true,
    ({ copy, victim }) => symlinkSync(victim, `${copy}.new`),
  ],
  [
    "the temporary file is a link to nothing",
    true,
    ({ copy, home }) => symlinkSync(join(home, "new.txt"), `${copy}.new`),
  ],
  [
    "the temporary file is another name of a file of the user's",
    true,
    ({ copy, victim }) => linkSync(victim, `${copy}.new`),
  ],
  ["the temporary file is a pipe", true, ({ copy }) => pipe(`${copy}.new`)],
  ["the temporary file is a folder", true, ({ copy }) => mkdirSync(`${copy}.new`)],
  ["the copy is a link to a file of the user's", true, ({ copy, victim }) => symlinkSync(victim, copy)],
  ["the copy is a link to nothing", true, ({ copy, home }) => symlinkSync(join(home, "new.txt"), copy)],
  ["the copy is another name of a file of the user's", true, ({ copy, victim }) => linkSync(victim, copy)],
  ["the copy is a pipe", true, ({ copy }) => pipe(copy)],
  ["the folder is a link to a folder of the user's", false, ({ ledger, home }) => linked(ledger, home)],
  ["the folder is a link to nothing", false, ({ ledger, home }) => linked(ledger, join(home, "new"))],
  [
    "the folder above is a link to a folder of the user's",
    false,
    ({ stick, home }) => {
      mkdirSync(join(home, "ledger"));
      linked(join(stick, "VAULT"), home);
    },
  ],
  [
    "the folder is a file",
    false,
    ({ ledger }) => {
      spawnSync("rm", ["-rf", ledger]);
      writeFileSync(ledger, "");
    },
  ],
];

describe("the copy of the ledger on a hostile stick", () => {
  it.each(ATTACKS)("touches nothing outside of the stick: %s", async (_name, isWritten, prepare) => {
    const at = computer();
    prepare(at);
    // If a pipe is opened after all, a reader lets the test end.
    onTestFinished(() => {
      for (const path of [at.copy, `${at.copy}.new`]) {
        if (!existsSync(path) || !lstatSync(path).isFIFO()) continue;
        closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
      }
    });
    const before = readdirSync(at.home, { recursive: true });
    const stick = { root: at.stick, stickId: testId("stick") };
    const writing = writeCopy(nodeFileSteps, stick, { key: KEY, record: OURS });
    const written = await Promise.race([writing, new Promise((resolve) => setTimeout(resolve, 2_000, "hangs"))]);
    expect(readFileSync(at.victim, "utf8")).toBe(PRECIOUS);
    expect(readdirSync(at.home, { recursive: true })).toEqual(before);
    expect(written).toMatchObject({ ok: isWritten });
    const copy = await readCopy(stick, OURS.installId, KEY);
    expect(copy?.head.licenseEpoch).toBe(isWritten ? 3 : undefined);
    if (isWritten) expect(lstatSync(at.copy).isFile()).toBe(true);
  });

  it(`in ${ATTACKS.length} of ${ATTACKS.length} attacks`, () => {
    process.stdout.write(`${ATTACKS.length} attacks with links on the copy of the ledger\n`);
  });

  it("leaves no temporary file, not even of a write that was interrupted", async () => {
    const at = computer();
    const stick = { root: at.stick, stickId: testId("stick") };
    const torn = { ...nodeFileSteps, rename: () => new Promise<never>(() => undefined) };
    void writeCopy(torn, stick, { key: KEY, record: OURS });
    await expect.poll(() => readdirSync(at.ledger).length).toBe(1);
    expect(await writeCopy(nodeFileSteps, stick, { key: KEY, record: OURS })).toMatchObject({ ok: true });
    expect(readdirSync(at.ledger)).toEqual([`${OURS.installId}.uvvled`]);
  });
});
