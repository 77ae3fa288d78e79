import { type Command, Option } from "commander";
import { DEFAULT_LANGUAGE, type Language, LANGUAGES } from "../../src-shared/languages.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { usualLevelOf } from "../alerts/index.ts";
import { readPolicy } from "../policy/index.ts";
import { progressReport, viewOf } from "../rings/index.ts";
import type { Host } from "../terminal/index.ts";
import type { World } from "./command-line.ts";
import { type FeedOptions, placeOf, policyOption } from "./feed-options.ts";
import { withJson } from "./options.ts";
import { type RingDataOptions, withRingData, withRingPlace } from "./ring-options.ts";

type ReportOptions = RingDataOptions & FeedOptions & { out: string; language: Language };

/** What the console shows, in a file that can be sent. */
export function addRingReport(group: Command, host: Host, world: World): void {
  withRingPlace(withJson(group.command("report")))
    .description("write how the rings fare into one file, to be printed or sent; nothing is decided")
    .option("--repo <folder>", "the folder of the feed")
    .option("--keys <folder>", "the publisher's key folder")
    .addOption(policyOption())
    .addOption(new Option("--language <language>", "of the report").choices(LANGUAGES).default(DEFAULT_LANGUAGE))
    .requiredOption("--out <file>", "the report, in HTML")
    .action((options: ReportOptions) =>
      host.run(options, async () => {
        const feed = placeOf(options);
        if (!feed.ok) return feed;
        const policy = await readPolicy(options.policy);
        if (!policy.ok) return policy;
        const ports = { feed: feed.value, policy: policy.value, levelOf: usualLevelOf };
        const view = await withRingData(options, (store) => viewOf({ store, ...ports }, world.now() * 1_000));
        if (!view.ok) return view;
        await writeFileAtomic(options.out, progressReport(view.value, options.language));
        const rings = view.value.rings.map(({ ring }) => ring);
        return ok({ json: { file: options.out, rings }, words: [`${options.out}: ${rings.join(", ") || "no ring"}`] });
      }),
    );
}
