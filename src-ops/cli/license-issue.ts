import { type Command, Option } from "commander";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { MAX_ENTITLEMENTS } from "../../src-shared/limits.ts";
import { type AddedProtection, addedProtection } from "../../src-shared/protection.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { Duration } from "../calendar.ts";
import { fail } from "../failure.ts";
import { formatDate } from "../formatting.ts";
import { issueLicense } from "../licenses/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import {
  captureOption,
  CUSTOMER,
  DAYS_HELP,
  duration,
  endNamedBy,
  GRACE_DAYS,
  keysOption,
  moment,
  namedStickOption,
  TOO_MANY_ENTITLEMENTS,
  UNTIL_HELP,
  VERSION,
  watermarkOption,
  withJson,
} from "./options.ts";
import { describeLicense } from "./describe-license.ts";

type Options = {
  keys: string;
  stick: string;
  for: string;
  request?: string;
  passphraseFile?: string;
  days?: Duration;
  until?: UnixSeconds;
  graceDays: number;
  ring: Ring;
  entitle: string[];
  minApp: string;
  enrol?: true;
  out: string;
  json?: true;
} & AddedProtection;

export function addLicenseIssue(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("issue"))
    .description("issue a license for one stick, and enter it in the register")
    .addOption(keysOption())
    .addOption(namedStickOption())
    .requiredOption("--for <customer-number>", "the customer's number, not their name", CUSTOMER)
    .option("--request <file>", "bind it to the computer that sent this request (.uvvreq)")
    .option(
      "--passphrase-file <file>",
      "generate a passphrase that opens the stick on any computer, and write it to this file",
    )
    .option("--days <n>", DAYS_HELP, duration)
    .option("--until <date>", UNTIL_HELP, moment)
    .option("--grace-days <n>", "the days for which it still plays after its end", GRACE_DAYS, 0)
    .addOption(new Option("--ring <ring>", "the release ring of the app").choices(RINGS).default("ga"))
    .option("--entitle <id...>", "the ids of the videos that it unlocks (default: all)", [])
    .option("--min-app <version>", "the oldest app that accepts it", VERSION, "0.0.0")
    .addOption(captureOption())
    .addOption(watermarkOption())
    .option("--enrol", "enrol the computer for telemetry: the app then asks its user once for consent")
    .requiredOption("--out <file>", "the license file; the app finds it automatically in VAULT/licenses on the stick")
    .action((options: Options) =>
      host.run(options, async (job) => {
        if (options.request === undefined && options.passphraseFile === undefined) {
          return fail("USAGE", "Name --request or --passphrase-file, or both. See --help.");
        }
        if (options.entitle.length > MAX_ENTITLEMENTS) return fail("USAGE", TOO_MANY_ENTITLEMENTS);
        const exp = endNamedBy(options, context.now());
        if (exp === undefined) return fail("USAGE", "Name one of --days and --until. See --help.");
        const order = {
          ...options,
          exp,
          customer: options.for,
          requestFile: options.request,
          protection: addedProtection(options),
        };
        const issued = await issueLicense(order, context.now());
        if (!issued.ok) return issued;
        for (const { lid, exp: end } of issued.value.others) {
          job.note(`Note: ${options.for} already had license ${lid} for this stick, until ${formatDate(end)}.`);
        }
        return ok(describeLicense(job, issued.value, options));
      }),
    );
}
