import { type Command, Option } from "commander";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  countLicensesSignedBy,
  newParent,
  type RotatedKeys,
  type RotatedRole,
  retireKeys,
  rotateKey,
} from "../keys/index.ts";
import type { Host, Outcome } from "./host.ts";
import type { Job } from "../job.ts";
import type { CommandContext } from "./command-context.ts";
import { DEVELOPMENT_NOTE, KEY_ID, keysOption, repeatable, withJson } from "./options.ts";

type RotateOptions = { keys: string; role: RotatedRole; parent?: string; keepOld?: true; yes?: true; json?: true };
type RetireOptions = { keys: string; parent?: string; yes?: true; json?: true };
type ParentOptions = { keys: string; json?: true };

const PARENT = "the folder of the parent key (default: private/offline in the key folder)";

export function addKeysRotate(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("rotate"))
    .description("create the next key of a role; the parent key signs that it is valid from now on")
    .addOption(keysOption())
    .addOption(new Option("--role <role>", "which key").choices(ROLES).makeOptionMandatory())
    .option("--parent <folder>", PARENT)
    .option("--keep-old", "the older key stays valid until `keys retire`")
    .option("--yes", YES)
    .action((options: RotateOptions) =>
      host.run(options, async (job) => {
        if (options.role === "license-issuer" && !options.keepOld) {
          const confirmed = await confirmEndedLicenses(host, options, () => true, context.now());
          if (!confirmed.ok) return confirmed;
        }
        return describeRotation(job, await rotateKey({ ...options, keepOld: options.keepOld === true }, context.now()));
      }),
    );
}

const ROLES: readonly RotatedRole[] = ["license-issuer", "revocation-list", "vault-publisher", "telemetry-enrolment"];

export function addKeysRetire(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("retire"))
    .description("retire keys: signatures of these keys are no longer accepted")
    .argument("<kid...>", "the keys, as `keys init` and `keys rotate` showed them", repeatable(KEY_ID))
    .addOption(keysOption())
    .option("--parent <folder>", PARENT)
    .option("--yes", YES)
    .action((kids: readonly string[], options: RetireOptions) =>
      host.run(options, async (job) => {
        const confirmed = await confirmEndedLicenses(host, options, (kid) => kids.includes(kid), context.now());
        if (!confirmed.ok) return confirmed;
        const retired = await retireKeys({ ...options, kids }, context.now());
        if (!retired.ok) return retired;
        if (retired.value.developmentKeys) job.note(DEVELOPMENT_NOTE);
        const lines = [`Retired: ${kids.join(", ")}. Key manifest ${retired.value.seq}.`, PUBLISH_TO_STICKS];
        return ok({ json: retired.value, lines });
      }),
    );
}

export function addKeysNewParent(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("new-parent"))
    .description("create a new parent key after the old one was lost; only apps that are built with it trust it")
    .addOption(keysOption())
    .action((options: ParentOptions) =>
      host.run(options, async (job) => describeRotation(job, await newParent(options.keys, context.now()))),
    );
}

const YES = "do not ask, although licenses that still play will be refused; needed with --json";

/** Says how many licenses end with a key, and asks whether they may. */
async function confirmEndedLicenses(
  host: Host,
  { keys, yes, json }: { readonly keys: string; readonly yes?: true; readonly json?: true },
  isSigner: (kid: string) => boolean,
  now: UnixSeconds,
): Promise<Attempt<undefined>> {
  const ended = await countLicensesSignedBy(keys, isSigner, now);
  if (!ended.ok) return ended;
  if (ended.value === 0 || yes) return ok(undefined);
  const what = ended.value === 1 ? "1 license that still plays" : `${ended.value} licenses that still play`;
  const question = `${what} will be refused by each computer that gets the new key manifest. Continue?`;
  if (!json && (await host.ask(question))) return ok(undefined);
  const remedy = "Rotate with --keep-old, renew them, and then retire the old key; or confirm with --yes.";
  return fail("LICENSES_WOULD_END", `Nothing was changed: ${what} would be refused. ${remedy}`, {
    licenses: ended.value,
  });
}

const PUBLISH_TO_STICKS = "Write it onto each stick with `vaultctl keys publish`: readers get it from there.";

function describeRotation(job: Job, rotated: Attempt<RotatedKeys>): Attempt<Outcome> {
  if (!rotated.ok) return rotated;
  const { role, kid, file, retired, seq, developmentKeys } = rotated.value;
  if (developmentKeys) job.note(DEVELOPMENT_NOTE);
  const old = retired.length > 0 ? `; retired: ${retired.join(", ")}` : "";
  const next =
    role === "key-manifest"
      ? "Build and publish an app with the new public keys: no other app accepts it."
      : PUBLISH_TO_STICKS;
  return ok({ json: rotated.value, lines: [`${role} ${kid}  ${file}${old}. Key manifest ${seq}.`, next] });
}
