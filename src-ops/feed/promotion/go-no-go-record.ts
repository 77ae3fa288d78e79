import type { Checklist, Evidence } from "./checklist-file.ts";
import { itemsWithoutEvidence } from "./checklist-evidence.ts";
import { CHECKLISTS } from "./checklist-items.ts";

/** The table that people complete by hand and sign. */
const SIGNATURES = `
| role            | name | go / no-go | date and signature |
| --------------- | ---- | ---------- | ------------------ |
| release manager |      |            |                    |
| support         |      |            |                    |
| security        |      |            |                    |
`;

/** The go/no-go record of a promotion: every item with its evidence, as a page in Markdown. */
export function goNoGoRecord(checklist: Checklist, hash: string): string {
  const { ring, build, items } = checklist;
  const lacking = new Set(itemsWithoutEvidence(checklist, undefined).map(({ id }) => id));
  const rows = CHECKLISTS[ring].map(({ id, isRequired, texts }) => {
    const evidence = (items[id] ?? []).map(describeEvidence).join("; ");
    const mark = lacking.has(id) ? "**MISSING**" : evidence === "" ? "none" : evidence;
    return `| ${texts.en} | ${isRequired ? "required" : "optional"} | ${mark} |`;
  });
  const sum =
    lacking.size === 0
      ? "Every required item has evidence."
      : `${lacking.size} required items have no evidence: this is a no-go.`;
  return [
    `# Go or no-go: ${build} into ${ring}`,
    "",
    `Checklist \`${hash}\` (SHA-256 of the file; the ring's signed document names it). ${sum}`,
    "",
    "| item | | evidence |",
    "| --- | --- | --- |",
    ...rows,
    SIGNATURES,
  ].join("\n");
}

function describeEvidence(evidence: Evidence): string {
  const day = new Date(evidence.at * 1_000).toISOString().slice(0, 10);
  switch (evidence.kind) {
    case "file":
      return cell(`\`${evidence.path}\` (${evidence.sha256.slice(0, 16)}…, ${day})${noteOf(evidence.note)}`);
    case "url":
      return cell(`<${evidence.url}> (${day})${noteOf(evidence.note)}`);
    case "verdict":
      return evidence.open.length === 0
        ? `verdict ${evidence.sha256.slice(0, 16)}…: passed (${day})`
        : `verdict ${evidence.sha256.slice(0, 16)}…: **${evidence.open.join(", ")} not passed** (${day})`;
  }
}

const noteOf = (note: string | undefined) => (note === undefined ? "" : `: ${note}`);

// Escapes people's text, so that it stays inside its table cell.
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
