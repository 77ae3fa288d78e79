import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findInLockFile, type LockFile, type Sources } from "../../build/checks/lock-file.ts";
import { projectRoot } from "../../build/electron-runtime.ts";

const text = (name: string) => readFileSync(join(projectRoot, name), "utf8");
const ours: Sources = {
  manifest: JSON.parse(text("package.json")) as Sources["manifest"],
  lock: JSON.parse(text("package-lock.json")) as LockFile,
  npmrc: text(".npmrc"),
};
type Change = Readonly<Record<string, unknown>>;

/** Our lock file with members of one package changed; `undefined` removes a member. */
function withPackage(path: string, change: Change): Sources {
  const packages = { ...ours.lock.packages, [path]: { ...ours.lock.packages?.[path], ...change } };
  return {
    ...ours,
    lock: { ...ours.lock, packages: JSON.parse(JSON.stringify(packages)) as LockFile["packages"] & {} },
  };
}
const react = (change: Change) => withPackage("node_modules/react", change);
/** A dependency as package.json and the lock file agree on it. */
const wanting = (name: string, spec: string): Sources => {
  const dependencies = { ...ours.manifest.dependencies, [name]: spec };
  return { ...withPackage("", { dependencies }), manifest: { ...ours.manifest, dependencies } };
};
const { version } = ours.lock.packages?.["node_modules/react"] ?? {};

const VIOLATIONS: readonly (readonly [what: string, sources: Sources, found: string])[] = [
  ["no hash", react({ integrity: undefined }), "has no SHA-512"],
  ["a weak hash", react({ integrity: "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }), "has no SHA-512"],
  [
    "a second, weak hash",
    react({ integrity: `sha512-${"A".repeat(86)}== sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=` }),
    "has no SHA-512",
  ],
  ["another server", react({ resolved: `https://example.org/react/-/react-${version}.tgz` }), "comes from elsewhere"],
  [
    "a registry as a prefix of another host",
    react({ resolved: `https://registry.example.org.evil.example/react/-/react-${version}.tgz` }),
    "comes from elsewhere",
  ],
  [
    "no encryption",
    react({ resolved: `http://registry.example.org/react/-/react-${version}.tgz` }),
    "comes from elsewhere",
  ],
  [
    "another package of the registry",
    react({ resolved: `https://registry.example.org/evil/-/react-${version}.tgz` }),
    "comes from elsewhere",
  ],
  [
    "another version of the registry",
    react({ resolved: "https://registry.example.org/react/-/react-0.0.1.tgz" }),
    "comes from elsewhere",
  ],
  ["git", react({ resolved: "git+ssh://git@example.org/react.git#abc" }), "comes from elsewhere"],
  ["a file", react({ resolved: "file:../react.tgz" }), "comes from elsewhere"],
  ["a version that is an address", react({ version: "https://example.org/react.tgz" }), "has no version"],
  ["a link", react({ link: true }), "is not a package of the registry"],
  ["a package inside another one", react({ inBundle: true }), "is not a package of the registry"],
  [
    "a package outside node_modules",
    withPackage("packages/evil", { version: "1.0.0" }),
    "is not a package of the registry",
  ],
  ["an alias that nobody asked for", react({ name: "evil" }), "is another package: evil"],
  ["a new install script", react({ hasInstallScript: true }), "install script"],
  ["an older lock file", { ...ours, lock: { ...ours.lock, lockfileVersion: 1 } }, "version 1, not 3"],
  [
    "install scripts that run",
    { ...ours, npmrc: ours.npmrc.replace("ignore-scripts=true", "ignore-scripts=false") },
    "not turned off",
  ],
  [
    "our own install script",
    { ...ours, manifest: { ...ours.manifest, scripts: { postinstall: "node evil.js" } } },
    "runs at installation",
  ],
  [
    "another version in package.json",
    { ...ours, manifest: { ...ours.manifest, dependencies: { ...ours.manifest.dependencies, pg: "1.0.0" } } },
    "pg differs from the lock file",
  ],
  [
    "a dependency that package.json does not name",
    { ...ours, manifest: { ...ours.manifest, dependencies: {} } },
    "pg differs from the lock file",
  ],
  ["a range", wanting("pg", "^8.0.0"), "has no exact version"],
  ["a tag", wanting("pg", "latest"), "has no exact version"],
  ["a repository", wanting("pg", "github:evil/pg"), "has no exact version"],
  ["an address", wanting("pg", "https://example.org/pg.tgz"), "has no exact version"],
  ["an alias without a version", wanting("pg", "npm:evil"), "has no exact version"],
  ["another locked version", withPackage("node_modules/pg", { version: "8.0.0" }), "pg is locked in another version"],
  ["other engines", { ...ours, manifest: { ...ours.manifest, engines: { node: ">=99" } } }, "engines differ"],
];

describe("the check of the lock file", () => {
  it("finds nothing in ours", () => {
    expect(findInLockFile(ours)).toEqual([]);
  });

  describe(`finds ${VIOLATIONS.length} of ${VIOLATIONS.length} planted violations`, () => {
    it.each(VIOLATIONS)("%s", (_what, sources, found) => {
      expect(findInLockFile(sources).map(({ what }) => what)).toContainEqual(expect.stringContaining(found));
    });
  });
});
