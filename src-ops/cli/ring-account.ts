import { type Command, Option } from "commander";
import { ok } from "../../src-shared/result.ts";
import { fail } from "../failure.ts";
import { ACCOUNT_ROLES, type AccountRole, putAccount } from "../server/index.ts";
import type { Host } from "./host.ts";
import { textLike, withJson } from "./options.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";

const NAME = textLike(/^[a-z][a-z0-9._-]{0,31}$/, "a name in small letters, such as ann.lee");

/** Lets somebody into the console; their password is made here, since those that people think of are weak. */
export function addRingAccount(group: Command, host: Host): void {
  withRingStoreOptions(withJson(group.command("account")))
    .description("let somebody into the console, or give them a new password")
    .argument("<name>", "how they log in", NAME)
    .addOption(new Option("--role <role>", "a manager may halt").choices(ACCOUNT_ROLES).makeOptionMandatory())
    .action((name: string, { role, ...options }: RingDataOptions & { role: AccountRole }) =>
      host.run(options, () =>
        withRingData(
          options,
          async ({ accounts }) => {
            const { password } = await putAccount(accounts, { name, role });
            return ok({
              json: { name, role, password },
              words: [`Password of ${name}: ${password}`, "It is shown this once: write it down for them."],
            });
          },
          "made where it is missing",
        ),
      ),
    );
  withRingStoreOptions(withJson(group.command("account-remove")))
    .description("let somebody into the console no longer: they are out at once")
    .argument("<name>", "how they log in", NAME)
    .action((name: string, options: RingDataOptions) =>
      host.run(options, () =>
        withRingData(options, async ({ accounts }) => {
          if (!(await accounts.remove(name))) return fail("ACCOUNT_UNKNOWN", `Nobody logs in as ${name}.`);
          return ok({ json: { name }, words: [`${name} is out.`] });
        }),
      ),
    );
}
