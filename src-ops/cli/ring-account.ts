import { type Command, Option } from "commander";
import { ok } from "../../src-shared/result.ts";
import { fail } from "../failure.ts";
import { ACCOUNT_ROLES, type AccountRole, putAccount } from "../server/index.ts";
import type { Host } from "./host.ts";
import { textLike, withJson } from "./options.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";

const NAME = textLike(/^[a-z][a-z0-9._-]{0,31}$/, "a name in lower case, such as ann.lee");

/** The commands on console accounts. Passwords are generated, because passwords that people choose are weak. */
export function addRingAccount(group: Command, host: Host): void {
  withRingStoreOptions(withJson(group.command("account")))
    .description("create a console account, or give an account a new password")
    .argument("<name>", "the login name", NAME)
    .addOption(new Option("--role <role>", "a manager may halt releases").choices(ACCOUNT_ROLES).makeOptionMandatory())
    .action((name: string, { role, ...options }: RingDataOptions & { role: AccountRole }) =>
      host.run(options, () =>
        withRingData(
          options,
          async ({ accounts }) => {
            const { password } = await putAccount(accounts, { name, role });
            return ok({
              json: { name, role, password },
              lines: [`Password of ${name}: ${password}`, "It is shown only once: write it down for them."],
            });
          },
          "create",
        ),
      ),
    );
  withRingStoreOptions(withJson(group.command("account-remove")))
    .description("remove a console account; its sessions end at once")
    .argument("<name>", "the login name", NAME)
    .action((name: string, options: RingDataOptions) =>
      host.run(options, () =>
        withRingData(options, async ({ accounts }) => {
          if (!(await accounts.remove(name))) return fail("ACCOUNT_UNKNOWN", `There is no account ${name}.`);
          return ok({ json: { name }, lines: [`The account ${name} is removed.`] });
        }),
      ),
    );
}
