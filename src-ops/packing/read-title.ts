import { FilePathSource, Input, Logging, LogLevel, MATROSKA, MP4, QTFF, WEBM } from "mediabunny";
import { titleFromName, titleOf } from "./probe.ts";

/** The title that packing would give to a film, without reading the film: its title tag, or its name. */
export async function readTitle(path: string): Promise<string> {
  Logging.level = LogLevel.Silent;
  const input = new Input({ formats: [MP4, QTFF, WEBM, MATROSKA], source: new FilePathSource(path) });
  try {
    const title = titleOf(path, (await input.getMetadataTags()).title);
    if (title.ok) return title.value;
  } catch {
    // Its parsers throw plain errors for files that are no films; packing says later what is wrong with this one.
  } finally {
    input.dispose();
  }
  return titleFromName(path);
}
