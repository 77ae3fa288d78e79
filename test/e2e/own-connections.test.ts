import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import { launchApp } from "./launch.ts";
import { packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";

const folder = suiteFolder();

/** Every address that Chromium's network log names as the target of a request, except those inside the app. */
function targetsIn(log: string): readonly string[] {
  const found = [...log.matchAll(/"url":"((?:https?|wss?|ftp):\/\/[^"]*)"/g)].map(([, url = ""]) => url);
  const hosts = [...log.matchAll(/"host":"([^"]+)"/g)].map(([, host = ""]) => host);
  return [...new Set([...found, ...hosts])].toSorted();
}

it("asks the network for nothing of its own, at the first start and at the next", async () => {
  const { stick, trust } = packStick(folder(), ["lighthouse.mp4"]);
  const userData = join(folder(), "profile");
  for (const start of ["first", "next"]) {
    const log = join(folder(), `${start}.json`);
    const { page, close } = await launchApp({ userData, trust, vaults: [stick], args: [`--log-net-log=${log}`] });
    await page.locator("[data-screen]").first().waitFor();
    // Chromium's own requests come within seconds of the start.
    await setTimeout(15_000);
    await close();
    const text = readFileSync(log, "utf8");
    expect(text.length).toBeGreaterThan(10_000);
    expect(targetsIn(text)).toEqual([]);
  }
}, 120_000);
