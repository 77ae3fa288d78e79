import type { ReactNode } from "react";
import type { LicenseEntry, LicenseFacts as Facts, StickView } from "../../../src-shared/ipc/index.ts";
import { useSpeech } from "../../i18n/index.ts";
import styles from "./license-facts.module.css";

type LicenseFactsProps = {
  facts: Facts;
  /** The stick that is looked at, and those seen before. */
  sticks: readonly StickView[];
  here: StickView | null;
  places?: LicenseEntry["places"];
};

/** Who, which stick, which computer, which ring, which number. */
export function LicenseFacts({ facts, sticks, here, places }: LicenseFactsProps): ReactNode {
  const { words, format } = useSpeech();
  const { license } = words;
  const computer = license.computers[facts.computer];
  const stick = sticks.find(({ stickId }) => stickId === facts.stickId);
  const isHere = here !== null && here.stickId === facts.stickId;
  const place = places?.length === 2 ? "both" : places?.[0];
  const rows: readonly (readonly [string, ReactNode])[] = [
    [license.customer, facts.customer],
    [
      license.forStick,
      isHere
        ? license.thisStick(here.label)
        : stick === undefined
          ? license.otherStick
          : license.knownStick(stick.label),
    ],
    [license.computer, facts.passphrase && facts.computer !== "none" ? license.orPassphrase(computer) : computer],
    [
      license.ring,
      <>
        {license.rings[facts.ring]} <code>{facts.ring}</code>
      </>,
    ],
    [
      license.sequence,
      <>
        {license.sequenceIs(facts.seq)} <span className={styles["hint"]}>{license.sequenceHint}</span>
      </>,
    ],
    [license.issued, format.date(facts.issued)],
    ...(place === undefined ? [] : [[license.place, license.places[place]] as const]),
    [license.number, <code>{facts.licenseId}</code>],
  ];
  return (
    <dl className={styles["facts"]}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
