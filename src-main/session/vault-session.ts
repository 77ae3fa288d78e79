import type { RefusalCode } from "../../src-shared/license/index.ts";
import { formatBookmarks } from "../../src-shared/format-bookmarks.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";
import { copySubkeys, eraseSubkeys } from "../../src-shared/node/vault-keys.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import { decideCaptures } from "../../src-shared/protection.ts";
import { err, ok } from "../../src-shared/result.ts";
import { createSerialQueue } from "../../src-shared/serial-queue.ts";
import type { JudgedLicense } from "../license/index.ts";
import { createDriveMemory } from "./drive-memory.ts";
import { importLicense } from "./import-license.ts";
import { overviewOf } from "./license-overview.ts";
import { openStick } from "./open-stick.ts";
import { enterAgain, enterByPassphrase, enterVault, type Unlocked } from "./open-vault.ts";
import { createPlayer } from "./player.ts";
import { choicesOf, copyOnScreen, createPluggedSticks, type PluggedStick, stickToOpen } from "./plugged-sticks.ts";
import type { SessionPorts } from "./ports.ts";
import { requestFor } from "./request-for.ts";
import { returnLicense } from "./return-license.ts";
import {
  accessOf,
  licenseView,
  type OpenState,
  outcomeOf,
  refusalOn,
  screenOf,
  type State,
  stickShown,
  type VaultProblem,
} from "./state.ts";
import { stickForLicense } from "./stick-for-license.ts";
import type { VaultSession } from "./vault-session-type.ts";

type EnterOptions = {
  /** The refusal that is already shown: the same refusal again is not logged a second time. */
  readonly logged?: RefusalCode | undefined;
  /** A license that was judged just now, and is not judged again. */
  readonly imported?: JudgedLicense | undefined;
  /** What has opened the content before this one. */
  readonly unlocked?: Unlocked | undefined;
};

