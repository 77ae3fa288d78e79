import type { Command } from "commander";
import { type AddedProtection, addedProtection } from "../../src-shared/protection.ts";
import { ok } from "../../src-shared/result.ts";
import { formatDate } from "../formatting.ts";
import { issueBatch } from "../licenses/index.ts";
import type { MailAddress } from "../mail/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import {
  captureOption,
  DEVELOPMENT_NOTE,
  GRACE_DAYS,
  keysOption,
  mailAddress,
  namedStickOption,
  VERSION,
  watermarkOption,
  withJson,
} from "./options.ts";
import { REPAIR_NOTE } from "./describe-license.ts";
import { mailLicenses, readDelivery } from "./mail-licenses.ts";

type Options = {
  keys: string;
  stick?: string;
  outDir?: string;
  mail?: string;
  from?: MailAddress;
  send?: string;
  graceDays: number;
  minApp: string;
  again?: true;
  json?: true;
} & AddedProtection;

export function addLicenseBatch(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("batch"))
    .description(
      "issue a license for each row of a table: customer, days or until, stick, ring, request, passphrase, entitle...",
    )
    .argument(
      "[csv]",
      "the table (default: each customer with a stick and days); every row is checked before anything is issued",
    )
    .addOption(keysOption())
    .addOption(namedStickOption().makeOptionMandatory(false))
    .option(
      "--out-dir <folder>",
      "the folder for CUSTOMER.uvvlic and CUSTOMER.txt (the passphrase; default: that of --mail)",
    )
    .option(
      "--mail <folder>",
      "also write a mail with the license, and one with the passphrase, for customers with an address",
    )
    .option("--from <address>", "the sender of these mails; without it they are drafts", mailAddress)
    .option(
      "--send <file>",
      "send the mails in the folder of --mail that were not sent yet; the file describes the mail server",
    )
    .option("--grace-days <n>", "the days for which each license still plays after its end", GRACE_DAYS, 0)
    .option("--min-app <version>", "the oldest app that accepts them", VERSION, "0.0.0")
    .addOption(captureOption())
    .addOption(watermarkOption())
    .option("--again", "also issue to customers who have a license for this stick that still plays")
    .action((csv: string | undefined, options: Options) =>
      host.run(options, async (job) => {
        const delivery = await readDelivery(options);
        if (!delivery.ok) return delivery;
        const { outDir, sender } = delivery.value;
        const { mail } = options;
        const batch = await issueBatch(
          { ...options, csv, outDir, again: options.again === true, protection: addedProtection(options) },
          context.now(),
        );
        if (!batch.ok) return batch;
        const { issued: rows, known } = batch.value;
        if (rows[0]?.issued.developmentKeys) job.note(DEVELOPMENT_NOTE);
        if (rows[0]?.issued.repaired) job.note(REPAIR_NOTE);
        const licenses = rows.map(({ line, order, issued }) => {
          const { lid, seq, sub, exp } = issued.claims;
          const { out, passphraseFile = null } = order;
          return { line, lid, seq, sub, exp, out, passphraseFile, sha256: issued.sha256 };
        });
        const skipped = known.map(({ line, order, licenses: running }) => {
          return { line, sub: order.customer, licenses: running.map(({ lid, exp }) => ({ lid, exp })) };
        });
        const secrets = licenses.filter(({ passphraseFile }) => passphraseFile !== null).length;
        const json = { licenses, skipped, developmentKeys: rows.some(({ issued }) => issued.developmentKeys) };
        const lines = [
          ...skipped.map(({ sub, licenses: [running] }) => alreadyHas(sub, running)),
          ...licenses.map(({ seq, lid, sub, out }) => `License ${seq} (${lid}) for ${sub}: ${out}`),
          ...(secrets > 0
            ? [`${counted(secrets, "passphrase")} in the same folder: send each separately from its license.`]
            : []),
          `${licenses.length} issued, ${skipped.length} skipped.`,
        ];
        if (mail === undefined) return ok({ json, lines });
        const toMail = rows.map(({ order, issued, label, passphrase }) => {
          const { sub, exp } = issued.claims;
          return { sub, exp, out: order.out, label, passphrase };
        });
        const mailed = await mailLicenses(toMail, { ...options, mail, sender }, job, context.now);
        if (!mailed.ok) return mailed;
        return ok({ json: { ...json, ...mailed.value.json }, lines: [...lines, ...mailed.value.lines] });
      }),
    );
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

function alreadyHas(customer: string, license: { readonly lid: string; readonly exp: number } | undefined): string {
  const which = license ? ` ${license.lid} until ${formatDate(license.exp)}` : "";
  return `${customer} already has license${which}: skipped. Renew it, or issue a second one with --again.`;
}
