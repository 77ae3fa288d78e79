import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import { feedStatus, PUBLIC_KEYS } from "../feed/index.ts";
import { feedBundlesFolder, PRIVATE_FILE_MODE, PRIVATE_FOLDER_MODE } from "../keys/index.ts";
import { exists } from "../paths.ts";
import { type AlertingConfig, putAccount, readAlerting, readTokenFile } from "../server/index.ts";
import type { CommandContext } from "./command-context.ts";
import { type FeedOptions, feedLocationOf } from "./feed-options.ts";
import type { Host, Outcome } from "./host.ts";
import { knownKeysOption, feedOption, repeatable, withJson } from "./options.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";
import { readServerConfiguration, SERVER_CONFIGURATION, type ServerOptions } from "./server-arguments.ts";

const DUTIES = ["viewer", "manager", "on-call"] as const;
/** What somebody does. Who is on call may halt and acknowledge, like a manager, and has to be in the rota. */
type Duty = (typeof DUTIES)[number];
type User = { readonly name: string; readonly duty: Duty };

type SetupOptions = RingDataOptions &
  FeedOptions & { alerts: string; users: readonly User[]; haltKeys: readonly string[] };

/** `vaultctl ring setup`: configuration, tokens and accounts of a ring server, with everything checked before. */
export function addRingSetup(group: Command, host: Host, context: CommandContext): void {
  withRingStoreOptions(withJson(group.command("setup")))
    .description(
      "make the configuration, the tokens and the accounts of a ring server; a second run changes no password",
    )
    .addOption(feedOption())
    .addOption(knownKeysOption())
    .option(
      "--halt-keys <folder>",
      "the bundle with the halt, snapshot and timestamp keys (default: `server` in the key folder); repeatable",
      repeatable(),
      [],
    )
    .requiredOption("--alerts <file>", "alerting-config.json; secrets come from the environment")
    .requiredOption(
      "--users <users>",
      "who gets an account, such as ann:manager,eve:on-call,tom:viewer; on-call has to be in the rota of --alerts",
      users,
    )
    .action((options: SetupOptions) => host.run(options, () => setUp(options, context)));
}

function users(text: string): readonly User[] {
  const all = text.split(",").map((part): User => {
    const [name = "", duty, ...rest] = part.trim().split(":");
    const known = DUTIES.find((one) => one === duty);
    if (/^[a-z][a-z0-9._-]{0,31}$/.test(name) && known && rest.length === 0) return { name, duty: known };
    throw new InvalidArgumentError(`"${part}" is not a name with one of ${DUTIES.join(", ")}, such as ann:manager.`);
  });
  if (new Set(all.map(({ name }) => name)).size === all.length) return all;
  throw new InvalidArgumentError("A name is there twice.");
}

