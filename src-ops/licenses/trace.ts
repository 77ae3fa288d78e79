import { ok } from "../../src-shared/result.ts";
import { canBeIdOf } from "../../src-shared/watermark.ts";
import { type Attempt, fail } from "../failure.ts";
import { loadPublisher } from "../keys/index.ts";
import { type LicenseEntry, licensesIn, readRegister } from "../register/index.ts";

/** A license whose watermark a text can be. */
export type Traced = Pick<LicenseEntry, "lid" | "sub" | "exp" | "stickId"> & {
  readonly revoked: boolean;
  /** What in the text fits it: the beginning of its id, its customer's number, or both. */
  readonly fits: readonly ("license" | "customer")[];
};

/**
 * Finds the licenses whose watermark a text can be that somebody has read from a picture. Where both the id and the
 * customer's number fit, only such licenses are given.
 */
export async function traceWatermark(keys: string, text: string): Promise<Attempt<readonly Traced[]>> {
  const publisher = await loadPublisher(keys);
  const register = publisher.ok ? await readRegister(publisher.value.folder) : publisher;
  if (!register.ok) return register;
  const words = text.split(/[^\p{L}\p{N}._?-]+/u).filter((word) => word !== "");
  const traced = [...licensesIn(register.value).values()].flatMap(({ newest, revoked }): Traced[] => {
    const { lid, sub, exp, stickId } = newest;
    const fits: Traced["fits"] = [
      ...(words.some((word) => canBeIdOf(lid, word)) ? (["license"] as const) : []),
      ...(words.some((word) => word.toLowerCase() === sub.toLowerCase()) ? (["customer"] as const) : []),
    ];
    return fits.length > 0 ? [{ lid, sub, exp, stickId, revoked, fits }] : [];
  });
  const most = Math.max(0, ...traced.map(({ fits }) => fits.length));
  const best = traced.filter(({ fits }) => fits.length === most);
  if (best.length > 0) return ok(best);
  return fail(
    "LICENSE_UNKNOWN",
    "No license has such a watermark. Write ? for a letter that cannot be read, as in: C-0042 3rm6?wze",
  );
}
