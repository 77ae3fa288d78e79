import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { fail } from "../failure.ts";
import { formatBytes } from "../formatting.ts";
import type { Host } from "./host.ts";
import { verifyVault } from "../packing/index.ts";
import { anchorOf, DEVELOPMENT_NOTE, knownKeysOption, trustOption, withJson } from "./options.ts";

type Options = { keys?: string; trust?: string; json?: true };

export function addVerify(program: Command, host: Host): void {
  withJson(program.command("verify"))
    .description("check a stick byte for byte against its signed manifest; needs no secret key")
    .argument("<stick>", "the folder of the stick")
    .addOption(knownKeysOption())
    .addOption(trustOption())
    .action((stick: string, options: Options) =>
      host.run(options, async (job) => {
        const checked = await verifyVault(stick, anchorOf(options), job);
        if (!checked.ok) return checked;
        const { faults, extras, label, gen, parts, bytes, app, developmentKeys } = checked.value;
        if (developmentKeys) job.note(DEVELOPMENT_NOTE);
        for (const path of extras) job.note(`Not in the manifest: ${path}`);
        for (const { path, fault } of faults) job.note(`${fault}: ${path}`);
        if (faults.length > 0) {
          const message = `${faults.length} files of ${stick} do not match what is signed: make the stick again, or put the app on it again.`;
          return fail("VAULT_DAMAGED", message, { ...checked.value });
        }
        const lines = [`${label}: generation ${gen}, ${parts} parts, ${formatBytes(bytes)}: everything matches.`];
        if (app) lines.push(`App ${app.version}: ${formatBytes(app.bytes)}: everything matches.`);
        return ok({ json: checked.value, lines });
      }),
    );
}
