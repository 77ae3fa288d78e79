import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { fromBase64url, toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { type Bytes, KIB } from "../../../src-shared/units.ts";
import type { AccountRepository, AccountRecord } from "../store/index.ts";

export const ACCOUNT_ROLES = ["viewer", "manager"] as const satisfies readonly AccountRole[];
/** A `viewer` may only read; a `manager` may also halt releases and acknowledge incidents. */
export type AccountRole = AccountRecord["role"];
export type Account = { readonly name: string; readonly role: AccountRole };

// As for licenses: each try takes 32 MiB and about a tenth of a second.
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * KIB };
const KEY_BYTES: Bytes = 32;
/** 16 characters from an alphabet of 32, which gives 80 bits. */
const PASSWORD_LETTERS = 16;
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

const derive = promisify<string, Uint8Array, number, typeof COST, Buffer>(scrypt);

/** Creates an account, or gives it a new password. The password is returned once and only its hash is stored. */
export async function putAccount(accounts: AccountRepository, { name, role }: Account): Promise<{ password: string }> {
  const password = newPassword();
  const salt = randomBytes(16);
  const hash = toBase64url(await derive(password, salt, KEY_BYTES, COST));
  await accounts.put({ name, role, salt: toBase64url(salt), hash });
  return { password };
}

/** The account with this name and password, if any. An unknown name takes as long as a wrong password. */
export async function findAccount(
  accounts: AccountRepository,
  name: string,
  password: string,
): Promise<AccountRecord | undefined> {
  const found = await accounts.find(name);
  const salt = fromBase64url(found?.salt ?? "") ?? new Uint8Array(16);
  const given = await derive(password, salt, KEY_BYTES, COST);
  const expected = fromBase64url(found?.hash ?? "");
  if (!found || expected?.length !== KEY_BYTES || !timingSafeEqual(given, expected)) return undefined;
  return found;
}

function newPassword(): string {
  const letters = Array.from(randomBytes(PASSWORD_LETTERS), (byte) => ALPHABET[byte % ALPHABET.length]);
  return letters.join("").replaceAll(/(.{4})(?=.)/g, "$1-");
}
