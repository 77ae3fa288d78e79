import type { Command } from "commander";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { Attempt } from "../failure.ts";
import { formatDate } from "../formatting.ts";
import type { Job } from "../job.ts";
import { loadPublisher } from "../keys/index.ts";
import { keepStick, listSticks } from "../records/index.ts";
import type { Host, Outcome } from "./host.ts";
import { keysOption, withJson } from "./options.ts";

type Options = { keys: string; json?: true };

export function addStickList(group: Command, host: Host): void {
  withJson(group.command("list"))
    .description("show every stick that was made with these keys")
    .addOption(keysOption())
    .action((options: Options) =>
      host.run(options, async () => {
        const publisher = await loadPublisher(options.keys);
        if (!publisher.ok) return publisher;
        const listed = await listSticks(publisher.value);
        if (!listed.ok) return listed;
        const sticks = listed.value.map(({ name, stickId, vaultId, label, generation, at }) => {
          return { name, stickId, vaultId, label, generation, at };
        });
        const lines = sticks.map(
          ({ name, stickId, label, generation, at }) =>
            `${name.padEnd(5)}  ${stickId}  generation ${generation}  ${formatDate(at)}  ${label}`,
        );
        return ok({ json: { sticks }, lines: lines.length > 0 ? lines : ["No sticks."] });
      }),
    );
}

/**
 * Adds the stick's name to the outcome of a command that made or changed it. The stick is complete in any case: if it cannot
 * be recorded, a note says so.
 */
export async function withRecord(
  job: Job,
  outcome: Attempt<Outcome>,
  { keys, stick }: { readonly keys: string; readonly stick: string },
  now: UnixSeconds,
): Promise<Attempt<Outcome>> {
  if (!outcome.ok) return outcome;
  const publisher = await loadPublisher(keys);
  const kept = publisher.ok ? await keepStick(publisher.value, stick, now) : publisher;
  if (!kept.ok) {
    job.note(`The stick is complete, but could not be added to \`vaultctl stick list\`: ${kept.error.message}`);
    return outcome;
  }
  const { json, lines } = outcome.value;
  const { name } = kept.value;
  return ok({ json: { ...json, stick: name }, lines: [...lines, `It is stick ${name} in your records.`] });
}
