import { listGenerations } from "../../src-shared/node/vault-reader.ts";
import type { MountedRoots } from "../../src-shared/node/mounted-roots.ts";

const POLL_MS = 1_000;

/** The folders that contain something that looks like a vault. Nothing has been verified. */
export type VaultWatch = {
  /** Scans once more, now. */
  readonly scan: () => Promise<readonly string[]>;
  /** A folder that was named or opened by hand is watched like a drive. */
  readonly add: (root: string) => void;
};

/**
 * Scans drives and named folders once a second: polling a few folders costs nothing and works the same way on every
 * system and file system, where change notifications do not. `onScan` is never run twice at a time.
 */
export function watchVaults(
  mounted: MountedRoots,
  named: readonly string[],
  onScan: (candidates: readonly string[]) => Promise<void>,
  failed: (thrown: unknown) => void,
  signal: AbortSignal,
): VaultWatch {
  const extra = new Set(named);
  let timer: NodeJS.Timeout | undefined;

  async function scan(): Promise<readonly string[]> {
    const roots = new Set([...extra, ...(await mounted())]);
    const candidates: string[] = [];
    for (const root of roots) {
      if ((await listGenerations(root)).length > 0) candidates.push(root);
    }
    return candidates;
  }

  async function poll(): Promise<void> {
    // A scan that fails does not end the watch: the next one may succeed.
    await scan().then(onScan).catch(failed);
    if (!signal.aborted) timer = setTimeout(() => void poll(), POLL_MS);
  }

  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  void poll();
  return { scan, add: (root) => void extra.add(root) };
}
