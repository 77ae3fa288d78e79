import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import * as v from "valibot";
import { parseStrictJson } from "../../src-shared/encoding/strict-json.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import { type Bytes, KIB } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import { Scenario } from "./scenario-schema.ts";

const FOLDER = join(import.meta.dirname, "scenarios");
const MAX_SCENARIO_BYTES: Bytes = 64 * KIB;

export type NamedScenario = { readonly name: string; readonly scenario: Scenario };

/** The names of the scenarios that ship with vaultctl. */
export function shippedScenarios(): readonly string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"))
    .toSorted();
}

/** Reads a scenario that ships, by its name, or another one from its file. SCENARIO_INVALID, SCENARIO_UNKNOWN. */
export async function readScenario(nameOrFile: string): Promise<Attempt<NamedScenario>> {
  const isName = /^[a-z0-9][a-z0-9-]*$/.test(nameOrFile);
  if (isName && !shippedScenarios().includes(nameOrFile)) {
    return fail(
      "SCENARIO_UNKNOWN",
      `No scenario of the name ${nameOrFile} ships with vaultctl. \`vaultctl ring simulate --list\` names all; ` +
        `for a file of your own give its path, such as ./${nameOrFile}.json.`,
    );
  }
  const path = isName ? join(FOLDER, `${nameOrFile}.json`) : nameOrFile;
  const bytes = await readSmallFile(path, MAX_SCENARIO_BYTES);
  if (!bytes) return fail("SCENARIO_INVALID", `${path} cannot be read, or is larger than 64 KiB.`);
  const scenario = parseScenario(bytes);
  if (typeof scenario === "string") {
    return fail("SCENARIO_INVALID", `${path} is not a scenario: ${scenario}. See docs/formats/ring-scenario.md.`);
  }
  return ok({ name: basename(path, ".json"), scenario });
}

/** Reads a scenario; a text says what is wrong and where. */
export function parseScenario(bytes: Uint8Array): Scenario | string {
  const json = parseStrictJson(bytes);
  if (!json.ok) return `it is no strict JSON (${json.error})`;
  const parsed = v.safeParse(Scenario, json.value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  return `${v.getDotPath(issue) ?? "the whole file"}: ${sentenceOf(issue)}`;
}

function sentenceOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "strict_object" && issue.expected === "never") return "no member has this name";
  return issue.received === "undefined" ? "it is missing" : issue.message;
}
