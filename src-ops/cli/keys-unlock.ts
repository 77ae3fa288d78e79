import { type Command, InvalidArgumentError } from "commander";
import { ok } from "../../src-shared/result.ts";
import type { Seconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { formatDate } from "../formatting.ts";
import { type Keychain, lockKeys, unlockKeys } from "../keys/index.ts";
import type { CommandContext } from "./command-context.ts";
import type { Host } from "./host.ts";
import { keysOption, withJson } from "./options.ts";

type UnlockOptions = { keys: string; for: Seconds; json?: true };
type LockOptions = { keys: string; json?: true };

const LONGEST: Seconds = 24 * 3_600;

export function addKeysUnlock(group: Command, host: Host, context: CommandContext): void {
  withJson(group.command("unlock"))
    .description("keep the key behind the password in the system's keychain for some time, so that commands do not ask")
    .addOption(keysOption())
    .option("--for <time>", "how long: 30m, 8h; at most 24h", timeSpan, 8 * 3_600)
    .action((options: UnlockOptions) =>
      host.run(options, async () => {
        const keychain = keychainOf(context);
        if (!keychain.ok) return keychain;
        const order = { keys: options.keys, forSeconds: options.for };
        const unlocked = await unlockKeys(order, keychain.value, context.now());
        if (!unlocked.ok) return unlocked;
        const { until } = unlocked.value;
        const lines = [`Unlocked until ${formatDate(until)}. Lock them earlier with \`vaultctl keys lock\`.`];
        return ok({ json: { until }, lines });
      }),
    );
  withJson(group.command("lock"))
    .description("remove that key from the keychain: the next command asks for the password again")
    .addOption(keysOption())
    .action((options: LockOptions) =>
      host.run(options, async () => {
        const keychain = keychainOf(context);
        if (!keychain.ok) return keychain;
        const locked = await lockKeys(options.keys, keychain.value);
        return locked.ok ? ok({ json: {}, lines: [`${options.keys} is locked.`] }) : locked;
      }),
    );
}

function keychainOf({ keychain }: CommandContext): Attempt<Keychain> {
  if (keychain) return ok(keychain);
  return fail("KEYCHAIN_MISSING", "There is no keychain here: every command asks for the password.");
}

function timeSpan(text: string): Seconds {
  const [, count = "", unit = ""] = /^(\d{1,4})([mh])$/.exec(text) ?? [];
  const seconds = Number(count) * (unit === "h" ? 3_600 : 60);
  if (seconds > 0 && seconds <= LONGEST) return seconds;
  throw new InvalidArgumentError("It must be minutes or hours, such as 30m or 8h, and at most 24h.");
}
