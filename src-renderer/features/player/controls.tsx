import { Keyboard, ListOrdered, Maximize, Minimize, Pause, Play, SkipBack, SkipForward } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import type { Playback, Settings } from "../../../src-shared/ipc/index.ts";
import { clock, useI18n } from "../../i18n/index.ts";
import { classNames, IconButton } from "../../ui/index.ts";
import type { Around } from "./around.ts";
import { Bookmarks } from "./bookmarks.tsx";
import { chapterAt } from "./chapters.ts";
import type { Loop } from "./loop.ts";
import { ChapterMenu, SpeedMenu } from "./menus.tsx";
import { COMMANDS, type PlayerCommand, shortcutOf } from "./player-keys.ts";
import { type MediaRequests, useMedia } from "./player-store.ts";
import styles from "./player.module.css";
import { SeekBar } from "./seek-bar.tsx";
import { SkipIcon } from "./skip-icon.tsx";
import { SoundAndSubtitles } from "./sound-and-subtitles.tsx";
import type { SoundChoice } from "./use-sound-choice.ts";
import type { SubtitleControl } from "./use-subtitle-choice.ts";
import { VolumeControl } from "./volume-control.tsx";

type ControlsProps = {
  playback: Playback;
  loop: Loop | null;
  around: Around;
  video: RefObject<HTMLVideoElement | null>;
  requests: MediaRequests;
  sound: SoundChoice;
  subtitles: SubtitleControl;
  settings: Settings;
  disabled: boolean;
  run: (command: PlayerCommand) => void;
  onSpeed: (rate: number) => void;
  onMenu: (open: boolean) => void;
};

export function Controls({
  playback,
  loop,
  around,
  video,
  requests,
  sound,
  subtitles,
  settings,
  disabled,
  run,
  onSpeed,
  onMenu,
}: ControlsProps): ReactNode {
  const { messages } = useI18n();
  const { player } = messages;
  const paused = useMedia((media) => media.paused);
  const ended = useMedia((media) => media.ended);
  const fullscreen = useMedia((media) => media.fullscreen);
  return (
    <div className={classNames(styles["controls"], styles["fades"])}>
      <SeekBar
        video={video}
        requests={requests}
        durationSeconds={playback.durationSeconds}
        chapters={playback.chapters}
        storyboard={playback.storyboard}
        loop={loop}
        videoId={playback.videoId}
        disabled={disabled}
      />
      <div className={styles["buttons"]}>
        <IconButton
          label={player.previous}
          shortcut={shortcutOf(player, COMMANDS.previous)}
          isDisabled={!around.hasPrevious}
          onPress={() => run(COMMANDS.previous)}
        >
          <SkipBack aria-hidden fill="currentColor" />
        </IconButton>
        <IconButton
          large
          label={ended ? player.replay : paused ? player.play : player.pause}
          shortcut={shortcutOf(player, COMMANDS.togglePlay)}
          isDisabled={disabled}
          onPress={() => run(COMMANDS.togglePlay)}
        >
          {paused ? <Play aria-hidden fill="currentColor" /> : <Pause aria-hidden fill="currentColor" />}
        </IconButton>
        <IconButton
          label={player.next}
          shortcut={shortcutOf(player, COMMANDS.next)}
          isDisabled={around.next === null}
          onPress={() => run(COMMANDS.next)}
        >
          <SkipForward aria-hidden fill="currentColor" />
        </IconButton>
        <span className={styles["skips"]}>
          <IconButton
            label={player.rewind}
            shortcut={shortcutOf(player, COMMANDS.back10)}
            isDisabled={disabled}
            onPress={() => run(COMMANDS.back10)}
          >
            <SkipIcon seconds={10} way="back" />
          </IconButton>
          <IconButton
            label={player.forward}
            shortcut={shortcutOf(player, COMMANDS.forward10)}
            isDisabled={disabled}
            onPress={() => run(COMMANDS.forward10)}
          >
            <SkipIcon seconds={10} way="forward" />
          </IconButton>
        </span>
        <VolumeControl requests={requests} disabled={disabled} onMute={() => run(COMMANDS.toggleMute)} />
        <Time playback={playback} />
        <span className={styles["ifRoom"]}>
          <SpeedMenu disabled={disabled} onSpeed={onSpeed} onOpen={onMenu} />
        </span>
        <SoundAndSubtitles
          sound={sound}
          subtitles={subtitles}
          settings={settings}
          disabled={disabled}
          onOpen={onMenu}
        />
        <ChapterMenu chapters={playback.chapters} requests={requests} disabled={disabled} onOpen={onMenu} />
        <Bookmarks
          videoId={playback.videoId}
          disabled={disabled}
          onSeek={requests.seek}
          onAdd={() => run(COMMANDS.bookmark)}
          onOpen={onMenu}
        />
        <IconButton
          label={messages.queue.titleWith(around.upcoming.queue.length)}
          shortcut={shortcutOf(player, COMMANDS.queue)}
          onPress={() => run(COMMANDS.queue)}
        >
          <ListOrdered aria-hidden />
        </IconButton>
        <span className={styles["ifRoom"]}>
          <IconButton
            label={player.help}
            shortcut={shortcutOf(player, COMMANDS.help)}
            onPress={() => run(COMMANDS.help)}
          >
            <Keyboard aria-hidden />
          </IconButton>
        </span>
        <IconButton
          label={fullscreen ? player.exitFullscreen : player.fullscreen}
          shortcut={shortcutOf(player, COMMANDS.toggleFullscreen)}
          onPress={() => run(COMMANDS.toggleFullscreen)}
        >
          {fullscreen ? <Minimize aria-hidden /> : <Maximize aria-hidden />}
        </IconButton>
      </div>
    </div>
  );
}

function Time({ playback }: { playback: Playback }): ReactNode {
  const second = useMedia((media) => Math.floor(media.currentTime));
  const chapter = chapterAt(playback.chapters, second);
  return (
    <p className={styles["time"]}>
      <span>
        {clock(second)} / {clock(playback.durationSeconds)}
      </span>
      {chapter !== null && <span className={styles["chapter"]}>{chapter.title}</span>}
    </p>
  );
}
