import { type ReactNode, useEffect, useState } from "react";
import type { notices as Loaded } from "virtual:third-party-notices";
import { useI18n } from "../../i18n/index.ts";
import { Dialog, Waiting } from "../../ui/index.ts";
import styles from "./settings.module.css";

type Notices = typeof Loaded;

/** The names and licenses of the third-party parts of the app. */
export function NoticesDialog({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const { messages } = useI18n();
  const [notices, setNotices] = useState<Notices | null>(null);

  useEffect(() => {
    const load = async (): Promise<void> => setNotices((await import("virtual:third-party-notices")).notices);
    if (open) void load();
  }, [open]);

  return (
    <Dialog title={messages.settings.notices} open={open} onClose={onClose}>
      <div className={styles["notices"]}>
        <p>{messages.settings.noticesBody}</p>
        {notices === null ? (
          <Waiting>{messages.settings.noticesLoading}</Waiting>
        ) : (
          <ul>
            {notices.map((notice) => (
              <li key={notice.name}>
                <details>
                  <summary>
                    {notice.name} {notice.version} <span className={styles["kind"]}>{notice.license}</span>
                  </summary>
                  <pre lang="en">{notice.text}</pre>
                </details>
              </li>
            ))}
          </ul>
        )}
        <p>{messages.settings.chromium}</p>
      </div>
    </Dialog>
  );
}
