import type { Ring, StickFingerprint } from "../../src-shared/license/index.ts";
import type { AddedProtection } from "../../src-shared/protection.ts";
import type { Seconds, UnixSeconds } from "../../src-shared/units.ts";
import type { RegisteredDevice } from "../register/index.ts";

/** The terms of a license to issue, whether new, renewed or transferred. */
export type LicenseTerms = {
  readonly lid: string;
  readonly sub: string;
  readonly ring: Ring;
  readonly exp: UnixSeconds;
  readonly grace: Seconds;
  readonly entitlements: readonly string[];
  readonly minApp: string;
  readonly vaultId: string;
  readonly stickId: string;
  readonly protection: AddedProtection;
  /** The vault's key, 32 bytes. */
  readonly kek: Uint8Array;
  readonly device: RegisteredDevice | undefined;
  readonly stickMarks: StickFingerprint | undefined;
  readonly passphrase: string | undefined;
  /** The pseudonym of its enrolment, if there is one. */
  readonly pid: string | undefined;
};
