import { FileKey2 } from "lucide-react";
import { type ReactNode, useEffect, useEffectEvent, useState } from "react";
import { useSpeech } from "../../i18n/index.ts";
import { Button, classNames, Waiting } from "../../ui/index.ts";
import styles from "./license-drop.module.css";

/** The contract takes no more than this; a larger file is no license, and is not read. */
const MAX_LICENSE_BYTES = 64 * 1024;

const PASTE_KEYS = navigator.userAgent.includes("Mac OS") ? "⌘V" : "Ctrl+V";

type LicenseDropProps = {
  /** Whether a license is what this screen waits for. */
  asked: boolean;
  checking: boolean;
  onText: (text: string) => void;
  onTooLarge: () => void;
  onChoose: () => void;
};

function takesText(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}

/** Takes a license dropped or pasted anywhere in the window, or chosen in the system's dialog. */
export function LicenseDrop({ asked, checking, onText, onTooLarge, onChoose }: LicenseDropProps): ReactNode {
  const { words } = useSpeech();
  const [over, setOver] = useState(false);

  const take = useEffectEvent(async (data: DataTransfer): Promise<void> => {
    const [file] = data.files;
    const text = data.getData("text/plain");
    if (file === undefined ? text.length > MAX_LICENSE_BYTES : file.size > MAX_LICENSE_BYTES) onTooLarge();
    else if (file !== undefined) onText(await file.text());
    else if (text.trim() !== "") onText(text);
  });

  useEffect(() => {
    const hearing = new AbortController();
    const listen = <E extends keyof DocumentEventMap>(name: E, hear: (event: DocumentEventMap[E]) => void): void =>
      document.addEventListener(name, hear, { signal: hearing.signal });
    listen("dragover", (event) => {
      event.preventDefault();
      setOver(true);
    });
    listen("dragleave", (event) => {
      if (event.relatedTarget === null) setOver(false);
    });
    listen("drop", (event) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer !== null) void take(event.dataTransfer);
    });
    listen("paste", (event) => {
      if (takesText(event.target) || event.clipboardData === null) return;
      event.preventDefault();
      void take(event.clipboardData);
    });
    return () => hearing.abort();
  }, []);

  return (
    <div
      role="group"
      aria-label={words.license.dropZone}
      className={classNames(styles["zone"], over && styles["over"])}
    >
      <FileKey2 aria-hidden className={styles["icon"] ?? ""} />
      <p className={styles["title"]}>{over ? words.license.dropNow : words.license.dropTitle}</p>
      <div className={styles["hint"]}>
        {checking ? <Waiting>{words.license.checking}</Waiting> : words.license.dropHint(PASTE_KEYS)}
      </div>
      <Button look={asked ? "main" : "plain"} isDisabled={checking} onPress={onChoose}>
        {words.license.choose}
      </Button>
    </div>
  );
}
