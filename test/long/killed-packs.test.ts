import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, vi } from "vitest";
import { toBase64url } from "../../src-shared/encoding/base64url.ts";
import { openVault, partsOf } from "../../src-shared/node/vault-reader.ts";
import { ROOTS } from "../fakes/issuer.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { testPack } from "../fakes/test-pack.ts";
import { writeTestVault } from "../fakes/test-vault.ts";
import { applyOnce } from "../main/content-pack/apply-process.ts";
import { copyOfStick, NEW, OLD } from "../main/content-pack/pack-fixture.ts";

vi.setConfig({ testTimeout: 400_000 });

const KILL_AT = pathToFileURL(join(import.meta.dirname, "..", "fakes", "kill-at.mjs")).href;
const PROGRAM = join(import.meta.dirname, "..", "main", "content-pack", "apply-process.ts");

function run(stick: string, pack: string, env: Record<string, string>) {
  const child = spawnSync(process.execPath, ["--import", KILL_AT, PROGRAM, stick, pack], {
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  return { signal: child.signal, steps: Number(/steps (\d+)/.exec(child.stderr)?.[1]), stdout: child.stdout };
}

/** The generation that counts on a stick, after every byte of it was compared with its manifest. */
async function wholeGeneration(stick: string): Promise<number> {
  const vault = await openVault(stick, ROOTS);
  if (!vault.ok) throw new Error(vault.error);
  const { files, gen } = vault.value.manifest.claims;
  for (const { id, parts } of files) {
    for (const [index, { path }] of (partsOf(vault.value, id) ?? []).entries()) {
      expect(toBase64url(createHash("sha256").update(readFileSync(path)).digest())).toBe(parts[index]?.sha256);
    }
  }
  return gen;
}

it("leaves the old content or the new one, whole, at whichever step it is killed, and goes on from there", async () => {
  const [original, next] = [join(temporaryFolder(), "stick"), join(temporaryFolder(), "next")];
  await writeTestVault(original, [OLD, { title: "Gone", bytes: OLD.bytes }]);
  await writeTestVault(next, [OLD, NEW], { gen: 2 });
  const pack = join(temporaryFolder(), "S1-v2.uvvpack");
  writeFileSync(pack, testPack(original, next, 2));
  const counted = run(copyOfStick(original), pack, {});
  expect(counted).toMatchObject({ signal: null, stdout: "done" });
  expect(counted.steps).toBeGreaterThan(20);
  const seen = new Set<number>();
  for (let at = 1; at <= counted.steps; at++) {
    const stick = copyOfStick(original);
    const when = at % 2 === 0 ? "before" : "half";
    expect(run(stick, pack, { UVV_KILL_AT: `${at}`, UVV_KILL_WHEN: when }).signal).toBe("SIGKILL");
    const gen = await wholeGeneration(stick);
    seen.add(gen);
    if (gen === 1) expect(await applyOnce(stick, pack)).toBe("done");
    expect(await wholeGeneration(stick)).toBe(2);
  }
  // If only one was seen, the steps did not cover the change.
  expect(seen).toEqual(new Set([1, 2]));
});
