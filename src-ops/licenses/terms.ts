import type { Ring, StickFingerprint } from "../../src-shared/license/index.ts";
import type { Seconds, UnixSeconds } from "../../src-shared/units.ts";
import type { RegisteredDevice } from "../register/index.ts";

/** What a license is to say, whichever way it came about. */
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
  /** The vault's key, 32 bytes. */
  readonly kek: Uint8Array;
  readonly device: RegisteredDevice | undefined;
  readonly stickMarks: StickFingerprint | undefined;
  readonly passphrase: string | undefined;
  /** The pseudonym of the enrolment that goes with it, if one does. */
  readonly pid: string | undefined;
};
