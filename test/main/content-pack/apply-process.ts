// Writes a content pack onto a stick, as the app does, in a process that a test can kill.
import { applyPack } from "../../../src-main/content-pack/apply-pack.ts";
import { openPack } from "../../../src-main/content-pack/read-pack.ts";
import { openVault } from "../../../src-shared/node/vault-reader.ts";
import { sweepAfterCommit } from "../../../src-shared/node/vault-sweep.ts";
import { ROOTS } from "../../fakes/issuer.ts";

export async function applyOnce(stick: string, path: string): Promise<string> {
  const vault = await openVault(stick, ROOTS);
  const pack = await openPack(path, { roots: async () => ROOTS, apply: async () => undefined });
  if (!vault.ok || !pack.ok) return "not opened";
  const steps = { signal: new AbortController().signal, onBytes: () => undefined };
  const applied = await applyPack(pack.value, vault.value, ROOTS, steps);
  const { gen, files } = pack.value.manifest.claims;
  await pack.value.close();
  if (!applied.ok) return applied.error;
  await sweepAfterCommit(stick, gen, new Set(files.map(({ id }) => id)));
  return "done";
}

const [, program = "", stick = "", path = ""] = process.argv;
if (program.endsWith("apply-process.ts")) process.stdout.write(await applyOnce(stick, path));
