import { decidePack } from "../../src-shared/content-pack.ts";
import type { PackProblem, PackView } from "../../src-shared/ipc/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { requireForeignFolder } from "../../src-shared/node/foreign-files.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import { sweepAfterCommit } from "../../src-shared/node/vault-sweep.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { Bytes } from "../../src-shared/units.ts";
import { DATA_FOLDER, VAULT_FOLDER } from "../../src-shared/vault/index.ts";
import { applyPack } from "./apply-pack.ts";
import type { ContentPackPorts } from "./ports.ts";
import { type OpenPack, openPack } from "./read-pack.ts";

/**
 * Content packs that are dropped, chosen or opened with the app. A person is asked first; then the pack is written onto its
 * stick, and nowhere else. Only the latest pack is kept; one that is being written is not displaced.
 */
export type ContentPacks = {
  readonly view: () => PackView | null;
  /** A file (attacker-controlled) that shall be a pack. */
  readonly receive: (path: string) => Promise<void>;
  /** Writes the pack that was shown under this number. */
  readonly accept: (id: number) => Promise<void>;
  /** Puts the pack away, or interrupts its writing: the same pack continues later from there. */
  readonly dismiss: (id: number) => void;
  /** Interrupts the writing, and waits until nothing of it uses the stick. */
  readonly stop: () => Promise<void>;
};

type Current = { readonly view: PackView; readonly path: string };

// Every step of the progress is one message to the page.
const SHOW_EVERY_SHARE = 200;

export function createContentPacks(ports: ContentPackPorts): ContentPacks {
  let latest = 0;
  let current: Current | undefined;
  let writing: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;

  function show(next: Current | undefined): void {
    current = next;
    ports.changed();
  }

  async function judge(pack: OpenPack): Promise<Result<OpenVault, PackProblem>> {
    const stick = ports.stickWith(pack.header.claims.stickId);
    if (!stick) return err(ports.hasStick() ? "PACK_OTHER_STICK" : "PACK_NO_STICK");
    const decided = decidePack(pack, stick.manifest, ports.head());
    return decided.ok ? ok(stick) : decided;
  }

  async function viewOf(path: string, id: number): Promise<PackView> {
    const nothing = { id, label: null, bytes: 0, written: 0 };
    const pack = await openPack(path, ports.trust);
    if (!pack.ok) return { ...nothing, stage: "refused", problem: pack.error };
    try {
      const { bytes, header } = pack.value;
      const judged = await judge(pack.value);
      const view = { ...nothing, label: header.claims.label, bytes };
      return judged.ok
        ? { ...view, stage: "offered", problem: null }
        : { ...view, stage: "refused", problem: judged.error };
    } finally {
      await pack.value.close();
    }
  }

  /** Everything is read and judged again: the file or the stick may be another one by now. */
  async function write(from: Current, signal: AbortSignal): Promise<Result<undefined, PackProblem>> {
    const pack = await openPack(from.path, ports.trust);
    if (!pack.ok) return pack;
    try {
      const stick = await judge(pack.value);
      if (!stick.ok) return stick;
      const onBytes = progressOf(from, pack.value.bytes);
      const applied = await applyPack(pack.value, stick.value, await ports.trust.roots(), { signal, onBytes });
      if (!applied.ok) return applied;
      ports.log("pack.written", { gen: pack.value.header.claims.gen });
      await ports.reopen(stick.value.root);
      await sweep(stick.value.root, pack.value);
      return ok(undefined);
    } finally {
      await pack.value.close();
    }
  }

  function progressOf(from: Current, all: Bytes): (bytes: Bytes) => void {
    let [written, shown] = [0, 0];
    return (bytes) => {
      written += bytes;
      if (written - shown < all / SHOW_EVERY_SHARE) return;
      shown = written;
      show({ ...from, view: { ...from.view, stage: "writing", written } });
    };
  }

  /** The stick has its new content already: what is left of the old one only takes space. */
  async function sweep(root: string, { manifest }: OpenPack): Promise<void> {
    const { gen, files } = manifest.claims;
    try {
      await requireForeignFolder(root, [VAULT_FOLDER, DATA_FOLDER]);
      await sweepAfterCommit(root, gen, new Set(files.map(({ id }) => id)));
    } catch (error) {
      if (codeOf(error) === "") throw error;
      ports.log("pack.not-swept", { code: codeOf(error) });
    }
  }

  async function run(from: Current, signal: AbortSignal): Promise<void> {
    try {
      const result = await write(from, signal);
      if (!result.ok) ports.log("pack.refused", { code: result.error });
      const stage = result.ok ? "done" : "refused";
      const problem = result.ok ? null : result.error;
      show({ ...from, view: { ...from.view, stage, written: result.ok ? from.view.bytes : 0, problem } });
    } catch (error) {
      show(undefined);
      if (!signal.aborted) ports.failed(error);
    }
  }

  return {
    view: () => current?.view ?? null,
    async receive(path) {
      if (writing) return;
      const id = ++latest;
      const view = await viewOf(path, id);
      // Another pack arrived, or one is being written by now.
      if (id !== latest || writing) return;
      if (view.problem !== null) ports.log("pack.refused", { code: view.problem });
      show({ view, path });
    },
    async accept(id) {
      if (writing || current?.view.id !== id || current.view.stage !== "offered") return;
      const from: Current = { ...current, view: { ...current.view, stage: "writing" } };
      const abort = new AbortController();
      const done = run(from, abort.signal).finally(() => (writing = undefined));
      writing = { abort, done };
      show(from);
      await done;
    },
    dismiss(id) {
      if (current?.view.id !== id) return;
      if (writing) writing.abort.abort();
      else show(undefined);
    },
    async stop() {
      writing?.abort.abort();
      await writing?.done;
    },
  };
}
