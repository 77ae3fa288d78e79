import type { CSSProperties, ReactNode } from "react";
import type { UpdateStage } from "../../../src-shared/ipc/index.ts";
import { useSpeech } from "../../i18n/index.ts";
import styles from "./updates.module.css";

type Downloading = Extract<UpdateStage, { stage: "downloading" }>;

/** How much of the update has come. */
export function DownloadBar({ offer, received, total }: Downloading): ReactNode {
  const { words, format } = useSpeech();
  const share = total === 0 ? 1 : received / total;
  return (
    <div>
      <p>
        {words.updates.downloading(offer.version)} <span className={styles["muted"]}>{format.percent(share)}</span>
      </p>
      <div
        role="progressbar"
        aria-label={words.updates.progress}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        className={styles["bar"]}
        style={{ "--share": share } as CSSProperties}
      />
    </div>
  );
}
