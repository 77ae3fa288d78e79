import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { copySources, runTypeScriptAtOnce } from "./tools.ts";

/** Every catalog of texts. Files that are not listed here contain no language names. */
const CATALOGS = [
  "build/packaging/debian.ts",
  "src-main/app/data-folder.ts",
  "src-ops/feed/promotion/checklist-items.ts",
  "src-ops/mailing/texts.ts",
  "src-ops/server/alerts/messages.ts",
  "src-ops/server/console/messages.ts",
  "src-ops/server/decisions/halt-reason.ts",
  "src-ops/server/decisions/incident-details.ts",
  "src-ops/server/decisions/service-incidents.ts",
  "src-ops/server/wording/gate-words.ts",
  "src-ops/server/wording/phrases.ts",
  "src-renderer/i18n/i18n.tsx",
];

it("a language is added in one file, and the compiler then names exactly the catalogs that lack its texts", async () => {
  const folder = temporaryFolder();
  await copySources(folder, ["build"]);
  const languages = join(folder, "src-shared/languages.ts");
  const text = await readFile(languages, "utf8");
  const withGerman = text.replace("LANGUAGE_NAMES = {", 'LANGUAGE_NAMES = { de: "Deutsch",');
  expect(withGerman).not.toBe(text);
  await writeFile(languages, withGerman);
  const findings = await runTypeScriptAtOnce(folder, ["src-*/**/*", "build"]);
  expect([...findings.keys()].toSorted()).toEqual(CATALOGS);
  // A property is missing: nothing else is wrong there.
  expect([...new Set([...findings.values()].flat())]).toEqual(["TS2741"]);
}, 60_000);
