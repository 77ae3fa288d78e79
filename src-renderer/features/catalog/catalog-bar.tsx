import {
  ArrowDownWideNarrow,
  EllipsisVertical,
  FolderOpen,
  PackagePlus,
  Settings as SettingsIcon,
  TicketCheck,
} from "lucide-react";
import type { ReactNode, RefObject } from "react";
import type { ScreenView, StickChoice } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { EjectIcon, IconButton, Menu, Select } from "../../ui/index.ts";
import { StickMenu } from "../sticks/index.ts";
import styles from "./catalog.module.css";
import { SearchField } from "./search-field.tsx";
import { type Sort, SORTS } from "./sort.ts";

type CatalogBarProps = {
  screen: Extract<ScreenView, { stage: "catalog" }>;
  sticks: readonly StickChoice[];
  search: RefObject<HTMLInputElement | null>;
  query: string;
  sort: Sort;
  onQuery: (query: string) => void;
  onSort: (sort: Sort) => void;
  onLeaveSearch: () => void;
  onEject: () => void;
  onLicense: () => void;
  onSettings: () => void;
  onProblem: (code: ProblemCode | null) => void;
};

export function CatalogBar(props: CatalogBarProps): ReactNode {
  const { messages, format } = useI18n();
  const bridge = useBridge();
  const { stick, license } = props.screen;

  async function openFolder(): Promise<void> {
    const reply = await bridge.call("vault.open-folder", undefined);
    props.onProblem(reply.ok || reply.error.code === "CANCELLED" ? null : reply.error.code);
  }

  return (
    <header className={styles["bar"]}>
      <div className={styles["stick"]}>
        <StickMenu label={stick.label} sticks={props.sticks} onProblem={props.onProblem} />
        {license.code === "OK" && (
          <p className={styles["until"]}>{messages.catalog.validUntil(format.date(license.expires))}</p>
        )}
      </div>
      <SearchField field={props.search} value={props.query} onChange={props.onQuery} onLeave={props.onLeaveSearch} />
      <div className={styles["actions"]}>
        <Order sort={props.sort} onSort={props.onSort} />
        <IconButton label={messages.app.eject} onPress={props.onEject}>
          <EjectIcon />
        </IconButton>
        <Menu
          label={messages.catalog.more}
          trigger={
            <IconButton label={messages.catalog.more}>
              <EllipsisVertical aria-hidden />
            </IconButton>
          }
          entries={[
            { id: "license", label: messages.license.about, icon: <TicketCheck aria-hidden /> },
            { id: "pack", label: messages.pack.choose, icon: <PackagePlus aria-hidden /> },
            { id: "folder", label: messages.app.openFolder, icon: <FolderOpen aria-hidden /> },
            { id: "settings", label: messages.app.settings, icon: <SettingsIcon aria-hidden /> },
          ]}
          onPick={(id) => {
            if (id === "license") props.onLicense();
            else if (id === "settings") props.onSettings();
            else if (id === "pack") void bridge.call("pack.choose-file", undefined);
            else void openFolder();
          }}
        />
      </div>
    </header>
  );
}

/** The order of the titles: a list in a wide bar, a button in a narrow one. */
function Order({ sort, onSort }: Pick<CatalogBarProps, "sort" | "onSort">): ReactNode {
  const { messages } = useI18n();
  const options = SORTS.map((id) => ({ id, label: messages.catalog.sorts[id] }));
  return (
    <>
      <div className={styles["ifWide"]}>
        <Select label={messages.catalog.sort} value={sort} options={options} onChange={onSort} />
      </div>
      <div className={styles["ifNarrow"]}>
        <Menu
          label={messages.catalog.sort}
          trigger={
            <IconButton label={messages.catalog.sort}>
              <ArrowDownWideNarrow aria-hidden />
            </IconButton>
          }
          entries={options}
          selected={sort}
          onPick={(id) => {
            const chosen = SORTS.find((one) => one === id);
            if (chosen !== undefined) onSort(chosen);
          }}
        />
      </div>
    </>
  );
}
