import type {
  CallCode,
  CallInput,
  CallOutput,
  LicenseOverview,
  ScreenView,
  StickView,
} from "../../src-shared/ipc/index.ts";
import type { RefusalCode } from "../../src-shared/license/index.ts";
import type { TrustRoots } from "../../src-shared/jws/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { createSerialQueue } from "../../src-shared/serial-queue.ts";
import type { Seconds } from "../../src-shared/units.ts";
import { composeRequest, type JudgedLicense } from "../license/index.ts";
import type { MediaLookup } from "../playback/index.ts";
import { deviceKeyForRequest } from "./device-key-for-request.ts";
import { createDriveMemory } from "./drive-memory.ts";
import { importLicense } from "./import-license.ts";
import { overviewOf } from "./license-overview.ts";
import { enterByPassphrase, enterVault } from "./open-vault.ts";
import { createPlayer } from "./player.ts";
import type { SessionPorts } from "./ports.ts";
import { returnLicense } from "./return-license.ts";
import { licenseView, type OpenState, screenOf, type State, stickOf, type VaultProblem } from "./state.ts";

/** The one vault of the app: finds it, unlocks it, plays from it, and handles its removal and return. */
export type VaultSession = {
  readonly screen: () => ScreenView;
  readonly stick: () => StickView | undefined;
  /** The vault of the connected stick; while it is open, it stays the same after the stick is removed. */
  readonly vault: () => OpenVault | undefined;
  /** Called once a second with the folders that look like vaults. */
  readonly updateCandidates: (candidates: readonly string[]) => Promise<void>;
  readonly openFolder: (root: string) => Promise<Result<undefined, VaultProblem>>;
  readonly close: () => Promise<void>;
  readonly importLicense: (text: string) => Promise<Result<CallOutput<"license.import">, CallCode<"license.import">>>;
  /** Every available license for the current vault. */
  readonly overview: () => Promise<Result<LicenseOverview, "NO_VAULT">>;
  /** Permanently takes a license for this computer out of use. The overview then contains its proof. */
  readonly returnLicense: (name: CallInput<"license.return">) => Promise<Result<undefined, CallCode<"license.return">>>;
  readonly unlock: (passphrase: string) => Promise<Result<CallOutput<"license.unlock">, CallCode<"license.unlock">>>;
  readonly retry: () => Promise<void>;
  readonly request: () => Promise<Result<{ text: string }, CallCode<"license.request">>>;
  readonly list: () => Promise<Result<CallOutput<"catalog.list">, "LOCKED">>;
  readonly openVideo: (videoId: string) => Promise<Result<CallOutput<"player.open">, CallCode<"player.open">>>;
  readonly progress: (videoId: string, positionSeconds: Seconds) => Promise<void>;
  readonly closeVideo: () => Promise<void>;
  readonly lookup: MediaLookup;
};

type EnterOptions = {
  /** The refusal that is already shown: the same refusal again is not logged a second time. */
  readonly logged?: RefusalCode | undefined;
  /** A license that was judged just now, and is not judged again. */
  readonly imported?: JudgedLicense | undefined;
};

