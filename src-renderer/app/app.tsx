import { Settings as SettingsIcon, TicketCheck } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Reply, Snapshot } from "../../src-shared/ipc/index.ts";
import { assertNever } from "../../src-shared/result.ts";
import { useAppState, useBridge, useViewing, ViewingProvider } from "../bridge/index.tsx";
import { type CatalogMemory, CatalogScreen, FRESH_CATALOG, useCatalogItems } from "../features/catalog/index.ts";
import { PackDialog, usePackIntake } from "../features/content-pack/index.ts";
import { LicenseScreen, LockedScreen, OfferDialog } from "../features/license/index.ts";
import { NoStickScreen } from "../features/no-stick/index.ts";
import { PlayerScreen } from "../features/player/index.ts";
import { PlaylistsScreen } from "../features/queue/index.ts";
import { SettingsScreen } from "../features/settings/index.ts";
import { SurveyDialog } from "../features/feedback/index.ts";
import { ConsentDialog } from "../features/telemetry/index.ts";
import { I18nProvider, useI18n } from "../i18n/index.ts";
import { IconButton } from "../ui/index.ts";
import { Broken, Starting } from "./error-boundary.tsx";
import { begin, type Playing } from "./playing.ts";
import { randomSeed } from "./random-seed.ts";
import { UnexpectedNotice } from "./unexpected-notice.tsx";
import { useAround } from "./use-around.ts";

export function App(): ReactNode {
  const state = useAppState();
  if (state === "failed") return <Broken />;
  if (state === "starting") return <Starting />;
  return (
    <I18nProvider snapshot={state}>
      <ViewingProvider stickId={state.screen.stage === "catalog" ? state.screen.stick.stickId : null}>
        <Screens snapshot={state} />
      </ViewingProvider>
    </I18nProvider>
  );
}

function Offer({ snapshot }: { snapshot: Snapshot }): ReactNode {
  const { offer, screen, recent, now } = snapshot;
  const shown = screen.stage === "no-stick" ? null : screen.stick;
  // It is imported for its own stick, if that one is plugged in.
  const named = snapshot.sticks.find(({ stickId }) => stickId === offer?.facts?.stickId);
  const here = named ? { stickId: named.stickId, label: named.label } : shown;
  const sticks = here === null ? recent : [here, ...recent];
  return offer !== null && <OfferDialog key={offer.id} offer={offer} now={now} sticks={sticks} here={here} />;
}

/** The dialogs that the app opens by itself, one at a time: a content pack, a license offer, consent, then the survey. */
function AutomaticDialog({ snapshot }: { snapshot: Snapshot }): ReactNode {
  const { pack, offer, telemetry, version } = snapshot;
  if (pack !== null) return <PackDialog key={pack.id} pack={pack} />;
  if (offer !== null) return <Offer snapshot={snapshot} />;
  const { consent, invitation, survey } = telemetry;
  if (consent === "unasked" && invitation !== null) return <ConsentDialog invitation={invitation} />;
  return survey !== null && <SurveyDialog key={version} version={version} />;
}

/** What the user opened over the screen that the main process asks for. */
type View =
  | { readonly at: "home" }
  | { readonly at: "settings" }
  | { readonly at: "license" }
  | { readonly at: "lists"; readonly startId: number | null }
  | { readonly at: "player"; readonly playing: Playing };
const HOME: View = { at: "home" };

