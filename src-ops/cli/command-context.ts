import type { UnixSeconds } from "../../src-shared/units.ts";

/** The context of every command: the clock, and the version of this program. */
export type CommandContext = { readonly now: () => UnixSeconds; readonly appVersion: string };
