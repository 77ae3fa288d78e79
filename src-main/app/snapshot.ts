import { app } from "electron";
import type { Snapshot } from "../../src-shared/ipc/index.ts";
import { bestLanguage } from "../../src-shared/languages.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { ContentPacks } from "../content-pack/index.ts";
import type { Feedback } from "../feedback/index.ts";
import type { LicenseOffers } from "../links/index.ts";
import type { VaultSession } from "../session/index.ts";
import type { SettingsStore } from "../settings/index.ts";
import type { Updates } from "../updates/index.ts";
import type { AppErrors } from "./errors.ts";
import type { AppTelemetry } from "./telemetry.ts";

export type SnapshotPorts = {
  readonly session: Pick<VaultSession, "screen" | "sticks">;
  readonly settings: SettingsStore;
  readonly offers: Pick<LicenseOffers, "view">;
  readonly packs: Pick<ContentPacks, "view">;
  readonly updates: Pick<Updates, "view"> | undefined;
  readonly telemetry: Pick<AppTelemetry, "view">;
  readonly feedback: Pick<Feedback, "due">;
  readonly errors: Pick<AppErrors, "notices">;
  readonly now: () => UnixSeconds;
};

/** Everything the window shows, in its current state. */
export function takeSnapshot(ports: SnapshotPorts): Snapshot {
  const settings = ports.settings.settings();
  return {
    screen: ports.session.screen(),
    sticks: [...ports.session.sticks()],
    recent: [...ports.settings.recent()],
    settings,
    offer: ports.offers.view(),
    pack: ports.packs.view(),
    now: ports.now(),
    language: settings.language === "system" ? bestLanguage([app.getLocale()]) : settings.language,
    version: app.getVersion(),
    updates: ports.updates?.view() ?? null,
    telemetry: { ...ports.telemetry.view(), survey: ports.feedback.due() ?? null },
    unexpected: ports.errors.notices(),
    support: BUILD_PROFILE.support,
  };
}
