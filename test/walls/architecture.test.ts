import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { brokenLinks } from "./links.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
const SOURCES = ["src-shared", "src-main", "src-renderer", "src-ops"];
const PAGE = readFileSync(join(REPOSITORY, "docs", "architecture.md"), "utf8");

/** Every file of the repository, including new files, without deleted ones. */
const listFiles = (...options: string[]) =>
  execFileSync("git", ["-C", REPOSITORY, "ls-files", "-z", ...options], { encoding: "utf8" })
    .split("\0")
    .filter(Boolean);
const deleted = new Set(listFiles("--deleted"));
const files = listFiles("--cached", "--others", "--exclude-standard").filter((file) => !deleted.has(file));

const foldersOf = (file: string) => file.split("/").slice(0, -1);
const unique = (names: readonly (string | undefined)[]) => [...new Set(names)].filter((name) => name !== undefined);
const unnamedIn = (text: string, names: readonly string[]) => names.filter((name) => !text.includes(`\`${name}\``));

describe("the page on the architecture", () => {
  it("names every top folder of the repository", () => {
    const folders = unique(files.map((file) => foldersOf(file)[0]));
    expect(folders).toEqual(expect.arrayContaining(SOURCES));
    expect(unnamedIn(PAGE, folders)).toEqual([]);
  });

  it.each(SOURCES)("names every folder of %s in its section, inner folders included", (source) => {
    const section = PAGE.split(/^##+ /m).find((one) => one.startsWith(`${source}\n`)) ?? "";
    const folders = unique(
      files.filter((file) => file.startsWith(`${source}/`)).flatMap((file) => foldersOf(file).slice(1)),
    );
    expect(folders.length).toBeGreaterThan(4);
    expect(unnamedIn(section, folders)).toEqual([]);
  });
});

describe("the links between the pages", () => {
  it("lead to a file, and to a heading if they name one", () => {
    const pages = files.filter((file) => file.endsWith(".md"));
    expect(pages).toContain("README.md");
    expect(brokenLinks(REPOSITORY, pages)).toEqual([]);
  });

  it("are reported when they lead nowhere", () => {
    const folder = temporaryFolder();
    const links = ["a.md", "b.md", "#the-first-part", "#the-second-part", "a.md#the-first-part-1", "b.md#x"];
    const elsewhere = ["https://example.org/none", "mailto:someone@example.org"];
    const code = "`[not a link](c.md)`\n\n```\n[nor this](d.md)\n## The second part\n```\n";
    const text = `# A page\n\n## The \`first\` part!\n\n## The first part\n\n${code}`;
    writeFileSync(join(folder, "a.md"), text + [...links, ...elsewhere].map((link) => `[text](${link})`).join("\n"));
    expect(brokenLinks(folder, ["a.md"])).toEqual([
      { page: "a.md", link: "b.md" },
      { page: "a.md", link: "#the-second-part" },
      { page: "a.md", link: "b.md#x" },
    ]);
  });
});

describe("the flag against links, which Windows lacks", () => {
  it("stands in the one file that knows what to do without it", () => {
    const sources = files.filter((file) => SOURCES.some((source) => file.startsWith(`${source}/`)));
    const using = sources.filter((file) => readFileSync(join(REPOSITORY, file), "utf8").includes("O_NOFOLLOW"));
    // The other one throws the error that the flag causes.
    expect(using).toEqual(["src-shared/node/foreign-files.ts", "src-shared/node/plain-files.ts"]);
  });
});

describe("renaming and removing files, which Windows refuses while another program has them open", () => {
  it("is done by the functions that wait, in everything that runs on Windows", () => {
    // The ring server runs on Linux.
    const sources = files.filter((file) => SOURCES.some((source) => file.startsWith(`${source}/`)));
    const onWindows = sources.filter((file) => !file.startsWith("src-ops/server/"));
    const imports = /import \{[^}]*\b(?:rm|rename|unlink)\b[^}]*\} from "node:fs\/promises"/;
    const direct = onWindows.filter((file) => imports.test(readFileSync(join(REPOSITORY, file), "utf8")));
    expect(direct).toEqual(["src-shared/node/atomic-files.ts"]);
  });
});

describe("paths that people read", () => {
  it("are put together by the path functions, which know the separator of the system", () => {
    const mixed = /\$\{[\w.]*(?:keys|dir|folder|stick|root|repo|out)\}\/[a-z]/i;
    const sources = files.filter((file) => /^src-(?:ops|main)\//.test(file) && !file.startsWith("src-ops/server/"));
    expect(sources.filter((file) => mixed.test(readFileSync(join(REPOSITORY, file), "utf8")))).toEqual([]);
  });
});
