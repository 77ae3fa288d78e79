import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { fail } from "../failure.ts";
import { type ProducedStick, produceSticks } from "../records/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { DEVELOPMENT_NOTE, keysOption, masterOption, repeatable, withJson } from "./options.ts";

type Options = { keys: string; master: string; withApp?: string; json?: true };

export function addStickProduce(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("produce"))
    .description("make several sticks with the same videos, each with its own stick id and name")
    .argument("<to...>", "the folders of sticks without a vault", repeatable())
    .addOption(keysOption())
    .addOption(masterOption("a stick or a folder with the vault"))
    .option("--with-app <folder>", "also put the app's packages from this folder on each stick")
    .action((targets: readonly string[], options: Options) =>
      host.run(options, async (job) => {
        const produced = await produceSticks({ ...options, app: options.withApp, targets }, job, context.now());
        if (!produced.ok) return produced;
        if (produced.value.developmentKeys) job.note(DEVELOPMENT_NOTE);
        const sticks = produced.value.sticks.map(viewOf);
        const lines = sticks.map(lineOf);
        const made = sticks.filter(({ error }) => error === null).length;
        if (made === targets.length) return ok({ json: { sticks }, lines });
        for (const line of lines) job.note(line);
        const message = `${targets.length - made} of ${targets.length} sticks were not made: run the same command again for them.`;
        return fail("STICKS_MISSING", message, { sticks });
      }),
    );
}

function viewOf(produced: ProducedStick) {
  const { to, state } = produced;
  if (produced.state !== "failed")
    return { to, state, name: produced.stick.name, stickId: produced.stick.stickId, error: null };
  const { code, message } = produced.error;
  return { to, state, name: null, stickId: null, error: { code, message } };
}

function lineOf({ to, state, name, stickId, error }: ReturnType<typeof viewOf>): string {
  const what = error ? `${error.code}: ${error.message}` : stickId;
  return `${(name ?? "-").padEnd(5)}  ${state.padEnd(6)}  ${to}  ${what}`;
}
