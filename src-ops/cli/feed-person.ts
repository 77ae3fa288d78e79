import type { Command } from "commander";
import { replacePerson } from "../feed/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { changeFeed, feedCommand, type FeedOptions } from "./feed-options.ts";

/** The commands on the persons who sign. */
export function addFeedPersons(group: Command, host: Host, context: CommandContext): void {
  const person = group.command("person").description("the persons who sign changes of the feed");
  feedCommand(
    person,
    "replace",
    "give a person new keys in every role: the old ones are lost, stolen, or somebody else's",
  )
    .argument("<name>", "the person, as `feed init` named them")
    .option("--out <folder>", "the folder for the new bundle (default: in the key folder)")
    .action((name: string, options: FeedOptions & { out?: string }) =>
      changeFeed(
        host,
        context,
        options,
        (transaction) => replacePerson(transaction, { name, out: options.out }),
        ({ bundles, replaced }) => [
          ...replaced.map(({ role, old, next }) => `${role}: ${old} is replaced by ${next}`),
          ...bundles.map((folder) => {
            const safe = folder.endsWith("offline")
              ? " for a safe, and keeps it on no computer"
              : " for the own computer";
            return `${name} gets ${folder}${safe}.`;
          }),
          "Keep no copy of it here.",
        ],
      ),
    );
}
