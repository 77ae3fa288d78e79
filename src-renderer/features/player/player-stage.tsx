import { MediaActionTypes, MediaProvider } from "media-chrome/react/media-store";
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import type { Playback, Settings } from "../../../src-shared/ipc/index.ts";
import { type MediaFault, type ProblemCode, useI18n } from "../../i18n/index.ts";
import { classNames, useFlash, Waiting } from "../../ui/index.ts";
import { QueueDrawer } from "../queue/index.ts";
import { Controls } from "./controls.tsx";
import { type Asked, AskedField } from "./asked-field.tsx";
import type { Around } from "./around.ts";
import { Ended } from "./ended.tsx";
import { FaultBar } from "./fault-bar.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { COMMANDS, type PlayerCommand } from "./player-keys.ts";
import { createPlayerStore, mediaRequests, type MediaRequests, useMedia } from "./player-store.ts";
import styles from "./player.module.css";
import { runCommand, setSpeed } from "./run-command.ts";
import { TopBar } from "./top-bar.tsx";
import { useContinuity } from "./use-continuity.ts";

import { useFocusOnPicture } from "./use-focus-on-picture.ts";
import { useMediaSession } from "./use-media-session.ts";
import { useKeptControls } from "./use-kept-controls.ts";
import { useIdle } from "./use-idle.ts";
import type { PlaybackPosition } from "./use-playback.ts";
import { usePlayerKeys } from "./use-player-keys.ts";
import { useProgressReport } from "./use-progress-report.ts";
import { useSoundChoice } from "./use-sound-choice.ts";
import { useSubtitleChoice } from "./use-subtitle-choice.ts";
import { Watermark } from "./watermark.tsx";
import { WatermarkNotice } from "./watermark-notice.tsx";
import { useStudy } from "./use-study.ts";
import { useRepeat } from "./use-repeat.ts";
import { UpNextCard } from "./up-next.tsx";
import { useUpNext } from "./use-up-next.ts";

type PlayerStageProps = {
  playback: Playback;
  interruption: ProblemCode | null;
  settings: Settings;
  position: RefObject<PlaybackPosition | null>;
  onMediaFault: (code: MediaFault) => void;
  onRetry: () => void;
  onRestart: () => void;
  around: Around;
  onLeave: () => void;
};

export function PlayerStage(props: PlayerStageProps): ReactNode {
  const [store] = useState(createPlayerStore);
  const [requests] = useState(() => mediaRequests(store));
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    store.dispatch({ type: MediaActionTypes.MEDIA_ELEMENT_CHANGE_REQUEST, detail: video.current });
    return () => store.dispatch({ type: MediaActionTypes.MEDIA_ELEMENT_CHANGE_REQUEST, detail: null });
  }, [store]);
  return (
    <MediaProvider mediaStore={store}>
      <Stage {...props} video={video} requests={requests} />
    </MediaProvider>
  );
}

type StageProps = PlayerStageProps & {
  video: RefObject<HTMLVideoElement | null>;
  requests: MediaRequests;
};

