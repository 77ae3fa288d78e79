import * as v from "valibot";
import { RandomId } from "../ids.ts";
import { PositiveInteger } from "../integers.ts";
import { REFUSAL_CODES } from "../license/index.ts";
import { MAX_ARMORED_CHARS, MAX_PASSPHRASE_CHARS } from "../limits.ts";
import { LicenseFacts, LicenseOffer, LicenseOverview } from "./license-views.ts";
import { ProblemReport, Opinion, Ticket } from "../feedback/index.ts";
import { ErrorReport, PAGE_ERROR_SOURCES } from "../unexpected-error.ts";
import { Viewing, ViewingChange } from "../viewing.ts";
import { PackView } from "./pack-view.ts";
import { HealthView, TelemetryPart } from "./telemetry-views.ts";
import {
  CatalogView,
  LicenseView,
  Playback,
  PLAYBACK_FAULTS,
  SettingsChange,
  Snapshot,
  VAULT_PROBLEMS,
} from "./views.ts";

type Schema = v.GenericSchema;
type Call<In extends Schema, Out extends Schema, Code extends string> = { in: In; out: Out; errors: readonly Code[] };

function call<In extends Schema, Out extends Schema, const Code extends string = never>(shape: {
  in: In;
  out: Out;
  errors?: readonly Code[];
}): Call<In, Out, Code> {
  return { in: shape.in, out: shape.out, errors: shape.errors ?? [] };
}

const Nothing = v.undefined();
const Text = v.pipe(v.string(), v.maxLength(MAX_ARMORED_CHARS));

const LicenseName = v.object({ licenseId: RandomId, seq: LicenseFacts.entries.seq });
const OfferId = LicenseOffer.entries.id;

