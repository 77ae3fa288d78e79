import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { protectKeys } from "../keys/index.ts";
import type { Host } from "./host.ts";
import { keysOption, repeatable, withJson } from "./options.ts";
import { chooseNewPassword } from "./passwords.ts";

type Options = { keys: string; parent: readonly string[]; passwordFile?: string; json?: true };

export function addKeysProtect(group: Command, host: Host): void {
  withJson(group.command("protect"))
    .description("seal the private keys under a password, which every command that signs then asks for")
    .addOption(keysOption())
    .option("--parent <folder>", "also seal this copy of the parent key; repeatable", repeatable(), [])
    .action((options: Options) =>
      host.run(options, async () => {
        const choose = () => chooseNewPassword(host, options.passwordFile, options.keys);
        const done = await protectKeys({ keys: options.keys, parents: options.parent }, choose);
        if (!done.ok) return done;
        const { sealed } = done.value;
        const lines =
          sealed.length > 0
            ? [...sealed.map((path) => `Sealed: ${path}`), OLD_COPIES]
            : ["All private keys are sealed already."];
        return ok({ json: { sealed }, lines });
      }),
    );
}

const OLD_COPIES =
  "Keep the password where you find it again: without it the keys are lost. Older backups are not sealed: make a new one.";
