import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { changePassword } from "../keys/index.ts";
import type { Host } from "./host.ts";
import { keysOption, repeatable, withJson } from "./options.ts";
import { chooseNewPassword } from "./passwords.ts";

type Options = { keys: string; parent: readonly string[]; newPasswordFile?: string; json?: true };

export function addKeysPassword(group: Command, host: Host): void {
  withJson(group.command("password"))
    .description("change the password of the private keys")
    .addOption(keysOption())
    .option("--parent <folder>", "also of this sealed copy of the parent key; repeatable", repeatable(), [])
    .option("--new-password-file <file>", "a file with the new password, instead of asking")
    .action((options: Options) =>
      host.run(options, async () => {
        const choose = () => chooseNewPassword(host, options.newPasswordFile, options.keys);
        const changed = await changePassword({ keys: options.keys, parents: options.parent }, choose);
        return changed.ok ? ok({ json: {}, lines: [OLDER_COPIES] }) : changed;
      }),
    );
}

const OLDER_COPIES =
  "The password is changed. Backups, copies of the parent key that were not named, and other copies from before still open " +
  "with the old one: make a new backup and destroy them. If somebody who should not have them knows that password, rotate the keys.";
