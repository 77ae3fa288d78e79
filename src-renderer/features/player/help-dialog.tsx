import { Fragment, type ReactNode } from "react";
import { useI18n } from "../../i18n/index.ts";
import { Dialog } from "../../ui/index.ts";
import { keyLabel, PLAYER_KEYS } from "./player-keys.ts";
import styles from "./help-dialog.module.css";

export function HelpDialog({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const texts = useI18n().messages.player;
  const lines = Map.groupBy(PLAYER_KEYS, ({ help }) => help);
  return (
    <Dialog title={texts.help} open={open} onClose={onClose}>
      <dl className={styles["keys"]}>
        {[...lines].map(([help, keys]) => (
          <Fragment key={help}>
            <dt>
              {keys.map(({ key }) => (
                <kbd key={key}>{keyLabel(key, texts)}</kbd>
              ))}
            </dt>
            <dd>{texts.keyHelp[help]}</dd>
          </Fragment>
        ))}
      </dl>
    </Dialog>
  );
}