/** Every request that the renderer can make. Both ends derive their types from this one value. */
export const calls = {
  "app.snapshot": call({ in: Nothing, out: Snapshot }),
  /** An unexpected error of the page, without its message. */
  "app.report-fault": call({
    in: v.object({ source: v.picklist(PAGE_ERROR_SOURCES), report: ErrorReport }),
    out: Nothing,
  }),

  /** Opens the system's folder dialog and opens the vault in the chosen folder. */
  "vault.open-folder": call({ in: Nothing, out: Nothing, errors: ["CANCELLED", ...VAULT_PROBLEMS] }),
  /** Opens another of the sticks that are plugged in. */
  "vault.choose": call({ in: v.object({ id: PositiveInteger }), out: Nothing, errors: VAULT_PROBLEMS }),
  /** "Eject safely": closes every handle and forgets the keys. */
  "vault.close": call({ in: Nothing, out: Nothing }),

  /**
   * Imports a license as text (dropped or pasted). It is saved only if the verdict on it is good. The response says
   * what happened to the vault: the license that opens it, `null` if a passphrase is needed, or why it stays locked.
   */
  "license.import": call({ in: v.object({ text: Text }), out: v.nullable(LicenseView), errors: REFUSAL_CODES }),
  /** The same with the system's file dialog. */
  "license.choose-file": call({ in: Nothing, out: v.nullable(LicenseView), errors: ["CANCELLED", ...REFUSAL_CODES] }),
  /** Imports the license that was offered under this number, like `license.import`. */
  "license.accept-offer": call({
    in: v.object({ offerId: OfferId }),
    out: v.nullable(LicenseView),
    errors: ["OFFER_GONE", "LINKS_OFF", ...REFUSAL_CODES],
  }),
  "license.decline-offer": call({ in: v.object({ offerId: OfferId }), out: Nothing }),
  "license.overview": call({ in: Nothing, out: LicenseOverview, errors: ["NO_VAULT"] }),
  /** Permanently takes a license for this computer out of use, and makes the proof of the return. */
  "license.return": call({
    in: LicenseName,
    out: Nothing,
    errors: [
      "NO_VAULT",
      "NOT_RETURNABLE",
      "STORE_LOCKED",
      "STORE_NONE",
      "STATE_LOST",
      "STATE_NOT_WRITTEN",
      "PROOF_NOT_WRITTEN",
    ],
  }),
  /** Writes the proof of a return to the file chosen in the system's save dialog. */
  "license.save-proof": call({ in: LicenseName, out: Nothing, errors: ["CANCELLED", "NOT_RETURNED", "NOT_WRITTEN"] }),
  "license.unlock": call({
    in: v.object({ passphrase: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_PASSPHRASE_CHARS)) }),
    out: LicenseView,
    errors: REFUSAL_CODES,
  }),
  /** Judges the available licenses again: after the keychain was unlocked, or the clock was set. */
  "license.retry": call({ in: Nothing, out: Nothing }),
  /** The activation request of this computer for this stick, as armoured text. */
  "license.request": call({
    in: Nothing,
    out: v.object({ text: v.string() }),
    errors: ["NO_VAULT", "STORE_LOCKED", "STORE_NONE", "STATE_LOST", "STATE_NOT_WRITTEN"],
  }),
  /** Writes it to the file chosen in the system's save dialog. */
  "license.save-request": call({
    in: Nothing,
    out: Nothing,
    errors: ["CANCELLED", "NO_VAULT", "STORE_LOCKED", "STORE_NONE", "STATE_LOST", "STATE_NOT_WRITTEN", "NOT_WRITTEN"],
  }),

  /** Shows the content pack that is chosen in the system's file dialog. */
  "pack.choose-file": call({ in: Nothing, out: Nothing, errors: ["CANCELLED"] }),
  /** Writes the content pack that is shown under this number onto its stick; what comes of it is in the snapshot. */
  "pack.accept": call({ in: v.object({ id: PackView.entries.id }), out: Nothing }),
  /** Puts it away. While it is being written, this interrupts it; the same pack goes on from there later. */
  "pack.dismiss": call({ in: v.object({ id: PackView.entries.id }), out: Nothing }),

  "catalog.list": call({ in: Nothing, out: CatalogView, errors: ["LOCKED"] }),
  /** The viewer's own mark: watched to the end, or as if never begun. */
  "catalog.mark": call({
    in: v.object({ videoId: RandomId, finished: v.boolean() }),
    out: Nothing,
    errors: ["LOCKED", "NOT_FOUND"],
  }),

  /** What the viewer has chosen and collected in the open vault; what was never chosen, as in the vault watched before. */
  "viewing.get": call({ in: Nothing, out: Viewing, errors: ["LOCKED"] }),
  "viewing.change": call({ in: ViewingChange, out: Nothing, errors: ["LOCKED", "NOT_WRITTEN"] }),

  /** Writes all bookmarks of the vault as text to the file chosen in the system's save dialog. */
  "viewing.save-bookmarks": call({ in: Nothing, out: Nothing, errors: ["CANCELLED", "LOCKED", "NOT_WRITTEN"] }),

  "player.open": call({
    in: v.object({ videoId: RandomId }),
    out: Playback,
    errors: ["LOCKED", "NOT_FOUND", "WRONG_KEY", "CAPTURABLE", ...REFUSAL_CODES, ...PLAYBACK_FAULTS],
  }),
  /** Sent every few seconds while playing, and at pause, seek and close. */
  "player.progress": call({
    in: v.object({ videoId: RandomId, positionSeconds: v.pipe(v.number(), v.finite(), v.minValue(0)) }),
    out: Nothing,
  }),
  "player.close": call({ in: Nothing, out: Nothing }),

  /**
   * Copies what support needs to know to the clipboard, and returns the same text for display. It contains no secret.
   */
  "diagnostics.copy": call({ in: Nothing, out: v.object({ text: v.string() }) }),

  /**
   * Starts a check for an update; the result is in the snapshot. The rollout percentage does not apply to a check that
   * a person starts.
   */
  "updates.check": call({ in: v.object({ from: v.picklist(["web", "stick"]) }), out: Nothing }),
  /** Decides and hashes once more, then installs the waiting update and restarts the app. */
  "updates.install": call({ in: Nothing, out: Nothing }),

  /**
   * The person's answer. `false` after `true` withdraws consent: everything here is removed, the server is asked to
   * erase.
   */
  "telemetry.consent": call({
    in: v.object({ given: v.boolean() }),
    out: Nothing,
    errors: ["NOT_WRITTEN", "NOT_PURGED"],
  }),
  /** The very next batch, as it would be sent now. The preview stores and sends nothing. */
  "telemetry.preview": call({ in: Nothing, out: v.array(TelemetryPart) }),

  /** The health of this computer, from the figures of telemetry. */
  "telemetry.health": call({ in: Nothing, out: HealthView }),

  /**
   * A pilot's opinion of this version, or that the pilot does not want to answer now; nobody is asked twice for one
   * version.
   */
  "feedback.answer": call({ in: Opinion, out: Nothing, errors: ["NOT_ASKED", "NOT_WRITTEN"] }),
  /** The diagnostics that are sent with a report. */
  "problem.draft": call({ in: Nothing, out: v.object({ text: v.string() }) }),
  /** Opens a ticket; it is sent when the server can be reached. */
  "problem.report": call({
    in: ProblemReport,
    out: v.object({ ticket: Ticket }),
    errors: ["NO_CONSENT", "NOT_WRITTEN"],
  }),

  "settings.change": call({ in: SettingsChange, out: Nothing, errors: ["NOT_WRITTEN"] }),
};

