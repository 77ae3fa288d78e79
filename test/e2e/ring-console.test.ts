import { join } from "node:path";
import type { Page } from "playwright";
import { expect, it, onTestFinished } from "vitest";
import { driveElectron } from "../../build/drive-electron.ts";
import type { NormalizedEvent } from "../../src-ops/gates/index.ts";
import type { SessionState } from "../../src-shared/telemetry/index.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { testId } from "../fakes/test-keys.ts";
import { openConsoleFixture, START } from "../ops/server/console-fixture.ts";
import { HOUR_MS } from "../ops/gates/facts.ts";
import {
  normalizedAnswer,
  normalizedFinding,
  normalizedProblem,
  normalizedState,
  stateOf,
} from "../ops/gates/normalized-events.ts";
import { findingsOn } from "../renderer/harness/axe.ts";
import { screenshotPath } from "./launch.ts";
import { storeEvents } from "../ops/server/store-events.ts";

const MACHINES = Array.from({ length: 10 }, (_, index) => testId(`machine ${index}`));
const LATER = 20;

/** The console two thirds of a day after the ring began, when eight of ten computers have reported. */
async function openConsole() {
  const fixture = await openConsoleFixture();
  const passwords = { ann: await fixture.account("ann", "manager"), bob: await fixture.account("bob", "viewer") };
  fixture.clock.now = START + LATER * HOUR_MS;
  for (const machine of MACHINES) await fixture.store.enrol(machine, "ring0");
  await storeEvents(fixture.store, dayOf(MACHINES.slice(0, 8)));
  await storeEvents(fixture.store, feedbackAndFindings(MACHINES[0] ?? ""));
  return { ...fixture, passwords };
}

/** What computers report in two thirds of a day; the fourth has one failure. */
function dayOf(machines: readonly string[]): NormalizedEvent[] {
  const fresh = stateOf("0.2.0", [{ kind: "usable", startMs: 900 }]);
  return machines.flatMap((machine, index) =>
    Array.from({ length: 4 }, (_, session) => {
      const failed = index === 3 && session === 0 ? 1 : 0;
      const operations = { ...fresh.operations, play: { ok: 20 - failed, failed } };
      const at = START + (session + 1) * 4 * HOUR_MS;
      const state: SessionState = { ...fresh, uptimeMs: 4 * HOUR_MS, operations };
      return normalizedState({ machine, session: `s${session}`, seq: 1, at }, state);
    }),
  );
}

/** An altered license, an opinion, and a problem. */
function feedbackAndFindings(machine: string): NormalizedEvent[] {
  const where = (seq: number) => ({ machine, session: "words", seq, at: START + seq * HOUR_MS });
  return [
    normalizedFinding(where(1), "ab".repeat(32)),
    normalizedAnswer(where(2), 9),
    normalizedProblem(where(3), "ABCD-2345"),
  ];
}

async function browse(url: string, language: string): Promise<Page> {
  const program = join(import.meta.dirname, "browser-main.cjs");
  const profile = `--user-data-dir=${join(temporaryFolder(), "browser")}`;
  const app = await driveElectron(["--disable-gpu", profile, `--lang=${language}`, program], {
    BROWSE_TO: `${url}/console`,
  });
  onTestFinished(() => app.close());
  return app.firstWindow();
}

async function logIn(page: Page, name: string, password: string): Promise<void> {
  await page.locator("input[name=name]").fill(name);
  await page.locator("input[name=password]").fill(password);
  await page.keyboard.press("Enter");
  await page.locator("[data-leave]").waitFor();
}

it("shows the release manager a ring from the verdict to the last computer, and halts it by a typed confirmation", async () => {
  const { url, store, publisher, build, passwords } = await openConsole();
  const page = await browse(url, "en");
  await page.locator("input[name=name]").fill("ann");
  await page.locator("input[name=password]").fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("The name or the password is wrong.").waitFor();
  expect(await findingsOn(page)).toEqual([]);
  await logIn(page, "ann", passwords.ann);

  await page.getByText("Not yet").waitFor();
  await page.getByText("672 of 4,742 needed").waitFor();
  await page.getByText("Warning · ring0 0.2.0 · Somebody tried to use an altered or older file").waitFor();
  await page.getByText("Problem ABCD-2345").waitFor();
  expect(await page.locator(".machines .not-updated").count()).toBe(2);
  expect(await page.locator(".machines .failing").count()).toBe(1);
  for (const scheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    expect(await findingsOn(page)).toEqual([]);
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
      [960, 640],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: screenshotPath(`ring-console-${width}x${height}-en-${scheme}`), fullPage: true });
    }
  }

  // Live, without a reload: the two that were silent start to report.
  await page.getByRole("button", { name: "Halt…" }).focus();
  await storeEvents(store, dayOf(MACHINES.slice(8)));
  await page.locator(".machines .not-updated").first().waitFor({ state: "detached", timeout: 30_000 });

  // The keyboard focus stays where it was.
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("open-halt-ring0");
  await page.keyboard.press("Enter");
  await page.getByLabel("Reason, as users will read it").fill("Sound is missing");
  await page.getByLabel("Type 0.2.0 to confirm").fill("0.2.1");
  await page.getByRole("button", { name: "Halt", exact: true }).click();
  expect(await page.locator("dialog[open]").count()).toBe(1);
  await page.getByLabel("Type 0.2.0 to confirm").fill("0.2.0");
  await page.keyboard.press("Enter");
  await page.locator(".verdict", { hasText: "Halted" }).waitFor();
  await page.getByText("ring0 halt-by-hand").waitFor();
  const { rings } = await publisher.feed<{ rings: { ring0: { halt?: { build: string; reason: string } } } }>("status");
  expect(rings.ring0.halt).toMatchObject({ build, reason: "Sound is missing" });
});

it("lets a viewer read and do nothing else, in French", async () => {
  const { url, build, passwords } = await openConsole();
  const page = await browse(url, "fr");
  await logIn(page, "bob", passwords.bob);
  await page.getByText("Opérations en échec").first().waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("fr");
  expect(await page.locator("[data-open]").count()).toBe(0);
  expect(await findingsOn(page)).toEqual([]);
  await page.screenshot({ path: screenshotPath("ring-console-viewer-fr"), fullPage: true });
  const halted = await page.evaluate(
    async (order) => {
      const answer = await fetch("/console/halt", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(order),
      });
      return { status: answer.status, body: (await answer.json()) as unknown };
    },
    { ring: "ring0", build, reason: "Because" },
  );
  expect(halted).toEqual({ status: 403, body: { code: "NOT_ALLOWED" } });
  await page.locator("[data-leave]").click();
  await page.locator("[data-form=login]").waitFor();
});