async function setUp(options: SetupOptions, context: CommandContext): Promise<Attempt<Outcome>> {
  const checked = await check(options, context);
  if (!checked.ok) return checked;
  const { data, databaseUrl } = options;
  const config = resolve(data, SERVER_CONFIGURATION);
  // What people have added to it, such as the port, stays.
  const known = (await exists(config)) ? await readServerConfiguration(config) : ok({});
  if (!known.ok) return known;
  await mkdir(data, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  const tokens = await makeTokens(data);
  if (!tokens.ok) return tokens;
  const server: ServerOptions = { ...known.value, ...checked.value.server, ...tokens.value };
  await writeFileAtomic(config, `${JSON.stringify(server, undefined, 2)}\n`, PRIVATE_FILE_MODE);
  const accounts = await withRingData(
    options,
    async (store) => ok(await makeAccounts(store.accounts, options.users)),
    "create",
  );
  if (!accounts.ok) return accounts;
  const shared = databaseUrl === undefined ? "" : " The database is named by RING_DATABASE_URL.";
  return ok({
    json: { config, ...tokens.value, accounts: accounts.value, alerts: checked.value.channels },
    lines: [
      `Configuration: ${config}. Start the server with \`npm run ring-server -- --config ${config}\`.${shared}`,
      `Critical alerts go to ${checked.value.channels.join(", ")}. Try them: vaultctl ring alert-test --config ${options.alerts}`,
      ...accounts.value.map(({ name, role, password }) =>
        password === null
          ? `${name} has an account already. A new password: vaultctl ring account ${name} --role ${role}`
          : `Password of ${name} (${role}): ${password}`,
      ),
      "A password is shown only once: give it to its owner over another channel.",
    ],
  });
}

type Checked = { readonly server: ServerOptions; readonly channels: readonly string[] };

/** Checks everything before anything is written. */
async function check(options: SetupOptions, context: CommandContext): Promise<Attempt<Checked>> {
  const location = feedLocationOf(options);
  if (!location.ok) return location;
  const { repo, keys } = location.value;
  const feed = await feedStatus(repo, keys, context.now());
  if (!feed.ok) return feed;
  const alerts = await readAlerting(options.alerts, process.env);
  if (!alerts.ok) return alerts;
  const stranger = options.users.find(({ name, duty }) => duty === "on-call" && !isInRota(alerts.value, name));
  if (stranger) {
    return fail(
      "ALERTING_INVALID",
      `${stranger.name} is to be on call, but ${options.alerts} has no email.onCall.people.${stranger.name}: add the addresses.`,
    );
  }
  const channels = channelsOf(alerts.value);
  if (channels.length === 0) {
    return fail(
      "ALERTING_INVALID",
      `Nobody would get a critical alert: ${options.alerts} and the environment name no mail address, no webhook and no SMS.`,
    );
  }
  const own = join(feedBundlesFolder(keys), "server");
  const bundles = options.haltKeys.length > 0 ? options.haltKeys : (await exists(own)) ? [own] : [];
  if (bundles.length === 0) {
    return fail(
      "KEYS_MISSING",
      `No bundle of the server is in ${own}: name the folder with its keys with --halt-keys.`,
    );
  }
  return ok({
    channels,
    server: {
      data: resolve(options.data),
      repo: resolve(repo),
      keys: resolve(keys),
      trust: resolve(keys, PUBLIC_KEYS),
      "halt-keys": bundles.map((bundle) => resolve(bundle)),
      alerts: resolve(options.alerts),
    },
  });
}

function isInRota({ mail }: AlertingConfig, name: string): boolean {
  return (mail.onCall?.people[name]?.length ?? 0) > 0;
}

/** Where a critical alert goes, without secrets. */
function channelsOf({ mail, slack, sms }: AlertingConfig): readonly string[] {
  const addresses = new Set([...mail.critical, ...Object.values(mail.onCall?.people ?? {}).flat()]);
  return [
    ...(addresses.size > 0 ? [`${addresses.size} mail addresses`] : []),
    ...(slack.critical ? [`Slack ${slack.critical.name}`] : []),
    ...(sms === undefined ? [] : ["SMS"]),
  ];
}

async function makeTokens(data: string): Promise<Attempt<ServerOptions>> {
  const files = { "metrics-token": "METRICS_TOKEN_INVALID", "ticket-token": "TICKET_TOKEN_INVALID" } as const;
  const made: ServerOptions = {};
  for (const [name, code] of Object.entries(files) as [keyof typeof files, (typeof files)[keyof typeof files]][]) {
    const path = resolve(data, `${name}.txt`);
    if (!(await exists(path)))
      await writeFileAtomic(path, `${randomBytes(24).toString("base64url")}\n`, PRIVATE_FILE_MODE);
    const token = await readTokenFile(path, code);
    if (!token.ok) return token;
    made[name] = path;
  }
  return ok(made);
}

type MadeAccount = { readonly name: string; readonly role: "viewer" | "manager"; readonly password: string | null };

/** Accounts for those who have none. A password that somebody uses is never replaced. */
async function makeAccounts(
  accounts: Parameters<typeof putAccount>[0],
  all: readonly User[],
): Promise<readonly MadeAccount[]> {
  const made: MadeAccount[] = [];
  for (const { name, duty } of all) {
    const role = duty === "viewer" ? "viewer" : "manager";
    const known = await accounts.find(name);
    const password = known ? null : (await putAccount(accounts, { name, role })).password;
    made.push({ name, role: known?.role ?? role, password });
  }
  return made;
}
