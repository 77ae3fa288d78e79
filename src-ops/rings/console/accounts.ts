import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import * as v from "valibot";
import { fromBase64url, toBase64url } from "../../../src-shared/encoding/base64url.ts";
import { parseStrictJson } from "../../../src-shared/encoding/strict-json.ts";
import { writeFileAtomic } from "../../../src-shared/node/atomic-files.ts";
import { readSmallFile } from "../../../src-shared/node/plain-files.ts";
import { ok } from "../../../src-shared/result.ts";
import { type Bytes, KIB } from "../../../src-shared/units.ts";
import { type Attempt, fail } from "../../failure.ts";

export const ACCOUNT_ROLES = ["viewer", "manager"] as const;
/** A `viewer` looks; a `manager` may halt as well. */
export type AccountRole = (typeof ACCOUNT_ROLES)[number];
export type Account = { readonly name: string; readonly role: AccountRole };

export const ACCOUNTS_FILE = "accounts.json";
const MAX_ACCOUNTS_BYTES: Bytes = 64 * KIB;
// As for licenses: 32 MiB and about a tenth of a second for each try.
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * KIB };
const KEY_BYTES: Bytes = 32;
/** 16 letters and digits of an alphabet of 32: 80 bits, so that nobody has to think of a password. */
const PASSWORD_LETTERS = 16;
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

const Name = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9._-]{0,31}$/));
const Accounts = v.strictObject({
  v: v.literal(1),
  accounts: v.array(
    v.strictObject({ name: Name, role: v.picklist(ACCOUNT_ROLES), salt: v.string(), hash: v.string() }),
  ),
});
type Accounts = v.InferOutput<typeof Accounts>;

const derive = promisify<string, Uint8Array, number, typeof COST, Buffer>(scrypt);

/** Makes an account, or gives it a new password; the password is shown once and kept nowhere. ACCOUNTS_BROKEN. */
export async function putAccount(path: string, { name, role }: Account): Promise<Attempt<{ password: string }>> {
  const before = await readAccounts(path);
  if (!before.ok) return before;
  const password = newPassword();
  const salt = randomBytes(16);
  const hash = toBase64url(await derive(password, salt, KEY_BYTES, COST));
  const others = before.value.accounts.filter((account) => account.name !== name);
  const after: Accounts = { v: 1, accounts: [...others, { name, role, salt: toBase64url(salt), hash }] };
  await writeFileAtomic(path, `${JSON.stringify(after, null, 2)}\n`, 0o600);
  return ok({ password });
}

/** Whose name and password these are; `undefined`: nobody's. A name that is not known takes as long as a wrong password. */
export async function findAccount(path: string, name: string, password: string): Promise<Account | undefined> {
  const read = await readAccounts(path);
  const found = read.ok ? read.value.accounts.find((account) => account.name === name) : undefined;
  const salt = fromBase64url(found?.salt ?? "") ?? new Uint8Array(16);
  const given = await derive(password, salt, KEY_BYTES, COST);
  const expected = fromBase64url(found?.hash ?? "");
  if (!found || expected?.length !== KEY_BYTES || !timingSafeEqual(given, expected)) return undefined;
  return { name: found.name, role: found.role };
}

/** The role that an account has today; `undefined` once it is gone. */
export async function roleOf(path: string, name: string): Promise<AccountRole | undefined> {
  const read = await readAccounts(path);
  return read.ok ? read.value.accounts.find((account) => account.name === name)?.role : undefined;
}

async function readAccounts(path: string): Promise<Attempt<Accounts>> {
  const bytes = await readSmallFile(path, MAX_ACCOUNTS_BYTES);
  if (!bytes) return ok({ v: 1, accounts: [] });
  const json = parseStrictJson(bytes);
  const accounts = v.safeParse(Accounts, json.ok ? json.value : undefined);
  return accounts.success ? ok(accounts.output) : fail("ACCOUNTS_BROKEN", `${path} is damaged: bring it back.`);
}

function newPassword(): string {
  const letters = Array.from(randomBytes(PASSWORD_LETTERS), (byte) => ALPHABET[byte % ALPHABET.length]);
  return letters.join("").replaceAll(/(.{4})(?=.)/g, "$1-");
}
