import { CircleCheck, FolderOpen } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Snapshot } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, Notice, Page, Reason } from "../../ui/index.ts";
import { StickCards } from "../sticks/index.ts";
import { ImportResult, useLicenseImport, useLicenseIntake } from "../license/index.ts";
import styles from "./no-stick.module.css";
import { StickDrawing } from "./stick-drawing.tsx";

type NoStickScreenProps = {
  problem: ProblemCode | null;
  /** The sticks that are plugged in and wait for a choice. */
  sticks: Snapshot["sticks"];
  recent: Snapshot["recent"];
  /** The app has just ejected the stick: the screen says that it may be unplugged. */
  ejected: boolean;
  /** The navigation at the end of the bar. */
  end: ReactNode;
};

export function NoStickScreen({ problem, sticks, recent, ejected, end }: NoStickScreenProps): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();
  const [refused, setRefused] = useState<ProblemCode | null>(null);
  const reason = refused ?? problem;
  const gone = { title: messages.app.ejected, body: messages.noStick.ejectedBody };
  const words = sticks.length > 0 ? messages.sticks : ejected ? gone : messages.noStick;
  const absent = recent.filter(({ stickId }) => !sticks.some((stick) => stick.stickId === stickId));

  async function choose(id: number): Promise<void> {
    setRefused(null);
    const reply = await bridge.call("vault.choose", { id });
    if (!reply.ok) setRefused(reply.error.code);
  }

  async function openFolder(): Promise<void> {
    setRefused(null);
    const reply = await bridge.call("vault.open-folder", undefined);
    if (!reply.ok && reply.error.code !== "CANCELLED") setRefused(reply.error.code);
  }

  return (
    <Page screen="no-stick" end={end}>
      <div className={styles["column"]}>
        {ejected && sticks.length > 0 && <Notice icon={<CircleCheck aria-hidden />}>{messages.app.ejected}</Notice>}
        {sticks.length === 0 && <StickDrawing way={ejected ? "out" : "in"} />}
        <div role="status">
          <h1 className={styles["title"]}>{words.title}</h1>
        </div>
        <p className={styles["body"]}>{words.body}</p>
        {sticks.length > 0 && <ChooseStick sticks={sticks} onChoose={(id) => void choose(id)} />}
        {reason !== null && <Reason code={reason} />}
        <div className={styles["folder"]}>
          <p>{messages.noStick.folder}</p>
          <Button icon={<FolderOpen aria-hidden />} onPress={() => void openFolder()}>
            {messages.app.openFolder}
          </Button>
        </div>
        {/* The stick that was just ejected may still be plugged in. */}
        {absent.length > 0 && !ejected && (
          <section className={styles["recent"]} aria-labelledby="recent">
            <h2 id="recent">{messages.noStick.recent}</h2>
            <ul>
              {absent.map((stick) => (
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

/** The cards, and a license that is dropped or pasted here: it opens its own stick. */
function ChooseStick({ sticks, onChoose }: { sticks: Snapshot["sticks"]; onChoose: (id: number) => void }): ReactNode {
  const { outcome, importText, refuseTooLarge } = useLicenseImport();
  useLicenseIntake({ onText: importText, onTooLarge: refuseTooLarge });
  return (
    <>
      <StickCards sticks={sticks} onChoose={onChoose} />
      {outcome !== null && <ImportResult outcome={outcome} />}
    </>
  );
}
