// Checks that the lock file fixes every byte that an installation gets: a hash for each package, from the npm registry
// only, and nothing that runs while it is installed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Finding, report } from "./repository.ts";

/** Packages with an install script; npm does not run it, because `.npmrc` says so. */
const SCRIPTS_KNOWN = new Set(["electron-winstaller", "fsevents", "keytar", "protobufjs"]);
/** Aliases that a package of somebody else asks for. */
const ALIASES_KNOWN: Readonly<Record<string, string>> = { "@typescript/old": "typescript" };
const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;
const EXACT = /^(?:npm:(?:@[^/@]+\/)?[^@/]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/;
const KINDS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;

type Manifest = Partial<Record<(typeof KINDS)[number], Readonly<Record<string, string>>>> & {
  readonly engines?: { readonly node?: string };
  readonly scripts?: Readonly<Record<string, string>>;
};
type LockedPackage = Manifest & {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
};
export type LockFile = {
  readonly lockfileVersion?: number;
  readonly packages?: Readonly<Record<string, LockedPackage>>;
};
export type Sources = { readonly manifest: Manifest; readonly lock: LockFile; readonly npmrc: string };

export function findInLockFile({ manifest, lock, npmrc }: Sources): Finding[] {
  const { "": root = {}, ...packages } = lock.packages ?? {};
  return [
    ...findInSettings(manifest, lock, npmrc),
    ...findInManifest(manifest, root, packages),
    ...Object.entries(packages).flatMap(([path, locked]) =>
      problemsOf(path, locked, manifest).map((what) => ({ where: path, what })),
    ),
  ];
}

function findInSettings(manifest: Manifest, { lockfileVersion }: LockFile, npmrc: string): Finding[] {
  const hooks = Object.keys(manifest.scripts ?? {}).filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name));
  return [
    ...(lockfileVersion === 3 ? [] : [{ where: "package-lock.json", what: `version ${lockfileVersion}, not 3` }]),
    ...(/^ignore-scripts=true$/m.test(npmrc) ? [] : [{ where: ".npmrc", what: "install scripts are not turned off" }]),
    ...hooks.map((name) => ({ where: "package.json", what: `the script ${name} runs at installation` })),
  ];
}

function findInManifest(manifest: Manifest, root: LockedPackage, packages: LockFile["packages"] = {}): Finding[] {
  const findings: Finding[] = [];
  const add = (what: string) => findings.push({ where: "package.json", what });
  if (manifest.engines?.node !== root.engines?.node) add("engines differ from the lock file");
  for (const kind of KINDS) {
    const [wanted, locked] = [manifest[kind] ?? {}, root[kind] ?? {}];
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(locked)])) {
      const spec = wanted[name] ?? "";
      if (spec !== locked[name]) add(`${name} differs from the lock file`);
      else if (!EXACT.test(spec)) add(`${name} has no exact version: ${spec}`);
      else if (packages[`node_modules/${name}`]?.version !== spec.slice(spec.lastIndexOf("@") + 1))
        add(`${name} is locked in another version`);
    }
  }
  return findings;
}

function problemsOf(path: string, locked: LockedPackage, manifest: Manifest): string[] {
  const { resolved, integrity, link, inBundle, hasInstallScript, version = "" } = locked;
  const folder = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const name = locked.name ?? folder;
  const problems: string[] = [];
  if (!path.startsWith("node_modules/") || link || inBundle) problems.push("is not a package of the registry");
  if (!SHA512.test(integrity ?? "")) problems.push("has no SHA-512");
  if (!/^\d+\.\d+\.\d+/.test(version)) problems.push(`has no version: ${version}`);
  // Without an address npm asks the registry of the machine, and the hash decides.
  if (resolved !== undefined) problems.push(`comes from elsewhere: ${resolved}`);
  if (name !== folder && aliasesIn(manifest)[folder] !== name && ALIASES_KNOWN[folder] !== name)
    problems.push(`is another package: ${name}`);
  if (hasInstallScript && !SCRIPTS_KNOWN.has(folder)) problems.push("has an install script that nobody has read");
  return problems;
}

function aliasesIn(manifest: Manifest): Readonly<Record<string, string>> {
  const specs = KINDS.flatMap((kind) => Object.entries(manifest[kind] ?? {}));
  return Object.fromEntries(
    specs.flatMap(([name, spec]) => {
      const real = /^npm:(.+)@[^@]+$/.exec(spec)?.[1];
      return real === undefined ? [] : [[name, real]];
    }),
  );
}

if (import.meta.main) {
  const repository = process.argv[2] ?? join(import.meta.dirname, "../..");
  const text = (name: string) => readFileSync(join(repository, name), "utf8");
  const lock = JSON.parse(text("package-lock.json")) as LockFile;
  const manifest = JSON.parse(text("package.json")) as Manifest;
  const findings = findInLockFile({ manifest, lock, npmrc: text(".npmrc") });
  report("lock file", Object.keys(lock.packages ?? {}).length, findings);
}
