import type { RingDetails, UpdatesView, UpdateStage } from "../../../src-shared/ipc/index.ts";
import type { BuildId, Version } from "../../../src-shared/updates/index.ts";

/** An app that has a feed and has not checked for updates yet. */
export const UPDATES: UpdatesView = {
  ring: "ga",
  now: { stage: "idle" },
  checked: null,
  outcome: null,
  onStick: false,
  details: null,
};

export const VERSION_BACK = "1.9.4" as Version;

export const UPDATE: Extract<UpdateStage, { stage: "ready" }>["offer"] = {
  version: "2.0.0" as Version,
  move: "forward",
  critical: false,
  from: "web",
  notes: {
    fr: "Les chapitres s\u2019ouvrent d\u2019un clic.\nLa recherche ignore les accents.\nUne cl\u00e9 d\u00e9branch\u00e9e reprend toute seule.",
    en: "Chapters open with one click.\nSearch ignores accents.\nA stick that was pulled goes on by itself.",
  },
};

/** With the longest possible values. */
export const RING_DETAILS: RingDetails = {
  build: "2.0.0-860f0539c63f" as BuildId,
  kind: "forward",
  basisPoints: 1250,
  issued: 1_790_000_000,
  generation: 2,
  seq: 1204,
  buildFloor: 7,
  halted: "1.9.9-4a7cf1b0d2e3" as BuildId,
};
