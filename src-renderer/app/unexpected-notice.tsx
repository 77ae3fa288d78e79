import { TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useI18n } from "../i18n/index.ts";
import { Button, Notice } from "../ui/index.ts";
import styles from "./app.module.css";

/** Says in one sentence that something unexpected happened, until it is closed or happens again. */
export function UnexpectedNotice({ count }: { count: number }): ReactNode {
  const { messages } = useI18n();
  const [closed, setClosed] = useState(0);
  if (count <= closed) return null;
  return (
    <div className={styles["unexpected"]} data-unexpected={count}>
      <Notice
        icon={<TriangleAlert aria-hidden />}
        action={<Button onPress={() => setClosed(count)}>{messages.app.close}</Button>}
      >
        {messages.crash.notice}
      </Notice>
    </div>
  );
}
