import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PROJECT, vaultctl } from "../support/vaultctl.ts";

type Documented = { readonly page: string; readonly line: string; readonly words: readonly string[] };

/** The commands in the code blocks of the pages; a backslash at the end of a line continues it. */
function commandsIn(page: string, content: string): Documented[] {
  const text = content.replaceAll(/\\\n\s*/g, "");
  const blocks = [...text.matchAll(/^ *```[a-z]*\n([\s\S]*?)^ *```/gm)].map(([, block = ""]) => block);
  return blocks.flatMap((block) =>
    block.split("\n").flatMap((line) => {
      const command = /^\s*(?:\$ )?(?:sudo )?(?:npm run -s )?vaultctl(?: --)? ([a-z].*)$/.exec(line)?.[1];
      if (command === undefined) return [];
      // A comment follows after a `#`, or after several spaces.
      const words = (command.split(/\s#|\s{3,}/)[0] ?? "").trim().split(/\s+/);
      return [{ page, line: line.trim(), words }];
    }),
  );
}

const pages = ["README.md", ...globSync("docs/**/*.md", { cwd: PROJECT })].filter((page) => !page.includes("/adr/"));
const documented = pages.flatMap((page) => commandsIn(page, readFileSync(join(PROJECT, page), "utf8")));
const helps = new Map<string, Promise<string>>();

/** The help of the longest command that these words begin with. */
async function helpFor(words: readonly string[]): Promise<string | undefined> {
  const names = words.slice(0, words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word)) >>> 0).slice(0, 3);
  for (let length = names.length; length > 0; length--) {
    const path = names.slice(0, length);
    const key = path.join(" ");
    const help = helps.get(key) ?? vaultctl([...path, "--help"]).then(({ stdout }) => stdout);
    helps.set(key, help);
    if ((await help).startsWith(`Usage: vaultctl ${key} `)) return help;
  }
  return undefined;
}

it("every command in the pages exists, with the options that it names", async () => {
  expect(documented.length).toBeGreaterThan(100);
  const { stdout } = await vaultctl(["--help"]);
  const inHelp = commandsIn("--help", `\`\`\`\n${stdout.replaceAll(/eval "\$\((.*)\)"/g, "$1")}\n\`\`\`\n`);
  expect(inHelp.length).toBeGreaterThan(4);
  const faults: string[] = [];
  for (const { page, line, words } of [...documented, ...inHelp]) {
    const help = await helpFor(words);
    const isGroup = help !== undefined && /^Commands:/m.test(help);
    if (help === undefined || isGroup) faults.push(`${page}: no such command: ${line}`);
    for (const word of words) {
      const option = /^--[a-z][a-z-]*/.exec(word)?.[0];
      if (option === undefined || help === undefined || option === "--help") continue;
      if (!new RegExp(`(^|[\\s,])${option}(?=[\\s,]|$)`, "m").test(help))
        faults.push(`${page}: no option ${option}: ${line}`);
    }
  }
  expect(faults).toEqual([]);
});
