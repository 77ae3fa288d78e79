import type { Ring } from "../../src-shared/license/index.ts";
import type { BuildId, Version } from "../../src-shared/updates/index.ts";
import type { LaneName } from "../gates/index.ts";
import type { OverrideCode } from "./promotion/index.ts";

/** The evidence and exceptions that people name for a promotion. */
export type EvidenceOrder = {
  /** The file with the gates' verdict on the previous ring or the previous share. */
  readonly verdict?: string | undefined;
  /** The completed checklist of this promotion. */
  readonly checklist?: string | undefined;
  readonly lane?: LaneName | undefined;
  readonly overrides?: readonly OverrideCode[] | undefined;
};

/** The order to release a build to a ring. Absent members keep the ring's current values. */
export type ReleaseOrder = EvidenceOrder & {
  readonly ring: Ring;
  readonly build: BuildId;
  readonly basisPoints?: number | undefined;
  readonly critical?: boolean | undefined;
  readonly minSource?: Version | undefined;
  readonly reason?: string | undefined;
  readonly flags: Readonly<Record<string, boolean>>;
  /** Whether the first release of a ring lifts the halt of its build. */
  readonly liftHalt?: boolean | undefined;
};
