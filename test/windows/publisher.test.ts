import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { projectRoot } from "../../build/electron-runtime.ts";
import { nodeExe, windowsPath } from "../../build/windows/places.ts";
import { type CommandResult, expectDone, packStick, vaultctl } from "../e2e/publisher.ts";
import { suiteFolder } from "../e2e/suite-folder.ts";
import { type Computer, newComputer } from "./computer.ts";

// The publisher's tool on Node for Windows, from the sources: E: is a stick.
const TOOL = join(projectRoot, "src-ops", "cli", "main.ts");

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
let computer: Computer;
let runs = 0;

beforeAll(() => {
  published = packStick(folder(), ["harbour.mp4"]);
  computer = newComputer();
});
afterAll(() => computer.remove());

/** Runs `vaultctl` on Windows. */
async function onWindows(...args: string[]): Promise<CommandResult> {
  const output = join(folder(), `printed-${++runs}.txt`);
  const child = computer.start(nodeExe, [windowsPath(TOOL), ...args, "--json"], output);
  const [status] = (await once(child, "exit")) as [number | null];
  const printed = readFileSync(output, "utf8");
  const json = printed.slice(printed.indexOf("{"), printed.lastIndexOf("}") + 1);
  if (json === "") throw new Error(`vaultctl ${args.join(" ")} printed no result: ${printed}`);
  return { status, json: JSON.parse(json) as Record<string, unknown> };
}

it("verifies on Windows what was packed on Linux", async () => {
  computer.plug("E", published.stick);
  const here = vaultctl("verify", published.stick, "--trust", published.trust);
  const there = await onWindows("verify", "E:/", "--trust", windowsPath(published.trust));
  expectDone(there);
  expect(there).toEqual(here);
  computer.unplug("E");
});

it("makes keys and packs a stick on Windows that verifies on Linux", async () => {
  const [keys, stick] = [join(folder(), "windows keys"), join(folder(), "windows stick")];
  mkdirSync(stick);
  computer.plug("F", stick);
  expectDone(await onWindows("keys", "init", "--dir", windowsPath(keys), "--dev"));
  const film = windowsPath(join(projectRoot, "test", "media", "harbour.mp4"));
  const terms = ["--stick", "F:/", "--keys", windowsPath(keys), "--no-trial", "--label", "Le port"];
  expectDone(await onWindows("pack", ...terms, film));
  expectDone(vaultctl("verify", stick, "--trust", join(keys, "public")));
  computer.unplug("F");
});
