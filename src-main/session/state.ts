import type {
  CallCode,
  CallOutput,
  LicenseView,
  ProtectionView,
  RefusalView,
  ScreenView,
  StickView,
  VAULT_PROBLEMS,
} from "../../src-shared/ipc/index.ts";
import type { License, RefusalCode } from "../../src-shared/license/index.ts";
import type { OpenVault } from "../../src-shared/node/vault-reader.ts";
import type { VaultSubkeys } from "../../src-shared/node/vault-keys.ts";
import { decideCaptures, type Protection } from "../../src-shared/protection.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import type { CatalogVideo, Section } from "../../src-shared/vault/index.ts";
import type { ViewingStore, WatchHistory } from "../history/index.ts";
import type { Allowed, chooseLicense } from "../license/index.ts";
import type { StickAccess } from "./plugged-sticks.ts";

export type VaultProblem = (typeof VAULT_PROBLEMS)[number];
export type Refusal = ReturnType<typeof chooseLicense>["refusal"];

//            stick arrives                 key opened
//  no-stick ───────────────▶ locked ───────────────────▶ open ◀─┐ stick pulled (present: false),
//     ▲  ▲                     │  ▲        expired         │ └──┘ same stick back (present: true)
//     │  └──── stick pulled ───┘  └────────────────────────┤
//     └──────────────── closed, or another stick ──────────┘
export type State =
  | { readonly stage: "no-stick"; readonly problem: VaultProblem | null }
  | {
      readonly stage: "locked";
      readonly vault: OpenVault;
      readonly refusal: Refusal;
      /** Good licenses that wait for their passphrase. */
      readonly waiting: readonly Allowed[];
    }
  | OpenState;

export type OpenState = {
  readonly stage: "open";
  readonly vault: OpenVault;
  readonly license: Allowed;
  readonly keys: VaultSubkeys;
  /** What the vault and the license ask for together. */
  readonly protection: Protection;
  readonly hidesTitles: boolean;
  readonly sections: readonly Section[];
  readonly videos: ReadonlyMap<string, CatalogVideo>;
  readonly history: WatchHistory;
  readonly viewing: ViewingStore;
  readonly present: boolean;
};

export function stickOf(vault: OpenVault): StickView {
  const { stickId, label } = vault.manifest.claims;
  return { stickId, label };
}

export function accessOf(state: State): StickAccess {
  if (state.stage === "open") return "open";
  if (state.stage === "no-stick") return "unknown";
  return state.waiting.length > 0 ? "passphrase" : "refused";
}

export function licenseView({ code, license, graceDaysLeft }: Allowed): LicenseView {
  const { sub, ring, iat, exp } = license.claims;
  return { code, customer: sub, ring, issued: iat, expires: exp, graceDaysLeft };
}

/** The stick on the screen. */
export function stickShown(state: Exclude<State, { stage: "no-stick" }>): StickView {
  const stick = stickOf(state.vault);
  return state.stage === "open" ? { ...stick, titles: state.videos.size } : stick;
}

/** What an import led to. */
export function outcomeOf(state: State): Result<CallOutput<"license.import">, CallCode<"license.import">> {
  if (state.stage === "open") return ok(licenseView(state.license));
  if (state.stage === "no-stick") return err("WRONG_STICK");
  return state.waiting.length > 0 ? ok(null) : err(state.refusal.code);
}

/** The refusal that a locked screen shows; `undefined` if it asks for a passphrase, or is another screen. */
export function refusalOn(state: State): RefusalCode | undefined {
  return state.stage === "locked" && state.waiting.length === 0 ? state.refusal.code : undefined;
}

function protectionView(protection: Protection, canBlockCaptures: boolean): ProtectionView {
  const captures = decideCaptures(protection, canBlockCaptures);
  return { captures: captures === "refused" ? "not-blocked" : captures, watermark: protection.watermark !== "none" };
}

export function screenOf(state: State, canBlockCaptures: boolean): ScreenView {
  switch (state.stage) {
    case "no-stick":
      return { stage: "no-stick", problem: state.problem };
    case "locked":
      return {
        stage: "locked",
        stick: stickOf(state.vault),
        refusal: state.waiting.length > 0 ? null : refusalView(state.refusal, state.vault),
        passphrase: state.waiting.length > 0,
      };
    case "open":
      return {
        stage: "catalog",
        stick: stickOf(state.vault),
        license: licenseView(state.license),
        present: state.present,
        protection: protectionView(state.protection, canBlockCaptures),
      };
  }
}

export function refusalView({ code, license }: Refusal, vault: OpenVault): RefusalView {
  if (code === "EXPIRED") return { code, date: license?.claims.exp ?? null };
  if (code === "NOT_YET_VALID") return { code, date: license?.claims.nbf ?? null };
  if (code === "WRONG_STICK" && license && isNamed(license, vault)) return { code, date: null, isCopy: true };
  return { code, date: null };
}

// The ids match, so it is the hardware that differs.
function isNamed({ claims }: License, { manifest }: OpenVault): boolean {
  const { vaultId, stickId } = manifest.claims;
  return claims.bind.stick === stickId && claims.vaults.some(({ id }) => id === vaultId);
}
