import * as v from "valibot";
import { RandomId } from "../ids.ts";
import { NonNegativeInteger, PositiveInteger } from "../integers.ts";
import { REFUSAL_CODES, RINGS } from "../license/index.ts";

const Time = NonNegativeInteger;

/**
 * The content of a license. Shown only if its signature is valid; whether it may be used here is decided separately.
 */
export const LicenseFacts = v.object({
  licenseId: RandomId,
  /** One sequence for all licenses of a publisher: a renewal has a higher number, but not necessarily the next one. */
  seq: PositiveInteger,
  customer: v.string(),
  ring: v.picklist(RINGS),
  issued: Time,
  starts: Time,
  expires: Time,
  /** The end of the grace period after it has expired. */
  graceEnds: Time,
  stickId: RandomId,
  /** Which computer it names; `unknown` if this computer does not know its own id (no keychain, or never activated). */
  computer: v.picklist(["this", "other", "unknown", "none"]),
  /** Whether a passphrase opens it on any computer. */
  passphrase: v.boolean(),
});
export type LicenseFacts = v.InferOutput<typeof LicenseFacts>;

const Agrees = v.exactOptional(v.boolean());

/** One available license for the current vault. */
export const LicenseEntry = v.object({
  code: v.picklist(["OK", "GRACE", ...REFUSAL_CODES]),
  /**
   * `in-use`: it opened the stick. `waiting`: good, and needs its passphrase. `spare`: good, and another one is used.
   * `returned`: returned from this computer.
   */
  status: v.picklist(["in-use", "waiting", "spare", "returned", "refused"]),
  locations: v.array(v.picklist(["computer", "stick"])),
  /** `null`: nothing in it can be trusted. */
  facts: v.nullable(LicenseFacts),
  /** Whether each part of the hardware of stick and computer is still the licensed one; absent if unknown. */
  hardware: v.object({ serial: Agrees, volume: Agrees, partition: Agrees, os: Agrees, disk: Agrees, net: Agrees }),
});
export type LicenseEntry = v.InferOutput<typeof LicenseEntry>;

/** A license that was returned from this computer. */
export const ReturnedLicense = v.object({
  licenseId: RandomId,
  seq: LicenseFacts.entries.seq,
  returned: Time,
  /** What the publisher requires before the license is issued for another computer: signed and armoured. */
  proof: v.string(),
});
export type ReturnedLicense = v.InferOutput<typeof ReturnedLicense>;

/** Every available license for the current vault, the one in use first; and the returned ones. */
export const LicenseOverview = v.object({ licenses: v.array(LicenseEntry), returned: v.array(ReturnedLicense) });
export type LicenseOverview = v.InferOutput<typeof LicenseOverview>;

/** A license that arrived by a link or from the file manager, and waits for a yes or no. */
export const LicenseOffer = v.object({
  /** A later offer has another number. */
  id: PositiveInteger,
  /** Why nothing in it can be trusted; `null`: its signature is valid, and `facts` is its content. */
  refusal: v.nullable(v.picklist(["LINKS_OFF", ...REFUSAL_CODES])),
  facts: v.nullable(LicenseFacts),
});
export type LicenseOffer = v.InferOutput<typeof LicenseOffer>;