export function createVaultSession(ports: SessionPorts): VaultSession {
  const player = createPlayer(ports);
  const drive = createDriveMemory(ports.hardware);
  let state: State = { stage: "no-stick", problem: null };
  // Folders that are ignored until they disappear: refused ones, and those the viewer has ejected.
  const ignored = new Map<string, VaultProblem | "EJECTED">();
  /** One transition at a time, in the order of the requests. */
  const inTurn = createSerialQueue();

  function transitionTo(next: State): void {
    state = next;
    ports.changed();
  }

  async function enter(vault: OpenVault, { logged, imported }: EnterOptions = {}): Promise<void> {
    await leave();
    await drive.remember(vault);
    const next = await enterVault(vault, ports, imported);
    const refused = refusalOn(next);
    if (refused !== undefined && refused !== logged) logRefusal(refused);
    transitionTo(next);
  }

  async function leave(): Promise<void> {
    await player.forget();
    if (state.stage !== "open") return;
    await flush(state);
    state.keys.catalog.fill(0);
    state.keys.wrap.fill(0);
  }

  async function flush(open: OpenState): Promise<void> {
    await open.history.flush().catch((error: unknown) => ports.log("history.not-written", { code: codeOf(error) }));
  }

  function logRefusal(code: RefusalCode): void {
    ports.log("license.refused", { code });
  }

  async function openStick(root: string): Promise<Result<OpenVault, VaultProblem>> {
    await ports.trust.applyFromStick(root);
    const anchors = anchorsOf(await ports.trust.roots());
    const { vault, refused } = anchors.ok
      ? await ports.sticks.examine(root, anchors.value)
      : { vault: anchors, refused: undefined };
    if (!vault.ok)
      ports.log("vault.refused", { code: vault.error, ...(refused === undefined ? {} : { artefact: refused }) });
    return vault;
  }

  async function updateCandidates(candidates: readonly string[]): Promise<void> {
    for (const root of ignored.keys()) if (!candidates.includes(root)) ignored.delete(root);
    if (state.stage !== "no-stick" && !candidates.includes(state.vault.root)) await lose();
    if (state.stage === "open" && state.present) return (await isItsDrive(state)) ? expire(state) : reenter(state);
    if (state.stage === "locked") return (await drive.hasChanged(state.vault)) ? reenter(state) : undefined;
    for (const root of candidates) {
      if (ignored.has(root)) continue;
      const vault = await openStick(root);
      if (!vault.ok) {
        refuse(root, vault.error);
        continue;
      }
      await ((await isSameStick(vault.value)) ? regain(vault.value) : enter(vault.value));
      return;
    }
    const stale = state.stage === "no-stick" && state.problem !== null && ignored.size === 0;
    if (stale) transitionTo({ stage: "no-stick", problem: null });
  }

  /** It is ignored until it disappears or is opened by hand again: one refusal is one line of the log. */
  function refuse(root: string, problem: VaultProblem): void {
    ignored.set(root, problem);
    if (state.stage === "no-stick") transitionTo({ stage: "no-stick", problem });
  }

  async function isSameStick(vault: OpenVault): Promise<boolean> {
    if (state.stage !== "open") return false;
    const [here, there] = [state.vault.manifest.claims, vault.manifest.claims];
    const isSame = here.vaultId === there.vaultId && here.stickId === there.stickId && here.gen === there.gen;
    return isSame && isItsDrive({ ...state, vault });
  }

  // An image of a stick has the same content; only the hardware differs.
  function isItsDrive({ vault, license }: OpenState): Promise<boolean> {
    return drive.isSame(vault, license.license.claims.bind.stickMarks ?? {});
  }

  /** Another drive replaced this one between two scans, or more is known about it now: everything is judged again. */
  async function reenter(before: Exclude<State, { stage: "no-stick" }>): Promise<void> {
    const again = await openStick(before.vault.root);
    await (again.ok ? enter(again.value, { logged: refusalOn(before) }) : lose());
  }

  async function lose(): Promise<void> {
    drive.forget();
    if (state.stage === "open") {
      if (!state.present) return;
      const videoId = player.playingId();
      transitionTo({ ...state, present: false });
      if (videoId) player.fail(videoId, "REMOVED");
      await flush(state);
    } else {
      transitionTo({ stage: "no-stick", problem: null });
    }
  }

  async function regain(vault: OpenVault): Promise<void> {
    const videoId = player.playingId();
    transitionTo({ ...(state as OpenState), vault, present: true });
    if (videoId) ports.emit("player.restored", { videoId });
  }

  // A license that expires while a video plays ends the playback: the streams are closed with the vault.
  async function expire(open: OpenState): Promise<void> {
    const { exp, grace } = open.license.license.claims;
    if (ports.now() >= exp + grace) await enter(open.vault);
  }

  return {
    screen: () => screenOf(state),
    stick: () => (state.stage === "no-stick" ? undefined : stickOf(state.vault)),
    vault: () => (state.stage === "no-stick" ? undefined : state.vault),
    updateCandidates: (candidates) => inTurn(() => updateCandidates(candidates)),
    openFolder: (root) =>
      inTurn(async () => {
        const vault = await openStick(root);
        if (!vault.ok) {
          // A folder without a vault is checked only once, here.
          if (vault.error !== "NO_VAULT") refuse(root, vault.error);
          return vault;
        }
        ignored.delete(root);
        await enter(vault.value);
        return ok(undefined);
      }),
    close: () =>
      inTurn(async () => {
        if (state.stage !== "no-stick") ignored.set(state.vault.root, "EJECTED");
        await leave();
        drive.forget();
        // The copy is on the stick before the viewer is told that it can be removed.
        await ports.ledger.idle();
        transitionTo({ stage: "no-stick", problem: null });
      }),
    importLicense: (text) =>
      inTurn(async () => {
        if (state.stage === "no-stick") return err("WRONG_STICK");
        const imported = await importLicense(text, state.vault, ports);
        if (!imported.ok) {
          logRefusal(imported.error.code);
          // The screen explains the license that was just imported, not the one before.
          if (state.stage === "locked" && state.waiting.length === 0)
            transitionTo({ ...state, refusal: imported.error });
          return err(imported.error.code);
        }
        // Nothing can be entered again without the stick: the license is used when the current one ends, or at the next
        // start.
        if (state.stage === "open" && !state.present) return ok(licenseView(imported.value.allowed));
        await enter(state.vault, { imported: imported.value.judged });
        if (state.stage === "open") return ok(licenseView(state.license));
        return state.waiting.length > 0 ? ok(null) : err(state.refusal.code);
      }),
    overview: () =>
      inTurn(async () => (state.stage === "no-stick" ? err("NO_VAULT") : ok(await overviewOf(state, ports)))),
    returnLicense: (name) =>
      inTurn(async () => {
        if (state.stage === "no-stick") return err("NO_VAULT");
        const returned = await returnLicense(state.vault, name, ports);
        // Once the ledger contains the return, the vault is closed, even if the proof could not be written yet.
        if (returned.ok || returned.error === "PROOF_NOT_WRITTEN") await enter(state.vault);
        return returned;
      }),
    unlock: (passphrase) =>
      inTurn(async () => {
        if (state.stage !== "locked" || state.waiting.length === 0) return err("MISSING");
        const opened = await enterByPassphrase(state.vault, state.waiting, passphrase, ports);
        if (!opened.ok) {
          logRefusal(opened.error);
          return opened;
        }
        transitionTo(opened.value);
        return ok(licenseView(opened.value.license));
      }),
    retry: () =>
      inTurn(async () => {
        if (state.stage === "locked") await enter(state.vault);
      }),
    async request() {
      if (state.stage === "no-stick") return err("NO_VAULT");
      const { root, manifest } = state.vault;
      const { vaultId, stickId, markKey } = manifest.claims;
      const key = await deviceKeyForRequest(ports);
      if (!key.ok) return key;
      const fingerprints = await ports.hardware.forRequest(key.value.x25519Private, root, markKey);
      const about = { vaultId, stickId, app: ports.appVersion, iat: ports.now(), ...fingerprints };
      return ok({ text: composeRequest(key.value, about) });
    },
    async list() {
      return state.stage === "open" ? ok(player.list(state)) : err("LOCKED");
    },
    openVideo: (videoId) =>
      inTurn(async () => {
        if (state.stage !== "open") return err("LOCKED");
        return player.open(state, videoId);
      }),
    progress: async (videoId, positionSeconds) => {
      if (state.stage !== "open") return;
      player.progress(state, videoId, positionSeconds);
      await flush(state);
    },
    closeVideo: () => inTurn(player.close),
    lookup: player.lookup,
  };
}

/** The refusal that a locked screen shows; `undefined` if it asks for a passphrase, or is another screen. */
function refusalOn(state: State): RefusalCode | undefined {
  return state.stage === "locked" && state.waiting.length === 0 ? state.refusal.code : undefined;
}

/**
 * `KEYS_LOST`: of the keys that were known, only the parents are left (docs/adr/0006-parent-key-and-key-manifest.md).
 */
function anchorsOf(roots: TrustRoots): Result<TrustRoots, "NO_ANCHOR" | "KEYS_LOST"> {
  if (roots.length === 0) return err("NO_ANCHOR");
  return roots.every(({ role }) => role === "key-manifest") ? err("KEYS_LOST") : ok(roots);
}
