import { Settings as SettingsIcon } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Reply, Snapshot } from "../../src-shared/ipc/index.ts";
import { assertNever } from "../../src-shared/result.ts";
import { useAppState, useBridge } from "../bridge/index.tsx";
import { type CatalogMemory, CatalogScreen, FRESH_CATALOG, useCatalogItems } from "../features/catalog/index.ts";
import { LicenseScreen } from "../features/license/index.ts";
import { NoStickScreen } from "../features/no-stick/index.ts";
import { PlayerScreen } from "../features/player/index.ts";
import { SettingsScreen } from "../features/settings/index.ts";
import { SpeechProvider, useSpeech } from "../i18n/index.ts";
import { IconButton } from "../ui/index.ts";
import { Broken, Starting } from "./error-boundary.tsx";

export function App(): ReactNode {
  const state = useAppState();
  if (state === "failed") return <Broken />;
  if (state === "starting") return <Starting />;
  return (
    <SpeechProvider snapshot={state}>
      <Screens snapshot={state} />
    </SpeechProvider>
  );
}

/** Where the person went from the screen that the main process asks for. */
type Place =
  | { readonly at: "home" }
  | { readonly at: "settings" }
  | { readonly at: "player"; readonly videoId: string };
const HOME: Place = { at: "home" };

function Screens({ snapshot }: { snapshot: Snapshot }): ReactNode {
  const { words } = useSpeech();
  const bridge = useBridge();
  const { screen, settings } = snapshot;
  const [place, setPlace] = useState<Place>(HOME);
  const [ejected, setEjected] = useState(false);
  const [revision, setRevision] = useState(0);
  const memory = useRef<CatalogMemory>(FRESH_CATALOG);
  const catalog = useCatalogItems(screen, revision);
  const stickId = screen.stage === "no-stick" ? null : screen.stick.stickId;

  useEffect(() => {
    document.documentElement.dataset["appearance"] = settings.appearance;
  }, [settings.appearance]);

  useEffect(() => {
    memory.current = FRESH_CATALOG;
    setPlace((last) => (last.at === "player" ? HOME : last));
    if (stickId !== null) setEjected(false);
  }, [stickId]);

  async function eject(): Promise<Reply<"vault.close">> {
    const reply = await bridge.call("vault.close", undefined);
    if (reply.ok) setEjected(true);
    return reply;
  }

  const reload = (): void => setRevision((count) => count + 1);

  function leavePlayer(): void {
    setPlace(HOME);
    reload();
  }

  if (place.at === "settings") return <SettingsScreen snapshot={snapshot} onLeave={() => setPlace(HOME)} />;

  const toSettings = (): void => setPlace({ at: "settings" });
  const settingsButton = (
    <IconButton label={words.app.settings} onPress={toSettings}>
      <SettingsIcon aria-hidden />
    </IconButton>
  );
  switch (screen.stage) {
    case "no-stick":
      return <NoStickScreen problem={screen.problem} recent={snapshot.recent} ejected={ejected} end={settingsButton} />;
    case "locked":
      return <LicenseScreen key={screen.stick.stickId} screen={screen} end={settingsButton} onEject={eject} />;
    case "catalog":
      return place.at === "player" ? (
        <PlayerScreen
          key={place.videoId}
          videoId={place.videoId}
          settings={settings}
          present={screen.present}
          onLeave={leavePlayer}
        />
      ) : (
        <CatalogScreen
          key={screen.stick.stickId}
          screen={screen}
          catalog={catalog}
          memory={memory}
          onPlay={(videoId) => setPlace({ at: "player", videoId })}
          onEject={eject}
          onReload={reload}
          onSettings={toSettings}
        />
      );
    default:
      return assertNever(screen);
  }
}
