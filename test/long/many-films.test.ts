import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it, vi } from "vitest";
import { launcherSwitches, readElectronRuntime } from "../../build/electron-runtime.ts";
import { playTrial } from "../../src-ops/packing/trial/index.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { makeMixedFilms } from "../ops/support/mixed-films.ts";
import { openPublisherFixture } from "../ops/support/publisher-fixture.ts";
import { type Packed, runVaultctl } from "../ops/support/vaultctl.ts";

vi.setConfig({ testTimeout: 600_000 });

const electron = { program: readElectronRuntime().executable, switches: [...launcherSwitches(), "--disable-gpu"] };
const FIRST_DAMAGED = 44;
type Answer = Packed & { refused: { code: string; message: string }[] };

it("of fifty films in a folder, what is packed plays in the app's Chromium, and what is refused does not", async () => {
  const folder = join(temporaryFolder(), "films");
  const names = makeMixedFilms(folder);
  const fixture = await openPublisherFixture();
  const pack = (...rest: string[]) => {
    const stick = fixture.newStick(`stick-${rest.length}`);
    return runVaultctl(["pack", "--json", "--stick", stick, "--keys", fixture.keys, "--no-trial", ...rest, folder]);
  };
  const plain = JSON.parse((await pack("--skip-refused")).stdout) as Answer;
  const isRefused = (name: string) => plain.refused.some(({ message }) => message.includes(`/${name}`));
  const results = await playTrial(
    electron,
    names.map((name) => join(folder, name)),
    AbortSignal.timeout(300_000),
  );
  expect(results).toHaveLength(names.length);
  const wrong = names.flatMap((name, index) => {
    const result = results[index];
    const picture = result && result.opened && result.width > 0 && result.played && result.sought && !result.error;
    const isSilent = !name.includes("silent") && result?.soundBytes === 0;
    // A damaged film may play at its beginning and in its middle, and not to its end; one without an index jumps only
    // as long as it is small enough to be in memory.
    const isDamaged = Number.parseInt(name, 10) >= FIRST_DAMAGED;
    const plays = picture === true && !isSilent && !isDamaged;
    return plays === isRefused(name) ? [{ name, plays, result }] : [];
  });
  expect(wrong).toEqual([]);
  expect(plain.videos.length + plain.refused.length).toBe(names.length);

  const converted = JSON.parse((await pack("--skip-refused", "--convert", "--crf", "30")).stdout) as Answer;
  // Only what is missing in a file cannot be made.
  const left = converted.refused.map(({ message }) => names.find((name) => message.includes(`/${name}`)) ?? "");
  expect(left.map((name) => Number.parseInt(basename(name), 10)).toSorted((a, b) => a - b)).toEqual([
    45, 46, 47, 48, 49, 50,
  ]);
  expect(readFileSync(join(folder, "1 plain.mp4")).length).toBeGreaterThan(1_000);
});
