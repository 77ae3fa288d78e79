import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { ManifestClaims } from "../../src-shared/vault/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { formatBytes } from "../formatting.ts";
import type { Job } from "../job.ts";
import { loadPublisher, type Publisher, publicKeysOf } from "../keys/index.ts";
import { copyStick, openTrusted } from "../packing/index.ts";
import { keepStick } from "../records/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { DEVELOPMENT_NOTE, keysOption, repeatable, withJson } from "./options.ts";

type Options = { keys: string; master: string; json?: true };

/** What became of one stick. `known`: an earlier run has made it. */
type Produced = {
  readonly to: string;
  readonly state: "made" | "known" | "failed";
  readonly name: string | null;
  readonly stickId: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
};

export function addStickProduce(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("produce"))
    .description("make several sticks with the same videos, each with its own stick id and name")
    .argument("<to...>", "the folders of sticks without a vault", repeatable())
    .addOption(keysOption())
    .requiredOption("--master <folder>", "a stick or a folder with the vault")
    .action((targets: readonly string[], options: Options) =>
      host.run(options, async (job) => {
        const publisher = await loadPublisher(options.keys);
        if (!publisher.ok) return publisher;
        const master = await openTrusted(options.master, publicKeysOf(publisher.value));
        if (!master.ok) return master;
        if (master.value.dev) job.note(DEVELOPMENT_NOTE);
        const { claims } = master.value.vault.manifest;
        const sticks: Produced[] = [];
        for (const [index, to] of targets.entries()) {
          if (job.signal.aborted) break;
          const known = await isCopyOf(publisher.value, to, claims);
          const made = known ? ok(undefined) : await copied(to, options, job, context.now());
          const kept = made.ok ? await keepStick(publisher.value, to, context.now()) : made;
          const name = kept.ok ? kept.value.name : null;
          const stickId = kept.ok ? kept.value.stickId : null;
          const state = kept.ok ? (known ? "known" : "made") : "failed";
          const error = kept.ok ? null : { code: kept.error.code, message: kept.error.message };
          sticks.push({ to, state, name, stickId, error });
          job.note(`${index + 1} of ${targets.length}: ${to} ${state}.`);
        }
        const open = sticks.filter(({ state }) => state === "failed").length + targets.length - sticks.length;
        if (open === 0) return ok({ json: { sticks }, lines: sticks.map(lineOf) });
        for (const stick of sticks) job.note(lineOf(stick));
        const message = `${open} of ${targets.length} sticks were not made: run the same command again for them.`;
        return fail("STICKS_MISSING", message, { sticks });
      }),
    );
}

async function copied(to: string, { master, keys }: Options, job: Job, now: UnixSeconds): Promise<Attempt<undefined>> {
  const copy = await copyStick({ from: master, to, keys }, job, now);
  if (!copy.ok) return copy;
  job.note(`${to}: ${formatBytes(copy.value.bytes)} written, read back and signed.`);
  return ok(undefined);
}

/** Whether an earlier run has made this stick: it has all videos of the master, and its own id. */
async function isCopyOf(publisher: Publisher, to: string, master: ManifestClaims): Promise<boolean> {
  const there = await openTrusted(to, publicKeysOf(publisher));
  if (!there.ok) return false;
  const { vaultId, stickId, files } = there.value.vault.manifest.claims;
  const ids = new Set(files.map(({ id }) => id));
  const hasAll = files.length === master.files.length && master.files.every(({ id }) => ids.has(id));
  return vaultId === master.vaultId && stickId !== master.stickId && hasAll;
}

function lineOf({ to, state, name, stickId, error }: Produced): string {
  const what = error ? `${error.code}: ${error.message}` : (stickId ?? "");
  return `${(name ?? "-").padEnd(5)}  ${state.padEnd(6)}  ${to}  ${what}`;
}
