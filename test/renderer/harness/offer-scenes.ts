import type { PackView } from "../../../src-shared/ipc/index.ts";
import { BAD_OFFER, CATALOG, LOCKED, OFFER, PACK } from "./fake-content.ts";
import type { OpenHarness } from "./launch-harness.ts";

async function showPack(open: OpenHarness, pack: PackView): Promise<void> {
  await open.runInHarness((harness, next) => harness.change({ pack: next }), pack);
  await open.page.getByRole("dialog").waitFor();
}

/** What arrives from outside, and waits for a yes or no: licenses and content packs. */
export const OFFER_SCENES = {
  "license offered": async (open: OpenHarness) => {
    await open.runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await open.runInHarness((harness, offer) => harness.change({ offer }), OFFER);
    await open.page.getByRole("dialog").waitFor();
  },
  "license offered without a stick": async (open: OpenHarness) => {
    await open.runInHarness((harness, offer) => harness.change({ offer }), OFFER);
    await open.page.getByRole("dialog").waitFor();
  },
  "license offered, not genuine": async (open: OpenHarness) => {
    await open.runInHarness((harness, screen) => harness.screen(screen), LOCKED);
    await open.runInHarness((harness, offer) => harness.change({ offer }), BAD_OFFER);
    await open.page.getByRole("dialog").waitFor();
  },
  "content pack offered": async (open: OpenHarness) => {
    await open.runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await showPack(open, PACK);
  },
  "content pack being written": async (open: OpenHarness) => {
    await open.runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await showPack(open, { ...PACK, stage: "writing", written: 150_000_000 });
  },
  "content pack written": async (open: OpenHarness) => {
    await open.runInHarness((harness, screen) => harness.screen(screen), CATALOG);
    await showPack(open, { ...PACK, stage: "done", written: PACK.bytes });
  },
  "content pack refused": async (open: OpenHarness) => {
    await showPack(open, { ...PACK, stage: "refused", problem: "PACK_TRUNCATED" });
  },
};
