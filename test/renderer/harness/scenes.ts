import type { Settings, TelemetryView, UpdatesView } from "../../../src-shared/ipc/index.ts";
import type { Language } from "../../../src-shared/languages.ts";
import { after, CATALOG, IN_USE, LOCKED, NO_STICK, OTHERS, STICK, STICKS } from "./fake-content.ts";
import { RING_DETAILS, UPDATE, UPDATES, VERSION_BACK } from "./fake-updates.ts";
import type { OpenHarness } from "./launch-harness.ts";
import { OFFER_SCENES } from "./offer-scenes.ts";
import { PLAYER_SCENES } from "./player-scenes.ts";
import { press, show, showCourse, type Step } from "./scene-steps.ts";
import { LABELS, type Labels } from "./scene-labels.ts";

/** Opens the settings of an app with a feed, in this state of its updates. */
async function showUpdates(open: OpenHarness, labels: Labels, updates: Partial<UpdatesView>): Promise<void> {
  await show(open, NO_STICK);
  await open.runInHarness((harness, next) => harness.change({ updates: next }), { ...UPDATES, ...updates });
  await press(open, labels.settings);
  await open.page.locator("section[data-stage]").scrollIntoViewIfNeeded();
}

/** Three sticks are plugged in; this one is on the screen. */
async function plugIn(open: OpenHarness, screen: unknown, current: number | null): Promise<void> {
  const sticks = STICKS.map((stick) => ({ ...stick, current: stick.id === current }));
  await open.runInHarness((harness, next) => harness.change({ sticks: next }), sticks);
  await show(open, screen);
}

/** Pastes a text into the page, as if copied from a mail program. */
export async function paste({ page }: OpenHarness, license: string): Promise<void> {
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, license);
}

async function openLicense(open: OpenHarness, labels: Labels): Promise<void> {
  await press(open, labels.more);
  await open.page.getByRole("menuitem", { name: labels.license }).click();
  await open.page.locator("[data-screen=license] [data-code]").first().waitFor();
}

async function invite(open: OpenHarness, telemetry: Partial<TelemetryView>): Promise<void> {
  const view: TelemetryView = { consent: "unasked", invitation: null, erasure: "none", survey: null, ...telemetry };
  await open.runInHarness((harness, next) => harness.change({ telemetry: next }), view);
}

async function at(open: OpenHarness, days: number): Promise<void> {
  await open.runInHarness((harness, now) => harness.change({ now }), after(days));
}

