import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { Attempt } from "../failure.ts";
import type { Job } from "../job.ts";
import { loadPublisher } from "../keys/index.ts";
import { recordStick } from "../records/index.ts";
import type { Outcome } from "./host.ts";

/**
 * Adds the stick's name to the outcome of a command that made or changed it. The stick is complete in any case: if it cannot
 * be recorded, a note says so.
 */
export async function withRecord(
  job: Job,
  outcome: Attempt<Outcome>,
  { keys, stick, isMaster = false }: { readonly keys: string; readonly stick: string; readonly isMaster?: boolean },
  now: UnixSeconds,
): Promise<Attempt<Outcome>> {
  if (!outcome.ok) return outcome;
  const publisher = await loadPublisher(keys);
  const kept = publisher.ok ? await recordStick(publisher.value, stick, now, { isMaster }) : publisher;
  if (!kept.ok) {
    job.note(`The stick is complete, but could not be added to \`vaultctl stick list\`: ${kept.error.message}`);
    return outcome;
  }
  const { json, lines } = outcome.value;
  const { name } = kept.value;
  return ok({
    json: { ...json, stick: name },
    lines: [...lines, `It is ${name.startsWith("M") ? "master" : "stick"} ${name} in your records.`],
  });
}
