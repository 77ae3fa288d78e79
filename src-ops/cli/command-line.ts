import { Command, CommanderError, Option } from "commander";
import { withKnownGenerations, withPasswords } from "../keys/index.ts";
import type { CommandContext } from "./command-context.ts";
import type { Host } from "./host.ts";
import { addBackup, addRestore } from "./backup.ts";
import { addVaultChanges } from "./change-vault.ts";
import { addCompletion } from "./completion.ts";
import { addCustomers } from "./customer.ts";
import { addExtract } from "./extract.ts";
import { addFeedBuilds } from "./feed-build.ts";
import { addFeedKeys } from "./feed-keys.ts";
import { addFeedInit } from "./feed-init.ts";
import { addFeedInspection } from "./feed-inspect.ts";
import { feedGroup } from "./feed-options.ts";
import { addFeedPersons } from "./feed-person.ts";
import { addFeedPilot } from "./feed-pilot.ts";
import { addFeedReleases } from "./feed-release.ts";
import { addFeedSign } from "./feed-sign.ts";
import { addFeedStops } from "./feed-stop.ts";
import { addKeysCheck, addKeysRecover } from "./keys-check.ts";
import { addKeysPassword } from "./keys-password.ts";
import { addKeysProtect } from "./keys-protect.ts";
import { addKeysUnlock } from "./keys-unlock.ts";
import { addInit, addKeysInit } from "./keys-init.ts";
import { addKeysPublish } from "./keys-publish.ts";
import { addKeysNewParent, addKeysRetire, addKeysRotate } from "./keys-rotate.ts";
import { addLicenseBatch } from "./license-batch.ts";
import { addLicenseCheck } from "./license-check.ts";
import { addLicenseInspect } from "./license-inspect.ts";
import { addLicenseIssue } from "./license-issue.ts";
import { addLicenseAudit, addLicenseList, addLicenseRestore } from "./license-list.ts";
import { addLicenseRenew, addLicenseTransfer } from "./license-renew.ts";
import { addLicenseRevoke } from "./license-revoke.ts";
import { addLicenseTrace } from "./license-trace.ts";
import { addLs } from "./ls.ts";
import { PASSWORD_VARIABLE, passwordsOf } from "./passwords.ts";
import { addEdit, addPlan } from "./plan.ts";
import { addRingData } from "./ring-data.ts";
import { addRingAccount } from "./ring-account.ts";
import { addRingAlertTest } from "./ring-alert.ts";
import { addRingAudit } from "./ring-audit.ts";
import { addRingChecklist } from "./ring-checklist.ts";
import { addRingDecide } from "./ring-decide.ts";
import { addRingEnrol } from "./ring-enrol.ts";
import { addRingLog } from "./ring-log.ts";
import { addRingRecovery } from "./ring-recovery.ts";
import { addRingSimulate } from "./ring-simulate.ts";
import { addRingSetup } from "./ring-setup.ts";
import { addRingReport } from "./ring-report.ts";
import { addRingStatus } from "./ring-status.ts";
import { addShow } from "./show.ts";
import { addStickContentPack } from "./stick-content-pack.ts";
import { addStickCopy } from "./stick-copy.ts";
import { addStickPlayer } from "./stick-player.ts";
import { addStickList } from "./stick-list.ts";
import { addStickProduce } from "./stick-produce.ts";
import { addStickReplace } from "./stick-replace.ts";
import { addStickResign } from "./stick-resign.ts";
import { addStickSync } from "./stick-sync.ts";
import { addVerify } from "./verify.ts";

/** The commands in the order of a publisher's work. */
const TASKS: Readonly<Record<string, readonly string[]>> = {
  "Keys:": ["init", "keys", "backup", "restore"],
  "Films and sticks:": ["plan", "pack", "add", "edit", "remove", "ls", "verify", "extract", "stick"],
  "Customers and their licenses:": ["customer", "license", "show"],
  "Updates of the app:": ["feed", "ring"],
  "Help:": ["completion", "help"],
};

const EXAMPLES = `
Examples:
  $ vaultctl init                                             make the keys
  $ vaultctl pack --stick /media/stick lessons/               pack a folder of films
  $ vaultctl customer import customers.csv                    take over a list
  $ vaultctl license batch --mail outbox/                     a license for each, as mails
  $ vaultctl show 17                                          who is customer 17?
  $ eval "$(vaultctl completion bash)"                        complete with Tab

Each command explains itself, as in: vaultctl license renew --help`;

