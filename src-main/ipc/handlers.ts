import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { codeOf, writeFileAtomic } from "../../src-shared/node/atomic-files.ts";
import { textOfFile } from "../../src-shared/encoding/text.ts";
import type { CallOutput, SettingsChange, Snapshot } from "../../src-shared/ipc/index.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { err, ok } from "../../src-shared/result.ts";
import { DEFAULT_VIEWING, type ViewingChange } from "../../src-shared/viewing.ts";
import type { ContentPacks } from "../content-pack/index.ts";
import type { UnexpectedErrors } from "../errors/index.ts";
import type { Feedback } from "../feedback/index.ts";
import type { LicenseStore } from "../license/index.ts";
import type { LicenseOffers } from "../links/index.ts";
import type { VaultSession } from "../session/index.ts";
import type { SettingsStore } from "../settings/index.ts";
import type { Updates } from "../updates/index.ts";
import type { Handlers } from "./router.ts";

/** The dialogs of the system. `undefined`: the person closed the dialog. */
export type Dialogs = {
  readonly chooseFolder: () => Promise<string | undefined>;
  readonly chooseLicense: () => Promise<string | undefined>;
  readonly choosePack: () => Promise<string | undefined>;
  readonly chooseTarget: (suggestedName: string) => Promise<string | undefined>;
};

export type HandlerPorts = {
  readonly session: VaultSession;
  readonly settings: SettingsStore;
  readonly dialogs: Dialogs;
  readonly offers: LicenseOffers;
  readonly packs: ContentPacks;
  readonly proofs: LicenseStore["proofs"];
  /** What support needs to know, as text. */
  readonly diagnostics: () => Promise<string>;
  /** Copies a text to the system's clipboard. */
  readonly copy: (text: string) => Promise<void>;
  readonly updates: Pick<Updates, "check" | "install"> | undefined;
  readonly telemetry: {
    readonly answer: (given: boolean) => ReturnType<Handlers["telemetry.consent"]>;
    readonly preview: () => Promise<CallOutput<"telemetry.preview">>;
    readonly health: () => Promise<CallOutput<"telemetry.health">>;
  };
  readonly feedback: Pick<Feedback, "answer" | "draft" | "report">;
  readonly snapshot: () => Snapshot;
  readonly errors: Pick<UnexpectedErrors, "recordReport">;
  /** A folder that was opened by hand is watched from then on. */
  readonly watchFolder: (root: string) => void;
  readonly settingsChanged: () => void;
};

export function createHandlers({ session, settings, dialogs, ...ports }: HandlerPorts): Handlers {
  return {
    "app.snapshot": async () => ok(ports.snapshot()),
    "app.report-fault": async ({ source, report }) => {
      ports.errors.recordReport(source, report);
      return ok(undefined);
    },
    "vault.open-folder": async () => {
      const root = await dialogs.chooseFolder();
      if (root === undefined) return err("CANCELLED");
      ports.watchFolder(root);
      return session.openFolder(root);
    },
    "vault.choose": ({ id }) => session.choose(id),
    "vault.close": async () => {
      await ports.packs.stop();
      await session.close();
      return ok(undefined);
    },
    "license.import": ({ text }) => session.importLicense(text),
    "license.choose-file": async () => {
      const path = await dialogs.chooseLicense();
      if (path === undefined) return err("CANCELLED");
      const bytes = await readSmallFile(path, MAX_ARMORED_CHARS);
      return bytes ? session.importLicense(textOfFile(bytes)) : err("MALFORMED");
    },
    "license.accept-offer": ({ offerId }) => ports.offers.accept(offerId),
    "license.decline-offer": async ({ offerId }) => {
      ports.offers.decline(offerId);
      return ok(undefined);
    },
    "license.overview": () => session.overview(),
    "license.return": (name) => session.returnLicense(name),
    "license.save-proof": async ({ licenseId, seq }) => {
      const proof = (await ports.proofs()).find((one) => one.licenseId === licenseId && one.seq === seq);
      if (!proof) return err("NOT_RETURNED");
      const path = await dialogs.chooseTarget(`return-${seq}.uvvret`);
      return path === undefined ? err("CANCELLED") : writeText(path, proof.text);
    },
    "license.unlock": ({ passphrase }) => session.unlock(passphrase),
    "license.retry": async () => {
      await session.retry();
      return ok(undefined);
    },
    "license.request": () => session.request(),
    "license.save-request": async () => {
      const request = await session.request();
      if (!request.ok) return request;
      const path = await dialogs.chooseTarget("activation.uvvreq");
      return path === undefined ? err("CANCELLED") : writeText(path, request.value.text);
    },
    "pack.choose-file": async () => {
      const path = await dialogs.choosePack();
      if (path === undefined) return err("CANCELLED");
      await ports.packs.receive(path);
      return ok(undefined);
    },
    "pack.accept": async ({ id }) => {
      void ports.packs.accept(id);
      return ok(undefined);
    },
    "pack.dismiss": async ({ id }) => {
      ports.packs.dismiss(id);
      return ok(undefined);
    },
    "catalog.list": () => session.list(),
    "catalog.mark": ({ videoId, finished }) => session.mark(videoId, finished),
    "viewing.get": async () => {
      const kept = session.viewing();
      if (!kept.ok) return kept;
      const { volume, muted, soundLanguage } = settings.settings();
      return ok({ ...DEFAULT_VIEWING, volume, muted, soundLanguage, ...kept.value });
    },
    "viewing.change": async (change) => {
      const written = await session.changeViewing(change);
      const forNext = soundOf(change);
      // A vault that is new begins as loud as the one before.
      if (Object.keys(forNext).length > 0) await settings.change(forNext);
      return written;
    },
    "viewing.save-bookmarks": async () => {
      const text = session.bookmarks();
      if (!text.ok) return text;
      const path = await dialogs.chooseTarget("bookmarks.txt");
      return path === undefined ? err("CANCELLED") : writeText(path, text.value);
    },
    "player.open": ({ videoId }) => session.openVideo(videoId),
    "player.progress": async ({ videoId, positionSeconds }) => {
      await session.progress(videoId, positionSeconds);
      return ok(undefined);
    },
    "player.close": async () => {
      await session.closeVideo();
      return ok(undefined);
    },
    "diagnostics.copy": async () => {
      const text = await ports.diagnostics();
      await ports.copy(text);
      return ok({ text });
    },
    "updates.check": async ({ from }) => {
      void ports.updates?.check(from, "by-hand");
      return ok(undefined);
    },
    "updates.install": async () => {
      void ports.updates?.install();
      return ok(undefined);
    },
    "telemetry.consent": ({ given }) => ports.telemetry.answer(given),
    "telemetry.preview": async () => ok(await ports.telemetry.preview()),
    "telemetry.health": async () => ok(await ports.telemetry.health()),
    "feedback.answer": (opinion) => ports.feedback.answer(opinion),
    "problem.draft": async () => ok({ text: await ports.feedback.draft() }),
    "problem.report": (report) => ports.feedback.report(report),
    "settings.change": async (changes) => {
      const written = await settings.change(changes);
      ports.settingsChanged();
      return written;
    },
  };
}

function soundOf({ volume, muted, soundLanguage }: ViewingChange): SettingsChange {
  return {
    ...(volume === undefined ? {} : { volume }),
    ...(muted === undefined ? {} : { muted }),
    ...(soundLanguage === undefined ? {} : { soundLanguage }),
  };
}

async function writeText(path: string, text: string) {
  try {
    await writeFileAtomic(path, text);
    return ok(undefined);
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return err("NOT_WRITTEN" as const);
  }
}
