import { type Command, Option } from "commander";
import { ok } from "../../src-shared/result.ts";
import type { Attempt } from "../failure.ts";
import { newParent, type RotatedKeys, type RotatedRole, retireKeys, rotateKey } from "../keys/index.ts";
import type { Host, Outcome } from "./host.ts";
import type { Job } from "../job.ts";
import type { CommandContext } from "./command-context.ts";
import { DEVELOPMENT_NOTE, KEY_ID, keysOption, repeatable, withJson } from "./options.ts";

type RotateOptions = { keys: string; role: RotatedRole; parent?: string; keepOld?: true; json?: true };
type RetireOptions = { keys: string; parent?: string; json?: true };
type ParentOptions = { keys: string; json?: true };

const PARENT = "the folder of the parent key (default: private/offline in the key folder)";

export function addKeysRotate(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("rotate"))
    .description("create the next key of a role; the parent key signs that it is valid from now on")
    .addOption(keysOption())
    .addOption(new Option("--role <role>", "which key").choices(ROLES).makeOptionMandatory())
    .option("--parent <folder>", PARENT)
    .option("--keep-old", "the older key stays valid until `keys retire`")
    .action((options: RotateOptions) =>
      host.run(options, async (job) => {
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
    .action((kids: readonly string[], options: RetireOptions) =>
      host.run(options, async (job) => {
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
