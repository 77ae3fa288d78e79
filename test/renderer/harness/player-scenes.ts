import { CATALOG, videoId } from "./fake-content.ts";
import type { OpenHarness } from "./launch-harness.ts";
import { press, show, showCourse, type Step } from "./scene-steps.ts";

/** Opens the clip, whose card may have to be scrolled into the page first. */
async function pickClip(open: OpenHarness): Promise<void> {
  await show(open, CATALOG);
  await open.page.getByRole("searchbox").fill("harbour");
  await open.page
    .getByRole("gridcell", { name: /^The harbour 30/ })
    .locator("[data-card]")
    .click();
}

async function play(open: OpenHarness): Promise<void> {
  await pickClip(open);
  await open.page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 2);
  await open.page.keyboard.press("k");
  await open.page.waitForFunction(() => document.querySelector("video")?.paused);
}

/** Opens the first lesson of the course. */
export async function playLesson(open: OpenHarness): Promise<void> {
  await showCourse(open);
  await open.page.getByRole("gridcell").first().locator("[data-card]").click();
  await open.page.waitForFunction(() => (document.querySelector("video")?.readyState ?? 0) >= 2);
}

export async function playToEnd({ page }: OpenHarness): Promise<void> {
  await page.locator("video").evaluate((element: HTMLVideoElement) => {
    element.currentTime = element.duration - 0.5;
  });
  await page.waitForFunction(() => document.querySelector("video")?.ended === true);
}

export const PLAYER_SCENES = {
  player: play,
  "player, the next lesson announced": async (open) => {
    await playLesson(open);
    await playToEnd(open);
    await open.page.locator("[data-up-next]").waitFor();
  },
  "player menu": async (open, labels) => {
    await play(open);
    await press(open, labels.speed);
    await open.page.getByRole("menu").waitFor();
  },
  "player, bookmarks": async (open, labels) => {
    const note = "La main passe dessous, comme on le voit au ralenti à la fin de la leçon";
    await open.runInHarness((harness, kept) => harness.viewing(kept), {
      bookmarks: [
        { videoId: videoId(0), seconds: 4, note: "" },
        { videoId: videoId(0), seconds: 18, note },
      ],
    });
    await play(open);
    await open.page.keyboard.press("3");
    await open.page.keyboard.press("a");
    await open.page.keyboard.press("5");
    await open.page.waitForFunction(() => document.querySelector("video")?.currentTime === 15);
    await open.page.keyboard.press("a");
    await press(open, labels.bookmarks);
    await open.page.getByRole("dialog").waitFor();
  },
  "player, a note": async (open) => {
    await play(open);
    await open.page.keyboard.press("b");
    await open.page.getByRole("textbox").waitFor();
  },
  "player, the queue": async (open) => {
    await open.runInHarness((harness, kept) => harness.viewing(kept), {
      queue: [videoId(3), videoId(1), "gone".padEnd(26, "a"), videoId(7)],
    });
    await playLesson(open);
    await open.page.keyboard.press("k");
    await open.page.keyboard.press("q");
    await open.page.getByRole("region").last().waitFor();
  },
  "my lists, empty": async (open, labels) => {
    await showCourse(open);
    await press(open, labels.more);
    await open.page.getByRole("menuitem", { name: labels.lists }).click();
    await open.page.locator("[data-screen=lists]").waitFor();
  },
  "my lists": async (open, labels) => {
    await open.runInHarness((harness, kept) => harness.viewing(kept), {
      playlists: [
        { id: 1, name: "Le soir", videoIds: [videoId(2), videoId(4), "gone".padEnd(26, "a"), videoId(0), videoId(13)] },
        { id: 2, name: "For the crossing, with a name that is as long as names can be", videoIds: [] },
      ],
    });
    await showCourse(open);
    await press(open, labels.more);
    await open.page.getByRole("menuitem", { name: labels.lists }).click();
    await open.page.locator("[data-row]").first().waitFor();
  },
  "player, sound and subtitles": async (open, labels) => {
    await play(open);
    await open.runInHarness((harness) => harness.settings({ subtitleSize: "huge", subtitleBackground: "none" }));
    await open.page.keyboard.press("c");
    await press(open, labels.subtitles);
    await open.page.getByRole("dialog").waitFor();
  },
  "player help": async (open) => {
    await play(open);
    await open.page.keyboard.press("?");
    await open.page.getByRole("dialog").waitFor();
  },
  "player, stick pulled": async (open) => {
    await play(open);
    await open.runInHarness(
      (harness, id) => harness.emit("player.fault", { videoId: id, code: "REMOVED" }),
      videoId(0),
    );
    await open.page.locator("[data-code=REMOVED]").waitFor();
  },
  "player refused": async (open) => {
    await open.runInHarness((harness) => harness.refuse("player.open", "DAMAGED"));
    await pickClip(open);
    await open.page.locator("[data-code=DAMAGED]").waitFor();
  },
} satisfies { readonly [scene: string]: Step };
