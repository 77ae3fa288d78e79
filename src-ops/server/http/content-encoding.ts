import { gunzip } from "node:zlib";
import type { FastifyRequest } from "fastify";
import { err, ok, type Result } from "../../../src-shared/result.ts";
import type { Bytes } from "../../../src-shared/units.ts";
import { type Refusal, TOO_LARGE } from "./reply.ts";

/** How the body of a request is encoded (RFC 9110 section 8.4.1); `unknown`: not in a way that this server reads. */
export function encodingOf({ headers }: Pick<FastifyRequest, "headers">): "identity" | "gzip" | "unknown" {
  switch (headers["content-encoding"]?.trim().toLowerCase()) {
    case undefined:
    case "":
    case "identity":
      return "identity";
    case "gzip":
    case "x-gzip":
      return "gzip";
    default:
      return "unknown";
  }
}

/**
 * The body without its encoding, of at most `maxBytes`: what unpacks to more is refused before it is unpacked. Everything
 * in it is attacker-controlled.
 */
export async function decodedBody(request: Encoded, maxBytes: Bytes): Promise<Result<Uint8Array, Refusal>> {
  const { body } = request;
  if (encodingOf(request) === "identity") return body.length <= maxBytes ? ok(body) : err(TOO_LARGE);
  return new Promise((resolve) => {
    // `info` adds the decompressor, which knows how many bytes it has read: it ignores what follows a complete stream.
    gunzip(body, { maxOutputLength: maxBytes, info: true } as object, (error: NodeJS.ErrnoException | null, result) => {
      if (error) return resolve(err(error.code === "ERR_BUFFER_TOO_LARGE" ? TOO_LARGE : NOT_GZIP));
      const { buffer, engine } = result as unknown as Unpacked;
      resolve(engine.bytesWritten === body.length ? ok(buffer) : err(NOT_GZIP));
    });
  });
}

type Encoded = Pick<FastifyRequest, "headers"> & { readonly body: Uint8Array };
type Unpacked = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };

const NOT_GZIP: Refusal = {
  status: 400,
  code: "MALFORMED",
  message: "The body is not complete gzip data, or something follows it.",
};
