import { type Command, Option } from "commander";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { MAX_ENTITLEMENTS } from "../../src-shared/limits.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { type Changes, renewLicense, transferLicense } from "../licenses/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import {
  DAYS,
  GRACE_DAYS,
  keysOption,
  LICENSE_ID,
  MOMENT,
  TOO_MANY_ENTITLEMENTS,
  VERSION,
  withJson,
} from "./options.ts";
import { describeLicense } from "./describe-license.ts";

type Options = {
  keys: string;
  days?: number;
  until?: number;
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
  out: string;
  json?: true;
};
type TransferOptions = Options & { request: string; return?: string; withoutReturn?: true };

export function addLicenseRenew(group: Command, host: Host, context: CommandContext): void {
  withSuccessorOptions(group.command("renew"))
    .description(
      "issue the next license of the same id with new dates; everything else stays unless an option changes it",
    )
    .option("--request <file>", "the same computer's request, if the register does not have its keys")
    .action((lid: string, options: Options) =>
      host.run(options, async (job) => {
        if ((options.days === undefined) === (options.until === undefined)) {
          return fail("USAGE", "Name one of --days and --until. See --help.");
        }
        const changes = changesOf(lid, options);
        if (!changes.ok) return changes;
        const renewed = await renewLicense({ ...changes.value, requestFile: options.request }, context.now());
        return renewed.ok ? ok(describeLicense(job, renewed.value, options)) : renewed;
      }),
    );
}

export function addLicenseTransfer(group: Command, host: Host, context: CommandContext): void {
  withSuccessorOptions(group.command("transfer"))
    .description("move a license to another computer; its end stays unless an option changes it")
    .requiredOption("--request <file>", "the new computer's request (.uvvreq)")
    .option("--return <file>", "the old computer's proof that it returned the license (.uvvret)")
    .option("--without-return", "transfer without that proof: the old computer can play until the license ends")
    .action((lid: string, options: TransferOptions) =>
      host.run(options, async (job) => {
        const changes = changesOf(lid, options);
        if (!changes.ok) return changes;
        const order = {
          ...changes.value,
          requestFile: options.request,
          returnFile: options.return,
          withoutReturn: options.withoutReturn === true,
        };
        const moved = await transferLicense(order, context.now());
        if (!moved.ok) return moved;
        const { from, returned } = moved.value;
        const outcome = describeLicense(job, moved.value, options);
        const kept = returned
          ? []
          : [`There is no proof that the old computer (${from}) returned the license: it may still play.`];
        return ok({ json: { ...outcome.json, from, returned }, lines: [...outcome.lines, ...kept] });
      }),
    );
}

function withSuccessorOptions(command: Command): Command {
  return withJson(command)
    .argument("<lid>", "the license's id, as `license list` shows it", LICENSE_ID)
    .addOption(keysOption())
    .option("--days <n>", "valid for this number of days from now", DAYS)
    .option("--until <unix-seconds>", "valid until this time", MOMENT)
    .option("--grace-days <n>", "the days for which it still plays after its end", GRACE_DAYS)
    .addOption(new Option("--ring <ring>", "the release ring of the app").choices(RINGS))
    .option("--entitle <id...>", "the ids of the videos that it unlocks from now on; needs --stick")
    .option("--all-videos", "it unlocks all videos from now on")
    .option("--stick <folder>", "the folder of the stick, to check --entitle and to read the drive's fingerprint again")
    .option("--min-app <version>", "the oldest app that accepts it", VERSION)
    .option("--enrol", "enrol the computer for telemetry; an enrolled computer stays enrolled")
    .option("--same-passphrase <file>", "keep the passphrase in this file")
    .option("--passphrase-file <file>", "generate a new passphrase and write it to this file")
    .requiredOption("--out <file>", "the license file");
}

function changesOf(lid: string, options: Options): Attempt<Changes> {
  if (options.days !== undefined && options.until !== undefined) {
    return fail("USAGE", "Name one of --days and --until. See --help.");
  }
  if ((options.entitle?.length ?? 0) > MAX_ENTITLEMENTS) return fail("USAGE", TOO_MANY_ENTITLEMENTS);
  if (options.passphraseFile !== undefined && options.samePassphrase !== undefined) {
    return fail("USAGE", "Name one of --same-passphrase and --passphrase-file. See --help.");
  }
  return ok({ ...options, lid, samePassphraseFile: options.samePassphrase });
}
