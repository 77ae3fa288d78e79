import type { AddedProtection, Protection } from "../../src-shared/protection.ts";

const CAPTURES: { readonly [mode in Protection["capture"]]: string } = {
  allow: "captures allowed",
  block: "captures blocked where the system can",
  require: "nothing plays where captures cannot be blocked",
};
const WATERMARKS: { readonly [mode in Protection["watermark"]]: string } = {
  none: "no watermark",
  corner: "a watermark in the corner",
  moving: "a moving watermark",
};

/** As part of a line. */
export function describeProtection({ capture, watermark }: AddedProtection): string {
  return [capture && CAPTURES[capture], watermark && WATERMARKS[watermark]].filter(Boolean).join(", ");
}
