import type { ReactNode } from "react";
import type { LicenseEntry, LicenseFacts as Facts, StickView } from "../../../src-shared/ipc/index.ts";
import { type Messages, useI18n } from "../../i18n/index.ts";
import styles from "./license-facts.module.css";

type LicenseFactsProps = {
  facts: Facts;
  /** The current stick, and those seen before. */
  sticks: readonly StickView[];
  here: StickView | null;
  places?: LicenseEntry["locations"];
  /** Only the facts that identify the license for a person. */
  brief?: boolean;
};

type Row = readonly [string, ReactNode];

/** The facts of a license: customer, stick, computer, ring, number. */
export function LicenseFacts({ facts, sticks, here, places, brief = false }: LicenseFactsProps): ReactNode {
  const { messages, format } = useI18n();
  const { license } = messages;
  const computer = license.computers[facts.computer];
  const place = places?.length === 2 ? "both" : places?.[0];
  const first: readonly Row[] = [
    [license.customer, facts.customer],
    [license.forStick, stickName(messages, facts.stickId, sticks, here)],
    [license.computer, facts.passphrase && facts.computer !== "none" ? license.orPassphrase(computer) : computer],
    [license.issued, format.date(facts.issued)],
  ];
  const rest: readonly Row[] = [
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
    ...(place === undefined ? [] : [[license.place, license.places[place]] as const]),
    [license.number, <code>{facts.licenseId}</code>],
  ];
  return (
    <dl className={styles["facts"]}>
      {[...first, ...(brief ? [] : rest)].map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function stickName(
  { license }: Messages,
  stickId: string,
  sticks: LicenseFactsProps["sticks"],
  here: StickView | null,
): string {
  if (here?.stickId === stickId) return license.thisStick(here.label);
  const known = sticks.find((stick) => stick.stickId === stickId);
  if (known !== undefined) return license.knownStick(known.label);
  return here === null ? license.newStick : license.otherStick;
}
