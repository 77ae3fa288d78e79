import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { revoke } from "../licenses/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { DEVELOPMENT_NOTE, KEY_ID, keysOption, LICENSE, repeatable, withJson } from "./options.ts";

type Options = { keys: string; key: readonly string[]; stick: readonly string[]; json?: true };

export function addLicenseRevoke(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("revoke"))
    .description("permanently revoke licenses or an issuer key, and write the revocation list onto sticks")
    .argument(
      "[license...]",
      "license ids, as `license list` shows them, or numbers of customers with one license",
      repeatable(LICENSE),
      [],
    )
    .addOption(keysOption())
    .option("--key <kid>", "every license that this license issuer key signed; repeatable", repeatable(KEY_ID), [])
    .option("--stick <folder>", "write the list onto this stick; repeatable", repeatable(), [])
    .action((licenses: readonly string[], options: Options) =>
      host.run(options, async (job) => {
        const order = { keys: options.keys, licenses, issuerKeys: options.key, sticks: options.stick };
        const revoked = await revoke(order, context.now());
        if (!revoked.ok) return revoked;
        const { seq, licenses: listed, keys, added, sticks, developmentKeys } = revoked.value;
        if (developmentKeys) job.note(DEVELOPMENT_NOTE);
        const fresh = added.licenses.length + added.keys.length;
        return ok({
          json: { seq, licenses: listed, keys, added, sticks, developmentKeys },
          lines: [
            `Revocation list ${seq}: licenses ${listed.length}, keys ${keys.length}; new ${fresh}.`,
            ...sticks.map((stick) => `Written to ${stick}.`),
            "A computer gets the list from a stick that carries it.",
          ],
        });
      }),
    );
}
