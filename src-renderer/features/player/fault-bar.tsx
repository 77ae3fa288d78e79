import { TriangleAlert, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, Notice } from "../../ui/index.ts";
import styles from "./fault-bar.module.css";

type FaultBarProps = { code: ProblemCode; onRetry: () => void; onRestart: () => void; onLeave: () => void };

/** Why playback is interrupted. After a pulled stick it goes on by itself, otherwise buttons continue it. */
export function FaultBar({ code, onRetry, onRestart, onLeave }: FaultBarProps): ReactNode {
  const { messages, explain } = useI18n();
  const { what, why, next } = explain(code);
  const removed = code === "REMOVED";
  return (
    <div className={styles["fault"]} data-code={code}>
      <Notice
        tone={removed ? "calm" : "danger"}
        icon={removed ? <Unplug aria-hidden /> : <TriangleAlert aria-hidden />}
      >
        <p>
          <strong>{what}.</strong> {removed ? next : `${why} ${next}`}{" "}
          {!removed && (
            <small className={styles["small"]}>
              {messages.app.code} {code}
            </small>
          )}
        </p>
        <div className={styles["ways"]}>
          {!removed && <Button onPress={onRetry}>{messages.app.retry}</Button>}
          {!removed && <Button onPress={onRestart}>{messages.player.fromStart}</Button>}
          <Button onPress={onLeave}>{messages.player.back}</Button>
        </div>
      </Notice>
    </div>
  );
}
