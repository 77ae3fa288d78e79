import { type Command, Option } from "commander";
import { ok } from "../../src-shared/result.ts";
import type { FeedRole } from "../../src-shared/updates/index.ts";
import { fail } from "../failure.ts";
import { importPending, initFeed, refreshFeed, rotateFeed, signPending } from "../feed/index.ts";
import { FEED_ROLES, makeOwnFeedKey } from "../keys/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { changeFeed, feedCommand, type FeedOptions, feedLocationOf, policyOption, ROLE } from "./feed-options.ts";
import { DEVELOPMENT_NOTE, KEY_ID, repeatable, wholeNumber, withJson } from "./options.ts";

type RotateOptions = FeedOptions & {
  role: FeedRole;
  key: readonly string[];
  into?: string;
  public?: string;
  stolen?: true;
  dropHalts?: true;
};

/** Who signs: the first keys, the next ones, and signing in other places. */
export function addFeedKeys(group: Command, host: Host, context: CommandContext): void {
  feedCommand(group, "init", "make the keys of a feed, a bundle for each person, and publish its first state")
    .option("--people <n>", "how many persons approve together: a majority of them", wholeNumber(3, 9), 3)
    .action((options: FeedOptions & { people: number }) =>
      host.run(options, async (job) => {
        const place = feedLocationOf(options);
        if (!place.ok) return place;
        const begun = await initFeed({ ...place.value, people: options.people }, context.now());
        if (!begun.ok) return begun;
        const { anchor, bundles, developmentKeys } = begun.value;
        if (developmentKeys) job.note(DEVELOPMENT_NOTE);
        const words = bundles.map(({ folder, roles }) => `${folder}  ${roles.join(", ")}`);
        const next =
          "Give each person and machine its own bundle and keep none of them here: who holds all, approves all.";
        return ok({
          json: { repo: place.value.repo, ...begun.value },
          words: [...words, `Apps are built with ${anchor}.`, next],
        });
      }),
    );
  feedCommand(group, "rotate", "replace keys of a role; the parent role signs the new ones")
    .addOption(new Option("--role <role>", "which role").choices(FEED_ROLES).makeOptionMandatory())
    .option(
      "--key <keyid>",
      "only this key, as `feed status` shows it; may stand several times",
      repeatable(KEY_ID),
      [],
    )
    .option("--into <folder>", "the bundle for the new key, where the old one is lost")
    .option("--public <file>", "the new key's public half, from `feed make-key` on its owner's computer")
    .option("--stolen", "the server's keys are replaced too, so that readers forget what a thief has shown them")
    .option("--drop-halts", "with --role halt: what is halted goes on, the thief had stopped it")
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
            const place = pair.bundle === null ? "which its owner keeps" : `in ${pair.bundle}`;
            return `${pair.role}: ${pair.old} is replaced by ${pair.next}, ${place}`;
          }),
      ),
    );
  withJson(group.command("make-key"))
    .description("make a key of your own on your own computer: only its public half leaves it")
    .addOption(new Option("--role <role>", "which role").choices(FEED_ROLES).makeOptionMandatory())
    .requiredOption("--into <folder>", "your bundle of keys")
    .option("--dev", "for a feed that was made with development keys")
    .action((options: { role: FeedRole; into: string; dev?: true; json?: true }) =>
      host.run(options, async () => {
        const made = await makeOwnFeedKey(options.into, options.role, options.dev ?? false);
        if (!made.ok) return made;
        const { keyid, file } = made.value;
        const next = `Send ${file} to whoever runs the feed, and say the id by another way: they run vaultctl feed rotate --public.`;
        return ok({ json: { role: options.role, keyid, public: file }, words: [`${options.role} key ${keyid}`, next] });
      }),
    );
  feedCommand(group, "refresh", "sign again that the feed is the newest; run it every day")
    .option("--role <role>", "renew this role too, which its people have to sign", repeatable(ROLE), [])
    .action((options: FeedOptions & { role: readonly FeedRole[] }) =>
      changeFeed(host, context, options, (transaction) => refreshFeed(transaction, options.role)),
    );
  feedCommand(group, "sign", "sign a pending change with your own keys, anywhere")
    .argument("<file>", "the pending file; it is written back with your signatures")
    .action((file: string, options: FeedOptions) =>
      host.run(options, async () => {
        if (!options.personKeys?.length) return fail("USAGE", "Name your keys with --person-keys. See --help.");
        const signed = await signPending(file, options.personKeys);
        if (!signed.ok) return signed;
        const roles = signed.value.signed.map(({ role, version }) => `${role} version ${version}`);
        const documents = signed.value.documents.map(({ path, text }) => `${path}: ${text}`);
        return ok({
          json: { file, ...signed.value },
          words: [...documents, `Signed in ${file}: ${roles.join(", ")}. Bring it back: \`vaultctl feed import\`.`],
        });
      }),
    );
  feedCommand(group, "import", "bring a signed change back; it is published once it has all its signatures")
    .argument("<file>", "the pending file with new signatures")
    .addOption(policyOption())
    .action((file: string, options: FeedOptions) =>
      changeFeed(host, context, options, (transaction) => importPending(transaction, file)),
    );
}