function Stage({ video, requests, ...props }: StageProps): ReactNode {
  const { playback, interruption, settings, position, around } = props;
  const i18n = useI18n();
  const root = useRef<HTMLElement>(null);
  const picture = useRef<HTMLCanvasElement>(null);
  const [help, setHelp] = useState(false);
  const [menuOpen, setMenuOpen] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [queueOpen, setQueueOpen] = useState(false);
  const [flashed, flash] = useFlash();
  const paused = useMedia((media) => media.paused);
  const ended = useMedia((media) => media.ended);
  const loading = useMedia((media) => media.loading);
  const interrupted = interruption !== null;
  const sound = useSoundChoice(video, playback);
  const subtitles = useSubtitleChoice(video, playback, sound.language);

  const frozen = useContinuity({ ...props, video, picture });
  useProgressReport(video, position, playback.videoId, interrupted);
  useKeptControls(video);
  const idle = useIdle(root, paused || interrupted || menuOpen || queueOpen || help || asked !== null);

  const repeat = useRepeat(video);
  const study = useStudy(video, playback.mediaUrl);
  const upNext = useUpNext({
    video,
    durationSeconds: playback.durationSeconds,
    isAutomatic: around.next?.isAutomatic === true && !repeat.repeatsThis && study.loop?.end == null,
    asks: around.asks,
    interrupted,
    onOver: () => around.onNext(true),
  });
  const announced = upNext.left === null ? null : around.next;

  function run(command: PlayerCommand): void {
    if (command.do === "leave" && queueOpen) return setQueueOpen(false);
    if (command.do === "leave" && announced !== null) return upNext.stop();
    const quiet = command.do === "leave" || command.do === "help" || command.do === "toggle-fullscreen";
    if (video.current === null || (interrupted && !quiet)) return;
    runCommand(command, {
      video: video.current,
      subtitles,
      requests,
      i18n,
      flash,
      around,
      study,
      ask: (what) => setAsked({ what, seconds: video.current?.currentTime ?? 0 }),
      queue: () => setQueueOpen(!queueOpen),
      repeat: repeat.step,
      help: () => setHelp(true),
      leave: props.onLeave,
    });
  }
  usePlayerKeys(run);
  useMediaSession({
    video,
    // What is not named is a video of this app.
    title: playback.hidesTitle ? i18n.messages.app.name : playback.title,
    place: playback.hidesTitle ? "" : around.place,
    hasNext: around.next !== null,
    hasPrevious: around.hasPrevious,
    run,
    onSeek: (seconds) => {
      if (!interrupted) requests.seek(seconds);
    },
  });

  useFocusOnPicture(root);

  return (
    <main
      ref={root}
      tabIndex={-1}
      aria-label={i18n.messages.player.region}
      data-screen="player"
      data-subtitles={`${settings.subtitleSize} ${settings.subtitleBackground}`}
      className={classNames(styles["player"], idle && styles["idle"])}
    >
      <video
        ref={video}
        className={styles["video"]}
        src={playback.mediaUrl}
        crossOrigin="anonymous"
        playsInline
        // A window of its own would show the picture without its watermark.
        disablePictureInPicture
        preload="auto"
        aria-label={playback.title}
        onClick={() => run(COMMANDS.togglePlay)}
        onDoubleClick={() => run(COMMANDS.toggleFullscreen)}
      >
        {playback.subtitles.map((track) => (
          <track
            key={track.url}
            kind="subtitles"
            src={track.url}
            srcLang={track.language}
            label={subtitles.labelOf(track)}
          />
        ))}
      </video>
      <canvas ref={picture} className={classNames(styles["picture"], frozen && styles["shown"])} aria-hidden />
      {playback.watermark !== null && <Watermark {...playback.watermark} video={video} />}
      <TopBar title={playback.title} place={around.place} onLeave={props.onLeave} />
      {playback.watermark !== null && <WatermarkNotice />}
      <div className={styles["middle"]}>
        {loading && !paused && !interrupted && <Waiting>{i18n.messages.player.waiting}</Waiting>}
        {ended && !interrupted && announced === null && !repeat.repeatsThis && (
          <Ended
            root={root}
            next={around.next}
            onNext={() => around.onNext(false)}
            onReplay={() => run(COMMANDS.togglePlay)}
            onLeave={props.onLeave}
          />
        )}
      </div>
      <p role="status" className={classNames(styles["flash"], flashed === null && styles["gone"])}>
        {flashed}
      </p>
      <p role="status" className="visually-hidden">
        {announced !== null && i18n.messages.player.upNextSoon(announced.title)}
      </p>
      {announced !== null && (
        <UpNextCard
          next={announced}
          left={upNext.left ?? 0}
          asks={around.asks}
          onPlay={() => around.onNext(false)}
          onStop={upNext.stop}
        />
      )}
      {asked !== null && (
        <AskedField
          asked={asked}
          videoId={playback.videoId}
          durationSeconds={playback.durationSeconds}
          onSeek={requests.seek}
          onSay={flash}
          onClose={() => {
            setAsked(null);
            root.current?.focus({ preventScroll: true });
          }}
        />
      )}
      {queueOpen && (
        <QueueDrawer
          upcoming={around.upcoming}
          settings={settings}
          onPlayQueued={around.onPlayQueued}
          onPlayAfter={around.onPlayAfter}
          onShuffle={around.onShuffle}
          onClose={() => setQueueOpen(false)}
        />
      )}
      <Controls
        playback={playback}
        loop={study.loop}
        around={around}
        video={video}
        requests={requests}
        sound={sound}
        subtitles={subtitles}
        settings={settings}
        disabled={interrupted}
        run={run}
        onSpeed={(rate) => {
          if (video.current !== null) setSpeed({ video: video.current, requests }, rate);
        }}
        onMenu={setMenuOpen}
      />
      {interrupted && (
        <FaultBar code={interruption} onRetry={props.onRetry} onRestart={props.onRestart} onLeave={props.onLeave} />
      )}
      <HelpDialog open={help} onClose={() => setHelp(false)} />
    </main>
  );
}
