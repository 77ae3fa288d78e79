import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { formatBytes } from "../formatting.ts";
import { FAT32_LIMIT } from "../packing/index.ts";
import { makeContentPack } from "../records/index.ts";
import type { CommandContext } from "./command-context.ts";
import type { Host } from "./host.ts";
import { DEVELOPMENT_NOTE, keysOption, masterOption, withJson } from "./options.ts";

type Options = { keys: string; master: string; out?: string; json?: true };

export function addStickContentPack(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("content-pack"))
    .description("write a file that brings a stick, at its customer's, to the content of a master")
    .argument("<stick>", "the stick: its name in `stick list`, or its id")
    .addOption(keysOption())
    .addOption(masterOption("a stick or a folder with the content that it shall have"))
    .option("--out <file>", "the content pack (default: STICK-vGENERATION.uvvpack)")
    .action((stick: string, options: Options) =>
      host.run(options, async (job) => {
        const { keys, master, out } = options;
        const made = await makeContentPack({ keys, stick, master, out }, job, context.now());
        if (!made.ok) return made;
        const { label, gen, stickId, bytes, added, removed, developmentKeys } = made.value;
        if (developmentKeys) job.note(DEVELOPMENT_NOTE);
        return ok({
          json: made.value,
          lines: [
            `${made.value.out}: ${formatBytes(bytes)}, for ${label} only (stick ${stickId}), generation ${gen}.`,
            ...added.map((title) => `+ ${title}`),
            ...removed.map((title) => `- ${title}`),
            "The customer drops it on the window of the app. Licenses stay valid.",
            ...(bytes < FAT32_LIMIT ? [] : [TOO_LARGE_FOR_FAT32]),
          ],
        });
      }),
    );
}

const TOO_LARGE_FOR_FAT32 =
  "A disk with FAT32 cannot carry it to the customer: send it as a download, or on a disk with exFAT. The customer's stick may have FAT32.";
