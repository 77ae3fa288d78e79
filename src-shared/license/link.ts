import { fromBase64url } from "../encoding/base64url.ts";
import { fromUtf8 } from "../encoding/text.ts";
import { err, ok, type Result } from "../result.ts";
import { KIB } from "../units.ts";

export const LINK_SCHEME = "usb-video-vault";

/** The largest license in its armour fits; and the link fits on a command line of Windows (32,767 characters). */
export const MAX_LINK_CHARS = 30 * KIB;

// Only this one form is accepted: nothing is decoded, joined or left out.
const LICENSE_LINK = new RegExp(`^${LINK_SCHEME}://license/?\\?data=([A-Za-z0-9_-]+)$`);

/**
 * Extracts the license text from an attacker-controlled link, `usb-video-vault://license?data=<base64url of the text>`.
 * The text itself is as untrusted as before.
 */
export function parseLicenseLink(link: string): Result<string, "MALFORMED"> {
  if (link.length > MAX_LINK_CHARS) return err("MALFORMED");
  const data = LICENSE_LINK.exec(link)?.[1];
  const bytes = data === undefined ? undefined : fromBase64url(data);
  const text = bytes && fromUtf8(bytes);
  return text === undefined ? err("MALFORMED") : ok(text);
}
