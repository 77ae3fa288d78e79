import { type CSSProperties, type ReactNode, useState } from "react";
import type { UpdateStage } from "../../../src-shared/ipc/index.ts";
import { useI18n } from "../../i18n/index.ts";
import styles from "./updates.module.css";

type Downloading = Extract<UpdateStage, { stage: "downloading" }>;

/** Until then the download rate is not reliable. */
const FIRST_GUESS_MS = 3_000;

/** How much of the update is downloaded, and how long the rest takes. */
export function DownloadBar({ offer, received, total }: Downloading): ReactNode {
  const { messages, format } = useI18n();
  const [begun] = useState(() => ({ at: performance.now(), received }));
  const share = total === 0 ? 1 : received / total;
  const elapsedMs = performance.now() - begun.at;
  const came = received - begun.received;
  const isGuessable = elapsedMs >= FIRST_GUESS_MS && came > 0;
  return (
    <div>
      <p>
        {messages.updates.downloading(offer.version)}{" "}
        <span className={styles["muted"]}>
          {messages.updates.received(format.bytes(received), format.bytes(total))}
          {isGuessable && messages.updates.left(format.brief(((total - received) * elapsedMs) / came / 1000))}
        </span>
      </p>
      <div
        role="progressbar"
        aria-label={messages.updates.progress}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        className={styles["bar"]}
        style={{ "--share": share } as CSSProperties}
      />
    </div>
  );
}
