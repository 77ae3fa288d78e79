import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fromUtf8 } from "../../src-shared/encoding/text.ts";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { compareCounters } from "../../src-shared/ledger/index.ts";
import { NO_REVOCATIONS, parseRevocations, type Revocations } from "../../src-shared/license/index.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { codeOf, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { artefactHash, type Log } from "../log/index.ts";

type Parsed = { readonly text: string; readonly list: Revocations };

/**
 * The newest revocation list that this computer has seen. It is stored, so that it still counts with a stick without a
 * list; its own signature protects the file. Each list costs one signature check, not one per verdict.
 */
export type RevocationLists = {
  /** Reads lists (attacker-controlled) and returns the newest; a list that no trusted key has signed is ignored. */
  readonly newest: (texts: readonly string[]) => Promise<Revocations>;
  /** Stores the newest list if it is newer than the stored one. Must come before its counter rises in the ledger. */
  readonly save: () => Promise<Result<undefined, string>>;
};

export function createRevocationLists(
  path: string,
  currentRoots: () => Promise<TrustRoots>,
  log: Log,
): RevocationLists {
  const parsed = new Map<string, Revocations | undefined>();
  let stored: Promise<Parsed> | undefined;
  let newest: Parsed = { text: "", list: NO_REVOCATIONS };
  let roots: TrustRoots = [];

  /** After a change of keys no earlier list counts: a stolen key may have signed the newest one. */
  async function followRoots(): Promise<void> {
    const current = await currentRoots();
    if (current === roots) return;
    roots = current;
    parsed.clear();
    stored = undefined;
    newest = { text: "", list: NO_REVOCATIONS };
  }

  async function load(): Promise<Parsed> {
    const bytes = await readSmallFile(path, MAX_ARMORED_CHARS);
    const text = (bytes && fromUtf8(bytes)) ?? "";
    return { text, list: parse(text) ?? NO_REVOCATIONS };
  }

  function parse(text: string): Revocations | undefined {
    if (parsed.has(text)) return parsed.get(text);
    const list = text === "" ? undefined : parseRevocations(text, roots);
    if (list && !list.ok)
      log("revocations.refused", { code: list.error, artefact: artefactHash(text, "REVOCATION LIST") });
    // Enough for a few sticks: this is not a list of all sticks that were ever plugged in.
    if (parsed.size >= 8) parsed.clear();
    const value = list?.ok ? list.value : undefined;
    parsed.set(text, value);
    return value;
  }

  function consider(candidate: Parsed): void {
    if (compareCounters(candidate.list.counter, newest.list.counter) > 0) newest = candidate;
  }

  return {
    async newest(texts) {
      await followRoots();
      stored ??= load();
      consider(await stored);
      for (const text of texts) consider({ text, list: parse(text) ?? NO_REVOCATIONS });
      return newest.list;
    },
    async save() {
      await followRoots();
      stored ??= load();
      if (compareCounters(newest.list.counter, (await stored).list.counter) <= 0) return ok(undefined);
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFileAtomic(path, newest.text, 0o600);
        stored = Promise.resolve(newest);
        return ok(undefined);
      } catch (error) {
        if (codeOf(error) === "") throw error;
        return err(codeOf(error));
      }
    },
  };
}
