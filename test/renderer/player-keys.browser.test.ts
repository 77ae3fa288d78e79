import type { Page } from "playwright";
import { beforeAll, expect, it } from "vitest";
import { keyLabel, PLAYER_KEYS, type PlayerCommand } from "../../src-renderer/features/player/player-keys.ts";
import { stepSpeed } from "../../src-renderer/features/player/speeds.ts";
import { createI18n } from "../../src-renderer/i18n/index.ts";
import { CATALOG } from "./harness/fake-content.ts";
import { harnessOfSuite } from "./harness/suite.ts";
import { pauseClip, startClip, untilSeeked, untilVideo, type Video, videoState } from "./harness/video-state.ts";

const open = harnessOfSuite();
beforeAll(async () => {
  await open.page.locator("[data-screen=no-stick]").waitFor();
  await open.runInHarness((harness, screen) => harness.screen(screen), CATALOG);
});

const audibleVolume = ({ muted, volume }: Video): number => (muted ? 0 : volume);

/** Waits until the effect of a command is visible. */
async function untilDone(page: Page, command: PlayerCommand, before: Video): Promise<void> {
  switch (command.do) {
    case "toggle-play":
      return untilVideo(page, (now) => now.paused !== before.paused);
    case "next":
    case "previous": {
      const there = command.do === "next" ? "L’été à l’Île-de-Bréhat" : "The harbour";
      await page.getByRole("heading", { name: there }).waitFor();
      return untilVideo(page, (now) => now.ready && !now.paused);
    }
    case "seek-to":
      return void (await untilSeeked(page, 30 * command.share));
    case "frame-step":
      // The clip has 25 pictures a second; the position is in the middle of one.
      return untilVideo(
        page,
        (now) => now.paused && !now.seeking && (now.seconds - before.seconds) * command.step > 0.01,
      );
    case "loop":
      return page.getByText(/^Repeat from 0:\d\d: A sets the end$/).waitFor();
    case "go-to":
    case "bookmark": {
      await page.getByRole("textbox").waitFor();
      await page.keyboard.press("Escape");
      return page.getByRole("textbox").waitFor({ state: "detached" });
    }
    case "queue":
      await page.getByRole("region", { name: "Queue" }).waitFor();
      await page.keyboard.press("Escape");
      return page.getByRole("region", { name: "Queue" }).waitFor({ state: "detached" });
    case "repeat":
      return page.getByText("Repeat: All").waitFor();
    case "seek-by":
      return void (await untilSeeked(page, before.seconds + command.seconds));
    case "volume-by": {
      const wanted = Math.min(1, Math.max(0, audibleVolume(before) + command.share));
      return untilVideo(page, (now) => Math.abs(audibleVolume(now) - wanted) < 0.001);
    }
    case "toggle-mute":
      return untilVideo(page, (now) => now.muted !== before.muted);
    case "toggle-subtitles":
      return page.getByText("Subtitles: English").waitFor();
    case "speed-step":
      return untilVideo(page, (now) => now.rate === stepSpeed(before.rate, command.step));
    case "toggle-fullscreen":
      await page.getByRole("button", { name: "Leave full screen" }).waitFor();
      await page.keyboard.press("f");
      return page.getByRole("button", { name: "Full screen", exact: true }).waitFor();
    case "help": {
      const texts = createI18n("en", "").messages.player;
      const shown = page.getByRole("dialog", { name: texts.help });
      await shown.waitFor();
      expect(await shown.locator("kbd").allTextContents()).toEqual(PLAYER_KEYS.map(({ key }) => keyLabel(key, texts)));
      expect(await shown.locator("dd").allTextContents()).toEqual([
        ...new Set(PLAYER_KEYS.map(({ help }) => texts.keyHelp[help])),
      ]);
      await page.keyboard.press("Escape");
      return shown.waitFor({ state: "detached" });
    }
    case "leave":
      return page.locator("[data-screen=catalog]").waitFor();
  }
}

it("does what each key of the table stands for, and shows each of them in the help", async () => {
  const { page } = open;
  await startClip(page);
  await pauseClip(page);
  for (const { key, command } of PLAYER_KEYS) {
    const before = await videoState(page);
    await page.keyboard.press(key);
    await untilDone(page, command, before);
  }
});
