import type { Command } from "commander";
import { type AddedProtection, addedProtection, isAdded } from "../../src-shared/protection.ts";
import { ok } from "../../src-shared/result.ts";
import { fail } from "../failure.ts";
import { editVault, planOfFolder, planOfStick } from "../packing/index.ts";
import type { CommandContext } from "./command-context.ts";
import { describeChange } from "./describe-change.ts";
import type { Host } from "./host.ts";
import { captureOption, keysOption, stickOption, watermarkOption, withJson } from "./options.ts";
import { withRecord } from "./record-stick.ts";

type PlanOptions = { stick?: string; keys?: string; json?: true };
type EditOptions = { stick: string; keys: string; plan?: string; json?: true } & AddedProtection;

export function addPlan(program: Command, host: Host): void {
  withJson(program.command("plan"))
    .description("write the plan of a folder of films, for `pack --plan`, or of a stick, for `edit --plan`")
    .argument("[folder]", "the folder of the films; each folder in it that has films is a section")
    .addOption(stickOption().makeOptionMandatory(false))
    .addOption(keysOption().makeOptionMandatory(false))
    .action((folder: string | undefined, { stick, keys, json }: PlanOptions) =>
      host.run(json ? { json } : {}, async () => {
        if ((folder === undefined) === (stick === undefined)) return fail("USAGE", "Name one of a folder and --stick.");
        if (stick !== undefined && keys === undefined) return fail("USAGE", "--stick needs --keys.");
        const plan = folder === undefined ? await planOfStick(stick ?? "", keys ?? "") : await planOfFolder(folder);
        return plan.ok
          ? ok({ json: { plan: plan.value }, lines: JSON.stringify(plan.value, null, 2).split("\n") })
          : plan;
      }),
    );
}

export function addEdit(program: Command, host: Host, context: CommandContext): void {
  withJson(program.command("edit"))
    .description("change titles, sections, order and protection on a stick, without writing its films again")
    .addOption(stickOption())
    .addOption(keysOption())
    .option("--plan <file>", "the plan that `vaultctl plan --stick` has written, with your changes")
    .addOption(captureOption())
    .addOption(watermarkOption())
    .action((options: EditOptions) =>
      host.run(options, async (job) => {
        const protection = addedProtection(options);
        if (options.plan === undefined && !isAdded(protection)) {
          return fail("USAGE", "Name what to change: --plan, --capture or --watermark. See --help.");
        }
        const edited = await editVault({ ...options, protection }, job, { now: context.now() });
        return withRecord(job, describeChange(job, edited), options, context.now());
      }),
    );
}
