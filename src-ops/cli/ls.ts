import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { formatBytes, formatDuration } from "../formatting.ts";
import { describeProtection } from "./describe-protection.ts";
import { linesBySection } from "./lines-by-section.ts";
import type { Host } from "./host.ts";
import { listVault } from "../packing/index.ts";
import { DEVELOPMENT_NOTE, trustOption, withJson } from "./options.ts";

type Options = { keys?: string; trust?: string; json?: true };

export function addLs(program: Command, host: Host): void {
  withJson(program.command("ls"))
    .description("show what is on a stick: its videos with the publisher's keys, only the public facts without them")
    .argument("<stick>", "the folder of the stick")
    .option("--keys <folder>", "the publisher's key folder")
    .addOption(trustOption())
    .action((stick: string, options: Options) =>
      host.run(options, async (job) => {
        const listing = await listVault(stick, options);
        if (!listing.ok) return listing;
        const { label, vaultId, stickId, gen, files, bytes, signature, developmentKeys } = listing.value;
        const { protection, sections, videos } = listing.value;
        if (developmentKeys) job.note(DEVELOPMENT_NOTE);
        const lines = linesBySection(
          sections ?? [],
          videos ?? [],
          (video) =>
            `${video.id}  ${formatDuration(video.durationSeconds).padStart(8)}  ` +
            `${formatBytes(video.bytes).padStart(8)}  ${video.title}  (${video.codecs.join(", ")})`,
        );
        return ok({
          json: listing.value,
          lines: [
            `${label}: vault ${vaultId}, stick ${stickId}, generation ${gen}, signature ${signature}`,
            `${files} files, ${formatBytes(bytes)} encrypted`,
            ...(protection ? [`Protection: ${describeProtection(protection)}`] : []),
            ...lines,
          ],
        });
      }),
    );
}
