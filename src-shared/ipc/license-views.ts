import * as v from "valibot";
import { RandomId } from "../ids.ts";
import { NonNegativeInteger, PositiveInteger } from "../integers.ts";
import { REFUSAL_CODES, RINGS } from "../license/index.ts";

const Time = NonNegativeInteger;

/** What a license says. Shown only where its signature holds; whether it may be used here is another question. */
export const LicenseFacts = v.object({
  licenseId: RandomId,
  /** One sequence for all licenses of a publisher: a renewal has a higher one, though not by one. */
  seq: PositiveInteger,
  customer: v.string(),
  ring: v.picklist(RINGS),
  issued: Time,
  starts: Time,
  expires: Time,
  /** Until when it goes on after it has expired. */
  graceEnds: Time,
  stickId: RandomId,
  /** Which computer it names; `unknown` where this one cannot tell who it is (no keychain, or never activated). */
  computer: v.picklist(["this", "other", "unknown", "none"]),
  /** Whether a passphrase opens it on any computer. */
  passphrase: v.boolean(),
});
export type LicenseFacts = v.InferOutput<typeof LicenseFacts>;

const Agrees = v.exactOptional(v.boolean());

/** One license at hand for the current vault. */
export const LicenseEntry = v.object({
  code: v.picklist(["OK", "GRACE", ...REFUSAL_CODES]),
  /**
   * `in-use`: it opened the stick. `waiting`: good, and waits for its passphrase. `spare`: good, and another one is used.
   * `returned`: given back from this computer.
   */
  status: v.picklist(["in-use", "waiting", "spare", "returned", "refused"]),
  locations: v.array(v.picklist(["computer", "stick"])),
  /** `null`: nothing that can be believed. */
  facts: v.nullable(LicenseFacts),
  /** Whether each part of the hardware of stick and computer is still the licensed one; absent where that is unknown. */
  hardware: v.object({ serial: Agrees, volume: Agrees, partition: Agrees, os: Agrees, disk: Agrees, net: Agrees }),
});
export type LicenseEntry = v.InferOutput<typeof LicenseEntry>;

/** A license that was given back from this computer. */
export const ReturnedLicense = v.object({
  licenseId: RandomId,
  seq: LicenseFacts.entries.seq,
  returned: Time,
  /** What its publisher asks for before it goes to another computer: signed, in armour. */
  proof: v.string(),
});
export type ReturnedLicense = v.InferOutput<typeof ReturnedLicense>;

/** Every license at hand for the current vault, the one in use first; and the ones that were given back. */
export const LicenseOverview = v.object({ licenses: v.array(LicenseEntry), returned: v.array(ReturnedLicense) });
export type LicenseOverview = v.InferOutput<typeof LicenseOverview>;

/** A license that came by a link or from the file manager, and waits for a yes or no. */
export const LicenseOffer = v.object({
  /** A later offer has another number. */
  id: PositiveInteger,
  /** Why nothing of it can be believed; `null`: its signature holds, and `facts` is what it says. */
  refusal: v.nullable(v.picklist(["LINKS_OFF", ...REFUSAL_CODES])),
  facts: v.nullable(LicenseFacts),
});
export type LicenseOffer = v.InferOutput<typeof LicenseOffer>;
