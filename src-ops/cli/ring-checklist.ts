import { type Command, Option } from "commander";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { BuildId } from "../../src-shared/updates/index.ts";
import {
  changedIn,
  CHECKED_RINGS,
  type CheckedRing,
  type Checklist,
  CHECKLISTS,
  type Evidence,
  fileEvidence,
  goNoGoRecord,
  itemOf,
  lackingIn,
  newChecklist,
  readChecklist,
  withVerdict,
  writeChecklist,
} from "../feed/index.ts";
import { type Attempt, fail } from "../failure.ts";
import { exists } from "../paths.ts";
import type { Host, Outcome } from "./host.ts";
import type { CommandContext } from "./command-context.ts";
import { BUILD } from "./feed-options.ts";
import { textLike, withJson } from "./options.ts";

type SetOptions = { item?: string; file?: string; url?: string; verdict?: string; note?: string; json?: true };

const NOTE = textLike(/^.{1,300}$/u, "1 to 300 characters on one line");

/** The go/no-go of a promotion: what has to hold, and what shows that it does. */
export function addRingChecklist(group: Command, host: Host, context: CommandContext): void {
  const checklist = group.command("checklist").description("what has to hold before a build goes further");
  withJson(checklist.command("init"))
    .description("begin the checklist of a promotion")
    .addOption(new Option("--ring <ring>", "where the build is to go").choices(CHECKED_RINGS).makeOptionMandatory())
    .addOption(new Option("--build <id>", "the build").argParser(BUILD).makeOptionMandatory())
    .requiredOption("--out <file>", "the checklist, to be filled with `ring checklist set`")
    .action((options: { ring: CheckedRing; build: BuildId; out: string; json?: true }) =>
      host.run(options, async () => {
        const { ring, build, out } = options;
        if (await exists(out)) return fail("FILE_EXISTS", `${out} is there already: go on with it, or name another.`);
        const fresh = newChecklist(ring, build);
        await writeChecklist(out, fresh);
        return ok(shown(out, fresh, undefined));
      }),
    );
  withJson(checklist.command("set"))
    .description("show the evidence for an item, or the verdict for all that gates measure")
    .argument("<checklist>", "the file that `init` began")
    .option("--item <id>", "which item, as `show` names it")
    .option("--file <file>", "a report or a recording: it is hashed, and looked for again at the promotion")
    .option("--url <url>", "a page, as it is today; https only")
    .option("--verdict <file>", "the gate's verdict, for every item that gates measure")
    .option("--note <text>", "what it shows, in one line", NOTE)
    .action((path: string, options: SetOptions) =>
      host.run(options, async () => {
        const read = await readChecklist(path);
        if (!read.ok) return read;
        const filled = await fill(path, read.value.checklist, options, context);
        if (!filled.ok) return filled;
        await writeChecklist(path, filled.value);
        return ok(shown(path, filled.value, undefined));
      }),
    );
  withJson(checklist.command("show"))
    .description("show what is there and what is missing")
    .argument("<checklist>", "the file that `init` began")
    .option("--record <file>", "write the go/no-go record, to be signed by hand")
    .action((path: string, options: { record?: string; json?: true }) =>
      host.run(options, async () => {
        const read = await readChecklist(path);
        if (!read.ok) return read;
        const { checklist: filled, hash } = read.value;
        const changed = await changedIn(path, filled);
        if (changed !== undefined) return fail("EVIDENCE_CHANGED", `${changed} is not what was shown: show it again.`);
        if (options.record !== undefined) await writeFileAtomic(options.record, goNoGoRecord(filled, hash));
        return ok(shown(path, filled, hash));
      }),
    );
}

async function fill(
  path: string,
  checklist: Checklist,
  options: SetOptions,
  context: CommandContext,
): Promise<Attempt<Checklist>> {
  const { item: id, file, url, verdict, note } = options;
  if ([file, url, verdict].filter((one) => one !== undefined).length !== 1) {
    return fail("USAGE", "Name one of --file, --url and --verdict. See --help.");
  }
  if (verdict !== undefined) return withVerdict(checklist, verdict, context.now());
  const item = id === undefined ? undefined : itemOf(checklist.ring, id);
  if (!item) return fail("USAGE", `--item is one of ${Object.keys(checklist.items).join(", ")}.`);
  const noted = note === undefined ? {} : { note };
  const evidence: Attempt<Evidence> =
    file === undefined
      ? ok({ kind: "url", url: url ?? "", at: context.now(), ...noted })
      : await fileEvidence(path, file, context.now(), note);
  if (!evidence.ok) return evidence;
  if (evidence.value.kind === "url" && URL.parse(evidence.value.url)?.protocol !== "https:") {
    return fail("USAGE", "--url is a whole address that begins with https://. See --help.");
  }
  const items = { ...checklist.items, [item.id]: [...(checklist.items[item.id] ?? []), evidence.value] };
  return ok({ ...checklist, items });
}

function shown(path: string, checklist: Checklist, hash: string | undefined): Outcome {
  const lacking = lackingIn(checklist, undefined).map(({ id }) => id);
  const words = CHECKLISTS[checklist.ring].map(({ id, isHard, gates, texts }) => {
    const mark = lacking.includes(id) ? "MISSING" : (checklist.items[id] ?? []).length > 0 ? "shown" : "-";
    const by = gates.length > 0 ? ` (measured: ${gates.join(", ")})` : "";
    return `${mark.padEnd(8)}${isHard ? "hard  " : "wished"}  ${id}: ${texts.en}${by}`;
  });
  return {
    json: { file: path, ...checklist, lacking, hash: hash ?? null },
    words: [...words, `${lacking.length} hard items have no evidence.`],
  };
}
