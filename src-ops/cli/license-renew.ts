import { type Command, Option } from "commander";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { MAX_ENTITLEMENTS } from "../../src-shared/limits.ts";
import { type AddedProtection, addedProtection } from "../../src-shared/protection.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { Duration } from "../calendar.ts";
import { type Attempt, fail } from "../failure.ts";
import { formatDate } from "../formatting.ts";
import { type Changes, renewLicenses, transferLicense, type TransferOrder } from "../licenses/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import {
  captureOption,
  DAYS_HELP,
  duration,
  endNamedBy,
  GRACE_DAYS,
  keysOption,
  LICENSE,
  moment,
  repeatable,
  TOO_MANY_ENTITLEMENTS,
  UNTIL_HELP,
  VERSION,
  watermarkOption,
  withJson,
} from "./options.ts";
import { describeLicense } from "./describe-license.ts";

type Options = {
  keys: string;
  days?: Duration;
  until?: UnixSeconds;
  extend?: Duration;
  graceDays?: number;
  ring?: Ring;
  entitle?: string[];
  allVideos?: true;
  stick?: string;
  minApp?: string;
  enrol?: true;
  passphraseFile?: string;
  samePassphrase?: string;
  request?: string;
  out?: string;
  outDir?: string;
  json?: true;
} & AddedProtection;
type TransferOptions = Options & { request: string; return?: string; withoutReturn?: true };

export function addLicenseRenew(group: Command, host: Host, context: CommandContext): void {
  withSuccessorOptions(group.command("renew"), "license...")
    .description(
      "issue the next license of the same id with new dates; everything else stays unless an option changes it",
    )
    .option("--extend <time>", "valid for this much longer than now: 30d, 6w, 6m, 1y", duration)
    .option("--request <file>", "the same computer's request, if the register does not have its keys")
    .action((licenses: string[], options: Options) =>
      host.run(options, async (job) => {
        const { days, until, extend, out } = options;
        if ([days, until, extend].filter((end) => end !== undefined).length !== 1) {
          return fail("USAGE", "Name one of --extend, --days and --until. See --help.");
        }
        if (licenses.length > 1 && (out !== undefined || options.passphraseFile !== undefined || options.request)) {
          return fail("USAGE", "--out, --request and --passphrase-file are for one license. See --help.");
        }
        const changes = changesOf(options, context.now());
        if (!changes.ok) return changes;
        const order = { ...changes.value, licenses, extend, requestFile: options.request };
        const renewed = await renewLicenses(order, context.now());
        if (!renewed.ok) return renewed;
        const outcomes = renewed.value.map((license) => {
          const { json, lines } = describeLicense(job, license, license);
          const before = `Before, it ended at ${formatDate(license.endedBefore)}.`;
          return { json: { ...json, endedBefore: license.endedBefore }, lines: [...lines, before] };
        });
        const [only] = outcomes;
        if (only && outcomes.length === 1) return ok(only);
        return ok({
          json: { licenses: outcomes.map(({ json }) => json) },
          lines: outcomes.flatMap(({ lines }) => lines),
        });
      }),
    );
}

export function addLicenseTransfer(group: Command, host: Host, context: CommandContext): void {
  withSuccessorOptions(group.command("transfer"), "license")
    .description("move a license to another computer; its end stays unless an option changes it")
    .requiredOption("--request <file>", "the new computer's request (.uvvreq)")
    .option("--return <file>", "the old computer's proof that it returned the license (.uvvret)")
    .option("--without-return", "transfer without that proof: the old computer can play until the license ends")
    .action((license: string, options: TransferOptions) =>
      host.run(options, async (job) => {
        const changes = changesOf(options, context.now());
        if (!changes.ok) return changes;
        const order = {
          ...changes.value,
          license,
          requestFile: options.request,
          returnFile: options.return,
          withoutReturn: options.withoutReturn === true,
        };
        const moved = await transfer(host, order, options.json === true, context.now());
        if (!moved.ok) return moved;
        const { from, returned } = moved.value;
        const outcome = describeLicense(job, moved.value, moved.value);
        const kept = returned
          ? []
          : [`There is no proof that the old computer (${from}) returned the license: it may still play.`];
        return ok({ json: { ...outcome.json, from, returned }, lines: [...outcome.lines, ...kept] });
      }),
    );
}

/** Without a return proof, a person decides whether the old computer may go on playing. */
async function transfer(host: Host, order: TransferOrder, json: boolean, now: UnixSeconds) {
  const moved = await transferLicense(order, now);
  if (moved.ok || moved.error.code !== "RETURN_MISSING" || json) return moved;
  const question =
    "There is no proof that the old computer returned the license: it may play until it ends. Transfer it?";
  return (await host.ask(question)) ? transferLicense({ ...order, withoutReturn: true }, now) : moved;
}

function withSuccessorOptions(command: Command, argument: "license" | "license..."): Command {
  const read = argument === "license" ? LICENSE : repeatable(LICENSE);
  return withJson(command)
    .argument(
      `<${argument}>`,
      "a license id, as `license list` shows it, or the number of a customer with one license",
      read,
    )
    .addOption(keysOption())
    .option("--days <n>", DAYS_HELP, duration)
    .option("--until <date>", UNTIL_HELP, moment)
    .option("--grace-days <n>", "the days for which it still plays after its end", GRACE_DAYS)
    .addOption(new Option("--ring <ring>", "the release ring of the app").choices(RINGS))
    .option("--entitle <id...>", "the ids of the videos that it unlocks from now on; needs --stick")
    .option("--all-videos", "it unlocks all videos from now on")
    .option("--stick <folder>", "the folder of the stick, to check --entitle and to read the drive's fingerprint again")
    .option("--min-app <version>", "the oldest app that accepts it", VERSION)
    .addOption(captureOption())
    .addOption(watermarkOption())
    .option("--enrol", "enrol the computer for telemetry; an enrolled computer stays enrolled")
    .option("--same-passphrase <file>", "keep the passphrase in this file, or in CUSTOMER.txt of this folder")
    .option(
      "--passphrase-file <file>",
      "the file for a new passphrase (default: beside the license, unless it is kept)",
    )
    .option("--out <file>", "the license file (default: CUSTOMER-END.uvvlic in --out-dir)")
    .option("--out-dir <folder>", "the folder for the license files", ".");
}

function changesOf(options: Options, now: UnixSeconds): Attempt<Changes> {
  if (options.days !== undefined && options.until !== undefined) {
    return fail("USAGE", "Name one of --days and --until. See --help.");
  }
  if ((options.entitle?.length ?? 0) > MAX_ENTITLEMENTS) return fail("USAGE", TOO_MANY_ENTITLEMENTS);
  if (options.passphraseFile !== undefined && options.samePassphrase !== undefined) {
    return fail("USAGE", "Name one of --same-passphrase and --passphrase-file. See --help.");
  }
  return ok({
    ...options,
    until: endNamedBy(options, now),
    samePassphraseFile: options.samePassphrase,
    protection: addedProtection(options),
  });
}
