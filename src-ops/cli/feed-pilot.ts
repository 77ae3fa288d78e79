import { type Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import { addPilot } from "../feed/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { feedCommand, type FeedOptions, feedLocationOf } from "./feed-options.ts";
import { textLike } from "./options.ts";

type PilotOptions = FeedOptions & { hostname: string; agreement: string; signed: string };

const DAY = textLike(/^\d{4}-\d{2}-\d{2}$/, "a day like 2026-11-24");

/** The command that enters a pilot: a client with a signed agreement. */
export function addFeedPilot(group: Command, host: Host, context: CommandContext): void {
  feedCommand(group, "pilot", "enter a pilot of ring1 with the signed pilot agreement")
    .requiredOption("--hostname <name>", "the name that you chose for the computer")
    .requiredOption("--agreement <file>", "the signed agreement; only its hash is stored")
    .requiredOption("--signed <day>", "the day of the signature", DAY)
    .action((options: PilotOptions) =>
      host.run(options, async () => {
        const location = feedLocationOf(options);
        if (!location.ok) return location;
        const { hostname, agreement, signed } = options;
        const added = await addPilot(location.value, { hostname, agreement, signed }, context.now());
        if (!added.ok) return added;
        const { pilots, sha256 } = added.value;
        return ok({
          json: { hostname, sha256, signed, pilots },
          lines: [`${hostname} is a pilot since ${signed}. ring1 has ${pilots} pilots with a signed agreement.`],
        });
      }),
    );
}
