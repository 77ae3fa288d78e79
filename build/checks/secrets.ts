// Checks that no tracked file, and no version of any file in the history, holds a private key, a password or a token.
import { join } from "node:path";
import { type Finding, type KeptText, pastFiles, report, trackedFiles } from "./repository.ts";

const CONTENT: readonly { readonly what: string; readonly pattern: RegExp; readonly where?: RegExp }[] = [
  { what: "a private key in PEM", pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/ },
  { what: "the private part of a JWK", pattern: /["']?\bd["']?\s*:\s*["'][A-Za-z0-9_-]{40,}={0,2}["']/ },
  {
    what: "a key in a JSON member",
    pattern: /["'](?:kek|secretKey|privateKey|secret|seed)["']\s*:\s*["'][A-Za-z0-9+/_-]{40,}={0,2}["']/i,
  },
  {
    what: "an access token",
    pattern: /\b(?:npm_|gh[pousr]_|glpat-|xox[abprs]-)[A-Za-z0-9-]{20,}|\bAKIA[0-9A-Z]{16}\b/,
  },
  { what: "an age secret key", pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{50,}/ },
  { what: "a registry password", pattern: /(?:_authToken|_auth|_password)\s*=\s*[^\s$]/ },
  {
    what: "a password",
    pattern: /["']?\b\w*(?:password|passphrase|passwd)["']?\s*[:=]\s*["'][^\s"'`${}<>]{8,}["']/i,
    // Tests open their own keys with a public passphrase; and the texts of the user interface are not passwords.
    where: /^(?!test\/|src-renderer\/i18n\/)/,
  },
  {
    what: "a password",
    pattern: /^\s*(?:export\s+)?\w*(?:PASSWORD|PASSPHRASE|SECRET|TOKEN)\w*=["']?[^\s"'${}<>]{6,}/m,
    where: /(?:^|\/)(?:\.env[^/]*|[^/]+\.(?:sh|env|ini|conf|properties))$|^\.ci\//,
  },
];

const NAMES =
  /(?:^|\/)(?:\.env(?:\..+)?|id_(?:rsa|dsa|ecdsa|ed25519)|[^/]+\.(?:pem|key|p12|pfx|jks|keystore))$|(?:^|\/)private\//;

export function findSecrets(files: readonly KeptText[]): Finding[] {
  return files.flatMap(({ name, text }) => {
    const inText = CONTENT.filter(({ pattern, where }) => pattern.test(text) && (where?.test(name) ?? true));
    const what = [...inText.map((rule) => rule.what), ...(NAMES.test(name) ? ["a name that private keys have"] : [])];
    return what.map((one) => ({ where: name, what: one }));
  });
}

if (import.meta.main) {
  const repository = process.argv[2] ?? join(import.meta.dirname, "../..");
  const files = [...trackedFiles(repository), ...pastFiles(repository)];
  const unique = new Map(findSecrets(files).map((finding) => [`${finding.where} ${finding.what}`, finding]));
  report("secrets", files.length, [...unique.values()]);
}
