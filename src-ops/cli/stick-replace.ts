import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { planReplacement, type ReplacedLicense, replaceStick } from "../licenses/index.ts";
import type { MailAddress } from "../mail/index.ts";
import { exists } from "../paths.ts";
import type { CommandContext } from "./command-context.ts";
import type { Host } from "./host.ts";
import { type MailedLicense, mailLicenses, readDelivery } from "./mail-licenses.ts";
import { DEVELOPMENT_NOTE, keysOption, masterOption, mailAddress, withJson } from "./options.ts";

type Options = {
  keys: string;
  onto: string;
  master: string;
  withApp?: string;
  outDir?: string;
  mail?: string;
  from?: MailAddress;
  send?: string;
  yes?: true;
  json?: true;
};

export function addStickReplace(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("replace"))
    .description("make a stick in place of a lost or broken one, issue its licenses again, and revoke the old ones")
    .argument("<stick>", "the stick that is lost or broken: its name in `stick list`, or its id")
    .addOption(keysOption())
    .requiredOption("--onto <folder>", "the folder of the new stick, which has no vault")
    .addOption(masterOption("a stick or a folder with the same vault"))
    .option("--with-app <folder>", "also put the app's packages from this folder on the new stick")
    .option(
      "--out-dir <folder>",
      "the folder for CUSTOMER.uvvlic and CUSTOMER.txt (default: that of --mail, or this folder)",
    )
    .option("--mail <folder>", "also write the mails for customers with an address, as `license batch` does")
    .option("--from <address>", "the sender of these mails; without it they are drafts", mailAddress)
    .option("--send <file>", "send the mails that were not sent yet; the file describes the mail server")
    .option("--yes", "do not ask before licenses are revoked; needed with --json")
    .action((stick: string, options: Options) =>
      host.run(options, async (job) => {
        const delivery = await readDelivery({ ...options, outDir: options.outDir ?? options.mail ?? "." });
        if (!delivery.ok) return delivery;
        const { outDir, sender } = delivery.value;
        const { mail } = options;
        const confirmed = await confirm(host, stick, options, context);
        if (!confirmed.ok) return confirmed;
        const replaced = await replaceStick({ ...options, app: options.withApp, stick, outDir }, job, context.now());
        if (!replaced.ok) return replaced;
        const { from, stick: made, licenses, revoked, customers } = replaced.value;
        if (revoked.developmentKeys) job.note(DEVELOPMENT_NOTE);
        const views = licenses.map(viewOf);
        const json = {
          from: from.name,
          stick: made.name,
          stickId: made.stickId,
          licenses: views,
          revocations: revoked.seq,
          customers,
        };
        const lines = [
          `Stick ${made.name} (${made.stickId}) in ${options.onto} takes the place of ${from.name}: ${made.label}.`,
          ...views.map(lineOf),
          `${views.length} licenses for ${made.name}; those for ${from.name} are revoked by list ${revoked.seq}, which is on ${made.name}.`,
        ];
        if (mail === undefined) return ok({ json, lines });
        const mailed = await mailLicenses(await withFiles(licenses), { ...options, mail, sender }, job, context.now);
        if (!mailed.ok) return mailed;
        return ok({ json: { ...json, ...mailed.value.json }, lines: [...lines, ...mailed.value.lines] });
      }),
    );
}

async function confirm(
  host: Host,
  name: string,
  { keys, yes, json }: Options,
  context: CommandContext,
): Promise<Attempt<undefined>> {
  const plan = await planReplacement({ keys, stick: name }, context.now());
  if (!plan.ok) return plan;
  const { from, licenses } = plan.value;
  if (licenses === 0 || yes) return ok(undefined);
  const what = `${licenses} ${licenses === 1 ? "license" : "licenses"} of stick ${from.name}`;
  const question = `${what} will be issued again for the new stick, and then revoked for ${from.name} for good. Continue?`;
  if (!json && (await host.ask(question))) return ok(undefined);
  return fail("LICENSES_WOULD_END", `Nothing was changed: ${what} would be revoked. Confirm with --yes.`, { licenses });
}

/** Files of an earlier run may have been moved away since: then their mails were written by that run. */
async function withFiles(licenses: readonly ReplacedLicense[]): Promise<readonly MailedLicense[]> {
  const there: MailedLicense[] = [];
  for (const license of licenses) if (await exists(license.out)) there.push(license);
  return there;
}

function viewOf({ state, replaces, lid, seq, sub, exp, out, passphraseFile }: ReplacedLicense) {
  return { state, replaces, lid, seq, sub, exp, out, passphraseFile: passphraseFile ?? null };
}

function lineOf({ state, replaces, lid, seq, sub, out }: ReturnType<typeof viewOf>): string {
  return `${sub.padEnd(10)}  ${state.padEnd(6)}  license ${seq} (${lid}) instead of ${replaces}: ${out}`;
}
