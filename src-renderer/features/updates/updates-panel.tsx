import { type ReactNode, useRef, useState } from "react";
import type { UpdatesView, UpdateStage } from "../../../src-shared/ipc/index.ts";
import { notesIn } from "../../../src-shared/updates/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { useSpeech } from "../../i18n/index.ts";
import { Button, Waiting } from "../../ui/index.ts";
import { DownloadBar } from "./download-bar.tsx";
import { Outcome } from "./outcome.tsx";
import { RingFacts } from "./ring-facts.tsx";
import styles from "./updates.module.css";

type Ready = Extract<UpdateStage, { stage: "ready" }>;

/** Version, ring, what is new, and one button. */
export function UpdatesPanel({ updates, version }: { updates: UpdatesView; version: string }): ReactNode {
  const { words, format } = useSpeech();
  const bridge = useBridge();
  const { now, outcome, checked, onStick, ring, details } = updates;
  const isBusy = now.stage !== "idle" && now.stage !== "ready";
  const check = (from: "web" | "stick") => void bridge.call("updates.check", { from });
  return (
    <section className={styles["card"]} aria-labelledby="updates-title" data-stage={now.stage}>
      <h2 id="updates-title" className={styles["title"]}>
        {words.updates.title}
      </h2>
      <p>
        {outcome?.kind === "current" ? words.updates.current(version) : words.updates.running(version)}{" "}
        <span className={styles["ring"]}>{words.license.rings[ring]}</span>
      </p>
      {now.stage === "checking" && <Waiting>{words.updates.checking}</Waiting>}
      {now.stage === "downloading" && <DownloadBar {...now} />}
      {now.stage === "installing" && <Waiting>{words.updates.installing}</Waiting>}
      {now.stage === "ready" && <ReadyUpdate key={now.offer.version} {...now} />}
      {!isBusy && outcome !== null && <Outcome outcome={outcome} />}
      {onStick && <p>{words.updates.onStick}</p>}
      <div className={styles["actions"]}>
        <Button isPending={isBusy} onPress={() => check("web")}>
          {words.updates.check}
        </Button>
        {onStick && (
          <Button isPending={isBusy} onPress={() => check("stick")}>
            {words.updates.checkStick}
          </Button>
        )}
        <span className={styles["muted"]}>
          {checked === null ? words.updates.never : words.updates.looked(format.date(checked))}
        </span>
      </div>
      {details !== null && <RingFacts ring={ring} details={details} />}
    </section>
  );
}

function ReadyUpdate({ offer, installable }: Ready): ReactNode {
  const { words, language } = useSpeech();
  const bridge = useBridge();
  const [isLater, setLater] = useState(false);
  const now = useRef<HTMLButtonElement>(null);
  const { version, move, critical, notes } = offer;

  // The button that was pressed goes: whoever has no mouse stays where he was.
  function later(): void {
    setLater(true);
    now.current?.focus();
  }

  return (
    <div className={styles["ready"]} role="status">
      <h3 className={styles["subtitle"]}>
        {move === "rollback" ? words.updates.readyBack(version) : words.updates.ready(version)}
      </h3>
      {move === "rollback" && <p>{words.updates.readyBackBody}</p>}
      {critical && <p>{words.updates.readyCritical}</p>}
      <p>{installable ? words.updates.readyBody : words.updates.byHand}</p>
      {notes !== null && move !== "rollback" && (
        <details className={styles["news"]}>
          <summary>{words.updates.news}</summary>
          <p className={styles["notes"]}>{notesIn(notes, language)}</p>
        </details>
      )}
      {isLater && <p className={styles["muted"]}>{words.updates.laterSaid}</p>}
      {installable && (
        <div className={styles["actions"]}>
          <Button ref={now} look="main" onPress={() => void bridge.call("updates.install", undefined)}>
            {words.updates.install}
          </Button>
          {!isLater && (
            <Button look="quiet" onPress={later}>
              {words.updates.later}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
