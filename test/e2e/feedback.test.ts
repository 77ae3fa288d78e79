import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright";
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { SurveyMemory } from "../../src-shared/feedback/index.ts";
import type { Ring } from "../../src-shared/license/index.ts";
import { startTelemetryServer, type TelemetryServer } from "../fakes/telemetry-server.ts";
import { activateEnrolled, openSettings } from "./enrolled.ts";
import { launchApp } from "./launch.ts";
import { captureViews } from "./screenshots.ts";
import { packStick } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { playFirst } from "./viewer.ts";

// Each call of captureViews takes two screenshots and runs axe on each.
vi.setConfig({ testTimeout: 180_000 });

const folder = suiteFolder();
let published: ReturnType<typeof packStick>;
beforeAll(() => {
  published = packStick(folder(), ["harbour.mp4", "lighthouse.mp4"]);
});

const VERSION = "0.1.0";
const REMEMBERED: SurveyMemory = { version: VERSION, occasion: "sessions", goodSessions: 2, asked: [] };

async function startServer(): Promise<TelemetryServer> {
  const server = await startTelemetryServer();
  onTestFinished(() => server.stop());
  return server;
}

/** The app of an enrolled person who has given consent, with its memory of earlier sessions. */
async function launchAgreed(name: string, ring: Ring, memory?: SurveyMemory) {
  const server = await startServer();
  const userData = join(folder(), name);
  mkdirSync(userData, { recursive: true });
  writeFileSync(join(userData, "settings.json"), JSON.stringify({ consent: "given" }));
  if (memory) writeFileSync(join(userData, "feedback.json"), JSON.stringify(memory));
  const options = { userData, trust: published.trust, vaults: [published.stick] };
  const running = await launchApp({ ...options, args: ["--ingest", server.url] });
  await activateEnrolled(running.page, published, name, ring);
  return { ...running, running, server, options };
}

async function settled(check: () => boolean): Promise<void> {
  await expect.poll(check, { timeout: 30_000, interval: 50 }).toBe(true);
}

const survey = (page: Page) => page.getByRole("dialog", { name: `How do you like version ${VERSION}?` });
const answers = ({ events }: TelemetryServer) =>
  [...events.values()].flatMap((event) => (event.kind === "feedback" ? [event.feedback] : []));
const problems = ({ events }: TelemetryServer) =>
  [...events.values()].flatMap((event) => (event.kind === "problem" ? [event.problem] : []));

async function closeFilm(page: Page): Promise<void> {
  await page.keyboard.press("Escape");
  await page.locator("[data-screen=catalog]").waitFor();
}

describe("a pilot", () => {
  it("is asked after an update, never during a film, answers by keyboard, and is not asked twice", async () => {
    const before = { ...REMEMBERED, version: "0.0.9", goodSessions: 9, asked: ["0.0.9"] };
    const { page, running, server, options } = await launchAgreed("updated", "ring1", before);
    expect(await survey(page).count()).toBe(0);
    await playFirst(page);
    await page.waitForTimeout(1_500);
    expect(await survey(page).count()).toBe(0);
    await closeFilm(page);
    await survey(page).waitFor();
    expect(await captureViews(running, "survey")).toEqual([]);
    await page.getByRole("radio", { name: "0", exact: true }).focus();
    for (let score = 0; score < 9; score++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Seeking is quick");
    await page.keyboard.press("Tab");
    await page.keyboard.type("The poster of one film is missing");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Two lines\nof comment");
    expect(await captureViews(running, "survey-filled")).toEqual([]);
    await page.getByRole("button", { name: "Send" }).focus();
    await page.keyboard.press("Enter");
    await survey(page).waitFor({ state: "detached" });
    await settled(() => answers(server).length === 1);
    expect(answers(server)).toEqual([
      {
        version: VERSION,
        occasion: "update",
        score: 9,
        well: "Seeking is quick",
        badly: "The poster of one film is missing",
        comment: "Two lines\nof comment",
        contact: "",
      },
    ]);
    await running.close();
    const again = await launchApp({ ...options, args: ["--ingest", server.url] });
    await again.page.locator("[data-screen=catalog]").waitFor();
    await playFirst(again.page);
    await closeFilm(again.page);
    await again.page.waitForTimeout(1_000);
    expect(await survey(again.page).count()).toBe(0);
    expect(server.faults).toEqual([]);
  });

  it("is asked in the third good session, and an answer given offline arrives later", async () => {
    const { page, server, close, options } = await launchAgreed("sessions", "ring1", REMEMBERED);
    await settled(() => server.counts.metrics >= 1);
    await server.stop();
    await playFirst(page);
    await closeFilm(page);
    await survey(page).waitFor();
    await page.getByRole("button", { name: "Not now" }).click();
    await survey(page).waitFor({ state: "detached" });
    await close();
    const back = await startServer();
    await launchApp({ ...options, args: ["--ingest", back.url] });
    await settled(() => answers(back).length === 1);
    expect(answers(back)).toMatchObject([{ occasion: "sessions", score: null, comment: "" }]);
    expect(back.faults).toEqual([]);
  });

  it("reports a problem, sees what is sent with it, and gets the number of the ticket that arrives", async () => {
    const { page, running, server } = await launchAgreed("problem", "ring1");
    await openSettings(page);
    expect(await page.locator("[data-health]").count()).toBe(0);
    await page.getByRole("button", { name: "Report a problem…" }).click();
    await page.getByRole("textbox", { name: "What happened?" }).fill("The sound stops after a seek");
    await page.getByText("Show the diagnostics").click();
    const shown = (await page.getByRole("group", { name: "Diagnostics" }).textContent()) ?? "";
    expect(await captureViews(running, "problem")).toEqual([]);
    await page.getByRole("button", { name: "Send" }).click();
    const ticket = (await page.locator("[data-ticket]").textContent()) ?? "";
    expect(ticket).toMatch(/^[A-Z2-7]{4}-[A-Z2-7]{4}$/);
    expect(await captureViews(running, "problem-ticket")).toEqual([]);
    await settled(() => problems(server).length === 1);
    const [problem] = problems(server);
    expect(problem).toMatchObject({ version: VERSION, ticket, words: "The sound stops after a seek", contact: "" });
    expect(problem?.diagnostics).toBe(shown);
    expect(shown).toContain("USB Video Vault diagnostics");
    for (const secret of ["Le port", "harbour", "C-0001", folder(), published.stick]) {
      expect(problem?.diagnostics).not.toContain(secret);
    }
    expect(server.faults).toEqual([]);
  });
});

describe("staff", () => {
  it("see the health of their own computer, and are not asked for an opinion", async () => {
    const { page, running, server } = await launchAgreed("staff", "ring0", REMEMBERED);
    await settled(() => server.counts.metrics >= 1);
    await playFirst(page);
    await closeFilm(page);
    await page.waitForTimeout(1_000);
    expect(await survey(page).count()).toBe(0);
    await openSettings(page);
    const panel = page.locator("[data-health]");
    await panel.waitFor();
    await panel.scrollIntoViewIfNeeded();
    await page.getByText(/ago$/).waitFor();
    const panelText = (await panel.textContent()) ?? "";
    expect(panelText).toMatch(/Start[\d,]+ ms/);
    expect(panelText).toMatch(/Memory\d{2,3} MB/);
    expect(panelText).toMatch(/Crashes0/);
    expect(await captureViews(running, "health")).toEqual([]);
  });
});