/** Runs one command line. Prints help and usage errors itself; the commands print everything else. */
export async function runCommandLine(args: readonly string[], host: Host, context: CommandContext): Promise<void> {
  const json = args.includes("--json");
  let shown = "";
  const program = new Command("vaultctl")
    .description("Packs videos onto USB sticks, encrypted and signed, and issues licenses for them.")
    .version(context.appVersion, "-V, --version", "show the version of this program")
    // After the name of a command, --version belongs to that command, such as the version of a build.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => (shown += text), writeErr: () => {} });
  addInit(program, host);
  addBackup(program, host, context);
  addRestore(program, host, context);
  addPlan(program, host);
  addVaultChanges(program, host, context);
  addEdit(program, host, context);
  addLs(program, host);
  addVerify(program, host);
  addExtract(program, host);
  const keys = program.command("keys").description("the publisher's signing keys");
  addKeysInit(keys, host);
  addKeysRotate(keys, host, context);
  addKeysRetire(keys, host, context);
  addKeysNewParent(keys, host, context);
  addKeysPublish(keys, host);
  addKeysCheck(keys, host);
  addKeysProtect(keys, host);
  addKeysPassword(keys, host);
  addKeysUnlock(keys, host, context);
  addKeysRecover(keys, host);
  const stick = program.command("stick").description("operations on a complete stick");
  addStickCopy(stick, host, context);
  addStickProduce(stick, host, context);
  addStickReplace(stick, host, context);
  addStickSync(stick, host, context);
  addStickContentPack(stick, host, context);
  addStickPlayer(stick, host, context);
  addStickList(stick, host);
  addStickResign(stick, host, context);
  addCustomers(program, host);
  addShow(program, host, context);
  const license = program.command("license").description("licenses");
  addLicenseIssue(license, host, context);
  addLicenseInspect(license, host);
  addLicenseCheck(license, host, context);
  addLicenseRenew(license, host, context);
  addLicenseTransfer(license, host, context);
  addLicenseRevoke(license, host, context);
  addLicenseBatch(license, host, context);
  addLicenseList(license, host, context);
  addLicenseAudit(license, host);
  addLicenseRestore(license, host, context);
  addLicenseTrace(license, host);
  const feed = feedGroup(program);
  addFeedInit(feed, host, context);
  addFeedKeys(feed, host, context);
  addFeedSign(feed, host, context);
  addFeedBuilds(feed, host, context);
  addFeedReleases(feed, host, context);
  addFeedStops(feed, host, context);
  addFeedInspection(feed, host, context);
  addFeedPilot(feed, host, context);
  addFeedPersons(feed, host, context);
  const ring = program.command("ring").description("the rings: policies, status, decisions and the ring server's data");
  addRingSimulate(ring, host);
  addRingData(ring, host, context);
  addRingSetup(ring, host, context);
  addRingRecovery(ring, host, context);
  addRingStatus(ring, host, context);
  addRingReport(ring, host, context);
  addRingAudit(ring, host, context);
  addRingDecide(ring, host, context);
  addRingAlertTest(ring, host, context);
  addRingAccount(ring, host);
  addRingChecklist(ring, host, context);
  addRingEnrol(ring, host, context);
  addRingLog(ring, host);
  let passwordFile: string | undefined;
  addPasswordFile(program);
  program.hook("preAction", (_program, command) => {
    ({ passwordFile } = command.opts<{ passwordFile?: string }>());
  });
  addCompletion(program, host);
  for (const command of program.createHelp().visibleCommands(program)) {
    const [task] = Object.entries(TASKS).find(([, names]) => names.includes(command.name())) ?? [];
    if (task === undefined) throw new Error(`the command ${command.name()} belongs to no task`);
    command.helpGroup(task);
  }
  program.addHelpText("after", EXAMPLES);
  const passwords = passwordsOf(host, context, () => passwordFile);
  try {
    await withKnownGenerations(context.settingsFolder, () =>
      withPasswords(passwords, () => program.parseAsync(args, { from: "user" })),
    );
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return host.help(shown, json);
    host.usageError(messageOf(error, args), json);
  }
}

/** Every command that may need a private key can read its password from a file. */
function addPasswordFile(command: Command): void {
  const names = command.options.map(({ long }) => long);
  if (names.includes("--keys") || names.includes("--password")) {
    const option = new Option("--password-file <file>", "a file with the password of the keys, instead of asking");
    command.addOption(option.env(PASSWORD_VARIABLE));
  }
  for (const inner of command.commands) addPasswordFile(inner);
}

function messageOf(error: CommanderError, args: readonly string[]): string {
  // A command group without a command: commander would print its whole help as the error message.
  if (error.code === "commander.help")
    return `A command is missing: see \`vaultctl ${[...args, "--help"].join(" ")}\`.`;
  // The second line is a suggestion: `(Did you mean renew?)`.
  const [problem = "", suggestion = ""] = error.message.replace(/^error: /, "").split("\n");
  return `${problem}. ${suggestion.replace(/^\((.*)\)$/, "$1 ")}See --help.`.replace("..", ".");
}