const steps = {
  "no stick": (open) => open.runInHarness((harness, stick) => harness.change({ recent: [stick] }), STICK),
  "no stick, a folder refused": (open) => show(open, { ...NO_STICK, problem: "INCOMPLETE" }),
  "stick just ejected": async (open, labels) => {
    await show(open, CATALOG);
    await press(open, labels.eject);
  },
  "license missing": (open) => show(open, LOCKED),
  "license expired, request made": async (open, labels) => {
    await show(open, { ...LOCKED, refusal: { code: "EXPIRED", date: 1_790_000_000 } });
    await press(open, labels.request);
    await open.page.getByRole("textbox").waitFor();
  },
  "passphrase asked": (open) => show(open, { ...LOCKED, refusal: null, passphrase: true }),
  catalog: async (open) => {
    await show(open, CATALOG);
    await open.page.getByRole("grid").waitFor();
  },
  "catalog, a course": async (open) => {
    await showCourse(open);
  },
  "catalog, the page of a lesson": async (open) => {
    await showCourse(open);
    await open.page.keyboard.press("/");
    for (const key of ["ArrowDown", "ArrowRight", "i"]) await open.page.keyboard.press(key);
    await open.page.getByRole("dialog").waitFor();
  },
  "catalog in grace, stick away, video not included": async (open) => {
    const license = { ...CATALOG.license, code: "GRACE", graceDaysLeft: 3 };
    await show(open, { ...CATALOG, present: false, license });
    await open.page.getByRole("searchbox").fill("keepers");
    await open.page
      .locator("[role=gridcell] [data-card]")
      .filter({ hasText: /Not included|Non incluse/ })
      .first()
      .click();
  },
  "catalog menu": async (open, labels) => {
    await show(open, CATALOG);
    await press(open, labels.more);
    await open.page.getByRole("menu").waitFor();
  },
  "sticks, none chosen": (open) => plugIn(open, NO_STICK, null),
  "sticks, one without a license": (open) => plugIn(open, LOCKED, 2),
  "sticks, the menu": async (open) => {
    await plugIn(open, CATALOG, 1);
    await open.page.getByRole("button", { name: STICK.label }).click();
    await open.page.getByRole("menu").waitFor();
  },
  "catalog, the license ends soon": async (open) => {
    await at(open, 358);
    await show(open, CATALOG);
    await open.page.getByRole("grid").waitFor();
  },
  "catalog, a renewal refused": async (open) => {
    await open.runInHarness((harness) => harness.refuse("license.import", "ROLLED_BACK"));
    await show(open, CATALOG);
    await paste(open, "an older license");
    await open.page.locator("[data-code=ROLLED_BACK]").waitFor();
  },
  license: async (open, labels) => {
    await at(open, 118);
    await show(open, CATALOG);
    await openLicense(open, labels);
  },
  "licenses, several": async (open, labels) => {
    await open.runInHarness((harness, entries) => harness.licenses(entries), [IN_USE, ...OTHERS]);
    await at(open, 340);
    await show(open, CATALOG);
    await openLicense(open, labels);
    await open.page.locator("summary").first().click();
  },
  "license in grace, renewal refused": async (open, labels) => {
    const entry = { ...IN_USE, code: "GRACE" as const };
    await open.runInHarness((harness, one) => harness.licenses([one]), entry);
    await open.runInHarness((harness) => harness.refuse("license.import", "ROLLED_BACK"));
    await at(open, 372);
    await show(open, { ...CATALOG, license: { ...CATALOG.license, code: "GRACE", graceDaysLeft: 7 } });
    await openLicense(open, labels);
    await paste(open, "an older license");
    await open.page.locator("[data-code=ROLLED_BACK]").waitFor();
  },
  "licenses on a locked stick": async (open, labels) => {
    await open.runInHarness((harness, entries) => harness.licenses(entries.slice(1)), OTHERS);
    await show(open, { ...LOCKED, refusal: { code: "EXPIRED", date: after(-20) } });
    await press(open, labels.yours);
    await open.page.locator("[data-screen=license] [data-code]").first().waitFor();
  },
  "license, diagnostics copied": async (open, labels) => {
    await show(open, CATALOG);
    await openLicense(open, labels);
    await press(open, labels.diagnostics);
    await open.page.getByText(labels.show).click();
    await open.page.locator("pre").waitFor();
  },
  "license, returning": async (open, labels) => {
    await show(open, CATALOG);
    await openLicense(open, labels);
    await press(open, labels.returnLicense);
    await open.page.getByRole("dialog").waitFor();
  },
  "license returned": async (open, labels) => {
    await show(open, CATALOG);
    await openLicense(open, labels);
    await press(open, labels.returnLicense);
    await press(open, labels.confirm);
    await open.page.getByRole("textbox").waitFor();
  },
  ...OFFER_SCENES,
  ...PLAYER_SCENES,
  settings: async (open, labels) => {
    await show(open, NO_STICK);
    await press(open, labels.settings);
  },
  "updates, up to date": (open, labels) =>
    showUpdates(open, labels, { outcome: { kind: "current" }, checked: 1_790_000_000 }),
  "updates, fetching": (open, labels) =>
    showUpdates(open, labels, { now: { stage: "downloading", offer: UPDATE, received: 31e6, total: 98e6 } }),
  "updates, ready, for staff, with a stick": async (open, labels) => {
    const now = { stage: "ready", offer: { ...UPDATE, critical: true }, installable: true } as const;
    await showUpdates(open, labels, { ring: "ring0", now, onStick: true, details: RING_DETAILS });
    for (const summary of await open.page.locator("section[data-stage] summary").all()) await summary.click();
  },
  "updates, a step back": (open, labels) =>
    showUpdates(open, labels, {
      now: { stage: "ready", offer: { ...UPDATE, version: VERSION_BACK, move: "rollback" }, installable: true },
    }),
  "updates, halted": (open, labels) =>
    showUpdates(open, labels, {
      outcome: { kind: "hold", reason: "HALTED", version: null, words: "Plante au démarrage" },
    }),
  "updates, a problem": (open, labels) =>
    showUpdates(open, labels, { outcome: { kind: "problem", code: "METADATA_REPLAYED" }, checked: 1_790_000_000 }),
  "updates, waiting for another installation": (open, labels) =>
    showUpdates(open, labels, { now: { stage: "installing", offer: UPDATE, isWaiting: true } }),
  "updates, a sign-in": (open, labels) =>
    showUpdates(open, labels, { outcome: { kind: "problem", code: "SIGN_IN_NEEDED" } }),
  "updates, an older copy": (open, labels) =>
    showUpdates(open, labels, { outcome: { kind: "problem", code: "OLDER_COPY" } }),
  "updates, by hand": (open, labels) =>
    showUpdates(open, labels, { now: { stage: "ready", offer: UPDATE, installable: false } }),
  "licenses of others": async (open, labels) => {
    await show(open, NO_STICK);
    await press(open, labels.settings);
    await press(open, labels.notices);
    await open.page.getByRole("dialog").getByRole("group").first().waitFor();
  },
  "consent asked, with what is sent": async (open, labels) => {
    await show(open, CATALOG);
    await invite(open, { invitation: "ring1" });
    await open.page.getByRole("dialog").waitFor();
    await press(open, labels.sent);
    await open.page.locator("[data-part=file]").waitFor();
  },
  "settings of staff, consent taken back": async (open, labels) => {
    await show(open, NO_STICK);
    await invite(open, { consent: "refused", invitation: "ring0", erasure: "waiting" });
    await press(open, labels.settings);
    await open.page.locator("[data-health]").waitFor();
  },
  "opinion asked": async (open) => {
    await show(open, CATALOG);
    await invite(open, { consent: "given", invitation: "ring1", survey: "update" });
    await open.page.locator("summary").click();
    await open.page.getByRole("radio", { name: "9" }).press("Space");
  },
  "problem reported": async (open, labels) => {
    await show(open, NO_STICK);
    await invite(open, { consent: "given" });
    await press(open, labels.settings);
    await press(open, labels.report);
    await open.page.getByRole("dialog").getByRole("textbox").first().fill("No sound");
    await press(open, labels.send);
    await open.page.locator("[data-ticket]").waitFor();
  },
} satisfies { readonly [scene: string]: Step };

