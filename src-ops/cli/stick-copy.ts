import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { copyStick } from "../packing/index.ts";
import { formatBytes } from "../formatting.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { DEVELOPMENT_NOTE, keysOption, withJson } from "./options.ts";
import { withRecord } from "./record-stick.ts";

type Options = { keys: string; json?: true };

export function addStickCopy(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("copy"))
    .description("make another stick with the same videos and its own stick id")
    .argument("<from>", "a stick with a vault")
    .argument("<to>", "a stick without one")
    .addOption(keysOption())
    .action((from: string, to: string, options: Options) =>
      host.run(options, async (job) => {
        const copied = await copyStick({ from, to, keys: options.keys }, job, context.now());
        if (!copied.ok) return copied;
        if (copied.value.developmentKeys) job.note(DEVELOPMENT_NOTE);
        const { label, stickId, bytes } = copied.value;
        const lines = [`${label}: ${formatBytes(bytes)} copied to ${to}, read back and signed as stick ${stickId}.`];
        return withRecord(job, ok({ json: copied.value, lines }), { keys: options.keys, stick: to }, context.now());
      }),
    );
}