/** Every event that the main process sends without a request. */
export const events = {
  "app.changed": Snapshot,
  /** The open video cannot go on: sent at once, because Chromium itself would retry for many seconds. */
  "player.fault": v.object({ videoId: RandomId, code: v.picklist(PLAYBACK_FAULTS) }),
  /** After `REMOVED`: the same stick is back, `player.open` will work again. */
  "player.restored": v.object({ videoId: RandomId }),
};

export type CallName = keyof typeof calls;
export type CallInput<N extends CallName> = v.InferOutput<(typeof calls)[N]["in"]>;
export type CallOutput<N extends CallName> = v.InferOutput<(typeof calls)[N]["out"]>;
/** The refusals that a handler may return. */
export type CallCode<N extends CallName> = (typeof calls)[N]["errors"][number];
/**
 * `BAD_REQUEST`: the input or the sender does not match the contract. `INTERNAL`: a bug, logged in the main process.
 */
export type CallError<N extends CallName> = CallCode<N> | "BAD_REQUEST" | "INTERNAL";

export type EventName = keyof typeof events;
export type EventPayload<N extends EventName> = v.InferOutput<(typeof events)[N]>;

export type Reply<N extends CallName> =
  | { readonly ok: true; readonly value: CallOutput<N> }
  | { readonly ok: false; readonly error: { readonly code: CallError<N> } };

/** What the preload script exposes as `window.vault`. */
export type VaultBridge = {
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<Reply<N>>;
  /** Calls the listener until the returned function is called. */
  on<N extends EventName>(name: N, listener: (payload: EventPayload<N>) => void): () => void;
  /**
   * Gives a file that a person dropped on the page to the main process, as a content pack. The page has no path: the
   * preload script asks Electron where this `File` is. False: it is nowhere, as a `File` that the page made itself, or one that was
   * dragged out of a mail or an archive.
   */
  givePack(file: object): Promise<boolean>;
};

/** How a dropped file's path gets from the preload script to the main process; the page cannot use it. */
export const GIVEN_PACK_CHANNEL = "pack.given";

/** The origin of the window's own pages; requests from any other origin are refused. */
export const APP_SCHEME = "app";
export const APP_ORIGIN = "app://usb-video-vault";
/** The scheme of media: `vault://media/<opaque>`. */
export const MEDIA_SCHEME = "vault";
