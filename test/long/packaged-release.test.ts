import { chmodSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { UNWANTED } from "../../src-main/app/unwanted-variables.ts";
import { DANGEROUS_SWITCHES, EARLY_SWITCHES } from "../e2e/dangerous-switches.ts";
import { DANGEROUS_VARIABLES } from "../e2e/dangerous-variables.ts";
import { expectDone, vaultctl } from "../e2e/publisher.ts";
import { copyElectron, makeHome, profileOf, type ReleaseApp, releaseLog, startAndAsk } from "../e2e/release-app.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";
import { packageRelease } from "./packaged-release.ts";
import { setTraps, traceOf } from "./variable-traces.ts";

// The package as users get it: with its fuses, and with the programs of a release.
const folder = suiteFolder();
let release: ReleaseApp;
let plain: ReleaseApp;
let traps: ReturnType<typeof setTraps>;

beforeAll(async () => {
  const [packaged, unfused] = ["packaged", "plain"].map((name) => join(folder(), name));
  for (const made of [packaged!, unfused!]) mkdirSync(made);
  const keys = join(folder(), "keys");
  expectDone(vaultctl("keys", "init", "--dir", keys));
  release = await packageRelease(packaged!, join(keys, "public"));
  traps = setTraps(folder());
  plain = { executable: copyElectron(unfused!), words: [traps.control], home: makeHome(unfused!) };
  // Another user starts the app, and reaches everything through this folder.
  chmodSync(folder(), 0o755);
});

const SWITCHES = [...EARLY_SWITCHES, ...DANGEROUS_SWITCHES];
describe(`a packaged release refuses ${SWITCHES.length} of ${SWITCHES.length} dangerous switches`, () => {
  it.each(SWITCHES)("%j", async (word) => {
    const { code, written, answer } = await startAndAsk(release, [word]);
    expect(code).not.toBe(0);
    expect(written).not.toContain("Debugger listening");
    expect(answer).toBe("");
    expect(existsSync(profileOf(release))).toBe(false);
  });
});

const VARIABLES = DANGEROUS_VARIABLES.map((variable) => [variable.name, variable] as const);
describe(`a packaged release runs without the effect of ${VARIABLES.length} of ${VARIABLES.length} dangerous variables`, () => {
  it.each(VARIABLES)("%s", async (name, { value, shows, isObeyed, endsPackage }) => {
    const given = [name, value(traps)] as const;
    const control = await traceOf(plain, traps, given, () => false);
    expect(shows(control), `a plain Electron obeys ${name}`).toBe(isObeyed);
    rmSync(profileOf(release), { recursive: true, force: true });
    const trace = await traceOf(release, traps, given, () => releaseLog(release).includes("app.started"));
    expect(releaseLog(release).includes("app.started")).toBe(!endsPackage);
    expect({ ...trace, shows: shows(trace) }).toMatchObject({ shows: false, files: [], isUnsandboxed: false });
    expect(trace.isSet, "the app runs with it").toBe(!UNWANTED.includes(name) && !endsPackage);
  });
});
