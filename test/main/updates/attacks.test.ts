import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { ATTACKS_ON_COMPUTERS } from "./attacks-on-computers.ts";
import { ATTACKS_ON_METADATA } from "./attacks-on-metadata.ts";
import { ATTACKS_ON_UPDATES } from "./attacks-on-updates.ts";
import { UpdateFixture } from "./update-fixture.ts";

vi.setConfig({ testTimeout: 30_000 });

const TESTS = join(import.meta.dirname, "../..");

// Tested elsewhere, by the name of a test there.
const ELSEWHERE: readonly (readonly [number, string, string])[] = [
  [17, "shared/license/rollback.test.ts", "describe("],
  [34, "main/updates/updates.test.ts", "a full disk"],
  [41, "shared/node/update-feed/tuf-targets.test.ts", "verifies a role again for each parent that leads to it"],
];

const ATTACKS = [...ATTACKS_ON_METADATA, ...ATTACKS_ON_UPDATES, ...ATTACKS_ON_COMPUTERS];

describe("numbered attacks and faults", () => {
  it.each(ATTACKS)("%i. %s: %s", async (_number, _name, outcome, perform) => {
    const fixture = await UpdateFixture.begin();
    expect(await perform(fixture)).toBe(outcome);
    // Whatever the outcome, nothing was installed without a request.
    expect(fixture.installed.every(({ isIntact }) => isIntact)).toBe(true);
  });

  it.each(ELSEWHERE)("%i. is tested in %s: %s", (_number, file, name) => {
    expect(readFileSync(join(TESTS, file), "utf8")).toContain(name);
  });

  it("are complete, each listed once", () => {
    const numbers = [...ATTACKS, ...ELSEWHERE].map(([number]) => number).toSorted((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 45 }, (_, i) => i + 1));
    process.stdout.write(
      `${numbers.length} attacks and faults: ${ATTACKS.length} here, ${ELSEWHERE.length} elsewhere\n`,
    );
  });
});
