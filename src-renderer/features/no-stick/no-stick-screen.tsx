import { CircleCheck, FolderOpen } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Snapshot } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, Notice, Page, Reason } from "../../ui/index.ts";
import styles from "./no-stick.module.css";
import { StickDrawing } from "./stick-drawing.tsx";

type NoStickScreenProps = {
  problem: ProblemCode | null;
  recent: Snapshot["recent"];
  /** The app has just ejected the stick: the screen says that it may be unplugged. */
  ejected: boolean;
  /** The navigation at the end of the bar. */
  end: ReactNode;
};

export function NoStickScreen({ problem, recent, ejected, end }: NoStickScreenProps): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();
  const [refused, setRefused] = useState<ProblemCode | null>(null);
  const reason = refused ?? problem;

  async function openFolder(): Promise<void> {
    setRefused(null);
    const reply = await bridge.call("vault.open-folder", undefined);
    if (!reply.ok && reply.error.code !== "CANCELLED") setRefused(reply.error.code);
  }

  return (
    <Page screen="no-stick" end={end}>
      <div className={styles["column"]}>
        {ejected && <Notice icon={<CircleCheck aria-hidden />}>{messages.app.ejected}</Notice>}
        <StickDrawing />
        <h1 className={styles["title"]}>{messages.noStick.title}</h1>
        <p className={styles["body"]}>{messages.noStick.body}</p>
        {reason !== null && <Reason code={reason} />}
        <div className={styles["folder"]}>
          <p>{messages.noStick.folder}</p>
          <Button icon={<FolderOpen aria-hidden />} onPress={() => void openFolder()}>
            {messages.app.openFolder}
          </Button>
        </div>
        {recent.length > 0 && (
          <section className={styles["recent"]} aria-labelledby="recent">
            <h2 id="recent">{messages.noStick.recent}</h2>
            <ul>
              {recent.map((stick) => (
                <li key={stick.stickId}>
                  <span>{stick.label}</span>
                  <span>{messages.noStick.away}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </Page>
  );
}
