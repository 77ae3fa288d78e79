import type { Playback } from "../../../src-shared/ipc/index.ts";
import type { Messages } from "../../i18n/index.ts";

/** `English (forced)`: tells the subtitles of one language apart. */
export function subtitleLabel(
  { label, kind }: Playback["subtitles"][number],
  { subtitleKinds }: Messages["player"],
): string {
  return kind === null ? label : `${label} (${subtitleKinds[kind]})`;
}
