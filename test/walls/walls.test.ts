import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copySources, type Findings, plant, runDependencyCruiser, runOxlint, runTypeScript } from "./tools.ts";

const NOTHING: Findings = new Map();
let folder = "";
let planted: string[] = [];
let clean = { cruiser: NOTHING, oxlint: NOTHING };
let found = { cruiser: NOTHING, oxlint: NOTHING, typescript: NOTHING };

// References and type imports bring the foreign types into the program, and then TypeScript accepts them in the other
// files too. So TypeScript is tested only with the plain forms.
const isForTypeScript = (file: string) =>
  /-static|-dom|-timer|-fetch|-process/.test(file) && !/electron|preload\/planted-(?:node|shared)/.test(file);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "uvv-walls-"));
  await copySources(folder);
  clean = { cruiser: await runDependencyCruiser(folder), oxlint: await runOxlint(folder) };
  await plant(folder, isForTypeScript);
  const typescript = await runTypeScript(folder);
  planted = await plant(folder);
  found = { cruiser: await runDependencyCruiser(folder), oxlint: await runOxlint(folder), typescript };
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const ofForm = (form: RegExp) => planted.filter((file) => form.test(file));
const missedBy = (findings: Findings, files: readonly string[]) => files.filter((file) => !findings.has(file));

describe("the walls between the folders", () => {
  it("are intact: dependency-cruiser and oxlint find nothing in the sources", () => {
    expect([...clean.cruiser]).toEqual([]);
    expect([...clean.oxlint]).toEqual([]);
  });

  it.each([
    ["a static import", /-static\.ts$/, 21],
    ["a dynamic import", /-dynamic\.ts$/, 21],
    ["an imported type", /-type\.ts$/, 21],
    ["a reference to types", /-reference/, 8],
  ])("dependency-cruiser finds %s across each wall", (_name, form, count) => {
    expect(ofForm(form)).toHaveLength(count);
    expect(missedBy(found.cruiser, ofForm(form))).toEqual([]);
  });

  it.each([
    ["a static import", /-static\.ts$/],
    ["a dynamic import", /-dynamic\.ts$/],
  ])("oxlint finds %s across each wall", (_name, form) => {
    expect(missedBy(found.oxlint, ofForm(form))).toEqual([]);
  });

  it("TypeScript finds what is outside a project's references and types", () => {
    const files = planted.filter(isForTypeScript);
    expect(files.length).toBeGreaterThanOrEqual(18);
    expect(missedBy(found.typescript, files)).toEqual([]);
  });

  it("no correct file is reported", () => {
    for (const findings of [found.cruiser, found.oxlint]) {
      expect([...findings.keys()].filter((file) => !planted.includes(file))).toEqual([]);
    }
  });

  it("every planted violation is found by at least one of the three tools", () => {
    const escaped = planted.filter((file) => !Object.values(found).some((findings) => findings.has(file)));
    expect(escaped).toEqual([]);
    expect(planted).toHaveLength(118);
  });
});

