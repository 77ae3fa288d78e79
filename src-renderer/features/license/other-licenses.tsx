import type { ReactNode } from "react";
import type { LicenseEntry, StickView } from "../../../src-shared/ipc/index.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";
import { useI18n } from "../../i18n/index.ts";
import styles from "./license.module.css";
import { LicenseFacts } from "./license-facts.tsx";

type OtherLicensesProps = {
  entries: readonly LicenseEntry[];
  now: UnixSeconds;
  sticks: readonly StickView[];
  here: StickView;
};

/** The licenses that are not in use, each with the reason and its code. */
export function OtherLicenses({ entries, now, sticks, here }: OtherLicensesProps): ReactNode {
  const { messages } = useI18n();
  return (
    <section className={styles["card"]} aria-labelledby="others-title">
      <h2 id="others-title" className={styles["subtitle"]}>
        {messages.license.others}
      </h2>
      <ul className={styles["others"]}>
        {entries.map((entry, index) => (
          <li key={`${entry.facts?.licenseId ?? "unread"} ${index}`}>
            <Other entry={entry} now={now} sticks={sticks} here={here} />
          </li>
        ))}
      </ul>
    </section>
  );
}

type OtherProps = Omit<OtherLicensesProps, "entries"> & { entry: LicenseEntry };

function Other({ entry, now, sticks, here }: OtherProps): ReactNode {
  const { messages, format } = useI18n();
  const { facts, locations } = entry;
  const until =
    facts && (now < facts.expires ? messages.license.until : messages.license.expired)(format.date(facts.expires));
  const place = locations.length === 2 ? "both" : (locations[0] ?? "computer");
  return (
    <div className={styles["other"]} data-code={entry.code} data-standing={entry.status}>
      <h3 className={styles["name"]}>{until ?? messages.license.unread}</h3>
      <Why entry={entry} />
      {facts === null ? (
        <p className={styles["place"]}>{messages.license.places[place]}</p>
      ) : (
        <details>
          <summary>
            {facts.customer} <span className={styles["place"]}>{messages.license.sequenceIs(facts.seq)}</span>
          </summary>
          <LicenseFacts facts={facts} places={locations} sticks={sticks} here={here} />
        </details>
      )}
    </div>
  );
}

/** A valid license shows why it is not in use; a refused one shows the full explanation. */
function Why({ entry }: { entry: LicenseEntry }): ReactNode {
  const { messages, explain } = useI18n();
  const { code, status, facts } = entry;
  if (code === "OK" || code === "GRACE" || status !== "refused") {
    const known = status === "refused" ? "spare" : status;
    return <p>{messages.license.standings[known]}</p>;
  }
  const { what, why, next } = explain(code, code === "NOT_YET_VALID" ? facts?.starts : facts?.expires);
  return (
    <p>
      <strong>{what}.</strong> {why} {next}{" "}
      <small>
        {messages.app.code} <code>{code}</code>
      </small>
    </p>
  );
}
