import { type ReactNode, useEffect, useState } from "react";
import type { HealthView } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type I18n, useI18n } from "../../i18n/index.ts";
import { Waiting } from "../../ui/index.ts";
import styles from "./telemetry.module.css";

const EVERY_MS = 5_000;

/** For staff: the health of this computer, from the figures that telemetry counts. */
export function HealthPanel(): ReactNode {
  const i18n = useI18n();
  const bridge = useBridge();
  const [health, setHealth] = useState<HealthView | null>(null);

  useEffect(() => {
    const stop = new AbortController();
    const look = async (): Promise<void> => {
      const reply = await bridge.call("telemetry.health", undefined);
      if (reply.ok && !stop.signal.aborted) setHealth(reply.value);
    };
    void look();
    const timer = setInterval(() => void look(), EVERY_MS);
    stop.signal.addEventListener("abort", () => clearInterval(timer));
    return () => stop.abort();
  }, [bridge]);

  const said = i18n.messages.telemetry.health;
  return (
    <section className={styles["card"]} aria-labelledby="health-title">
      <h2 id="health-title" className={styles["title"]}>
        {said.title}
      </h2>
      {health === null ? (
        <Waiting>{said.loading}</Waiting>
      ) : (
        <dl className={styles["facts"]} data-health>
          {rowsOf(health, i18n).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function rowsOf(health: HealthView, { messages, format }: I18n): readonly (readonly [string, string])[] {
  const said = messages.telemetry.health;
  const { startMs, uptimeMs, downMs, cpuMs, memory, faults, security, crashes, queue, delivered, lost } = health;
  const running = format.brief(uptimeMs / 1_000);
  return [
    [said.start, startMs === null ? said.unknown : format.milliseconds(startMs)],
    [said.uptime, downMs > 0 ? `${running}, ${said.down(format.brief(downMs / 1_000))}` : running],
    [said.memory, said.memoryIs(format.bytes(memory.private), format.bytes(memory.highest))],
    [said.cpu, format.percent(uptimeMs > 0 ? cpuMs / uptimeMs : 0)],
    [said.faults, format.count(faults)],
    [said.security, `${format.count(security.signature)}, ${format.count(security.rollback)}`],
    [said.crashes, crashesOf(crashes, format)],
    [said.queue, said.events(format.count(queue.events), format.bytes(queue.bytes))],
    [said.delivered, delivered === null ? said.notYet : said.ago(format.brief(Date.now() / 1_000 - delivered))],
    [said.lost, format.count(lost.dropped + lost.corrupted + lost.refused)],
  ];
}

function crashesOf(crashes: HealthView["crashes"], format: I18n["format"]): string {
  const some = Object.entries(crashes).filter(([, count]) => count > 0);
  return some.length === 0 ? "0" : some.map(([name, count]) => `${name} ${format.count(count)}`).join(", ");
}
