import type { Command } from "commander";
import { codePointsOf, unsafeCharacterIn } from "../../src-shared/encoding/line.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { addToVault, type Changed, packVault, removeFromVault, viewVideo } from "../packing/index.ts";
import { formatBytes } from "../formatting.ts";
import type { Host, Outcome } from "./host.ts";
import type { Job } from "../job.ts";
import type { CommandContext } from "./command-context.ts";
import { DEVELOPMENT_NOTE, keysOption, stickOption, withJson } from "./options.ts";

type Options = { stick: string; keys: string; poster?: string; json?: true };
type PackOptions = Options & { label: string };

// Readers accept 100 code points. 50 are never more than 100 UTF-16 units, for readers that count those instead.
const MAX_LABEL = 50;

function checkLabel(label: string): Attempt<undefined> {
  const unsafe = unsafeCharacterIn(label);
  if (unsafe !== undefined) {
    return fail(
      "USAGE",
      `--label must not have ${unsafe}: it is one line without control characters or direction marks.`,
    );
  }
  const length = codePointsOf(label);
  return length >= 1 && length <= MAX_LABEL
    ? ok(undefined)
    : fail("USAGE", `--label takes 1 to ${MAX_LABEL} characters.`);
}

export function addVaultChanges(program: Command, host: Host, context: CommandContext): void {
  const posterText = "a JPEG, PNG or WebP picture for the video (one video only)";
  withJson(program.command("pack"))
    .description("create a vault with these videos on a stick that has none")
    .argument("<file...>", "mp4, mov, webm or mkv files; subtitles and chapters in the same folder are included")
    .addOption(stickOption())
    .addOption(keysOption())
    .option(
      "--label <text>",
      "the name that viewers see before the stick is unlocked; it is not encrypted",
      "USB Video Vault",
    )
    .option("--poster <file>", posterText)
    .action((files: string[], options: PackOptions) =>
      host.run(options, async (job) => {
        const label = checkLabel(options.label);
        if (!label.ok) return label;
        return describeChange(job, await packVault({ ...options, files }, job, { now: context.now() }));
      }),
    );
  withJson(program.command("add"))
    .description("add videos to the vault on a stick")
    .argument("<file...>", "the video files")
    .addOption(stickOption())
    .addOption(keysOption())
    .option("--poster <file>", posterText)
    .action((files: string[], options: Options) =>
      host.run(options, async (job) =>
        describeChange(job, await addToVault({ ...options, files }, job, { now: context.now() })),
      ),
    );
  withJson(program.command("remove"))
    .description("remove videos from the vault on a stick")
    .argument("<id...>", "video ids, as `ls` shows them")
    .addOption(stickOption())
    .addOption(keysOption())
    .action((ids: string[], options: Options) =>
      host.run(options, async (job) =>
        describeChange(job, await removeFromVault({ ...options, ids }, job, { now: context.now() })),
      ),
    );
}

function describeChange(job: Job, changed: Attempt<Changed>): Attempt<Outcome> {
  if (!changed.ok) return changed;
  const { session, gen, videos, added, reusedBytes } = changed.value;
  const { vaultId, stickId, label, signer } = session;
  if (signer.dev) job.note(DEVELOPMENT_NOTE);
  const views = videos.map(viewVideo);
  return ok({
    json: { vaultId, stickId, gen, label, videos: views, added, reusedBytes, developmentKeys: signer.dev },
    lines: [
      `${label}: ${videos.length} videos, generation ${gen}, stick ${stickId}, read back and signed.`,
      ...views.map((video) => `${video.id}  ${formatBytes(video.bytes).padStart(8)}  ${video.title}`),
      ...(reusedBytes > 0 ? [`${formatBytes(reusedBytes)} were already there from an interrupted run.`] : []),
    ],
  });
}
