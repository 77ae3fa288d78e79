import { useEffect, useEffectEvent, useState } from "react";
import { textOfFile } from "../../../src-shared/encoding/text.ts";
import { MAX_ARMORED_CHARS } from "../../../src-shared/limits.ts";
import { isPackName } from "../../../src-shared/vault/index.ts";

// The dashes around it may be lost in a mail.
const MARK = "USB VIDEO VAULT LICENSE";

type Intake = { onText: (text: string) => void; onTooLarge: () => void };

function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** Takes a license that is dropped or pasted anywhere in the window. Returns whether something is dragged over it. */
export function useLicenseIntake({ onText, onTooLarge }: Intake): boolean {
  const [isDraggedOver, setDraggedOver] = useState(false);

  const read = useEffectEvent(async (data: DataTransfer): Promise<void> => {
    const [file] = data.files;
    // A content pack is taken elsewhere.
    if (file !== undefined && isPackName(file.name)) return;
    const text = data.getData("text/plain");
    if (file === undefined ? text.length > MAX_ARMORED_CHARS : file.size > MAX_ARMORED_CHARS) onTooLarge();
    else if (file !== undefined) onText(textOfFile(await file.bytes()));
    else if (text.trim() !== "") onText(text);
  });

  useEffect(() => {
    const listening = new AbortController();
    const listen = <E extends keyof DocumentEventMap>(name: E, handler: (event: DocumentEventMap[E]) => void): void =>
      document.addEventListener(name, handler, { signal: listening.signal });
    listen("dragover", (event) => {
      event.preventDefault();
      setDraggedOver(true);
    });
    listen("dragleave", (event) => {
      if (event.relatedTarget === null) setDraggedOver(false);
    });
    listen("drop", (event) => {
      event.preventDefault();
      setDraggedOver(false);
      if (event.dataTransfer !== null) void read(event.dataTransfer);
    });
    listen("paste", (event) => {
      const data = event.clipboardData;
      // Text that is pasted into a field stays there, unless it is clearly a license.
      if (data === null || (isTextField(event.target) && !data.getData("text/plain").includes(MARK))) return;
      event.preventDefault();
      void read(data);
    });
    return () => listening.abort();
  }, []);

  return isDraggedOver;
}
