import { execFile } from "node:child_process";
import { cp, readdir, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

// Runs the real tools with the real configurations on a copy of the sources, into which violations are planted.

const REPOSITORY = join(import.meta.dirname, "../..");
const PLANTED = join(import.meta.dirname, "planted");
const TSC = "@typescript/native/bin/tsc";
const SOURCES = ["src-shared", "src-main", "src-renderer", "src-ops"];
const CONFIGURATION = [".oxlintrc.json", ".dependency-cruiser.mjs", "tsconfig.base.json", "package.json"];

/** From a file (relative to the copy) to the rules that it breaks. */
export type Findings = ReadonlyMap<string, readonly string[]>;

export async function copySources(to: string, others: readonly string[] = []): Promise<void> {
  const isOurs = (from: string) => !from.includes("node_modules");
  for (const name of [...SOURCES, ...others, ...CONFIGURATION]) {
    await cp(join(REPOSITORY, name), join(to, name), { recursive: true, filter: isOurs });
  }
  await symlink(join(REPOSITORY, "node_modules"), join(to, "node_modules"));
}

/** Adds the planted violations whose names match, and returns these names. */
export async function plant(to: string, isWanted: (file: string) => boolean = () => true): Promise<string[]> {
  const entries = await readdir(PLANTED, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const names = files.map((file) => slashes(relative(PLANTED, file))).filter(isWanted);
  for (const name of names) await cp(join(PLANTED, name), join(to, name));
  return names.toSorted();
}

export async function runDependencyCruiser(folder: string): Promise<Findings> {
  const args = ["--config", ".dependency-cruiser.mjs", "--output-type", "json", ...SOURCES];
  const report = JSON.parse(await run(folder, "dependency-cruiser/bin/dependency-cruiser.mjs", args)) as {
    summary: { violations: { from: string; rule: { name: string } }[]; totalCruised: number };
  };
  if (report.summary.totalCruised < 50) throw new Error("dependency-cruiser has read almost nothing");
  return collect(report.summary.violations.map(({ from, rule }) => [from, rule.name]));
}

/** Only the rules that guard the walls; the lint run covers all others. */
export async function runOxlint(folder: string): Promise<Findings> {
  const report = JSON.parse(await run(folder, "oxlint/bin/oxlint", ["--format", "json", ...SOURCES])) as {
    diagnostics: { code: string; filename: string }[];
    number_of_files: number;
  };
  if (report.number_of_files < 50) throw new Error("oxlint has read almost nothing");
  const walls = report.diagnostics.filter(({ code }) => /no-restricted-|no-cycle/.test(code));
  return collect(walls.map(({ code, filename }) => [filename, code.replace(/^.*\((.*)\)$/, "$1")]));
}

/** Runs TypeScript with the project references of the repository: each source folder sees only its own references. */
export async function runTypeScript(folder: string): Promise<Findings> {
  const projects = [...SOURCES, "src-shared/node", "src-main/preload"];
  return typeErrors(await run(folder, TSC, ["--build", "--pretty", "false", ...projects]));
}

/** TypeScript with all files as one program: quicker, where it does not matter which project sees what. */
export async function runTypeScriptAtOnce(folder: string, include: readonly string[]): Promise<Findings> {
  const lib = ["ES2025", "DOM", "DOM.Iterable"];
  const asProgram = { composite: false, emitDeclarationOnly: false, noEmit: true };
  const compilerOptions = { ...asProgram, types: ["node", "vite/client"], lib, jsx: "react-jsx" };
  const config = { extends: "./tsconfig.base.json", compilerOptions, include };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  return typeErrors(await run(folder, TSC, ["--project", ".", "--pretty", "false"]));
}

function typeErrors(output: string): Findings {
  const errors = [...output.matchAll(/^(\S+?)\(\d+,\d+\): error (TS\d+)/gm)];
  return collect(errors.map(([, file, code]) => [file as string, code as string]));
}

function collect(pairs: (readonly [string, string])[]): Findings {
  const findings = new Map<string, string[]>();
  for (const [file, rule] of pairs) {
    const name = slashes(file);
    findings.set(name, [...new Set([...(findings.get(name) ?? []), rule])].toSorted());
  }
  return findings;
}

function slashes(path: string): string {
  return path.replaceAll("\\", "/").replace(/^\.\//, "");
}

/** The output of a tool in `node_modules`. The tool may fail, because findings are failures. */
function run(folder: string, script: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const file = join(REPOSITORY, "node_modules", script);
    execFile(process.execPath, [file, ...args], { cwd: folder, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(error);
      else if (stdout === "" && stderr !== "") reject(new Error(stderr));
      else resolve(stdout);
    });
  });
}
