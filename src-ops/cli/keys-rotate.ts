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

const PARENT = "the folder where the parent key is kept (default: in the key folder, private/offline)";

export function addKeysRotate(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("rotate"))
    .description("make the next key of a role; the parent key signs that it counts from now on")
    .addOption(keysOption())
    .addOption(new Option("--role <role>", "which key").choices(ROLES).makeOptionMandatory())
    .option("--parent <folder>", PARENT)
    .option("--keep-old", "the older key goes on counting, until `keys retire`")
    .action((options: RotateOptions) =>
      host.run(options, async (job) => {
        return tell(job, await rotateKey({ ...options, keepOld: options.keepOld === true }, context.now()));
      }),
    );
}

const ROLES: readonly RotatedRole[] = ["license-issuer", "revocation-list", "vault-publisher", "telemetry-enrolment"];

export function addKeysRetire(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("retire"))
    .description("end an overlap: these keys verify nothing any more")
    .argument("<kid...>", "the keys, as `keys init` and `keys rotate` showed them", repeatable(KEY_ID))
    .addOption(keysOption())
    .option("--parent <folder>", PARENT)
    .action((kids: readonly string[], options: RetireOptions) =>
      host.run(options, async (job) => {
        const retired = await retireKeys({ ...options, kids }, context.now());
        if (!retired.ok) return retired;
        if (retired.value.developmentKeys) job.note(DEVELOPMENT_NOTE);
        const words = [`Retired: ${kids.join(", ")}. Key manifest ${retired.value.seq}.`, SPREAD];
        return ok({ json: retired.value, words });
      }),
    );
}

export function addKeysNewParent(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("new-parent"))
    .description("make a new parent key where the old one is lost; it counts in apps that are built with it")
    .addOption(keysOption())
    .action((options: ParentOptions) =>
      host.run(options, async (job) => tell(job, await newParent(options.keys, context.now()))),
    );
}

const SPREAD = "Put it onto each stick with `vaultctl keys publish`: readers learn of it from there.";

function tell(job: Job, rotated: Attempt<RotatedKeys>): Attempt<Outcome> {
  if (!rotated.ok) return rotated;
  const { role, kid, file, retired, seq, developmentKeys } = rotated.value;
  if (developmentKeys) job.note(DEVELOPMENT_NOTE);
  const old = retired.length > 0 ? `; retired: ${retired.join(", ")}` : "";
  const next =
    role === "key-manifest" ? "Build and publish an app with the new public keys: no other takes it." : SPREAD;
  return ok({ json: rotated.value, words: [`${role} ${kid}  ${file}${old}. Key manifest ${seq}.`, next] });
}
