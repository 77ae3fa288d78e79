import { join } from "node:path";
import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  describeDifference,
  importPending,
  NAMED_ROLES,
  type NamedRole,
  pendingFileNamed,
  PUBLIC_KEYS,
  ROOT_ANCHOR,
  type SignedPending,
  signPending,
  type TransactionResult,
  unsignedChanges,
  withFeedTransaction,
} from "../feed/index.ts";
import { bundlesIn } from "../keys/index.ts";
import { exists } from "../paths.ts";
import type { Host, Outcome } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { feedCommand, feedLocationOf, type FeedOptions, NAMED_ROLE } from "./feed-options.ts";
import { describeResult } from "./describe-feed-change.ts";
import { repeatable, trustOption } from "./options.ts";

/** Names the bundle of the person at this computer, for `feed sign` without `--person-keys`. */
const PERSON_KEYS_VARIABLE = "VAULTCTL_PERSON_KEYS";

type SignOptions = FeedOptions & { trust?: string; role: readonly NamedRole[]; yes?: true };

/** `vaultctl feed sign`: one change, or everything that waits for these keys. */
export function addFeedSign(group: Command, host: Host, context: CommandContext): void {
  feedCommand(
    group,
    "sign",
    "sign a pending change with your own keys, after it shows what the change does to the feed",
  )
    .argument("[change]", "the pending file, or its id in `feed pending` (default: every change that needs your keys)")
    .addOption(trustOption())
    .option(
      "--role <role>",
      `also sign ${NAMED_ROLES.join(" or ")}, which are never signed unless named; repeatable`,
      repeatable(NAMED_ROLE),
      [],
    )
    .option("--yes", "sign without asking; needed with --json")
    .action((named: string | undefined, given: SignOptions) =>
      host.run(given, async (job) => {
        const options = await withOwnBundle(given);
        if (named === undefined)
          return signEverything(host, context, options, (result) => describeResult(job, result, []));
        if (!options.personKeys?.length) return fail("USAGE", "Name your keys with --person-keys. See --help.");
        const file = pendingFileNamed(options.repo, named);
        const signed = await signOne(host, context, options, file, options.personKeys);
        if (!signed.ok) return signed;
        const lines = [...describeSigned(signed.value, file), "Then run `vaultctl feed import`."];
        return ok({ json: { file, ...signed.value }, lines });
      }),
    );
}

/** The person's own bundle, if the environment names it, and the first root in it. Options take precedence. */
async function withOwnBundle(given: SignOptions): Promise<SignOptions> {
  const own = process.env[PERSON_KEYS_VARIABLE];
  const options = given.personKeys?.length || !own ? given : { ...given, personKeys: [own] };
  const isAnchored = options.trust !== undefined || options.keys !== undefined;
  for (const bundle of isAnchored ? [] : (options.personKeys ?? [])) {
    const trust = join(bundle, PUBLIC_KEYS);
    if (await exists(join(trust, ROOT_ANCHOR))) return { ...options, trust };
  }
  return options;
}

function signOne(
  host: Host,
  context: CommandContext,
  { repo, keys, trust, role: named, yes, json }: SignOptions,
  file: string,
  bundles: readonly string[],
): Promise<Attempt<SignedPending>> {
  return signPending({ file, bundles, repo, keys, trust, named }, context.now(), async (difference, roles) => {
    if (json) return yes === true;
    host.show(describeDifference(difference));
    return yes === true || host.ask(`Sign ${roles.join(", ")}?`);
  });
}

function describeSigned({ signed, notNamed }: SignedPending, file: string): readonly string[] {
  const roles = signed.map(({ role, version }) => `${role} version ${version}`);
  return [
    ...notNamed.map((role) => `Not signed, because you did not name it: ${role}.`),
    `Signed in ${file}: ${roles.join(", ")}.`,
  ];
}

type OneSigned = { readonly lines: readonly string[]; readonly json: object; readonly isSigned: boolean };

/**
 * Asks about every change that lacks a signature of these keys. In the publisher's own feed each is published as soon as
 * it has all of them; a change that is then made again is asked about again.
 */
async function signEverything(
  host: Host,
  context: CommandContext,
  options: SignOptions,
  describe: (result: TransactionResult) => Outcome,
): Promise<Attempt<Outcome>> {
  const { repo, keys, trust, role: named, personKeys = [] } = options;
  const bundles = personKeys.length > 0 || keys === undefined ? personKeys : await bundlesIn(keys);
  if (bundles.length === 0) return fail("USAGE", "Name your keys with --person-keys. See --help.");
  const asked = new Map<string, OneSigned>();
  for (;;) {
    const waiting = await unsignedChanges({ repo, keys, trust, bundles }, context.now());
    if (!waiting.ok) return waiting;
    const next = waiting.value.find(({ id }) => !asked.has(id));
    if (!next) break;
    const { id, file } = next;
    const signed = await signOne(host, context, options, file, bundles);
    if (!signed.ok) {
      const { code, message } = signed.error;
      const json = { id, file, signed: [], published: false, error: { code, message } };
      asked.set(id, { lines: [`${id} is not signed. ${message}`], json, isSigned: false });
      continue;
    }
    const published = await publishHere(context, options, file);
    if (!published.ok) return published;
    const after = published.value
      ? describe(published.value).lines
      : [`Next, the publisher: vaultctl feed import ${id}`];
    const json = { id, file, signed: signed.value.signed, published: published.value?.published ?? false };
    asked.set(id, { lines: [...describeSigned(signed.value, file), ...after], json, isSigned: true });
  }
  const all = [...asked.values()];
  const [lines, changes] = [all.flatMap((one) => one.lines), all.map(({ json }) => json)];
  if (all.some(({ isSigned }) => isSigned)) return ok({ json: { changes }, lines });
  if (all.length > 0) return fail("NOTHING_TO_SIGN", `Nothing is signed. ${lines.join(" ")}`, { changes });
  const rest = NAMED_ROLES.every((role) => named.includes(role)) ? "" : " (root and targets only if you name them)";
  return fail(
    "NOTHING_TO_SIGN",
    `No change waits for a signature of these keys${rest}: see \`vaultctl feed pending\`.`,
  );
}

/** Publishes a change in the publisher's own feed. `undefined`: this is a copy of it, on another computer. */
async function publishHere(
  context: CommandContext,
  options: SignOptions,
  file: string,
): Promise<Attempt<TransactionResult | undefined>> {
  if (options.keys === undefined || options.trust !== undefined) return ok(undefined);
  const location = feedLocationOf(options);
  if (!location.ok) return location;
  return withFeedTransaction(location.value, context.now(), (transaction) => importPending(transaction, file));
}
