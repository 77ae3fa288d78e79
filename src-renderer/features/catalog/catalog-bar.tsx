import {
  ArrowDownWideNarrow,
  EllipsisVertical,
  FolderOpen,
  ListFilter,
  ListVideo,
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
import { type Filter, FILTERS } from "./filter.ts";
import { SearchField } from "./search-field.tsx";
import { type Sort, SORTS } from "./sort.ts";

/** Stands among the filters, and opens a screen of its own. */
const LISTS = "lists";

type CatalogBarProps = {
  screen: Extract<ScreenView, { stage: "catalog" }>;
  sticks: readonly StickChoice[];
  search: RefObject<HTMLInputElement | null>;
  query: string;
  sort: Sort;
  filter: Filter;
  onFilter: (filter: Filter) => void;
  onQuery: (query: string) => void;
  onSort: (sort: Sort) => void;
  onLeaveSearch: () => void;
  onEject: () => void;
  onLicense: () => void;
  onLists: () => void;
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
        <Choice<Filter | typeof LISTS>
          label={messages.catalog.filter}
          icon={<ListFilter aria-hidden />}
          value={props.filter}
          options={[
            ...FILTERS.map((id) => ({ id, label: messages.catalog.filters[id] })),
            { id: LISTS, label: messages.queue.lists },
          ]}
          onChange={(id) => (id === LISTS ? props.onLists() : props.onFilter(id))}
        />
        <Choice
          label={messages.catalog.sort}
          icon={<ArrowDownWideNarrow aria-hidden />}
          value={props.sort}
          options={SORTS.map((id) => ({ id, label: messages.catalog.sorts[id] }))}
          onChange={props.onSort}
        />
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
            { id: LISTS, label: messages.queue.lists, icon: <ListVideo aria-hidden /> },
            { id: "pack", label: messages.pack.choose, icon: <PackagePlus aria-hidden /> },
            { id: "folder", label: messages.app.openFolder, icon: <FolderOpen aria-hidden /> },
            { id: "settings", label: messages.app.settings, icon: <SettingsIcon aria-hidden /> },
          ]}
          onPick={(id) => {
            if (id === "license") props.onLicense();
            else if (id === LISTS) props.onLists();
            else if (id === "settings") props.onSettings();
            else if (id === "pack") void bridge.call("pack.choose-file", undefined);
            else void openFolder();
          }}
        />
      </div>
    </header>
  );
}

type ChoiceProps<Id extends string> = {
  label: string;
  icon: ReactNode;
  value: Id;
  options: readonly { readonly id: Id; readonly label: string }[];
  onChange: (id: Id) => void;
};

/** The filter, or the order of the titles: a list in a wide bar, a button in a narrow one. */
function Choice<Id extends string>({ label, icon, value, options, onChange }: ChoiceProps<Id>): ReactNode {
  return (
    <>
      <div className={styles["ifWide"]}>
        <Select label={label} value={value} options={options} onChange={onChange} />
      </div>
      <div className={styles["ifNarrow"]}>
        <Menu
          label={label}
          trigger={<IconButton label={label}>{icon}</IconButton>}
          entries={options}
          selected={value}
          onPick={(id) => {
            const chosen = options.find((one) => one.id === id);
            if (chosen !== undefined) onChange(chosen.id);
          }}
        />
      </div>
    </>
  );
}
