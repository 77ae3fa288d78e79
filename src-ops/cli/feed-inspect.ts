import type { Command } from "commander";
import { RINGS } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import { fail } from "../failure.ts";
import { describePending, exportFeed, type FeedStatus, feedStatus, verifyFeed } from "../feed/index.ts";
import { readPolicy } from "../gates/index.ts";
import { formatBytes, formatDate } from "../formatting.ts";
import type { Host, Outcome } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { feedCommand, type FeedOptions, feedLocationOf } from "./feed-options.ts";
import { anchorOf, DEVELOPMENT_NOTE, trustOption } from "./options.ts";

/** The commands that show, verify and export a feed. */
export function addFeedInspection(group: Command, host: Host, context: CommandContext): void {
  const show = (name: string, description: string, describe: (status: FeedStatus) => Outcome) =>
    feedCommand(group, name, description).action((options: FeedOptions) =>
      host.run(options, async (job) => {
        const location = feedLocationOf(options);
        if (!location.ok) return location;
        const status = await feedStatus(location.value.repo, location.value.keys, context.now());
        if (!status.ok) return status;
        if (status.value.developmentKeys) job.note(DEVELOPMENT_NOTE);
        return ok(describe(status.value));
      }),
    );
  show("status", "show what each ring runs, which keys sign, what expires and which changes are pending", (status) => ({
    json: status,
    lines: describeStatus(status),
  }));
  show(
    "pending",
    "show what each pending change does, whose signature it lacks, and the next command",
    ({ pending }) => {
      const lines = pending.flatMap(describePending);
      return { json: { pending }, lines: lines.length > 0 ? lines : ["No change waits for signatures."] };
    },
  );
  feedCommand(group, "verify", "check every signature, date and file of a feed, starting from the trust anchor")
    .addOption(trustOption())
    .option("--policy <file>", "the ring policy that every promotion must have used")
    .action((options: FeedOptions & { trust?: string }) =>
      host.run(options, async (job) => {
        const { repo, policy } = options;
        if (repo === undefined) return fail("USAGE", "Name the folder of the feed with --repo. See --help.");
        const named = policy === undefined ? undefined : await readPolicy(policy);
        if (named && !named.ok) return named;
        const verified = await verifyFeed(repo, anchorOf(options), context.now(), job.signal, named?.value.hash);
        if (!verified.ok) return verified;
        const { files, bytes, faults, absent, developmentKeys } = verified.value;
        if (developmentKeys) job.note(DEVELOPMENT_NOTE);
        if (faults.length > 0) {
          return fail("FEED_UNTRUSTED", `${repo}: ${faults.join("; ")}.`, verified.value);
        }
        const without = absent.length > 0 ? `; ${absent.length} files of builds that no ring runs are absent` : "";
        return ok({
          json: verified.value,
          lines: [`${repo}: ${files} files, ${formatBytes(bytes)}, all valid${without}.`],
        });
      }),
    );
  feedCommand(group, "export", "copy the current feed into UPDATES on a stick")
    .requiredOption("--to <stick>", "the folder of the stick")
    .action((options: FeedOptions & { to: string }) =>
      host.run(options, async (job) => {
        const location = feedLocationOf(options);
        if (!location.ok) return location;
        const exported = await exportFeed({ ...location.value, stick: options.to }, job.signal);
        if (!exported.ok) return exported;
        const { folder, files, bytes, copied, developmentKeys } = exported.value;
        if (developmentKeys) job.note(DEVELOPMENT_NOTE);
        const lines = `${folder}: ${files} files, ${formatBytes(bytes)}, ${copied} of them new, read back.`;
        return ok({ json: exported.value, lines: [lines] });
      }),
    );
}

function describeStatus({ rings, builds, security, roles, pending, notes }: FeedStatus): readonly string[] {
  const ringLines = RINGS.map((ring) => {
    const { release, validated, halts } = rings[ring];
    if (!release) return `${ring.padEnd(6)} runs nothing yet`;
    const share = `${release.basisPoints / 100} %`;
    const details = [
      release.kind,
      share,
      ...(validated ? ["validated"] : []),
      ...halts.map(({ build }) => `${build} HALTED`),
    ];
    return `${ring.padEnd(6)} ${release.build}  ${details.join(", ")}`;
  });
  const roleLines = roles.map(({ role, version, threshold, keyids, generation, expires, expired }) => {
    const signers = `${threshold} of ${keyids.length}, generation ${generation}`;
    return `${role.padEnd(10)} version ${version}, ${signers}, ${expired ? "EXPIRED" : "until"} ${formatDate(expires)}`;
  });
  return [
    ...ringLines,
    `Builds: ${builds.map(({ id, buildEpoch }) => `${id} (epoch ${buildEpoch})`).join(", ") || "none"}`,
    `Security floor ${security.buildFloor}, revoked: ${security.revokedBuilds.join(", ") || "none"}`,
    ...roleLines,
    ...pending.flatMap(describePending),
    ...notes,
  ];
}
