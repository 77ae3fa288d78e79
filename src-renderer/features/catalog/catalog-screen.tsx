import { type CSSProperties, type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import type { CatalogItem, Reply, ScreenView, StickChoice } from "../../../src-shared/ipc/index.ts";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, classNames, Reason, useFlash, useKey, Waiting } from "../../ui/index.ts";
import { useCollecting } from "../queue/index.ts";
import { CatalogBar } from "./catalog-bar.tsx";
import styles from "./catalog.module.css";
import { CatalogNotices } from "./catalog-notices.tsx";
import { ContinueRow } from "./continue-row.tsx";
import { NotIncluded } from "./not-included.tsx";
import type { IndexedTitle } from "./search.ts";
import { TitleGrid } from "./title-grid.tsx";
import { TitlePage } from "./title-page.tsx";
import type { CatalogItems } from "./use-catalog-items.ts";
import { useGridGeometry } from "./use-grid-geometry.ts";
import { useMarks } from "./use-marks.ts";
import { useSteady } from "./use-steady.ts";
import { type Selection, useTitles } from "./use-titles.ts";

/** The state of the catalog that is kept while the player replaces it. */
export type CatalogMemory = Selection & { readonly playedId: string | null };
export const FRESH_CATALOG: CatalogMemory = { query: "", sort: "order", filter: "all", playedId: null };

/** How long the screen says what was done. */
const SAID_MS = 3_000;

type CatalogScreenProps = {
  screen: Extract<ScreenView, { stage: "catalog" }>;
  sticks: readonly StickChoice[];
  catalog: CatalogItems;
  memory: RefObject<CatalogMemory>;
  /** The clock of the main process, in integer seconds. */
  now: number;
  /** The id of the countdown that the user dismissed. */
  dismissed: string;
  onDismiss: (countdown: string) => void;
  onPlay: (videoId: string, fromStart?: boolean) => void;
  onEject: () => Promise<Reply<"vault.close">>;
  /** Requests the titles again. */
  onReload: () => void;
  onLicense: () => void;
  onLists: () => void;
  onSettings: () => void;
};

export function CatalogScreen({
  screen,
  sticks,
  catalog,
  memory,
  now,
  dismissed,
  onDismiss,
  onPlay,
  onEject,
  onReload,
  onLicense,
  onLists,
  onSettings,
}: CatalogScreenProps): ReactNode {
  const { messages, language } = useI18n();
  const [query, setQuery] = useState(memory.current.query);
  const [sort, setSort] = useState(memory.current.sort);
  const [filter, setFilter] = useState(memory.current.filter);
  const [detailsOf, setDetailsOf] = useState<IndexedTitle | null>(null);
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const [focusRequest, setFocusRequest] = useState(0);
  const search = useRef<HTMLInputElement>(null);
  const [refusedCard, setRefusedCard] = useState<HTMLElement | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const rem = useRef<HTMLSpanElement>(null);
  const view = catalog.stage === "ready" ? catalog.view : undefined;
  const items = view?.items ?? null;
  const geometry = useGridGeometry(content, rem, items?.length ?? 0);
  const { groups, found, begun } = useTitles(view, { query, sort, filter }, language);
  const [said, say] = useFlash(SAID_MS);
  const { mark } = useMarks(onReload, setProblem, say);
  const collecting = useCollecting(say);

  useEffect(() => {
    memory.current = { ...memory.current, query, sort, filter };
  }, [memory, query, sort, filter]);

  useKey("/", (event) => {
    if (event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    search.current?.focus();
  });

  function pick(item: CatalogItem, card: HTMLElement): void {
    setProblem(null);
    if (!item.included) return setRefusedCard(card);
    onPlay(item.id);
  }

  function emptyText(all: number): string {
    if (all === 0) return messages.catalog.empty;
    return query.trim() === "" ? messages.catalog.noneInFilter : messages.catalog.noMatch(query.trim());
  }

  async function eject(): Promise<void> {
    const reply = await onEject();
    if (!reply.ok) setProblem(reply.error.code);
  }

  function queue(item: CatalogItem): void {
    if (item.included) collecting.toggleQueued(item);
  }

  const [onPick, onMark, onQueue] = [useSteady(pick), useSteady(mark), useSteady(queue)];
  const actions = useMemo(() => ({ onPick, onMark, onQueue, onDetails: setDetailsOf }), [onPick, onMark, onQueue]);
  const columns = geometry?.columns ?? 1;
  const isWhole = query.trim() === "" && filter === "all";
  const browsing = isWhole && begun.length > 0 && geometry?.isWide !== true;
  const hasHeadings = groups.some(({ heading }) => heading !== null);
  const continued = useMemo(() => begun.slice(0, columns), [begun, columns]);
  return (
    <div ref={scroller} className={styles["screen"]} data-screen="catalog">
      <div ref={head} className={styles["head"]}>
        <CatalogBar
          screen={screen}
          sticks={sticks}
          search={search}
          query={query}
          sort={sort}
          onQuery={(next) => {
            setQuery(next);
            scroller.current?.scrollTo({ top: 0 });
          }}
          onSort={setSort}
          filter={filter}
          onFilter={setFilter}
          onLeaveSearch={() => setFocusRequest((count) => count + 1)}
          onEject={() => void eject()}
          onLicense={onLicense}
          onLists={onLists}
          onSettings={onSettings}
          onProblem={setProblem}
        />
        <CatalogNotices
          screen={screen}
          now={now}
          dismissed={dismissed}
          onDismiss={onDismiss}
          problem={problem}
          onProblem={setProblem}
        />
      </div>
      <main>
        <div
          ref={content}
          className={styles["content"]}
          style={{ "--columns": columns, "--card": `${geometry?.cardPx ?? 0}px` } as CSSProperties}
        >
          <span ref={rem} className={styles["rem"]} aria-hidden />
          <h1 className="visually-hidden">{messages.catalog.title}</h1>
          {catalog.stage === "loading" && <Waiting>{messages.catalog.loading}</Waiting>}
          {catalog.stage === "refused" && (
            <Reason code={catalog.code} action={<Button onPress={onReload}>{messages.app.retry}</Button>} />
          )}
          {browsing && <ContinueRow titles={continued} actions={actions} />}
          {items !== null && (
            <div className={isWhole && hasHeadings ? "visually-hidden" : styles["line"]}>
              <h2 className={styles["heading"]}>{isWhole ? messages.catalog.all : messages.catalog.results}</h2>
              <p role="status">{messages.catalog.count(found)}</p>
            </div>
          )}
          {items !== null && found === 0 && <p className={styles["empty"]}>{emptyText(items.length)}</p>}
          {found > 0 && geometry !== null && (
            <TitleGrid
              label={messages.catalog.title}
              groups={groups}
              geometry={geometry}
              scroller={scroller}
              head={head}
              focusRequest={focusRequest}
              startId={memory.current.playedId}
              actions={actions}
              onLeaveTop={() => search.current?.focus()}
            />
          )}
        </div>
      </main>
      <p role="status" className={classNames(styles["said"], said === null && styles["gone"])}>
        {said}
      </p>
      <TitlePage
        title={detailsOf}
        protection={screen.protection}
        collecting={collecting}
        onPlay={({ id }, fromStart) => onPlay(id, fromStart)}
        onMark={(item) => {
          setDetailsOf(null);
          mark(item);
        }}
        onClose={() => setDetailsOf(null)}
      />
      <NotIncluded card={refusedCard} onClose={() => setRefusedCard(null)} />
    </div>
  );
}
