import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { fail } from "../failure.ts";
import { checkLicense } from "../licenses/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { describeDrive } from "./describe-fingerprint.ts";
import { anchorOf, DEVELOPMENT_NOTE, knownKeysOption, moment, stickOption, trustOption, withJson } from "./options.ts";

type Options = { stick: string; keys?: string; trust?: string; at?: number; json?: true };

export function addLicenseCheck(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("check"))
    .description("judge a license for a stick as the app does, as if on the computer that the license names")
    .argument("<file>", "the license file (.uvvlic)")
    .addOption(stickOption())
    .addOption(knownKeysOption())
    .addOption(trustOption())
    .option("--at <time>", "the time to judge at, such as 2027-03-31T18:00Z (default: now)", moment)
    .action((file: string, options: Options) =>
      host.run(options, async (job) => {
        const { stick, at = context.now() } = options;
        const where = { stick, trust: anchorOf(options), appVersion: context.appVersion };
        const checked = await checkLicense(file, where, at);
        if (!checked.ok) return checked;
        const { verdict, drive, developmentKeys, appVersion } = checked.value;
        if (developmentKeys) job.note(DEVELOPMENT_NOTE);
        const { code, license } = verdict;
        const { lid, seq } = license?.claims ?? {};
        const facts = { code, at, appVersion, developmentKeys, lid, seq, drive };
        if (code !== "OK" && code !== "GRACE") {
          return fail("LICENSE_REFUSED", `${file} is refused for this stick: ${code}.`, facts);
        }
        const daysLeft = "daysLeft" in verdict ? { daysLeft: verdict.daysLeft } : {};
        return ok({
          json: { ...facts, unlock: verdict.unlock, ...daysLeft },
          lines: [`${code} (unlocks by ${verdict.unlock})`, ...describeDrive(drive)],
        });
      }),
    );
}
