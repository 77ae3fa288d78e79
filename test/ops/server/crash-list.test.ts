import { expect, it } from "vitest";
import { crashList } from "../../../src-ops/server/console/report-lists.ts";
import { viewerOf } from "../../../src-ops/server/console/viewer.ts";
import type { RingView } from "../../../src-ops/server/console/view.ts";

const ANN = { name: "ann", role: "manager" } as const;

it.each([
  [
    "en",
    "the window, ran out of memory: 3 times on 2 computers",
    "graphics, was ended from outside: 1 time on 1 computer",
  ],
  [
    "fr",
    "la fenêtre, mémoire épuisée : 3 fois sur 2 ordinateurs",
    "l’affichage, arrêt de l’extérieur : 1 fois sur 1 ordinateur",
  ],
] as const)("the console groups crashes by process and cause, in %s", (language, ...expected) => {
  const crashes = [
    { process: "renderer", reason: "oom", count: 3, computers: 2 },
    { process: "gpu", reason: "killed", count: 1, computers: 1 },
  ] as const;
  const view = { ring: "ring0", crashes } as Pick<RingView, "ring" | "crashes"> as RingView;
  const shown = crashList(view, viewerOf(ANN, language))?.markup ?? "";
  const lines = [...shown.matchAll(/<li>([^<]*)<\/li>/g)].map(([, line = ""]) =>
    line.replaceAll(/[\u00a0\u202f]/g, " "),
  );
  expect(lines).toEqual(expected);
});
