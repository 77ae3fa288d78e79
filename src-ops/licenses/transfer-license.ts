import { createHash } from "node:crypto";
import { fromBase64url, toBase64url } from "../../src-shared/encoding/base64url.ts";
import { parseReturnProof } from "../../src-shared/license/index.ts";
import { MAX_ARMORED_CHARS } from "../../src-shared/limits.ts";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { ok } from "../../src-shared/result.ts";
import type { UnixSeconds } from "../../src-shared/units.ts";
import { type Attempt, fail } from "../failure.ts";
import type { LicenseEntry } from "../register/index.ts";
import { withIssuingContext, openIssuer } from "./issuing-context.ts";
import { writeLicense, type IssuedLicense } from "./write-license.ts";
import { readRequest } from "./read-request.ts";
import { findLicense } from "./find-license.ts";
import { type Changes, composeSuccessorTerms, outputFor, type WrittenFiles } from "./successor.ts";

export type TransferOrder = Changes & {
  /** The license's id, or the number of its customer. */
  readonly license: string;
  /** Of the new computer. */
  readonly requestFile: string;
  /** The old computer's proof that it returned the license; without it, `withoutReturn` must be set explicitly. */
  readonly returnFile?: string | undefined;
  readonly withoutReturn: boolean;
};

export type TransferredLicense = IssuedLicense & WrittenFiles & { readonly from: string; readonly returned: boolean };

/** Moves a license to another computer: issues the next one of its `lid`, with the same end. */
export async function transferLicense(order: TransferOrder, now: UnixSeconds): Promise<Attempt<TransferredLicense>> {
  const issuer = await openIssuer(order.keys);
  if (!issuer.ok) return issuer;
  return withIssuingContext(issuer.value, now, async (context) => {
    const before = findLicense(context.register, order.license, now);
    if (!before.ok) return before;
    const applicant = await readRequest(order.requestFile, before.value);
    if (!applicant.ok) return applicant;
    const returned = await checkReturn(before.value, order, applicant.value.device.id);
    if (!returned.ok) return returned;
    const terms = await composeSuccessorTerms(context, before.value, order, applicant.value);
    if (!terms.ok) return terms;
    const files = await outputFor(terms.value, order);
    if (!files.ok) return files;
    const from = before.value.device?.id ?? "unknown";
    const proof = returned.value === undefined ? {} : { proof: returned.value };
    const written = await writeLicense(context, terms.value, { kind: "transfer", from, ...proof }, files.value);
    if (!written.ok) return written;
    return ok({ ...written.value.issued, ...files.value, from, returned: returned.value !== undefined });
  });
}

/** The hash of a valid proof; `undefined` if the publisher transfers without one. */
async function checkReturn(
  before: LicenseEntry,
  { returnFile, withoutReturn }: TransferOrder,
  to: string,
): Promise<Attempt<string | undefined>> {
  if (before.mode === "stick") {
    return fail("REQUEST_MISMATCH", "This license is for any computer: it does not have to be moved.");
  }
  if (before.device?.id === to) {
    return fail("REQUEST_MISMATCH", "It is already for this computer: see `vaultctl license renew`.");
  }
  if (returnFile !== undefined) return checkProof(before, returnFile);
  if (withoutReturn) return ok(undefined);
  return fail(
    "RETURN_MISSING",
    `Name the old computer's --return proof. With --without-return the license stays usable there as well, until it ends.`,
  );
}

async function checkProof(before: LicenseEntry, path: string): Promise<Attempt<string>> {
  const publicKey = before.device && fromBase64url(before.device.ed25519);
  if (!before.device || !publicKey) {
    return fail(
      "DEVICE_UNKNOWN",
      "The register does not have the old computer's key: only --without-return is possible.",
    );
  }
  const text = (await readSmallFile(path, MAX_ARMORED_CHARS))?.toString("utf8");
  if (text === undefined) return fail("NOT_FOUND", `${path} cannot be read: name the return proof (.uvvret).`);
  const proof = parseReturnProof(text, publicKey);
  if (!proof.ok) {
    return fail("RETURN_INVALID", `${path} is not a proof of the computer that has this license (${proof.error}).`);
  }
  const { lid, seq, device } = proof.value;
  if (lid !== before.lid || seq !== before.seq || device !== before.device.id) {
    return fail("RETURN_INVALID", `${path} returns license ${lid} number ${seq}, not ${before.lid} ${before.seq}.`);
  }
  return ok(toBase64url(createHash("sha256").update(text).digest()));
}
