import type { Ring } from "../../src-shared/license/index.ts";
import type { BuildId, Version } from "../../src-shared/updates/index.ts";
import type { LaneName } from "../gates/index.ts";
import type { OverrideCode } from "./promotion/index.ts";

/** What people bring to a promotion beside the build. */
export type EvidenceOrder = {
  /** The file in which the gate of the ring before, or of the share before, says what it found. */
  readonly verdict?: string | undefined;
  /** The filled checklist of this promotion. */
  readonly checklist?: string | undefined;
  readonly lane?: LaneName | undefined;
  readonly overrides?: readonly OverrideCode[] | undefined;
};

/** What a person asks for when a ring is to have a build. Members that are absent stay as they are in the ring. */
export type ReleaseOrder = EvidenceOrder & {
  readonly ring: Ring;
  readonly build: BuildId;
  readonly basisPoints?: number | undefined;
  readonly critical?: boolean | undefined;
  readonly minSource?: Version | undefined;
  readonly reason?: string | undefined;
  readonly flags: Readonly<Record<string, boolean>>;
};
