import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CHECKED_RINGS, CHECKLISTS } from "../../../../src-ops/feed/index.ts";
import { GATES } from "../../../../src-ops/gates/gate.ts";
import { writeVerdict } from "../../../fakes/promotion-evidence-files.ts";
import { temporaryFolder } from "../../../fakes/temporary-folder.ts";
import { refusal, succeed, vaultctl } from "../../support/vaultctl.ts";
import { LANGUAGES } from "../../../../src-shared/languages.ts";

const BUILD = "1.0.0-abc";

async function startChecklist(ring = "ring1") {
  const folder = temporaryFolder();
  const file = join(folder, "evidence", "checklist.json");
  mkdirSync(join(folder, "evidence"));
  const init = ["ring", "checklist", "init", "--ring", ring, "--build", BUILD, "--out", file];
  const { lacking } = await succeed<{ lacking: string[] }>(init);
  const set = (...options: string[]) => succeed<{ lacking: string[] }>(["ring", "checklist", "set", file, ...options]);
  const refused = (...options: string[]) => refusal(["ring", "checklist", "set", file, ...options]);
  return { folder, file, lacking, set, refused, init };
}

describe("the checklists that ship", () => {
  it.each(CHECKED_RINGS)("%s: at most 30 items, each once, in every language, some of them required (R-18)", (ring) => {
    const items = CHECKLISTS[ring];
    expect(items.length).toBeLessThanOrEqual(30);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    for (const { texts } of items) {
      const translations = LANGUAGES.map((language) => texts[language]);
      expect(translations.every((text) => text.length > 10)).toBe(true);
      expect(new Set(translations).size).toBe(LANGUAGES.length);
    }
    expect(items.filter(({ isRequired }) => isRequired).length).toBeGreaterThan(5);
  });

  it("have an item for every gate", () => {
    const measured = CHECKED_RINGS.flatMap((ring) => CHECKLISTS[ring].flatMap(({ gates }) => gates));
    expect(GATES.filter((gate) => !measured.includes(gate))).toEqual([]);
  });
});

describe("vaultctl ring checklist", () => {
  it("starts without evidence, and does not overwrite a checklist", async () => {
    const { lacking, init } = await startChecklist();
    expect(lacking).toEqual(CHECKLISTS.ring1.flatMap(({ id, isRequired }) => (isRequired ? [id] : [])));
    expect(await refusal(init)).toBe("FILE_EXISTS");
  });

  it("accepts files with their hash, pages with a date, and the verdict for measured items as evidence", async () => {
    const { folder, file, set } = await startChecklist();
    writeFileSync(join(folder, "tests.html"), "1,204 passed");
    const byFile = await set(
      "--item",
      "automated-tests",
      "--file",
      join(folder, "tests.html"),
      "--note",
      "nightly run",
    );
    expect(byFile.lacking).not.toContain("automated-tests");
    await set("--item", "docs-updated", "--url", "https://example.org/changes");
    const { lacking } = await set(
      "--verdict",
      writeVerdict(folder, "ring0", BUILD, { found: "inconclusive", open: ["errors"] }),
    );
    expect(lacking).toEqual(["license-workflow", "team-validation", "support-ready", "rollback-rehearsed"]);
    const filled = JSON.parse(readFileSync(file, "utf8")) as { items: Record<string, object[]> };
    expect(filled.items).toMatchObject({
      "automated-tests": [{ kind: "file", path: "../tests.html", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      "docs-updated": [{ kind: "url", url: "https://example.org/changes", at: expect.any(Number) }],
      "no-critical-fault": [{ kind: "verdict", open: ["errors"] }],
      "security-clean": [{ kind: "verdict", open: [] }],
    });
    // A newer verdict replaces the previous one.
    await set("--verdict", writeVerdict(folder, "ring0", BUILD));
    const again = JSON.parse(readFileSync(file, "utf8")) as { items: Record<string, object[]> };
    expect(again.items["no-critical-fault"]).toMatchObject([{ kind: "verdict", open: [] }]);
  });

  it("writes the record that people sign, with the missing items", async () => {
    const { folder, file, set } = await startChecklist("ga");
    writeFileSync(join(folder, "tests|html"), "1,204 passed");
    await set("--item", "automated-tests", "--file", join(folder, "tests|html"), "--note", "nightly | run");
    const record = join(folder, "go.md");
    const { hash } = await succeed<{ hash: string }>(["ring", "checklist", "show", file, "--record", record]);
    const text = readFileSync(record, "utf8");
    expect(text).toContain(`# Go or no-go: ${BUILD} into ga`);
    expect(text).toContain(hash);
    expect(text).toContain("nightly \\| run");
    expect(text).toMatch(/Support has answered .*\*\*MISSING\*\*/);
    expect(text).toContain("this is a no-go");
  });

  it("detects changed or removed evidence", async () => {
    const { folder, file, set } = await startChecklist();
    writeFileSync(join(folder, "tests.html"), "1,204 passed");
    await set("--item", "automated-tests", "--file", join(folder, "tests.html"));
    await succeed(["ring", "checklist", "show", file]);
    writeFileSync(join(folder, "tests.html"), "1,205 passed");
    expect(await refusal(["ring", "checklist", "show", file])).toBe("EVIDENCE_CHANGED");
    renameSync(join(folder, "tests.html"), join(folder, "gone.html"));
    expect(await refusal(["ring", "checklist", "show", file])).toBe("EVIDENCE_CHANGED");
  });

  it("refuses invalid evidence", async () => {
    const { folder, file, refused } = await startChecklist();
    expect(await refused("--item", "automated-tests")).toBe("USAGE");
    expect(await refused("--item", "automated-tests", "--url", "http://example.org")).toBe("USAGE");
    expect(await refused("--item", "automated-tests", "--url", "https://")).toBe("USAGE");
    expect(await refused("--item", "no-such-item", "--url", "https://example.org")).toBe("USAGE");
    expect(await refused("--item", "automated-tests", "--file", join(folder, "none"))).toBe("SOURCE_UNREADABLE");
    expect(await refused("--verdict", writeVerdict(folder, "ring0", "2.0.0-abc"))).toBe("VERDICT_INVALID");
    const text = readFileSync(file, "utf8");
    for (const [from, to] of [
      ['"ring1"', '"ga"'],
      ['"automated-tests"', '"tests"'],
      ['"automated-tests": []', '"automated-tests": [{"kind":"tick"}]'],
    ] as const) {
      expect(text).toContain(from);
      writeFileSync(file, text.replace(from, to));
      expect((await vaultctl(["ring", "checklist", "show", file, "--json"])).json).toMatchObject({
        error: { code: "CHECKLIST_INVALID" },
      });
    }
  });
});
