import { type Command, Option } from "commander";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { BuildId } from "../../src-shared/updates/index.ts";
import {
  findChangedEvidence,
  CHECKED_RINGS,
  type CheckedRing,
  type Checklist,
  CHECKLISTS,
  type Evidence,
  fileEvidence,
  goNoGoRecord,
  itemOf,
  itemsWithoutEvidence,
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

/** The commands on the go/no-go checklist of a promotion: its conditions and their evidence. */
export function addRingChecklist(group: Command, host: Host, context: CommandContext): void {
  const checklist = group.command("checklist").description("the conditions for promoting a build");
  withJson(checklist.command("init"))
    .description("create the checklist of a promotion")
    .addOption(
      new Option("--ring <ring>", "the ring to promote the build to").choices(CHECKED_RINGS).makeOptionMandatory(),
    )
    .addOption(new Option("--build <id>", "the build").argParser(BUILD).makeOptionMandatory())
    .requiredOption("--out <file>", "the checklist file, to complete with `ring checklist set`")
    .action((options: { ring: CheckedRing; build: BuildId; out: string; json?: true }) =>
      host.run(options, async () => {
        const { ring, build, out } = options;
        if (await exists(out))
          return fail("FILE_EXISTS", `${out} already exists: continue with it, or name another file.`);
        const fresh = newChecklist(ring, build);
        await writeChecklist(out, fresh);
        return ok(outcomeOf(out, fresh, undefined));
      }),
    );
  withJson(checklist.command("set"))
    .description("add evidence for one item, or the verdict for all items that the gates measure")
    .argument("<checklist>", "the checklist file from `init`")
    .option("--item <id>", "the item, as `show` names it")
    .option("--file <file>", "a report or a recording: its hash is stored, and checked again at the promotion")
    .option("--url <url>", "a web page in its current state; https only")
    .option("--verdict <file>", "the verdict of the gates, for every item that the gates measure")
    .option("--note <text>", "what the evidence shows, in one line", NOTE)
    .action((path: string, options: SetOptions) =>
      host.run(options, async () => {
        const read = await readChecklist(path);
        if (!read.ok) return read;
        const updated = await addEvidence(path, read.value.checklist, options, context);
        if (!updated.ok) return updated;
        await writeChecklist(path, updated.value);
        return ok(outcomeOf(path, updated.value, undefined));
      }),
    );
  withJson(checklist.command("show"))
    .description("show which items have evidence and which do not")
    .argument("<checklist>", "the checklist file from `init`")
    .option("--record <file>", "write the go/no-go record, to be signed by hand")
    .action((path: string, options: { record?: string; json?: true }) =>
      host.run(options, async () => {
        const read = await readChecklist(path);
        if (!read.ok) return read;
        const { checklist: filled, hash } = read.value;
        const changed = await findChangedEvidence(path, filled);
        if (changed !== undefined)
          return fail("EVIDENCE_CHANGED", `${changed} changed after it was added: add it again.`);
        if (options.record !== undefined) await writeFileAtomic(options.record, goNoGoRecord(filled, hash));
        return ok(outcomeOf(path, filled, hash));
      }),
    );
}

async function addEvidence(
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
  if (!item) return fail("USAGE", `--item must be one of ${Object.keys(checklist.items).join(", ")}.`);
  const noteMember = note === undefined ? {} : { note };
  const evidence: Attempt<Evidence> =
    file === undefined
      ? ok({ kind: "url", url: url ?? "", at: context.now(), ...noteMember })
      : await fileEvidence(path, file, context.now(), note);
  if (!evidence.ok) return evidence;
  if (evidence.value.kind === "url" && URL.parse(evidence.value.url)?.protocol !== "https:") {
    return fail("USAGE", "--url must be a complete address that begins with https://. See --help.");
  }
  const items = { ...checklist.items, [item.id]: [...(checklist.items[item.id] ?? []), evidence.value] };
  return ok({ ...checklist, items });
}

function outcomeOf(path: string, checklist: Checklist, hash: string | undefined): Outcome {
  const lacking = itemsWithoutEvidence(checklist, undefined).map(({ id }) => id);
  const lines = CHECKLISTS[checklist.ring].map(({ id, isRequired, gates, texts }) => {
    const mark = lacking.includes(id) ? "MISSING" : (checklist.items[id] ?? []).length > 0 ? "done" : "-";
    const by = gates.length > 0 ? ` (measured: ${gates.join(", ")})` : "";
    return `${mark.padEnd(8)}${isRequired ? "required" : "optional"}  ${id}: ${texts.en}${by}`;
  });
  return {
    json: { file: path, ...checklist, lacking, hash: hash ?? null },
    lines: [...lines, `${lacking.length} required items have no evidence.`],
  };
}
