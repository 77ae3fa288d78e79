import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { ok } from "../../src-shared/result.ts";
import { ACCOUNT_ROLES, type AccountRole, ACCOUNTS_FILE, putAccount, RING_DATA } from "../rings/index.ts";
import type { Host } from "../terminal/index.ts";
import { textLike, withJson } from "./options.ts";

const NAME = textLike(/^[a-z][a-z0-9._-]{0,31}$/, "a name in small letters, such as ann.lee");

/** Lets somebody into the console; their password is made here, since those that people think of are weak. */
export function addRingAccount(group: Command, host: Host): void {
  withJson(group.command("account"))
    .description("let somebody into the console, or give them a new password")
    .argument("<name>", "how they log in", NAME)
    .addOption(new Option("--role <role>", "a manager may halt").choices(ACCOUNT_ROLES).makeOptionMandatory())
    .option("--data <folder>", "where the ring server's database is", RING_DATA)
    .action((name: string, { role, data, ...options }: { role: AccountRole; data: string; json?: true }) =>
      host.run(options, async () => {
        await mkdir(data, { recursive: true, mode: 0o700 });
        const made = await putAccount(join(data, ACCOUNTS_FILE), { name, role });
        if (!made.ok) return made;
        const { password } = made.value;
        return ok({
          json: { name, role, password },
          words: [`Password of ${name}: ${password}`, "It is shown this once: write it down for them."],
        });
      }),
    );
}
