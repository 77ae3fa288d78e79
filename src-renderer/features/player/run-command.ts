import { assertNever } from "../../../src-shared/result.ts";
import { clock, type I18n } from "../../i18n/index.ts";
import type { Around } from "./around.ts";
import type { PlayerCommand } from "./player-keys.ts";
import type { MediaRequests } from "./player-store.ts";
import { stepSpeed } from "./speeds.ts";
import type { Study } from "./use-study.ts";
import type { SubtitleControl } from "./use-subtitle-choice.ts";

export type PlayerContext = {
  readonly video: HTMLVideoElement;
  readonly subtitles: SubtitleControl;
  readonly requests: MediaRequests;
  readonly i18n: I18n;
  readonly around: Pick<Around, "next" | "hasPrevious" | "onNext" | "onPrevious">;
  /** Shows a short text on the picture for a moment. */
  flash: (text: string) => void;
  readonly study: Study;
  /** Opens the field for a time, or for the note of a bookmark. */
  ask: (what: "go-to" | "bookmark") => void;
  queue: () => void;
  /** Repeats something else, and says what. */
  repeat: () => string;
  help: () => void;
  leave: () => void;
};

/** Runs a command, and shows a short text where its effect is not visible. */
export function runCommand(command: PlayerCommand, context: PlayerContext): void {
  const { video, requests, i18n, flash } = context;
  const { messages, format } = i18n;
  switch (command.do) {
    case "toggle-play":
      return video.paused ? requests.play() : requests.pause();
    case "next":
      return context.around.next === null ? flash(messages.player.nothingNext) : context.around.onNext(false);
    case "previous":
      return context.around.hasPrevious ? context.around.onPrevious() : flash(messages.player.nothingPrevious);
    case "seek-by":
      // After the end nothing comes: the question what to do next stays.
      if (video.ended && command.seconds > 0) return;
      return requests.seek(Math.min(video.duration, Math.max(0, video.currentTime + command.seconds)));
    case "seek-to":
      return Number.isFinite(video.duration) ? requests.seek(video.duration * command.share) : undefined;
    case "frame-step":
      return context.study.stepFrame(command.step);
    case "go-to":
      return context.ask("go-to");
    case "bookmark":
      return context.ask("bookmark");
    case "loop": {
      const loop = context.study.stepLoop();
      if (loop === null) return flash(messages.player.loopOff);
      if (loop.end === null) return flash(messages.player.loopFrom(clock(loop.start)));
      return flash(messages.player.loopIs(clock(loop.start), clock(loop.end)));
    }
    case "volume-by": {
      const heard = video.muted ? 0 : video.volume;
      const volume = Math.round(Math.min(1, Math.max(0, heard + command.share)) * 100) / 100;
      requests.volume(volume);
      return flash(messages.player.volumeAt(format.percent(volume)));
    }
    case "toggle-mute":
      requests.mute(!video.muted);
      return flash(video.muted ? messages.player.muted : messages.player.volumeAt(format.percent(video.volume)));
    case "toggle-subtitles":
      return toggleSubtitles(context);
    case "speed-step": {
      const rate = stepSpeed(video.playbackRate, command.step);
      setSpeed(context, rate);
      return flash(messages.player.speedAt(format.rate(rate)));
    }
    case "toggle-fullscreen":
      return requests.fullscreen(document.fullscreenElement === null);
    case "queue":
      return context.queue();
    case "repeat":
      return flash(context.repeat());
    case "help":
      return context.help();
    case "leave":
      return document.fullscreenElement === null ? context.leave() : requests.fullscreen(false);
    default:
      return assertNever(command);
  }
}

/** Sets the default rate too: the element falls back to it when its address changes. */
export function setSpeed({ video, requests }: Pick<PlayerContext, "video" | "requests">, rate: number): void {
  video.defaultPlaybackRate = rate;
  requests.rate(rate);
}

function toggleSubtitles({ subtitles, i18n, flash }: PlayerContext): void {
  const { player } = i18n.messages;
  const track = subtitles.toggle();
  if (track !== null) flash(player.subtitlesAre(subtitles.labelOf(track)));
  else if (subtitles.tracks.length === 0) flash(player.noSubtitles);
  else flash(player.subtitlesAre(player.subtitlesOff));
}