function Screens({ snapshot }: { snapshot: Snapshot }): ReactNode {
  const { messages, language } = useI18n();
  const bridge = useBridge();
  const { screen, settings } = snapshot;
  const [view, setView] = useState<View>(HOME);
  const [ejected, setEjected] = useState(false);
  const [revision, setRevision] = useState(0);
  // The dismissed countdown, remembered until the window closes.
  const [dismissed, setDismissed] = useState("");
  const memory = useRef<CatalogMemory>(FRESH_CATALOG);
  const catalog = useCatalogItems(screen, revision);
  const stickId = screen.stage === "no-stick" ? null : screen.stick.stickId;
  const isPackDone = snapshot.pack?.stage === "done";
  usePackIntake();
  const { isReady: isViewingReady } = useViewing();
  const playing = view.at === "player" ? view.playing : null;
  const around = useAround({ playing, catalog, sort: memory.current.sort, language, settings, onGo: show });

  useEffect(() => {
    document.documentElement.dataset["appearance"] = settings.appearance;
  }, [settings.appearance]);

  useEffect(() => {
    memory.current = FRESH_CATALOG;
    setView((last) => (last.at === "settings" ? last : HOME));
    if (stickId !== null) setEjected(false);
  }, [stickId]);

  async function eject(): Promise<Reply<"vault.close">> {
    const reply = await bridge.call("vault.close", undefined);
    if (reply.ok) setEjected(true);
    return reply;
  }

  const reload = (): void => setRevision((count) => count + 1);

  // The stick has other titles now.
  useEffect(() => {
    if (isPackDone) setRevision((count) => count + 1);
  }, [isPackDone]);

  function leavePlayer(): void {
    setView(playing === null || playing.listId === null ? HOME : { at: "lists", startId: playing.listId });
    reload();
  }

  function show(next: Playing): void {
    memory.current = { ...memory.current, playedId: next.turn.videoId };
    setView({ at: "player", playing: next });
  }

  const play = (videoId: string, fromStart = false): void => show(begin(videoId, { fromStart, seed: randomSeed() }));

  const toLicense = (): void => setView({ at: "license" });
  const toSettings = (): void => setView({ at: "settings" });
  const settingsButton = (
    <IconButton label={messages.app.settings} onPress={toSettings}>
      <SettingsIcon aria-hidden />
    </IconButton>
  );

  function shown(): ReactNode {
    if (view.at === "settings") return <SettingsScreen snapshot={snapshot} onLeave={() => setView(HOME)} />;
    if (view.at === "license" && screen.stage !== "no-stick")
      return <LicenseScreen snapshot={snapshot} stick={screen.stick} onLeave={() => setView(HOME)} />;
    if (view.at === "lists" && screen.stage === "catalog")
      return (
        <PlaylistsScreen
          items={catalog.stage === "ready" ? catalog.view.items : []}
          startId={view.startId}
          onOpenList={(startId) => setView({ at: "lists", startId })}
          onPlay={(videoId, listId) => show(begin(videoId, { listId, seed: randomSeed() }))}
          onLeave={() => setView(HOME)}
        />
      );
    switch (screen.stage) {
      case "no-stick":
        return (
          <NoStickScreen
            problem={screen.problem}
            sticks={snapshot.sticks}
            recent={snapshot.recent}
            ejected={ejected}
            end={settingsButton}
          />
        );
      case "locked":
        return (
          <LockedScreen
            key={screen.stick.stickId}
            screen={screen}
            sticks={snapshot.sticks}
            onEject={eject}
            end={
              <>
                <IconButton label={messages.license.all} onPress={toLicense}>
                  <TicketCheck aria-hidden />
                </IconButton>
                {settingsButton}
              </>
            }
          />
        );
      case "catalog":
        if (playing !== null && !isViewingReady) return null;
        return playing !== null && around !== null ? (
          <PlayerScreen
            key={`${playing.number} ${playing.turn.videoId}`}
            videoId={playing.turn.videoId}
            fromStart={playing.fromStart}
            around={around}
            settings={settings}
            present={screen.present}
            onLeave={leavePlayer}
          />
        ) : (
          <CatalogScreen
            key={screen.stick.stickId}
            screen={screen}
            sticks={snapshot.sticks}
            catalog={catalog}
            memory={memory}
            now={snapshot.now}
            dismissed={dismissed}
            onDismiss={setDismissed}
            onPlay={play}
            onEject={eject}
            onReload={reload}
            onLicense={toLicense}
            onLists={() => setView({ at: "lists", startId: null })}
            onSettings={toSettings}
          />
        );
      default:
        return assertNever(screen);
    }
  }

  return (
    <>
      {shown()}
      {/* No dialog opens over a film: it waits until the player is closed. */}
      {view.at !== "player" && <AutomaticDialog snapshot={snapshot} />}
      {view.at !== "player" && <UnexpectedNotice count={snapshot.unexpected} />}
    </>
  );
}
