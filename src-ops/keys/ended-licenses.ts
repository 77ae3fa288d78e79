import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import type { Attempt } from "../failure.ts";
import { readRegister, runningIn } from "../register/index.ts";
import { loadPublisher } from "./publisher.ts";

/** How many licenses that still play are signed by these keys: they are refused when the keys are retired. */
export async function countLicensesSignedBy(
  keys: string,
  isSigner: (kid: string) => boolean,
  now: UnixSeconds,
): Promise<Attempt<number>> {
  const publisher = await loadPublisher(keys);
  if (!publisher.ok) return publisher;
  const register = await readRegister(publisher.value.folder);
  if (!register.ok) return register;
  return ok(runningIn(register.value, now).filter(({ kid }) => isSigner(kid)).length);
}
