import type { Release } from "./release.ts";

/**
 * The signed switches that features of this app use, and their values if the ring does not set them. A ring's
 * document may name others: they are for other versions.
 */
export const SWITCHES = {
  /** Whether `usb-video-vault://` links are read at all: anybody can make a person follow one. */
  "license-links": true,
} as const satisfies Readonly<Record<string, boolean>>;
export type SwitchName = keyof typeof SWITCHES;

export function isOn(name: SwitchName, flags: Release["flags"]): boolean {
  return flags[name] ?? SWITCHES[name];
}
