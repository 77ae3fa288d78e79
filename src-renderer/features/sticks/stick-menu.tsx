import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "react-aria-components";
import type { StickChoice } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Menu } from "../../ui/index.ts";
import { stickDetail } from "./stick-detail.ts";
import styles from "./sticks.module.css";

type StickMenuProps = {
  label: string;
  sticks: readonly StickChoice[];
  onProblem: (code: ProblemCode) => void;
};

/** The name of the stick on the screen. If others are plugged in, it opens a menu of all. */
export function StickMenu({ label, sticks, onProblem }: StickMenuProps): ReactNode {
  const { messages } = useI18n();
  const bridge = useBridge();
  if (sticks.every(({ current }) => current)) return <p className={styles["name"]}>{label}</p>;

  async function choose(id: number): Promise<void> {
    const reply = await bridge.call("vault.choose", { id });
    if (!reply.ok) onProblem(reply.error.code);
  }

  const current = sticks.find((stick) => stick.current);
  return (
    <Menu
      label={messages.sticks.menu}
      trigger={
        <Button className={styles["trigger"] ?? ""} aria-label={`${label}, ${messages.sticks.menu}`}>
          <span className={styles["name"]}>{label}</span>
          <ChevronDown aria-hidden />
        </Button>
      }
      stacked
      entries={sticks.map((stick) => ({
        id: String(stick.id),
        label: stick.label,
        detail: [stickDetail(stick, messages), messages.sticks.access[stick.access]].join(" · "),
      }))}
      selected={current === undefined ? null : String(current.id)}
      onPick={(id) => void choose(Number(id))}
    />
  );
}
