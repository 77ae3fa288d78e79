import { type Command, Option } from "commander";
import { ok } from "../../src-shared/result.ts";
import type { FeedRole } from "../../src-shared/updates/index.ts";
import { fail } from "../failure.ts";
import { discardPending, importPending, pendingFileNamed, refreshFeed, rotateFeed } from "../feed/index.ts";
import { FEED_ROLES, makeOwnFeedKey } from "../keys/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { changeFeed, feedCommand, type FeedOptions, policyOption, ROLE } from "./feed-options.ts";
import { KEY_ID, repeatable, withJson } from "./options.ts";

type RotateOptions = FeedOptions & {
  role: FeedRole;
  key: readonly string[];
  into?: string;
  public?: string;
  stolen?: true;
  dropHalts?: true;
};

/** The commands on feed keys and signatures: replace keys, sign pending changes. */
export function addFeedKeys(group: Command, host: Host, context: CommandContext): void {
  feedCommand(group, "rotate", "replace keys of a role; the parent role signs the new ones")
    .addOption(new Option("--role <role>", "which role").choices(FEED_ROLES).makeOptionMandatory())
    .option("--key <keyid>", "only this key, as `feed status` shows it; repeatable", repeatable(KEY_ID), [])
    .option("--into <folder>", "the bundle for the new key if the old one is lost")
    .option("--public <file>", "the new key's public half, made with `feed make-key` on its owner's computer")
    .option(
      "--stolen",
      "also replace the server's keys, so that readers discard every version that the thief has published",
    )
    .option("--drop-halts", "with --role halt: lift all halts, because the thief issued them")
    .action((options: RotateOptions) =>
      changeFeed(
        host,
        context,
        options,
        async (transaction) => {
          const { role, key, into, public: publicKey, stolen = false, dropHalts = false } = options;
          if (dropHalts && role !== "halt") return fail("USAGE", "--drop-halts goes with --role halt. See --help.");
          return rotateFeed(transaction, { role, replaced: key, into, publicKey, stolen, dropHalts });
        },
        ({ replaced }) =>
          replaced.map((pair) => {
            const location = pair.bundle === null ? "which its owner keeps" : `in ${pair.bundle}`;
            return `${pair.role}: ${pair.old} is replaced by ${pair.next}, ${location}`;
          }),
      ),
    );
  withJson(group.command("make-key"))
    .description("create your own key on your own computer: only its public half leaves it")
    .addOption(new Option("--role <role>", "which role").choices(FEED_ROLES).makeOptionMandatory())
    .requiredOption("--into <folder>", "your bundle of keys")
    .option("--dev", "for a feed with development keys")
    .action((options: { role: FeedRole; into: string; dev?: true; json?: true }) =>
      host.run(options, async () => {
        const made = await makeOwnFeedKey(options.into, options.role, options.dev ?? false);
        if (!made.ok) return made;
        const { keyid, file } = made.value;
        const next = `Send ${file} to the operator of the feed, who runs vaultctl feed rotate --public. Tell them the key id over another channel.`;
        return ok({ json: { role: options.role, keyid, public: file }, lines: [`${options.role} key ${keyid}`, next] });
      }),
    );
  feedCommand(group, "refresh", "renew the signatures that show the feed is current; run it every day")
    .option("--role <role>", "also renew this role, which its people must sign", repeatable(ROLE), [])
    .action((options: FeedOptions & { role: readonly FeedRole[] }) =>
      changeFeed(host, context, options, (transaction) => refreshFeed(transaction, options.role)),
    );
  feedCommand(group, "import", "import a signed change; it is published as soon as it has all its signatures")
    .argument("<change>", "the pending file with new signatures, or its id in `feed pending`")
    .addOption(policyOption())
    .action((file: string, options: FeedOptions) =>
      changeFeed(host, context, options, (transaction) =>
        importPending(transaction, pendingFileNamed(options.repo, file)),
      ),
    );
  feedCommand(group, "discard", "remove a pending change that nobody needs any more")
    .argument("<change>", "its id in `feed pending`, or its file")
    .action((named: string, options: FeedOptions) =>
      host.run(options, async () => {
        if (options.repo === undefined) return fail("USAGE", "Name the folder of the feed with --repo. See --help.");
        const discarded = await discardPending(options.repo, named);
        if (!discarded.ok) return discarded;
        const { id } = discarded.value;
        return ok({ json: { id }, lines: [`${id} is discarded. Nothing of it was published.`] });
      }),
    );
}
