import { ArrowLeft } from "lucide-react";
import { type ReactNode, useRef } from "react";
import type { Settings } from "../../../src-shared/ipc/index.ts";
import { useI18n } from "../../i18n/index.ts";
import { Button, Reason, useKey, Waiting } from "../../ui/index.ts";
import type { Around } from "./around.ts";
import { PlayerStage } from "./player-stage.tsx";
import styles from "./player.module.css";
import { type PlaybackPosition, usePlayback } from "./use-playback.ts";

type PlayerScreenProps = {
  videoId: string;
  /** Begins at its beginning, wherever it was left. */
  fromStart: boolean;
  around: Around;
  settings: Settings;
  present: boolean;
  onLeave: () => void;
};

const BEGINNING: PlaybackPosition = { seconds: 0, playing: true };

export function PlayerScreen(props: PlayerScreenProps): ReactNode {
  const { videoId, fromStart, around, settings, present, onLeave } = props;
  const { messages } = useI18n();
  const position = useRef<PlaybackPosition | null>(fromStart ? BEGINNING : null);
  const { state, reopen, mediaFailed } = usePlayback(videoId, present, position);

  function restart(): void {
    position.current = BEGINNING;
    reopen();
  }

  function leave(): void {
    if (document.fullscreenElement !== null) void document.exitFullscreen();
    onLeave();
  }

  if (state.stage === "open")
    return (
      <PlayerStage
        playback={state.playback}
        interruption={state.interruption}
        settings={settings}
        position={position}
        onMediaFault={mediaFailed}
        onRetry={reopen}
        onRestart={restart}
        around={around}
        onLeave={leave}
      />
    );
  return (
    <NotPlaying onLeave={leave}>
      {state.stage === "opening" ? (
        <Waiting>{messages.player.opening}</Waiting>
      ) : (
        <Reason code={state.code} action={<Button onPress={reopen}>{messages.app.retry}</Button>} />
      )}
    </NotPlaying>
  );
}

/** The player before the video is open, or when it cannot be opened. */
function NotPlaying({ onLeave, children }: { onLeave: () => void; children: ReactNode }): ReactNode {
  const { messages } = useI18n();
  useKey("Escape", onLeave);
  return (
    <main className={styles["player"]} data-screen="player" aria-label={messages.player.region}>
      <h1 className="visually-hidden">{messages.player.region}</h1>
      <div className={styles["top"]}>
        <Button look="quiet" icon={<ArrowLeft aria-hidden />} onPress={onLeave} autoFocus>
          {messages.player.back}
        </Button>
      </div>
      <div className={styles["middle"]}>{children}</div>
    </main>
  );
}
