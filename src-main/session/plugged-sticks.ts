import { basename } from "node:path";
import type { StickChoice, StickView } from "../../src-shared/ipc/index.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";

/** What happened when the stick was last opened. */
export type StickAccess = StickChoice["access"];

/** A genuine stick that is plugged in. */
export type PluggedStick = {
  /** Of this session: the page names a stick by it, never by a path. */
  readonly id: number;
  readonly vault: OpenVault;
  readonly access: StickAccess;
};

/** The genuine sticks that are plugged in, in the order of their arrival. */
export type PluggedSticks = {
  readonly has: (root: string) => boolean;
  readonly all: () => readonly PluggedStick[];
  readonly byId: (id: number) => PluggedStick | undefined;
  /** Adds a stick, or replaces what is known about the one in this place. */
  readonly put: (vault: OpenVault, access?: StickAccess) => void;
  readonly remove: (root: string) => void;
  /** Forgets the sticks in other places. Returns whether there were any. */
  readonly keepOnly: (roots: readonly string[]) => boolean;
};

export function createPluggedSticks(): PluggedSticks {
  const sticks = new Map<string, PluggedStick>();
  let lastId = 0;
  return {
    has: (root) => sticks.has(root),
    all: () => [...sticks.values()],
    byId: (id) => [...sticks.values()].find((stick) => stick.id === id),
    put(vault, access = "unknown") {
      const id = sticks.get(vault.root)?.id ?? ++lastId;
      sticks.set(vault.root, { id, vault, access });
    },
    remove: (root) => void sticks.delete(root),
    keepOnly(roots) {
      const gone = [...sticks.keys()].filter((root) => !roots.includes(root));
      for (const root of gone) sticks.delete(root);
      return gone.length > 0;
    },
  };
}

/**
 * The stick that is opened without asking: the only one, or else the one that was used last. Two copies of one stick
 * cannot be told apart, so they are asked about.
 */
export function stickToOpen(sticks: readonly PluggedStick[], lastUsed: string | undefined): PluggedStick | undefined {
  if (sticks.length === 1) return sticks[0];
  const known = sticks.filter(({ vault }) => vault.manifest.claims.stickId === lastUsed);
  return known.length === 1 ? known[0] : undefined;
}

/** The stick with this id; of several copies of it, the one on the screen. */
export function copyOnScreen(
  sticks: readonly PluggedStick[],
  stickId: string,
  currentRoot: string | undefined,
): PluggedStick | undefined {
  const copies = sticks.filter(({ vault }) => vault.manifest.claims.stickId === stickId);
  return copies.find(({ vault }) => vault.root === currentRoot) ?? copies[0];
}

/** The choice as it is shown: the sticks that were used last come first. */
export function choicesOf(
  sticks: readonly PluggedStick[],
  currentRoot: string | undefined,
  recent: readonly StickView[],
): StickChoice[] {
  const rank = ({ stickId }: StickChoice): number => {
    const place = recent.findIndex((seen) => seen.stickId === stickId);
    return place === -1 ? recent.length : place;
  };
  const choices = sticks.map(({ id, vault, access }): StickChoice => {
    const { stickId, label } = vault.manifest.claims;
    const titles = recent.find((seen) => seen.stickId === stickId)?.titles ?? null;
    return { id, stickId, label, drive: driveName(vault.root), titles, access, current: vault.root === currentRoot };
  });
  return choices.toSorted((a, b) => rank(a) - rank(b));
}

/** `E:` or the name of the drive: what the file manager shows, and no path. */
function driveName(root: string): string {
  return /^[A-Za-z]:/.exec(root)?.[0] ?? basename(root);
}
