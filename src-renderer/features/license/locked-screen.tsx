import type { ReactNode } from "react";
import type { ScreenView, StickChoice } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, EjectIcon, Page, Reason } from "../../ui/index.ts";
import { StickMenu } from "../sticks/index.ts";
import { ActivationRequest, type RequestOccasion } from "./activation-request.tsx";
import styles from "./license.module.css";
import { LicenseDrop } from "./license-drop.tsx";
import { PassphraseForm } from "./passphrase-form.tsx";
import { type LicenseReply, useLicenseImport } from "./use-license-import.ts";

type LockedScreenProps = {
  screen: Extract<ScreenView, { stage: "locked" }>;
  sticks: readonly StickChoice[];
  end: ReactNode;
  onEject: () => Promise<LicenseReply>;
};

/** Problems that are solved outside the app: it only has to try again. */
const SOLVED_OUTSIDE: readonly ProblemCode[] = ["STORE_LOCKED", "STORE_NONE", "CLOCK"];

export function LockedScreen({ screen, sticks, end, onEject }: LockedScreenProps): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();
  const { checking, outcome, importText, refuseTooLarge, chooseFile, attempt } = useLicenseImport();
  // The refusal of the latest attempt replaces the reason that was shown before.
  const refused = outcome?.kind === "refused" ? outcome.code : null;

  // The main process knows more about a refusal than its code: where the code is the same, its version is shown.
  const shown = refused === null || refused === screen.refusal?.code ? screen.refusal : { code: refused, date: null };
  const drop = (
    <LicenseDrop
      asked={!screen.passphrase}
      checking={checking}
      onText={importText}
      onTooLarge={refuseTooLarge}
      onChoose={chooseFile}
    />
  );
  return (
    <Page
      screen="locked"
      start={
        sticks.length > 1 && (
          <StickMenu
            label={screen.stick.label}
            sticks={sticks}
            onProblem={(code) => void attempt(Promise.resolve({ ok: false, error: { code } }))}
          />
        )
      }
      end={
        <>
          <Button icon={<EjectIcon />} onPress={() => void attempt(onEject())}>
            {messages.app.eject}
          </Button>
          {end}
        </>
      }
    >
      <div className={styles["column"]}>
        <header>
          <p className={styles["stick"]}>{messages.license.stick(screen.stick.label)}</p>
          <h1 className={styles["title"]}>
            {screen.passphrase ? messages.license.passphraseTitle : messages.license.title}
          </h1>
        </header>
        {shown !== null && (
          <Reason
            code={shown.code}
            date={shown.date}
            isCopy={"isCopy" in shown}
            action={
              SOLVED_OUTSIDE.includes(shown.code) && (
                <Button isDisabled={checking} onPress={() => void attempt(bridge.call("license.retry", undefined))}>
                  {messages.app.retry}
                </Button>
              )
            }
          />
        )}
        {screen.passphrase && (
          <PassphraseForm onUnlock={(passphrase) => attempt(bridge.call("license.unlock", { passphrase }))} />
        )}
        {drop}
        <ActivationRequest key={screen.stick.stickId} occasion={occasionOf(screen)} />
      </div>
    </Page>
  );
}

function occasionOf({ passphrase, refusal }: LockedScreenProps["screen"]): RequestOccasion {
  if (passphrase) return "passphrase";
  return refusal?.code === "MISSING" ? "none" : "other";
}
