import { type Command, InvalidArgumentError } from "commander";
import { ok } from "../../src-shared/result.ts";
import { fail } from "../failure.ts";
import { initFeed, type InitializedFeed, mayNamePerson, namesOf } from "../feed/index.ts";
import type { Host } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { feedCommand, type FeedOptions } from "./feed-options.ts";
import { DEVELOPMENT_NOTE } from "./options.ts";
import { defaultFeedFolder, rememberFeed } from "./remembered-folders.ts";

const [FEWEST, MOST] = [3, 9];

type InitOptions = FeedOptions & { people: readonly string[]; out?: string };

/** `vaultctl feed init`: the first command of a publisher who offers updates. */
export function addFeedInit(group: Command, host: Host, context: CommandContext): void {
  feedCommand(group, "init", "create the keys of everybody who signs, and publish the first state of the feed")
    .option(
      "--people <names>",
      "the persons who sign, such as ann,ben,eve, or their number; a majority of them must approve",
      people,
      namesOf(FEWEST),
    )
    .option("--out <folder>", "the folder for one bundle a person (default: in the key folder, two bundles a person)")
    .action(({ people: names, out, ...options }: InitOptions) =>
      host.run(options, async (job) => {
        const { keys, repo = defaultFeedFolder() } = options;
        if (keys === undefined) return fail("USAGE", "Name the publisher's key folder with --keys. See --help.");
        const initialized = await initFeed({ repo, keys, people: names, out }, context.now());
        if (!initialized.ok) return initialized;
        if (initialized.value.developmentKeys) job.note(DEVELOPMENT_NOTE);
        if (options.repo === undefined) await rememberFeed(repo, process.env);
        return ok({ json: { repo, ...initialized.value }, lines: describe(initialized.value, repo) });
      }),
    );
}

function people(text: string): readonly string[] {
  const names = /^\d$/.test(text) ? namesOf(Number(text)) : text.split(",").map((name) => name.trim());
  const faulty = names.find((name) => !mayNamePerson(name));
  if (faulty !== undefined) {
    throw new InvalidArgumentError(
      `"${faulty}" cannot be a person's name: use a to z, 0 to 9 and -, and none of the machines' names.`,
    );
  }
  if (new Set(names).size !== names.length) throw new InvalidArgumentError("A name is there twice.");
  if (names.length >= FEWEST && names.length <= MOST) return names;
  throw new InvalidArgumentError(`It must be ${FEWEST} to ${MOST} persons.`);
}

const MACHINE_PLACES: Readonly<Record<string, string>> = {
  ci: "the build server",
  release: "the release manager's computer",
  server: "the ring server",
};

/** Who gets what. */
function describe({ anchor, bundles }: InitializedFeed, repo: string): readonly string[] {
  const lines = bundles.map(({ owner, place, folder, roles }) => {
    const signs = `signs ${roles.join(", ")}`;
    switch (place) {
      case "person":
        return `${owner} gets ${folder} for the own computer: it ${signs}.`;
      case "offline":
        return `${owner} gets ${folder} for a safe, and keeps it on no computer: it ${signs}.`;
      case "machine":
        return `${MACHINE_PLACES[owner] ?? owner} gets ${folder}: it ${signs}.`;
    }
  });
  const isTogether = bundles.some(({ place, folder }) => place === "offline" && folder.endsWith("-offline"));
  const copies = isTogether ? ` Give ${anchor} to everybody who signs.` : "";
  return [
    ...lines,
    `The feed is in ${repo}. Build the apps with ${anchor}.${copies}`,
    "Hand out the bundles of the persons and keep no copy here: whoever has all of them can approve everything.",
  ];
}
