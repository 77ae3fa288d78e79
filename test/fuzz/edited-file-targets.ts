import { parseServerConfiguration } from "../../src-ops/cli/server-arguments.ts";
import { DEFAULT_VIEWING, parseViewing } from "../../src-shared/viewing.ts";
import { parseTime } from "../../src-renderer/features/player/parse-time.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../build/electron-runtime.ts";
import { parsePolicy } from "../../src-ops/gates/policy.ts";
import { parseSigners } from "../../src-ops/feed/signers.ts";
import { EDIT_PLAN_FORMAT, PACK_PLAN_FORMAT, parseEditPlan, parsePackPlan } from "../../src-ops/packing/plan-file.ts";
import { parseHistory } from "../../src-main/history/watch-history.ts";
import { utf8 } from "../../src-shared/encoding/text.ts";

const film = { file: "1/knots.mp4", title: "Knots", description: "Eight.\nOr nine.", poster: "1/knots.jpg" };
const subtitles = [{ file: "1/knots.fr.vtt", language: "fr", kind: "sdh" }];
const packPlan = {
  format: PACK_PLAN_FORMAT,
  folder: "lessons",
  videos: [{ file: "welcome.mp4" }],
  sections: [{ title: "1", description: "", videos: [{ ...film, subtitles, chapters: "1/knots.chapters.vtt" }] }],
};
const editPlan = {
  format: EDIT_PLAN_FORMAT,
  videos: [{ id: "a".repeat(26), title: "Welcome" }],
  sections: [{ title: "1", videos: [{ id: "b".repeat(26), title: "Knots", description: "Eight." }] }],
};

const asJson = (value: object) => [utf8(JSON.stringify(value))];

const viewing = {
  ...DEFAULT_VIEWING,
  subtitles: { shown: true, language: "fr", kind: "sdh" },
  queue: ["a".repeat(26)],
  playlists: [{ id: 1, name: "Le soir", videoIds: ["a".repeat(26), "b".repeat(26)] }],
  bookmarks: [{ videoId: "a".repeat(26), seconds: 12.5, note: "Encore" }],
};

/** Parsers of files that vaultctl or the app writes and people may edit. */
export const EDITED_FILE_TARGETS = [
  {
    name: "policy",
    run: parsePolicy,
    seeds: [readFileSync(join(projectRoot, "src-ops", "gates", "ring-policy.json"))],
  },
  {
    name: "server-configuration",
    run: parseServerConfiguration,
    seeds: asJson({ port: 8787, data: "/srv/rings", "halt-keys": ["/srv/keys"] }),
  },
  { name: "pack-plan", run: parsePackPlan, seeds: asJson(packPlan) },
  { name: "edit-plan", run: parseEditPlan, seeds: asJson(editPlan) },
  {
    name: "typed-time",
    run: (bytes: Uint8Array) => parseTime(new TextDecoder().decode(bytes)),
    seeds: [utf8("1:02:03")],
  },
  { name: "viewing", run: parseViewing, seeds: asJson(viewing) },
  {
    name: "watch-history",
    run: parseHistory,
    seeds: asJson({ ["a".repeat(26)]: { positionSeconds: 12.5, at: 1_767_225_600, finished: false } }),
  },
  {
    name: "signers",
    run: parseSigners,
    seeds: asJson({ v: 1, signers: [{ name: "ann", keys: [{ keyid: "0".repeat(64), role: "ga" }] }] }),
  },
];
