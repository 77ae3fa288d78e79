import type { ReactNode } from "react";
import type { RingDetails } from "../../../src-shared/ipc/index.ts";
import type { Ring } from "../../../src-shared/license/index.ts";
import { useI18n } from "../../i18n/index.ts";
import styles from "./updates.module.css";

/** For staff and pilots: the current document of the ring. */
export function RingFacts({ ring, details }: { ring: Ring; details: RingDetails }): ReactNode {
  const { messages, format } = useI18n();
  const said = messages.updates.details;
  const rows: readonly (readonly [string, ReactNode])[] = [
    [messages.updates.ring, <code key="ring">{ring}</code>],
    [said.build, <code key="build">{details.build}</code>],
    [said.kind, <code key="kind">{details.kind}</code>],
    [said.number, `${details.generation}.${details.seq}`],
    [said.share, format.exactPercent(details.basisPoints / 10_000)],
    [said.issued, format.date(details.issued)],
    [said.floor, String(details.buildFloor)],
    [said.halted, details.halted === null ? said.none : <code key="halted">{details.halted}</code>],
  ];
  return (
    <details>
      <summary>{said.title}</summary>
      <dl className={styles["facts"]}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