describe("dependency-cruiser", () => {
  it.each([
    ["electron outside src-main", "src-ops/planted-electron-type.ts", "electron-in-main-only"],
    ["electron in src-shared/node", "src-shared/node/planted-electron-static.ts", "electron-in-main-only"],
    ["a package that src-shared may not have", "src-shared/planted-package.ts", "not-in-allowed"],
    ["a package that the renderer may not have", "src-renderer/planted-package.ts", "not-in-allowed"],
    ["the TUF client outside of its adapter", "src-shared/node/planted-tuf.ts", "not-in-allowed"],
    ["the TUF client in the app", "src-main/planted-tuf.ts", "not-in-allowed"],
    ["a package that src-ops may not have", "src-ops/planted-package.ts", "not-in-allowed"],
    ["the TUF models outside of the feed", "src-ops/packing/planted-models.ts", "not-in-allowed"],
    ["the database's client outside of its adapter", "src-ops/server/ingest/planted-pg.ts", "not-in-allowed"],
    ["the web framework where no requests are answered", "src-ops/server/planted-fastify.ts", "not-in-allowed"],
    ["a Node module without its prefix", "src-shared/planted-core-without-prefix.ts", "not-in-allowed"],
    ["a path reference", "src-shared/planted-reference-path.ts", "not-in-allowed"],
    ["a package that is not there", "src-shared/planted-unresolved.ts", "no-unresolved"],
    ["a circle", "src-shared/planted-circle-a.ts", "no-circle"],
    ["a circle of types alone", "src-shared/planted-type-circle-a.ts", "no-circle"],
    ["the inside of another feature, in src-main", "src-main/playback/planted-inside.ts", "feature-by-its-index"],
    [
      "the inside of a feature, from main.ts",
      "src-main/planted-inside-from-root.ts",
      "feature-by-its-index-from-the-root",
    ],
    ["the inside of another feature, in src-ops", "src-ops/packing/planted-inside.ts", "feature-by-its-index"],
    ["the inner folder of another feature", "src-ops/packing/planted-inner.ts", "feature-by-its-index"],
    ["the inside of an inner folder", "src-ops/server/console/planted-inside.ts", "inner-feature-by-its-index"],
    ["a folder of src-ops that comes later", "src-ops/register/planted-order.ts", "ops-folders-in-order"],
    ["the wiring in a feature", "src-main/playback/planted-wiring.ts", "features-without-the-wiring"],
    ["a server in the gates", "src-ops/gates/planted-server.ts", "gates-are-pure"],
    [
      "the inside of another feature, in src-shared",
      "src-shared/license/planted-inside.ts",
      "shared-feature-by-its-index",
    ],
    ["the inside of a shared feature", "src-main/planted-shared-inside.ts", "shared-feature-by-its-index-from-outside"],
    [
      "the inside of another feature, in the renderer",
      "src-renderer/features/catalog/planted-inside.ts",
      "renderer-feature-by-its-index",
    ],
    ["tweetnacl outside the files that may sign or verify", "src-main/planted-signing.ts", "not-in-allowed"],
    ["tweetnacl under another name", "src-main/planted-signing-renamed.ts", "not-in-allowed"],
    ["tweetnacl in the renderer", "src-renderer/planted-signing.ts", "not-in-allowed"],
    ["Node's network in the app", "src-main/planted-network-node.ts", "network-by-one-door"],
    ["Node's sockets in the app", "src-main/planted-network-sockets.ts", "network-by-one-door"],
    ["Node's sockets in src-shared/node", "src-shared/node/planted-network-node.ts", "network-by-one-door"],
    ["the network of the tools in the app", "src-main/planted-network-tools.ts", "node-network-for-tools"],
  ])("refuses %s", (_name, file, rule) => {
    expect(found.cruiser.get(file)).toContain(rule);
  });
});

describe("oxlint", () => {
  it.each([
    ["signing in src-shared", "src-shared/planted-signing.ts", "no-restricted-properties"],
    ["signing in src-main", "src-main/planted-signing.ts", "no-restricted-properties"],
    ["signing in the renderer", "src-renderer/planted-signing.ts", "no-restricted-properties"],
    ["signing by Node in src-main", "src-main/planted-signing-node.ts", "no-restricted-imports"],
    ["signing by all of Node's crypto in src-main", "src-main/planted-signing-namespace.ts", "no-restricted-imports"],
    ["Node's network in the app", "src-main/planted-network-node.ts", "no-restricted-imports"],
    ["Electron's network outside of its door", "src-main/planted-network-electron.ts", "no-restricted-imports"],
    ["the network of a session", "src-main/planted-network-session.ts", "no-restricted-properties"],
    ["the global fetch in the app", "src-main/planted-network-global.ts", "no-restricted-globals"],
    ["the global fetch in src-shared/node", "src-shared/node/planted-network-global.ts", "no-restricted-globals"],
    ["a web socket in the renderer", "src-renderer/planted-network-global.ts", "no-restricted-globals"],
    ["the clock in src-shared", "src-shared/planted-clock.ts", "no-restricted-globals"],
    ["the clock in the gates", "src-ops/gates/planted-clock.ts", "no-restricted-globals"],
    ["randomness in src-shared", "src-shared/planted-random.ts", "no-restricted-properties"],
    ["a circle", "src-shared/planted-circle-b.ts", "no-cycle"],
  ])("refuses %s", (_name, file, rule) => {
    expect(found.oxlint.get(file)).toContain(rule);
  });
});

describe("TypeScript", () => {
  it.each([
    ["the DOM", "src-shared/planted-dom.ts"],
    ["timers", "src-shared/planted-timer.ts"],
    ["fetch", "src-shared/planted-fetch.ts"],
    ["the process", "src-shared/planted-process.ts"],
    ["Node's modules", "src-shared/planted-node-static.ts"],
  ])("does not know %s in src-shared", (_name, file) => {
    expect(found.typescript.has(file)).toBe(true);
  });
});
