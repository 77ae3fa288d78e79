import type { UnixSeconds } from "../../src-shared/units.ts";

/** What every command is given: the clock, and the version of this program. */
export type CommandContext = { readonly now: () => UnixSeconds; readonly appVersion: string };
