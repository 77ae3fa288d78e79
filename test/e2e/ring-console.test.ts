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

const SIZES = [
  [1280, 800],
  [1920, 1080],
  [960, 640],
] as const;

/** Pictures in both themes and three sizes, without a finding of axe. One release fits one screen of 1280 x 800. */
async function captureScreens(page: Page, name: string): Promise<void> {
  for (const scheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    expect((await findingsOn(page)).join("\n")).toBe("");
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: screenshotPath(`${name}-${width}x${height}-${scheme}`) });
      const [shown, whole] = await page.evaluate(() => [innerHeight, document.documentElement.scrollHeight]);
      if (width >= 1280) expect([width, whole]).toEqual([width, shown]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    }
  }
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

  await page.locator(".verdict", { hasText: "Not yet" }).waitFor();
  await page.getByText(/672 of \d,\d{3}/).waitFor();
  await page.getByText("Somebody tried to use an altered or older file").waitFor();
  await page.locator("#ring0-problems summary").press("Enter");
  await page.getByText("Problem ABCD-2345").waitFor();
  await page.locator("#ring0-problems summary").press("Enter");
  expect(await page.locator(".machines .not-updated").count()).toBe(2);
  expect(await page.locator(".machines .failing").count()).toBe(1);
  await captureScreens(page, "ring-console-en");

  // Each gate is explained by the keyboard alone, and the focus comes back.
  await page.locator("#ask-ring0-errors").press("Enter");
  await page.getByText("The share of operations that fail, with the uncertainty of a small ring.").waitFor();
  expect(await findingsOn(page)).toEqual([]);
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("ask-ring0-errors");

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
  await page.getByRole("heading", { name: "ann halted it: Sound is missing" }).waitFor();
  await page.locator("#decisions summary").press("Enter");
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
  await captureScreens(page, "ring-console-viewer-fr");
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

/** ring1 fails and is halted while ring0 passes on and GA has a tenth; ring1 ran another version before. */
async function openFailingRing1() {
  const fixture = await openConsoleFixture();
  const { publisher, store, build, clock } = fixture;
  const passwords = { ann: await fixture.account("ann.lee", "manager") };
  const at = (hours: number) => START / 1_000 + hours * 3_600;
  const promote = (hours: number, ring: string, gate: string, id: string) => {
    const options = publisher.promotionOptions(ring, gate, id, at(hours));
    return publisher.feedAt(at(hours), "promote", "--ring", ring, "--build", id, ...options);
  };
  await promote(1, "ring1", "ring0", build);
  await promote(2, "ga", "ring1", build);
  await fixture.look(2.1);
  const next = await publisher.build("0.3.0");
  await publisher.feedAt(at(200), "release", "--ring", "ring0", "--build", next);
  await fixture.look(200.1);
  await promote(260, "ring1", "ring0", next);
  for (const machine of MACHINES) await store.enrol(machine, "ring0");
  for (const machine of PILOTS) await store.enrol(machine, "ring1");
  await storeEvents(store, [
    ...sessionsOf("0.2.0", "ring1", PILOTS, 3, 259, 0.0004),
    ...sessionsOf("0.3.0", "ring0", MACHINES, 201, 340, 0),
    ...sessionsOf("0.3.0", "ring1", PILOTS.slice(0, 4), 261, 339, 0),
    ...sessionsOf("0.3.0", "ring1", PILOTS.slice(0, 4), 339, 340, 0.11),
    ...[7, 8, 9].map((score, pilot) => inRing1(normalizedAnswer(whereOf(PILOTS[pilot] ?? "", 300), score))),
  ]);
  clock.now = START + 340.5 * HOUR_MS;
  await fixture.look(340.5);
  return { ...fixture, passwords };
}

const PILOTS = Array.from({ length: 5 }, (_, index) => testId(`pilot ${index}`));
const inRing1 = (event: NormalizedEvent): NormalizedEvent => ({ ...event, ring: "ring1", version: "0.3.0" });
const whereOf = (machine: string, hours: number) => ({
  machine,
  session: `answer ${hours}`,
  seq: 1,
  at: START + hours * HOUR_MS,
});

/** A session of four hours with 60 operations on each computer, again and again; `share` of them fail. */
function sessionsOf(
  version: string,
  ring: "ring0" | "ring1",
  machines: readonly string[],
  from: number,
  until: number,
  share: number,
): NormalizedEvent[] {
  const fresh = stateOf(version, [{ kind: "usable", startMs: 900 }]);
  const events: NormalizedEvent[] = [];
  for (let hours = from, number = 0; hours < until; hours += 4, number++) {
    for (const [index, machine] of machines.entries()) {
      // Small shares fail in some of the sessions only.
      const failed =
        share * 60 >= 1 ? Math.round(share * 60) : (number * machines.length + index) % 40 === 0 && share > 0 ? 1 : 0;
      const operations = { ...fresh.operations, seek: { ok: 60 - failed, failed } };
      const state: SessionState = { ...fresh, uptimeMs: 4 * HOUR_MS, operations };
      const where = { machine, session: `${version} ${hours}`, seq: 1, at: START + hours * HOUR_MS };
      events.push({ ...normalizedState(where, state), ring, version });
    }
  }
  return events;
}

it("shows the worst ring first, in both languages, and each ring on one screen", async () => {
  const { url, passwords } = await openFailingRing1();
  const page = await browse(url, "en");
  await logIn(page, "ann.lee", passwords.ann);
  await page.locator(".verdict", { hasText: "Halted" }).waitFor();
  expect(await page.locator(".tile [aria-current]").innerText()).toContain("ring1");
  await captureScreens(page, "ring-console-worst-en");
  const sizes = await page.evaluate(() =>
    [...document.querySelectorAll("body *")].map((one) => Number.parseFloat(getComputedStyle(one).fontSize)),
  );
  expect(await page.locator(".verdict").evaluate((one) => Number.parseFloat(getComputedStyle(one).fontSize))).toBe(
    Math.max(...sizes),
  );
  await page.locator("[data-language]").press("Enter");
  await page.locator(".verdict", { hasText: "Arrêtée" }).waitFor();
  await captureScreens(page, "ring-console-worst-fr");
  await page.locator("#tile-ga").press("Enter");
  await page.locator("#tile-ga[aria-current]").waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("fr");
  await captureScreens(page, "ring-console-ga-fr");
});
