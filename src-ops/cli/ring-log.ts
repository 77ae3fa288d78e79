import { type Command, Option } from "commander";
import { type Ring, RINGS } from "../../src-shared/license/index.ts";
import { ok } from "../../src-shared/result.ts";
import { fail } from "../failure.ts";
import { formatDate } from "../formatting.ts";
import { type Audit, auditDecisions, shortKeyId } from "../server/index.ts";
import type { Host } from "./host.ts";
import { withJson, wholeNumber } from "./options.ts";
import { type RingDataOptions, withRingData, withRingStoreOptions } from "./ring-options.ts";

type Line = Audit["decisions"][number];
type Decision = Line["decision"];
type LogOptions = RingDataOptions & { ring?: Ring; last: number };

const HASH_LETTERS = 12;

/** The command that tells what happened to the rings, who did it and why, one sentence for each decision. */
export function addRingLog(group: Command, host: Host): void {
  withRingStoreOptions(withJson(group.command("log")))
    .description("tell what was decided about the rings, by whom and why, the newest last")
    .addOption(new Option("--ring <ring>", "only this ring").choices(RINGS))
    .option("--last <n>", "so many decisions", wholeNumber(1, 10_000), 50)
    .action((options: LogOptions) =>
      host.run(options, () =>
        withRingData(options, async (store) => {
          const { decisions, brokenAt } = await auditDecisions(store.decisions);
          if (brokenAt !== undefined)
            return fail(
              "AUDIT_FAILED",
              `Line ${brokenAt} of the decision log was changed: see \`vaultctl ring audit\`.`,
            );
          const chosen = decisions.filter(({ decision }) => [decision.ring, undefined].includes(options.ring));
          const shown = chosen.slice(-options.last);
          const lines = shown.map((line) => ({ ...line, sentence: sentenceOf(line.decision) }));
          return ok({
            json: { decisions: lines },
            lines: lines.map(({ at, sentence }) => `${formatDate(Math.floor(at / 1_000))}  ${sentence}`),
          });
        }),
      ),
    );
}

/** One sentence on a decision: what, where, by whom, why, and on what evidence. */
export function sentenceOf(decision: Decision): string {
  const { ring, build } = decision;
  switch (decision.kind) {
    case "watch":
      return `${ring} began to run ${build} (version ${decision.version}).`;
    case "verdict":
      return `The gates of ${ring} say "${decision.verdict}" about ${build}${openGates(decision.notGreen)}.`;
    case "verdict-given":
      return `The verdict "${decision.verdict}" on ${build} in ${ring} was given to people (${short(decision.verdictHash)}).`;
    case "promotion":
      return `People promoted ${build} to ${decision.basisPoints / 100} % of ${ring}${evidenceOf(decision)}.`;
    case "signed":
      return `${PEOPLE[decision.action](ring, build)}, signed with ${keysOf(decision.keys)}: ${decision.reason}`;
    case "halt":
      return decision.after === undefined
        ? `The server halted ${build} in ${ring}: ${decision.reason}`
        : `The server halted ${build} in ${ring} too, because ${decision.after} had halted it: ${decision.reason}`;
    case "halt-by-hand":
      return `${decision.by} halted ${build} in ${ring} at the console: ${decision.reason}`;
    case "halt-failed":
      return `The server could not halt ${build} in ${ring} (${decision.code}); it tries again.`;
    case "incident-decided":
      return `${decision.by} decided on ${decision.incident}: ${decision.decision}, because: ${decision.reason}`;
    case "restored":
      return `The database was restored from a backup; the watch of ${ring} began again: ${decision.reason}`;
  }
}

const PEOPLE: Readonly<
  Record<Extract<Decision, { kind: "signed" }>["action"], (ring: string, build: string) => string>
> = {
  release: (ring, build) => `${build} was released to ${ring}`,
  rollback: (ring, build) => `${ring} was rolled back to ${build}`,
  resume: (ring, build) => `The halt of ${build} in ${ring} was lifted`,
  halt: (ring, build) => `${build} was halted in ${ring}`,
};

function openGates(notGreen: readonly string[]): string {
  return notGreen.length === 0 ? "" : `; not passed: ${notGreen.join(", ")}`;
}

function evidenceOf(promotion: Extract<Decision, { kind: "promotion" }>): string {
  const { verdictHash, checklistHash, lane, overrides } = promotion;
  const parts = [
    ...(verdictHash === null ? [] : [`verdict ${short(verdictHash)}`]),
    ...(checklistHash === null ? [] : [`checklist ${short(checklistHash)}`]),
    ...(lane === null ? [] : [`hotfix lane ${lane}`]),
    ...overrides.map(({ code, reason }) => `override ${code}, because: ${reason}`),
  ];
  return parts.length === 0 ? "" : ` with ${parts.join("; ")}`;
}

function keysOf(keys: readonly string[]): string {
  return keys.length === 0
    ? "unknown keys"
    : `the ${keys.length === 1 ? "key" : "keys"} ${keys.map(shortKeyId).join(", ")}`;
}

const short = (hash: string) => hash.slice(0, HASH_LETTERS);
