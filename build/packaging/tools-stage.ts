import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { projectRoot } from "../electron-runtime.ts";

// What the publisher's tools consist of: `vaultctl` and the ring server.
const CODE = ["src-shared", "src-ops"] as const;
// The trust that is compiled in, and the pages that alerts and the console link to.
const DATA = ["keys", "docs/rings/runbooks"] as const;

type Locked = {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
};
type Lock = { readonly packages: Record<string, Locked> };

/** The packages that the tools import, by their names. */
export function importedByTools(): readonly string[] {
  const names = sourceFiles().flatMap((file) => (file.endsWith(".ts") ? importsOf(readFileSync(file, "utf8")) : []));
  return [...new Set(names)].toSorted();
}

/** All packages that the tools contain, by their names. */
export function packagesOfTools(): readonly string[] {
  return placesOf(importedByTools()).map((place) => place.slice(place.lastIndexOf("node_modules/") + 13));
}

/**
 * Lays the tools out in a folder, so that they run there: JavaScript without types (Node runs no TypeScript in
 * `node_modules`), and with the very packages that the tests used.
 */
export function stageTools(folder: string): void {
  for (const file of sourceFiles()) stageFile(folder, file);
  for (const path of DATA) cpSync(join(projectRoot, path), join(folder, path), { recursive: true });
  cpSync(join(projectRoot, "LICENSE"), join(folder, "LICENSE"));
  const places = placesOf(importedByTools());
  for (const place of places) cpSync(join(projectRoot, place), join(folder, place), { recursive: true, filter: isOwn });

  // A package's own inner packages are copied where they are needed.
  function isOwn(source: string): boolean {
    const place = source.slice(projectRoot.length + 1);
    return !/node_modules\/.*\/node_modules$/.test(place) || places.some((other) => other.startsWith(`${place}/`));
  }
}

function stageFile(folder: string, file: string): void {
  const place = file.slice(projectRoot.length + 1);
  const to = join(folder, place.replace(/\.ts$/, ".js"));
  mkdirSync(dirname(to), { recursive: true });
  if (!file.endsWith(".ts")) return cpSync(file, to);
  const code = stripTypeScriptTypes(readFileSync(file, "utf8"));
  writeFileSync(to, code.replaceAll(/(["'])(\.{1,2}\/[^"']*)\.ts\1/g, "$1$2.js$1"));
}

/** The packages that a file imports or resolves. */
function importsOf(code: string): string[] {
  const found = code.matchAll(/(?:from|import|import\(|resolve\()\s*"((?:@[\w-]+\/)?[a-z][\w.-]*)(?:\/[^"]*)?"/g);
  return [...found].flatMap(([, name = ""]) => (existsSync(join(projectRoot, "node_modules", name)) ? [name] : []));
}

/** Where these packages and all that they need are, as in the lock file: `node_modules/a/node_modules/b`. */
function placesOf(names: readonly string[]): string[] {
  const { packages } = JSON.parse(readFileSync(join(projectRoot, "package-lock.json"), "utf8")) as Lock;
  const places = new Set<string>();
  const add = (name: string, from: string): void => {
    const place = placeOf(name, from);
    // Optional, or for another system.
    if (place === undefined || places.has(place)) return;
    places.add(place);
    const { dependencies = {}, optionalDependencies = {} } = packages[place] ?? {};
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) add(needed, place);
  };
  for (const name of names) add(name, "");
  return [...places].toSorted();

  function placeOf(name: string, from: string): string | undefined {
    for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules") - 1))) {
      const place = at === "" ? `node_modules/${name}` : `${at}/node_modules/${name}`;
      if (packages[place] && existsSync(join(projectRoot, place))) return place;
      if (at === "") return undefined;
    }
  }
}

function sourceFiles(): readonly string[] {
  return CODE.flatMap((folder) => readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== "tsconfig.json")
    .map((entry) => join(entry.parentPath, entry.name));
}
