import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { ok } from "../../src-shared/result.ts";
import { writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import type { BuildId } from "../../src-shared/updates/index.ts";
import { type Attempt, fail } from "../failure.ts";
import {
  type CheckedRing,
  type Checklist,
  evidenceFolder,
  goNoGoRecord,
  itemOf,
  itemsWithoutEvidence,
  newChecklist,
  readChecklist,
  releaseStates,
  type ReleaseStates,
  withFilesBeside,
  withVerdict,
  writeChecklist,
} from "../feed/index.ts";
import { exists } from "../paths.ts";
import type { StoreLocation } from "../server/index.ts";
import { evaluateRings, type VerdictPorts, writeVerdict, type WrittenVerdict } from "./ring-verdict.ts";

/** What is promoted, and the evidence for it that was gathered. */
export type Gathered = {
  readonly build: BuildId;
  readonly verdict: string;
  readonly written: WrittenVerdict;
  readonly checklist: string | undefined;
  readonly lines: readonly string[];
};

/**
 * Gathers everything for the next promotion into a ring: the build, the gates' verdict of now from the ring server's data,
 * and the checklist with the files that people have put beside it. CHECKLIST_INCOMPLETE, RING_EMPTY, and the codes of the
 * ring server's data.
 */
export function gatherEvidence(
  options: StoreLocation,
  ports: VerdictPorts,
  ring: CheckedRing,
  named: BuildId | undefined,
): Promise<Attempt<Gathered>> {
  return evaluateRings<Gathered>(options, ports, async (_, evaluation) => {
    const states = releaseStates(evaluation.feed, ports.policy.policy, ports.now);
    const next = nextPromotion(states, ring, named);
    if (!next.ok) return next;
    const { build, gate } = next.value;
    const folder = evidenceFolder(ports.feed.repo, ring, build);
    await mkdir(folder, { recursive: true });
    const verdict = join(folder, `verdict-${gate}-${ports.now}.json`);
    const made = await writeVerdict(evaluation, gate, verdict);
    if (!made.ok) return made;
    const written = made.value;
    const about = `The verdict on ${gate} is ${written.assessment.verdict}: ${verdict}`;
    // A larger share uses the checklist of the first one.
    if (gate === ring) return ok({ build, verdict, written, checklist: undefined, lines: [about] });
    const checklist = await fillChecklist(folder, ring, build, verdict, ports);
    if (!checklist.ok) return checklist;
    const record = join(folder, "record.md");
    return ok({ build, verdict, written, checklist: checklist.value, lines: [about, `To print and sign: ${record}`] });
  });
}

/** The build for the next promotion into a ring, and the ring whose verdict it needs. */
function nextPromotion(
  { rings }: ReleaseStates,
  ring: CheckedRing,
  named: BuildId | undefined,
): Attempt<{ readonly build: BuildId; readonly gate: Ring }> {
  const before = ring === "ring1" ? "ring0" : "ring1";
  const [own, previous] = [ring, before].map((name) => rings.find((one) => one.ring === name));
  const isGrowing = own?.build !== undefined && own.state === "running" && own.percent < 100;
  if (isGrowing && own.build !== undefined && (named ?? own.build) === own.build)
    return ok({ build: own.build, gate: ring });
  const build = named ?? previous?.build;
  if (build === undefined)
    return fail("RING_EMPTY", `${before} runs nothing yet: there is nothing to promote into ${ring}.`);
  if (own?.build === build && own.state === "running") {
    return fail("BUILD_RUNNING", `${ring} already runs ${build} for ${own.percent} %: there is nothing to promote.`);
  }
  return ok({ build, gate: before });
}

async function fillChecklist(
  folder: string,
  ring: CheckedRing,
  build: BuildId,
  verdict: string,
  { now }: VerdictPorts,
): Promise<Attempt<string>> {
  const path = join(folder, "checklist.json");
  const read = (await exists(path)) ? await readChecklist(path) : ok({ checklist: newChecklist(ring, build) });
  if (!read.ok) return read;
  const judged = await withVerdict(read.value.checklist, verdict, now);
  if (!judged.ok) return judged;
  const filled = await withFilesBeside(path, judged.value, now);
  if (!filled.ok) return filled;
  await writeChecklist(path, filled.value);
  const again = await readChecklist(path);
  if (!again.ok) return again;
  await writeFileAtomic(join(folder, "record.md"), goNoGoRecord(filled.value, again.value.hash));
  return missingEvidence(filled.value, path, folder) ?? ok(path);
}

function missingEvidence(checklist: Checklist, path: string, folder: string) {
  const lacking = itemsWithoutEvidence(checklist, undefined);
  if (lacking.length === 0) return undefined;
  const items = lacking.map(({ id }) => `${id} (${itemOf(checklist.ring, id)?.texts.en})`).join("; ");
  const shown = relative("", path) || path;
  return fail(
    "CHECKLIST_INCOMPLETE",
    `No evidence yet for ${items}. Put files with these names into ${folder}, such as ${lacking[0]?.id}.pdf, ` +
      `or name web pages with \`vaultctl ring checklist set ${shown} --item ITEM --url ADDRESS\`.`,
    { folder, lacking: lacking.map(({ id }) => id) },
  );
}
