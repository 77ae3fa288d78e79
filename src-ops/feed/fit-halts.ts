import { utf8 } from "../../src-shared/encoding/text.ts";
import { type Halts, MAX_DOCUMENT_BYTES } from "../../src-shared/updates/index.ts";

/** A document that its readers accept: if it is too long, the oldest reasons are left out, and never a halt. */
export function fitted(document: Halts): Halts {
  const halts = [...document.halts];
  for (const [i, halt] of halts.entries()) {
    if (utf8(JSON.stringify({ ...document, halts })).length <= MAX_DOCUMENT_BYTES) break;
    halts[i] = { ...halt, reason: "" };
  }
  return { ...document, halts };
}
