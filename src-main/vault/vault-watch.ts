import { join } from "node:path";
import { listGenerations } from "../../src-shared/node/vault-reader.ts";
import { VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import type { MountedRoots } from "./mounted-roots.ts";

const POLL_MS = 1_000;

/** Which of the folders hold something that looks like a vault. Nothing has been verified. */
export type VaultWatch = {
  /** Looks once more, now. */
  readonly look: () => Promise<readonly string[]>;
  /** A folder that was named or opened by hand is watched like a drive. */
  readonly add: (root: string) => void;
};

/**
 * Watches drives and named folders by looking once a second: polling a handful of folders costs nothing and works alike
 * on every system and file system, where change notifications do not. `onLook` is never run twice at a time.
 */
export function watchVaults(
  mounted: MountedRoots,
  named: readonly string[],
  onLook: (candidates: readonly string[]) => Promise<void>,
  signal: AbortSignal,
): VaultWatch {
  const extra = new Set(named);
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<readonly string[]> {
    const roots = new Set([...extra, ...(await mounted())]);
    const candidates: string[] = [];
    for (const root of roots) {
      if ((await listGenerations(join(root, VAULT_FOLDER))).length > 0) candidates.push(root);
    }
    return candidates;
  }

  async function poll(): Promise<void> {
    await onLook(await look());
    if (!signal.aborted) timer = setTimeout(() => void poll(), POLL_MS);
  }

  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  void poll();
  return { look, add: (root) => void extra.add(root) };
}