export type Scene = keyof typeof steps;
export const SCENES = Object.keys(steps) as Scene[];

type Look = Pick<Settings, "appearance"> & { readonly language: Language };

/** Reloads the page and navigates to a scene, as a user would. */
export async function reach(open: OpenHarness, scene: Scene, settings: Look): Promise<void> {
  await open.page.setViewportSize({ width: 1280, height: 800 });
  await open.page.reload();
  await open.page.locator("[data-screen]").waitFor();
  await change(open, settings);
  await steps[scene](open, LABELS[settings.language]);
  await untilStill(open);
}

/** Changes the appearance and the language of the scene that is shown. */
export async function change(open: OpenHarness, settings: Look): Promise<void> {
  await open.runInHarness((harness, next) => harness.settings(next), settings);
  await open.page.locator(`html[lang=${settings.language}]`).waitFor();
  await untilStill(open);
}

/** Enlarges the text of the screen that is shown, in the smallest window, until the next scene. */
export async function enlarge(open: OpenHarness, percent: number): Promise<void> {
  await open.page.setViewportSize({ width: 960, height: 640 });
  await open.page.evaluate((size) => {
    document.documentElement.style.fontSize = `${size}%`;
  }, percent);
  await untilStill(open);
}

/** Waits for animations, also for those that begin when others end: a half-transparent menu has another contrast. */
export async function untilStill(open: OpenHarness): Promise<void> {
  await open.page.evaluate(async () => {
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const running = () =>
      document
        .getAnimations()
        .filter((one) => one.playState === "running" && one.effect?.getComputedTiming().endTime !== Infinity);
    do {
      await Promise.allSettled(running().map((one) => one.finished));
      // What React draws next begins one frame later.
      await nextFrame();
      await nextFrame();
    } while (running().length > 0);
  });
}
