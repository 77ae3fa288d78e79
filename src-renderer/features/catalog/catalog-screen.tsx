import { type CSSProperties, type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from "react";
import type { CatalogItem, Reply, ScreenView, StickChoice } from "../../../src-shared/ipc/index.ts";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";
import { Button, Reason, useKey, Waiting } from "../../ui/index.ts";
import { CatalogBar } from "./catalog-bar.tsx";
import styles from "./catalog.module.css";
import { CatalogNotices } from "./catalog-notices.tsx";
import { ContinueRow } from "./continue-row.tsx";
import { NotIncluded } from "./not-included.tsx";
import { indexTitles, searchTitles } from "./search.ts";
import { continueWatching, type Sort, sortTitles } from "./sort.ts";
import { TitleGrid } from "./title-grid.tsx";
import type { CatalogItems } from "./use-catalog-items.ts";
import { useGridGeometry } from "./use-grid-geometry.ts";

/** The state of the catalog that is kept while the player replaces it. */
export type CatalogMemory = { readonly query: string; readonly sort: Sort; readonly playedId: string | null };
export const FRESH_CATALOG: CatalogMemory = { query: "", sort: "title", playedId: null };

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
  onPlay: (videoId: string) => void;
  onEject: () => Promise<Reply<"vault.close">>;
  /** Requests the titles again. */
  onReload: () => void;
  onLicense: () => void;
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
  onSettings,
}: CatalogScreenProps): ReactNode {
  const { messages, language } = useI18n();
  const [query, setQuery] = useState(memory.current.query);
  const [sort, setSort] = useState(memory.current.sort);
  const [problem, setProblem] = useState<ProblemCode | null>(null);
  const [focusRequest, setFocusRequest] = useState(0);
  const search = useRef<HTMLInputElement>(null);
  const [refusedCard, setRefusedCard] = useState<HTMLElement | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const rem = useRef<HTMLSpanElement>(null);
  const items = catalog.stage === "ready" ? catalog.items : null;
  const geometry = useGridGeometry(content, rem, items?.length ?? 0);
  const titles = useMemo(() => (items === null ? [] : indexTitles(items)), [items]);
  const sorted = useMemo(() => sortTitles(titles, sort, language), [titles, sort, language]);
  const found = useMemo(() => searchTitles(sorted, query), [sorted, query]);
  const begun = useMemo(() => continueWatching(titles), [titles]);

  useEffect(() => {
    memory.current = { ...memory.current, query, sort };
  }, [memory, query, sort]);

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

  async function eject(): Promise<void> {
    const reply = await onEject();
    if (!reply.ok) setProblem(reply.error.code);
  }

  const steadyPick = useSteady(pick);
  const columns = geometry?.columns ?? 1;
  const browsing = query.trim() === "" && begun.length > 0 && geometry?.isWide !== true;
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
          onLeaveSearch={() => setFocusRequest((count) => count + 1)}
          onEject={() => void eject()}
          onLicense={onLicense}
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
          {browsing && <ContinueRow titles={continued} onPick={steadyPick} />}
          {items !== null && (
            <div className={styles["line"]}>
              <h2 className={styles["heading"]}>
                {query.trim() === "" ? messages.catalog.all : messages.catalog.results}
              </h2>
              <p role="status">{messages.catalog.count(found.length)}</p>
            </div>
          )}
          {items !== null && found.length === 0 && (
            <p className={styles["empty"]}>
              {items.length === 0 ? messages.catalog.empty : messages.catalog.noMatch(query.trim())}
            </p>
          )}
          {found.length > 0 && geometry !== null && (
            <TitleGrid
              label={messages.catalog.title}
              titles={found}
              geometry={geometry}
              scroller={scroller}
              head={head}
              focusRequest={focusRequest}
              startId={memory.current.playedId}
              onPick={steadyPick}
              onLeaveTop={() => search.current?.focus()}
            />
          )}
        </div>
      </main>
      <NotIncluded card={refusedCard} onClose={() => setRefusedCard(null)} />
    </div>
  );
}

/** A function that stays the same between renders, so that thousands of cards need not render again. */
function useSteady<In extends unknown[]>(act: (...input: In) => void): (...input: In) => void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  const [steady] = useState(
    () =>
      (...input: In) =>
        latest.current(...input),
  );
  return steady;
}
