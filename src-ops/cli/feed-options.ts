import { type Command, InvalidArgumentError, Option } from "commander";
import * as v from "valibot";
import { MAX_REASON_CHARS } from "../../src-shared/limits.ts";
import { ok } from "../../src-shared/result.ts";
import { BuildId, Version } from "../../src-shared/updates/index.ts";

import { type Attempt, fail, type Failure } from "../failure.ts";
import {
  withFeedTransaction,
  type TransactionResult,
  type FeedTransaction,
  type FeedLocation,
  NAMED_ROLES,
  OVERRIDES,
} from "../feed/index.ts";
import { FEED_ROLES } from "../keys/index.ts";
import { describeResult } from "./describe-feed-change.ts";
import type { Host, Outcome } from "./host.ts";
import type { Job } from "../job.ts";
import type { CommandContext } from "./command-context.ts";
import { knownKeysOption, feedOption, repeatable, withJson } from "./options.ts";

/** The options of every feed command, given before or after the command's name. */
export type FeedOptions = {
  repo?: string;
  keys?: string;
  personKeys?: readonly string[];
  policy?: string;
  json?: true;
};

/** Adds the options that name the feed and its keys. */
function withFeedLocationOptions(command: Command): Command {
  return command
    .addOption(feedOption())
    .addOption(knownKeysOption())
    .option("--person-keys <folder>", "another folder with feed keys; repeatable", repeatable());
}

/** The group of all feed commands. Their common options may come before or after a command's name. */
export function feedGroup(program: Command): Command {
  const group = withFeedLocationOptions(program.command("feed").description("the update feed: builds, rings, halts"));
  return group.hook("preAction", (_, command) => {
    for (const [name, value] of Object.entries(group.opts())) {
      // A folder from the environment must not replace one that is named after the command.
      if (group.getOptionValueSource(name) === "cli") command.setOptionValue(name, value);
    }
  });
}

export function feedCommand(group: Command, name: string, description: string): Command {
  return withJson(withFeedLocationOptions(group.command(name))).description(description);
}

export function feedLocationOf({ repo, keys, personKeys = [], policy }: FeedOptions): Attempt<FeedLocation> {
  if (repo === undefined) return fail("USAGE", "Name the folder of the feed with --repo. See --help.");
  if (keys === undefined) return fail("USAGE", "Name the publisher's key folder with --keys. See --help.");
  return ok({ repo, keys, personKeys, policy });
}

/** Runs a command that changes a feed, and describes the result. */
export function changeFeed<C extends TransactionResult>(
  host: Host,
  context: CommandContext,
  options: FeedOptions,
  work: (transaction: FeedTransaction, job: Job) => Promise<Attempt<C | undefined>>,
  more: (result: C) => readonly string[] = () => [],
): Promise<void> {
  return host.run(options, async (job) => {
    const location = feedLocationOf(options);
    if (!location.ok) return location;
    const changed = await withFeedTransaction(location.value, context.now(), (transaction) => work(transaction, job));
    if (!changed.ok) return changed;
    return ok(changed.value ? describeResult(job, changed.value, more(changed.value)) : NOTHING_TO_PUBLISH);
  });
}

/** One of several changes; each is published, or kept until others have signed it, by itself. */
export type FeedStep = (transaction: FeedTransaction) => Promise<Attempt<TransactionResult>>;

/** Changes that are made one after the other, and what else there is to say. */
export type FeedPlan = {
  readonly steps: readonly FeedStep[];
  readonly json?: Outcome["json"];
  readonly lines?: readonly string[];
};

/** Runs changes one after the other. If one is refused, those before it stay, and the message says so. */
export function changeFeedInSteps(
  host: Host,
  context: CommandContext,
  options: FeedOptions,
  plan: (transaction: FeedTransaction) => Promise<Attempt<FeedPlan>>,
): Promise<void> {
  return host.run(options, async (job) => {
    const location = feedLocationOf(options);
    if (!location.ok) return location;
    const planned = await withFeedTransaction(location.value, context.now(), plan);
    if (!planned.ok) return planned;
    const { steps, json: more = {}, lines: last = [] } = planned.value;
    const done: Outcome[] = [];
    for (const step of steps) {
      const changed = await withFeedTransaction(location.value, context.now(), step);
      if (!changed.ok) return done.length === 0 ? changed : partlyDone(changed.error, done);
      done.push(describeResult(job, changed.value, []));
    }
    const changes = done.map(({ json }) => json);
    // One change has the members that it has in every other command.
    const all = changes.length === 1 ? changes[0] : { published: changes.every(isPublished) };
    return ok({ json: { ...all, changes, ...more }, lines: [...done.flatMap(({ lines }) => lines), ...last] });
  });
}

function isPublished(change: Outcome["json"]): boolean {
  return change["published"] === true;
}

function partlyDone({ code, message, details }: Failure, done: readonly Outcome[]): Attempt<never> {
  const before = done.flatMap(({ lines }) => lines.slice(0, 1)).join(" ");
  return fail(code, `${message} Done before: ${before}`, { ...details, changes: done.map(({ json }) => json) });
}

const NOTHING_TO_PUBLISH: Outcome = {
  json: { published: false, summary: "nothing was new" },
  lines: ["There is nothing new to publish."],
};

/** An argument parser for commander that checks the text with a schema; `form` describes a valid text. */
function schemaParser<T>(schema: v.GenericSchema<unknown, T>, form: string) {
  return (text: string): T => {
    const parsed = v.safeParse(schema, text);
    if (parsed.success) return parsed.output;
    throw new InvalidArgumentError(`It must be ${form}.`);
  };
}

export const BUILD = schemaParser(BuildId, "a build id, as `feed add-build` printed it");
export const BUILD_OR_VERSION = schemaParser(v.union([BuildId, Version]), "a build id or a version like 1.2.3");
export const FEED_VERSION = schemaParser(Version, "a version like 1.2.3");
export const REASON = schemaParser(
  v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_REASON_CHARS)),
  `1 to ${MAX_REASON_CHARS} characters`,
);
export const OVERRIDE = schemaParser(v.picklist(OVERRIDES), `one of ${OVERRIDES.join(", ")}`);
export const FLAG_NAME = schemaParser(
  v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,63}$/)),
  "a name of a-z, 0-9 and -, beginning with a letter",
);

/** The policy that judges a promotion. */
export function policyOption(): Option {
  return new Option("--policy <file>", "a ring policy other than the one that ships with vaultctl");
}

export const NAMED_ROLE = schemaParser(v.picklist(NAMED_ROLES), `one of ${NAMED_ROLES.join(", ")}`);
export const ROLE = schemaParser(v.picklist(FEED_ROLES), `one of ${FEED_ROLES.join(", ")}`);

export type FlagOptions = { on: readonly string[]; off: readonly string[] };

export function withFlags(command: Command): Command {
  return command
    .option("--on <flag>", "turn this signed feature flag on; repeatable", repeatable(FLAG_NAME), [])
    .option("--off <flag>", "turn this signed feature flag off; repeatable", repeatable(FLAG_NAME), []);
}

export function flagsOf({ on, off }: FlagOptions): Readonly<Record<string, boolean>> {
  return Object.fromEntries([...on.map((name) => [name, true]), ...off.map((name) => [name, false])]);
}