export function createVaultSession(ports: SessionPorts): VaultSession {
  const player = createPlayer(ports);
  const drive = createDriveMemory(ports.hardware);
  const plugged = createPluggedSticks();
  let state: State = { stage: "no-stick", problem: null };
  // After ejecting, the sticks that are still there are offered: only one that arrives is opened without asking.
  let hasEjected = false;
  // Folders that are ignored until they disappear: refused ones, and those the viewer has ejected.
  const ignored = new Map<string, VaultProblem | "EJECTED">();
  /** One transition at a time, in the order of the requests. */
  const inTurn = createSerialQueue();

  function current(): OpenVault | undefined {
    return state.stage === "no-stick" ? undefined : state.vault;
  }

  function transitionTo(next: State): void {
    state = next;
    // Also where it is known not to suffice: some programs obey there.
    const { canBlockCaptures } = ports;
    ports.blockCaptures(next.stage === "open" && decideCaptures(next.protection, canBlockCaptures) !== "allowed");
    if (next.stage === "locked" || (next.stage === "open" && next.present)) plugged.put(next.vault, accessOf(next));
    ports.changed();
  }

  async function enter(vault: OpenVault, { logged, imported, unlocked }: EnterOptions = {}): Promise<void> {
    await leave();
    hasEjected = false;
    await drive.remember(vault);
    const judged = await enterVault(vault, ports, imported);
    const next = unlocked ? await enterAgain(judged, unlocked, ports) : judged;
    const refused = refusalOn(next);
    if (refused !== undefined && refused !== logged) logRefusal(refused);
    transitionTo(next);
  }

  async function leave(): Promise<void> {
    await player.forget();
    if (state.stage !== "open") return;
    await flush(state);
    await state.viewing.idle();
    eraseSubkeys(state.keys);
  }

  async function flush(open: OpenState): Promise<void> {
    await open.history.flush().catch((error: unknown) => ports.log("history.not-written", { code: codeOf(error) }));
  }

  function logRefusal(code: RefusalCode): void {
    ports.log("license.refused", { code });
  }

  async function updateCandidates(candidates: readonly string[]): Promise<void> {
    for (const root of ignored.keys()) if (!candidates.includes(root)) ignored.delete(root);
    const isOneGone = plugged.keepOnly(candidates);
    if (state.stage !== "no-stick" && !candidates.includes(state.vault.root)) await lose();
    await checkCurrent();
    const arrived = await examineArrivals(candidates);
    await openArrived(arrived);
    const stale = state.stage === "no-stick" && state.problem !== null && ignored.size === 0;
    if (stale) transitionTo({ stage: "no-stick", problem: null });
    else if (isOneGone || arrived.length > 0) ports.changed();
  }

  /** Notices that the license ended, or that another drive took the place of the current one. */
  async function checkCurrent(): Promise<void> {
    if (state.stage === "open" && state.present) await ((await isItsDrive(state)) ? expire(state) : reenter(state));
    else if (state.stage === "locked" && (await drive.hasChanged(state.vault))) await reenter(state);
  }

  async function examineArrivals(candidates: readonly string[]): Promise<readonly PluggedStick[]> {
    const arrived: string[] = [];
    for (const root of candidates) {
      if (ignored.has(root) || plugged.has(root)) continue;
      const vault = await openStick(root, ports);
      if (!vault.ok) {
        refuse(root, vault.error);
        continue;
      }
      plugged.put(vault.value);
      arrived.push(root);
    }
    return plugged.all().filter(({ vault }) => arrived.includes(vault.root));
  }

  /** An arriving stick never takes the place of one that is there. */
  async function openArrived(arrived: readonly PluggedStick[]): Promise<void> {
    if (state.stage === "locked" || (state.stage === "open" && state.present)) return;
    for (const { vault } of arrived) if (await isSameStick(vault)) return regain(vault);
    const isFree = state.stage === "no-stick" && !hasEjected;
    const next = stickToOpen(isFree ? plugged.all() : arrived, ports.recent()[0]?.stickId);
    if (next) await enter(next.vault);
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
    const again = await openStick(before.vault.root, ports);
    if (!again.ok) plugged.remove(before.vault.root);
    await (again.ok ? enter(again.value, { logged: refusalOn(before) }) : lose());
  }

  async function reopen(root: string): Promise<void> {
    const vault = await openStick(root, ports);
    if (!vault.ok) return;
    if (current()?.root !== root) {
      plugged.put(vault.value);
      return ports.changed();
    }
    if (state.stage !== "open" || !state.present) return enter(vault.value);
    // Leaving the vault erases its keys.
    await enter(vault.value, { unlocked: { license: state.license, keys: copySubkeys(state.keys) } });
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
    screen: () => screenOf(state, ports.canBlockCaptures),
    stick: () => (state.stage === "no-stick" ? undefined : stickShown(state)),
    sticks: () => choicesOf(plugged.all(), current()?.root, ports.recent()),
    vault: current,
    stickWith: (stickId) => copyOnScreen(plugged.all(), stickId, current()?.root)?.vault,
    reopen: (root) => inTurn(() => reopen(root)),
    updateCandidates: (candidates) => inTurn(() => updateCandidates(candidates)),
    openFolder: (root) =>
      inTurn(async () => {
        const vault = await openStick(root, ports);
        if (!vault.ok) {
          // A folder without a vault is checked only once, here.
          if (vault.error !== "NO_VAULT") refuse(root, vault.error);
          return vault;
        }
        ignored.delete(root);
        await enter(vault.value);
        return ok(undefined);
      }),
    choose: (id) =>
      inTurn(async () => {
        const stick = plugged.byId(id);
        if (!stick) return err("NO_VAULT");
        const { root } = stick.vault;
        if (current()?.root === root && plugged.has(root)) return ok(undefined);
        const vault = await openStick(root, ports);
        if (!vault.ok) {
          plugged.remove(root);
          refuse(root, vault.error);
          ports.changed();
          return vault;
        }
        await enter(vault.value);
        return ok(undefined);
      }),
    close: () =>
      inTurn(async () => {
        if (state.stage !== "no-stick") {
          ignored.set(state.vault.root, "EJECTED");
          plugged.remove(state.vault.root);
        }
        hasEjected = true;
        await leave();
        drive.forget();
        // The copy is on the stick before the viewer is told that it can be removed.
        await ports.ledger.idle();
        transitionTo({ stage: "no-stick", problem: null });
      }),
    importLicense: (text) =>
      inTurn(async () => {
        const vault = await stickForLicense(text, current(), plugged.all(), ports);
        if (!vault.ok) return vault;
        const isCurrent = current()?.root === vault.value.root;
        const imported = await importLicense(text, vault.value, ports);
        if (!imported.ok) {
          logRefusal(imported.error.code);
          // The screen explains the license that was just imported, not the one before.
          if (isCurrent && state.stage === "locked" && state.waiting.length === 0)
            transitionTo({ ...state, refusal: imported.error });
          return err(imported.error.code);
        }
        // Nothing can be entered again without the stick: the license is used when the current one ends, or at the next
        // start.
        if (isCurrent && state.stage === "open" && !state.present) return ok(licenseView(imported.value.allowed));
        await enter(vault.value, { imported: imported.value.judged });
        return outcomeOf(state);
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
      return requestFor(state.vault, ports);
    },
    viewing: () => (state.stage === "open" ? ok(state.viewing.kept()) : err("LOCKED")),
    async changeViewing(change) {
      return state.stage === "open" ? state.viewing.change(change) : err("LOCKED");
    },
    bookmarks() {
      if (state.stage !== "open") return err("LOCKED");
      return ok(formatBookmarks(state.viewing.kept().bookmarks ?? [], state.videos.values()));
    },
    async list() {
      return state.stage === "open" ? ok(player.list(state)) : err("LOCKED");
    },
    async mark(videoId, finished) {
      if (state.stage !== "open") return err("LOCKED");
      const marked = player.mark(state, videoId, finished);
      if (marked.ok) await flush(state);
      return marked;
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
