import { type Command, Option } from "commander";
import { DEFAULT_LANGUAGE, type Language, LANGUAGES } from "../../src-shared/languages.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { createRingAssessor, usualLevelOf, progressReport, viewOf } from "../server/index.ts";
import { readPolicy } from "../gates/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { type FeedOptions, feedLocationOf, policyOption } from "./feed-options.ts";
import { knownKeysOption, feedOption, withJson } from "./options.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";

type ReportOptions = RingDataOptions & FeedOptions & { out: string; language: Language };

/** The command that writes the content of the console to a file that can be sent. */
export function addRingReport(group: Command, host: Host, context: CommandContext): void {
  withRingStoreOptions(withJson(group.command("report")))
    .description("write the status of the rings to one file, to print or send; no decision is recorded")
    .addOption(feedOption())
    .addOption(knownKeysOption())
    .addOption(policyOption())
    .addOption(
      new Option("--language <language>", "the language of the report").choices(LANGUAGES).default(DEFAULT_LANGUAGE),
    )
    .requiredOption("--out <file>", "the report, in HTML")
    .action((options: ReportOptions) =>
      host.run(options, async () => {
        const feed = feedLocationOf(options);
        if (!feed.ok) return feed;
        const policy = await readPolicy(options.policy);
        if (!policy.ok) return policy;
        const ports = { feed: feed.value, policy: policy.value, now: () => context.now() * 1_000 };
        const view = await withRingData(options, (store) => {
          const assessor = createRingAssessor({ store, ...ports });
          return viewOf({ store, policy: policy.value, assessor, levelOf: usualLevelOf }, options.language);
        });
        if (!view.ok) return view;
        await writeFileAtomic(options.out, progressReport(view.value, options.language));
        const rings = view.value.rings.map(({ ring }) => ring);
        return ok({ json: { file: options.out, rings }, lines: [`${options.out}: ${rings.join(", ") || "no ring"}`] });
      }),
    );
}
