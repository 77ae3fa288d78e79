import { X509Certificate } from "node:crypto";
import { readSmallFile } from "../../src-shared/node/plain-files.ts";
import { err, ok, type Result } from "../../src-shared/result.ts";
import { KIB } from "../../src-shared/units.ts";

const MAX_BYTES = 256 * KIB;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** Reads the certificates in a PEM file. The error says what was expected. */
export async function readCertificates(path: string): Promise<Result<string, string>> {
  const bytes = await readSmallFile(path, MAX_BYTES);
  const found = new TextDecoder().decode(bytes ?? new Uint8Array()).match(CERTIFICATE) ?? [];
  if (found.length === 0) return err("expected a file with certificates in PEM form");
  try {
    const read = found.map((pem) => new X509Certificate(pem).toString());
    return ok(read.join("\n"));
  } catch {
    // OpenSSL has many codes for what is no certificate.
    return err("expected a file whose certificates can be read");
  }
}
