import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { formatBytes } from "../formatting.ts";
import type { Host } from "./host.ts";
import { extractVideo } from "../packing/index.ts";
import { keysOption, withJson } from "./options.ts";

type Options = { keys: string; out: string; force?: true; json?: true };

export function addExtract(program: Command, host: Host): void {
  withJson(program.command("extract"))
    .description("decrypt one video into a file on your computer")
    .argument("<stick>", "the folder of the stick")
    .argument("<id>", "the video's id, as `ls` shows it")
    .addOption(keysOption())
    .requiredOption("--out <file>", "the file to write; never on the stick")
    .option("--force", "replace the file if it exists")
    .action((stick: string, id: string, options: Options) =>
      host.run(options, async (job) => {
        const { keys, out, force = false } = options;
        const extracted = await extractVideo({ stick, id, keys, out, force }, job);
        if (!extracted.ok) return extracted;
        const { title, bytes } = extracted.value;
        return ok({ json: { id, title, bytes, out }, lines: [`${title}: ${formatBytes(bytes)} in ${out}`] });
      }),
    );
}
