import { ok } from "../../../src-shared/result.ts";
import { type Attempt, fail } from "../../failure.ts";

const SHORTEST = 12;
const LONGEST_BYTES = 1_024;

/** Checks a new password. PASSWORD_UNFIT. */
export function checkNewPassword(password: string): Attempt<string> {
  if (password.length < SHORTEST) {
    return fail(
      "PASSWORD_UNFIT",
      `A password needs at least ${SHORTEST} characters: four or five random words are good.`,
    );
  }
  if (Buffer.byteLength(password) > LONGEST_BYTES || /\p{Cc}/u.test(password)) {
    return fail("PASSWORD_UNFIT", "A password is one line of at most 1024 bytes, without control characters.");
  }
  return ok(password);
}
