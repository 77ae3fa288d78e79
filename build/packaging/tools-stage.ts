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

/**
 * Lays the tools out in a folder, so that they run there: JavaScript without types (Node runs no TypeScript in
 * `node_modules`), and with the very packages that the tests used.
 *
 * @returns the names of the packages that the code imports
 */
export function stageTools(folder: string): readonly string[] {
  const imported = new Set<string>();
  for (const root of CODE) {
    for (const file of filesIn(join(projectRoot, root))) stageFile(folder, file, imported);
  }
  for (const path of DATA) cpSync(join(projectRoot, path), join(folder, path), { recursive: true });
  cpSync(join(projectRoot, "LICENSE"), join(folder, "LICENSE"));
  const places = placesOf([...imported]);
  for (const place of places) cpSync(join(projectRoot, place), join(folder, place), { recursive: true, filter: isOwn });
  return [...imported].toSorted();

  // A package's own inner packages are copied where they are needed.
  function isOwn(source: string): boolean {
    const place = source.slice(projectRoot.length + 1);
    return !/node_modules\/.*\/node_modules$/.test(place) || places.some((other) => other.startsWith(`${place}/`));
  }
}

function stageFile(folder: string, file: string, imported: Set<string>): void {
  const place = file.slice(projectRoot.length + 1);
  if (place.endsWith("tsconfig.json")) return;
  const to = join(folder, place.replace(/\.ts$/, ".js"));
  mkdirSync(dirname(to), { recursive: true });
  if (!file.endsWith(".ts")) return cpSync(file, to);
  const code = stripTypeScriptTypes(readFileSync(file, "utf8"));
  for (const name of importsOf(code)) imported.add(name);
  writeFileSync(to, code.replaceAll(/(["'])(\.{1,2}\/[^"']*)\.ts\1/g, "$1$2.js$1"));
}

/** The packages that a file imports or resolves. */
function importsOf(code: string): string[] {
  const found = code.matchAll(/(?:from|import|import\(|resolve\()\s*"((?:@[\w.-]+\/)?[\w.-]+)(?:\/[^"]*)?"/g);
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

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
