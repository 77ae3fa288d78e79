import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../build/electron-runtime.ts";
import { mutate, randomFrom } from "./mutate.ts";
import { FUZZ_TARGETS } from "./targets.ts";

const MUTATIONS = 150;

/** Inputs that once made a parser fail, as `npm run soak:fuzz` wrote them. */
function findingsOf(name: string): Uint8Array[] {
  const folder = join(import.meta.dirname, "findings", name);
  return existsSync(folder) ? readdirSync(folder).map((file) => readFileSync(join(folder, file))) : [];
}

describe(`${FUZZ_TARGETS.length} parsers of foreign bytes answer with a value`, () => {
  it.each(FUZZ_TARGETS)(
    "$name: to what it accepts, to every earlier finding, and to changed inputs",
    async (target) => {
      const random = randomFrom(1);
      const genuine = [new Uint8Array(), ...target.seeds];
      const changed = Array.from({ length: MUTATIONS }, () =>
        mutate(genuine[random(genuine.length)]!, genuine[random(genuine.length)]!, random),
      );
      for (const input of [...genuine, ...findingsOf(target.name), ...changed]) await target.run(input);
      // It throws if an answer is no value.
      expect(changed).toHaveLength(MUTATIONS);
    },
  );
});

// Fuzzed through the parser of each document; and ffmpeg decodes key frames, in a process of its own.
const EXCEPTIONS = new Set(["parseDocument", "decodeKeyFrames"]);

it("fuzzes every exported parser", () => {
  const lists = readdirSync(import.meta.dirname).filter((name) => name.endsWith("targets.ts"));
  const fuzzed = lists.map((name) => readFileSync(join(import.meta.dirname, name), "utf8")).join("\n");
  const exported = ["src-shared", "src-main", "src-ops"].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .flatMap((name) => [
        ...readFileSync(join(projectRoot, folder, name), "utf8").matchAll(
          /^export (?:async )?function ((?:parse|decode)[A-Z]\w*)/gm,
        ),
      ])
      .map(([, name = ""]) => name),
  );
  expect(exported.length).toBeGreaterThan(30);
  expect(exported.filter((name) => !EXCEPTIONS.has(name) && !fuzzed.includes(name))).toEqual([]);
});
