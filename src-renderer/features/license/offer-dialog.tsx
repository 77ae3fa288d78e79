import { type ReactNode, useState } from "react";
import type { LicenseOffer, StickView } from "../../../src-shared/ipc/index.ts";
import type { UnixSeconds } from "../../../src-shared/units.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, Dialog, Reason, Waiting } from "../../ui/index.ts";
import styles from "./license.module.css";
import { LicenseFacts } from "./license-facts.tsx";
import { Validity } from "./validity.tsx";

type OfferDialogProps = {
  offer: LicenseOffer;
  now: UnixSeconds;
  sticks: readonly StickView[];
  /** The stick that is plugged in; `null`: none is, and nothing can be imported. */
  here: StickView | null;
};

/** A license from a link or a file: it is shown, and imported only when the user confirms. */
export function OfferDialog({ offer, now, sticks, here }: OfferDialogProps): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();
  const [checking, setChecking] = useState(false);
  const [refused, setRefused] = useState<ProblemCode | null>(offer.refusal);
  const { facts, id: offerId } = offer;

  async function accept(): Promise<void> {
    setChecking(true);
    const reply = await bridge.call("license.accept-offer", { offerId });
    setChecking(false);
    if (!reply.ok) setRefused(reply.error.code);
  }

  const decline = (): void => void bridge.call("license.decline-offer", { offerId });
  return (
    <Dialog title={messages.offer.title} open onClose={decline}>
      <div className={styles["offer"]} data-offer={offerId}>
        {facts !== null && (
          <>
            <p>{messages.offer.says}</p>
            <Validity facts={facts} now={now} />
            <LicenseFacts facts={facts} sticks={sticks} here={here} brief />
            <p className={styles["place"]}>{here === null ? messages.offer.noStick : messages.offer.later}</p>
          </>
        )}
        {refused !== null && <Reason code={refused} />}
        <div className={styles["actions"]}>
          {facts !== null && here !== null && refused === null && (
            <Button look="main" isDisabled={checking} onPress={() => void accept()}>
              {messages.offer.accept}
            </Button>
          )}
          <Button onPress={decline}>{refused === null ? messages.offer.decline : messages.app.close}</Button>
          {checking && <Waiting>{messages.license.checking}</Waiting>}
        </div>
      </div>
    </Dialog>
  );
}
