import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { formatBytes, formatDuration } from "../formatting.ts";
import { describeProtection } from "./describe-protection.ts";
import { linesBySection } from "./lines-by-section.ts";
import type { Host } from "./host.ts";
import { listVault } from "../packing/index.ts";
import { DEVELOPMENT_NOTE, knownKeysOption, trustOption, withJson } from "./options.ts";

type Options = { keys?: string; trust?: string; json?: true };

export function addLs(program: Command, host: Host): void {
  withJson(program.command("ls"))
    .description("show what is on a stick: its videos with the publisher's keys, only the public facts without them")
    .argument("<stick>", "the folder of the stick")
    .addOption(knownKeysOption())
    .addOption(trustOption())
    .action((stick: string, { keys, trust }: Options, command: Command) =>
      host.run(command.opts<Options>(), async (job) => {
        // Keys that somebody names have to fit. Those that were made once need not: the stick may be somebody else's.
        const isNamed = command.getOptionValueSource("keys") === "cli";
        const listing = await listVault(stick, isNamed ? { keys, trust } : { knownKeys: keys, trust });
        if (!listing.ok) return listing;
        const { label, vaultId, stickId, gen, files, bytes, signature, developmentKeys } = listing.value;
        const { protection, sections, videos } = listing.value;
        if (developmentKeys) job.note(DEVELOPMENT_NOTE);
        if (keys !== undefined && !videos) job.note(withoutKeys(keys, signature));
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

function withoutKeys(keys: string, signature: string): string {
  return signature === "valid"
    ? `The videos are not shown: ${keys} cannot open them now. See \`vaultctl keys check\`.`
    : `This stick was not made with the keys in ${keys}: only its public facts are shown, and nobody has checked them.`;
}
