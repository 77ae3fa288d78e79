import { type ReactNode, useRef, useState } from "react";
import type { UpdatesView, UpdateStage } from "../../../src-shared/ipc/index.ts";
import { notesIn } from "../../../src-shared/updates/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { useI18n } from "../../i18n/index.ts";
import { Button, Waiting } from "../../ui/index.ts";
import { DownloadBar } from "./download-bar.tsx";
import { Outcome } from "./outcome.tsx";
import { RingFacts } from "./ring-facts.tsx";
import styles from "./updates.module.css";

type Ready = Extract<UpdateStage, { stage: "ready" }>;

/** The installed version, the ring, the release notes, and one button. */
export function UpdatesPanel({ updates, version }: { updates: UpdatesView; version: string }): ReactNode {
  const { messages, format } = useI18n();
  const bridge = useBridge();
  const { now, outcome, checked, onStick, ring, details } = updates;
  const isBusy = now.stage !== "idle" && now.stage !== "ready";
  const check = (from: "web" | "stick") => void bridge.call("updates.check", { from });
  return (
    <section className={styles["card"]} aria-labelledby="updates-title" data-stage={now.stage}>
      <h2 id="updates-title" className={styles["title"]}>
        {messages.updates.title}
      </h2>
      <p>
        {outcome?.kind === "current" ? messages.updates.current(version) : messages.updates.running(version)}{" "}
        <span className={styles["ring"]}>{messages.license.rings[ring]}</span>
      </p>
      {now.stage === "checking" && <Waiting>{messages.updates.checking}</Waiting>}
      {now.stage === "downloading" && <DownloadBar {...now} />}
      {now.stage === "installing" && (
        <Waiting>{now.isWaiting ? messages.updates.waiting : messages.updates.installing}</Waiting>
      )}
      {now.stage === "ready" && <ReadyUpdate key={now.offer.version} {...now} />}
      {!isBusy && outcome !== null && <Outcome outcome={outcome} />}
      {onStick && <p>{messages.updates.onStick}</p>}
      <div className={styles["actions"]}>
        <Button isPending={isBusy} onPress={() => check("web")}>
          {messages.updates.check}
        </Button>
        {onStick && (
          <Button isPending={isBusy} onPress={() => check("stick")}>
            {messages.updates.checkStick}
          </Button>
        )}
        <span className={styles["muted"]}>
          {checked === null ? messages.updates.never : messages.updates.looked(format.date(checked))}
        </span>
      </div>
      {details !== null && <RingFacts ring={ring} details={details} />}
    </section>
  );
}

function ReadyUpdate({ offer, installable }: Ready): ReactNode {
  const { messages, language } = useI18n();
  const bridge = useBridge();
  const [isLater, setLater] = useState(false);
  const now = useRef<HTMLButtonElement>(null);
  const { version, move, critical, notes } = offer;

  // The pressed button disappears: the focus moves to its neighbour, so that keyboard users keep their place.
  function later(): void {
    setLater(true);
    now.current?.focus();
  }

  return (
    <div className={styles["ready"]} role="status">
      <h3 className={styles["subtitle"]}>
        {move === "rollback" ? messages.updates.readyBack(version) : messages.updates.ready(version)}
      </h3>
      {move === "rollback" && <p>{messages.updates.readyBackBody}</p>}
      {critical && <p>{messages.updates.readyCritical}</p>}
      <p>{installable ? messages.updates.readyBody : messages.updates.byHand}</p>
      {notes !== null && move !== "rollback" && (
        <details className={styles["news"]}>
          <summary>{messages.updates.news}</summary>
          <p className={styles["notes"]}>{notesIn(notes, language)}</p>
        </details>
      )}
      {isLater && <p className={styles["muted"]}>{messages.updates.laterSaid}</p>}
      {installable && (
        <div className={styles["actions"]}>
          <Button ref={now} look="main" onPress={() => void bridge.call("updates.install", undefined)}>
            {messages.updates.install}
          </Button>
          {!isLater && (
            <Button look="quiet" onPress={later}>
              {messages.updates.later}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
