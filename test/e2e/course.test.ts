import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "playwright";
import { beforeAll, expect, it } from "vitest";
import { launchApp, screenshotPath } from "./launch.ts";
import { clip, expectDone, issuePassphraseLicense, vaultctl } from "./publisher.ts";
import { suiteFolder } from "./suite-folder.ts";
import { pasteLicense, unlock, untilPlaying } from "./viewer.ts";

const folder = suiteFolder();
let stick: string;
let keys: string;
let license: ReturnType<typeof issuePassphraseLicense>;
const lessons = [
  "Welcome",
  "1 Knots/1 Bowline",
  "1 Knots/2 Hitch",
  "1 Knots/10 Splice",
  "2 Sails/1 Main",
  "2 Sails/2 Jib",
];

beforeAll(() => {
  const films = join(folder(), "films");
  for (const lesson of lessons) {
    mkdirSync(dirname(join(films, lesson)), { recursive: true });
    cpSync(clip("tides.webm"), join(films, `${lesson}.webm`));
  }
  [keys, stick] = [join(folder(), "keys"), join(folder(), "stick")];
  mkdirSync(stick);
  expectDone(vaultctl("keys", "init", "--dir", keys, "--dev"));
  expectDone(vaultctl("pack", "--stick", stick, "--keys", keys, "--no-trial", films));
  license = issuePassphraseLicense({ keys, stick });
});

const launch = (language: "en" | "fr" = "en") =>
  launchApp({ userData: join(folder(), "user"), trust: join(keys, "public"), vaults: [stick], language });

const headings = (page: Page) => page.locator("[data-section]").allTextContents();
const offered = (page: Page) =>
  page
    .getByRole("list")
    .locator("[data-card]")
    .evaluateAll((cards) => cards.map((card) => card.getAttribute("title")));

it("a folder of lessons is watched over two evenings, by keyboard", async () => {
  const first = await launch();
  await first.page.locator("[data-screen=locked]").waitFor();
  await pasteLicense(first.page, license.text);
  await unlock(first.page, license.passphrase);
  await expect.poll(() => headings(first.page)).toEqual(["1 Knots0 of 3 · 36 sec left", "2 Sails0 of 2 · 24 sec left"]);
  const titles = await first.page
    .getByRole("gridcell")
    .locator("[data-card]")
    .evaluateAll((cards) => cards.map((card) => card.getAttribute("title")));
  expect(titles).toEqual(lessons.map((lesson) => lesson.split("/").at(-1)));
  const { keyboard } = first.page;
  await keyboard.press("/");
  for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await keyboard.press(key);
  await untilPlaying(first.page, 0.5);
  await first.page.evaluate(() => {
    const video = document.querySelector("video") as HTMLVideoElement;
    video.currentTime = video.duration - 0.2;
  });
  await first.page.waitForFunction(() => document.querySelector("video")?.ended);
  // The first stops the countdown to the next lesson.
  await first.page.locator("[data-up-next]").waitFor();
  await keyboard.press("Escape");
  await first.page.locator("[data-up-next]").waitFor({ state: "detached" });
  await keyboard.press("Escape");
  await first.page.locator("[data-screen=catalog]").waitFor();
  await expect.poll(() => headings(first.page)).toEqual(["1 Knots1 of 3 · 24 sec left", "2 Sails0 of 2 · 24 sec left"]);
  expect(await offered(first.page)).toEqual(["2 Hitch"]);
  await first.close();

  const second = await launch("fr");
  await unlock(second.page, license.passphrase);
  await expect.poll(() => offered(second.page)).toEqual(["2 Hitch"]);
  await second.page.keyboard.press("/");
  for (const key of ["ArrowDown", "End", "w"]) await second.page.keyboard.press(key);
  await expect.poll(async () => (await headings(second.page))[1]).toMatch(/^2 Sails1 sur 2 · reste 12/);
  await second.page.screenshot({ path: screenshotPath("course-fr") });
  await second.close();
});

it("what the publisher edits is there the next time, with the marks of the viewer", async () => {
  const { json } = vaultctl("plan", "--stick", stick, "--keys", keys);
  const plan = json["plan"] as { sections: { title: string; videos: { title: string; description: string }[] }[] };
  plan.sections.reverse();
  plan.sections[0]!.title = "Voiles";
  plan.sections[0]!.videos[0]!.description = "Hissez-la d’abord.";
  const path = join(folder(), "edit.json");
  writeFileSync(path, JSON.stringify(plan));
  expectDone(vaultctl("edit", "--plan", path, "--stick", stick, "--keys", keys));
  expect(readFileSync(path, "utf8")).toContain("Voiles");
  const { page, close } = await launch();
  await unlock(page, license.passphrase);
  await expect.poll(() => headings(page)).toEqual(["Voiles1 of 2 · 12 sec left", "1 Knots1 of 3 · 24 sec left"]);
  await page.keyboard.press("/");
  await page.keyboard.type("hissez");
  await page.getByText("1 video", { exact: true }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("i");
  await page.getByRole("dialog", { name: "1 Main" }).getByText("Hissez-la d’abord.").waitFor();
  await close();
});
