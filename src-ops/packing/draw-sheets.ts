import type { StoryboardLayout } from "../../src-shared/storyboard.ts";
import type { PlannedVideo } from "./plan.ts";
import { makeStoryboard, type StoryboardFault } from "./storyboard.ts";

export type DrawnStoryboard = StoryboardLayout & { readonly sheets: readonly Uint8Array[] };

/** The sheets of the film's storyboard. A film without them is packed all the same, and a note says why. */
export async function drawSheets(
  { source, storyboard }: PlannedVideo,
  signal: AbortSignal,
  note: (line: string) => void,
  onFrame: () => void,
): Promise<DrawnStoryboard | undefined> {
  if (!storyboard) return undefined;
  const sheets = await makeStoryboard({ path: source.path, ...storyboard }, signal, onFrame);
  if (sheets.ok) return { ...storyboard.layout, sheets: sheets.value };
  note(describeMissing(source.path, sheets.error));
  return undefined;
}

function describeMissing(path: string, fault: StoryboardFault): string {
  switch (fault) {
    case "FFMPEG_MISSING":
      return "The seek bar gets no pictures, because ffmpeg is not installed.";
    case "TOO_SLOW":
      return `${path} gets no pictures on the seek bar: ffmpeg took too long to make them.`;
    case "FAILED":
      return `${path} gets no pictures on the seek bar: ffmpeg could not make them.`;
  }
}
