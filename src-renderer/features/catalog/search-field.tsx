import { Search, X } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { Button, Input, SearchField as AriaSearchField } from "react-aria-components";
import { useI18n } from "../../i18n/index.ts";
import styles from "./search-field.module.css";

type SearchFieldProps = {
  field: Ref<HTMLInputElement>;
  value: string;
  onChange: (value: string) => void;
  /** Arrow down or Enter: moves on to the results. */
  onLeave: () => void;
};

export function SearchField({ field, value, onChange, onLeave }: SearchFieldProps): ReactNode {
  const { messages } = useI18n();
  return (
    <AriaSearchField
      className={styles["field"] ?? ""}
      aria-label={messages.catalog.search}
      value={value}
      onChange={onChange}
      onSubmit={onLeave}
    >
      <Search aria-hidden className={styles["glass"] ?? ""} />
      <Input
        ref={field}
        className={styles["input"] ?? ""}
        placeholder={messages.catalog.search}
        spellCheck={false}
        aria-keyshortcuts="/"
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          onLeave();
        }}
      />
      {value === "" ? (
        <kbd className={styles["key"]} aria-hidden>
          /
        </kbd>
      ) : (
        <Button className={styles["clear"] ?? ""} aria-label={messages.catalog.clear}>
          <X aria-hidden />
        </Button>
      )}
    </AriaSearchField>
  );
}
