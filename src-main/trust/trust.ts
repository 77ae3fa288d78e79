import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import {
  type AppliedKeys,
  applyKeyManifest,
  type JwsError,
  KEY_MANIFEST_PROFILE,
  type TrustRoots,
} from "../../src-shared/jws/index.ts";
import { compareCounters, type Counter } from "../../src-shared/ledger/index.ts";
import { codeOf, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readForeignFile } from "../../src-shared/node/foreign-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { KEYS_FILE, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import type { Ledger } from "../ledger/index.ts";
import { artefactHash, type Log } from "../log/index.ts";

export type TrustPorts = {
  /** The anchors compiled into this build. */
  readonly compiled: TrustRoots;
  /** Where the newest key manifest is stored. */
  readonly path: string;
  readonly ledger: Pick<Ledger, "open" | "head" | "commit">;
  readonly now: () => UnixSeconds;
  readonly log: Log;
};

/** The keys that count: the compiled anchors, as changed by the newest key manifest that this computer has seen. */
export type Trust = {
  /**
   * The anchors of every check. If a newer manifest was seen than the available one, only the parents: any other key
   * may be one that the newer manifest has retired.
   */
  readonly roots: () => Promise<TrustRoots>;
  /** The same without asking the ledger, which itself needs them to distinguish a first run from a loss. */
  readonly rootsWithoutLedger: () => Promise<TrustRoots>;
  /** Applies the key manifest of a stick, if it has one. Must happen before anything else on the stick is verified. */
  readonly applyFromStick: (root: string) => Promise<void>;
  /** Applies a key manifest (attacker-controlled). A manifest that is not newer than the current one is ignored. */
  readonly apply: (text: string) => Promise<void>;
};

type Applied = { readonly text: string; readonly keys: AppliedKeys };

const NOTHING_SEEN: Counter = { generation: 0, sequence: 0 };

export function createTrust({ compiled, path, ledger, now, log }: TrustPorts): Trust {
  const parents = compiled.filter(({ role }) => role === KEY_MANIFEST_PROFILE.role);
  let loading: Promise<void> | undefined;
  let applied: Applied | undefined;
  // A stick and the feed are read repeatedly: each refused manifest is one line of the log.
  const refused = new Set<string>();

  // Its counter is compared when it is used, and may not be known yet.
  async function load(): Promise<void> {
    const text = await readManifest(path);
    const keys = text === undefined ? undefined : applyKeyManifest(compiled, text, NOTHING_SEEN);
    if (text !== undefined && keys?.ok) applied = { text, keys: keys.value };
  }

  function current(): TrustRoots {
    const isBehind = compareCounters(applied?.keys.counter ?? NOTHING_SEEN, ledger.head().keyManifest) < 0;
    return isBehind ? parents : (applied?.keys.roots ?? compiled);
  }

  async function rootsWithoutLedger(): Promise<TrustRoots> {
    await (loading ??= load());
    return current();
  }

  async function roots(): Promise<TrustRoots> {
    await ledger.open();
    return rootsWithoutLedger();
  }

  async function apply(text: string): Promise<void> {
    await roots();
    if (text === applied?.text) return;
    const keys = applyKeyManifest(compiled, text, applied?.keys.counter ?? NOTHING_SEEN);
    if (!keys.ok) {
      // An older stick has an older manifest: that is normal.
      if (keys.error !== "ROLLED_BACK") logOnce(artefactHash(text), keys.error);
      return;
    }
    applied = { text, keys: keys.value };
    await save(applied);
  }

  function logOnce(artefact: string, code: JwsError): void {
    if (refused.has(artefact)) return;
    // Limited: this is not a list of every stick that was ever plugged in.
    if (refused.size >= 8) refused.clear();
    refused.add(artefact);
    log("keys.refused", { code, artefact });
  }

  /**
   * The manifest is stored first, its counter second: a counter without its manifest would leave only the parent keys.
   */
  async function save({ text, keys }: Applied): Promise<void> {
    try {
      await writeFileAtomic(path, text, 0o600);
    } catch (error) {
      if (codeOf(error) === "") throw error;
      log("keys.not-kept", { code: codeOf(error) });
      return;
    }
    log("keys.taken", { generation: keys.counter.generation, seq: keys.counter.sequence });
    await ledger.commit({ now: now(), keyManifest: keys.counter, signedTime: keys.issued });
  }

  return {
    roots,
    rootsWithoutLedger,
    async applyFromStick(root) {
      const bytes = await readForeignFile(root, [VAULT_FOLDER, KEYS_FILE], KEY_MANIFEST_PROFILE.maxBytes);
      const text = bytes && fromUtf8(bytes);
      if (text !== undefined) await apply(text);
    },
    apply,
  };
}

async function readManifest(path: string): Promise<string | undefined> {
  const bytes = await readSmallFile(path, KEY_MANIFEST_PROFILE.maxBytes);
  return bytes && fromUtf8(bytes);
}
