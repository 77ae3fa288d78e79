import { AudioLines, Captions, Gauge, ListVideo } from "lucide-react";
import type { ReactNode } from "react";
import { clock, useI18n } from "../../i18n/index.ts";
import { IconButton, Menu } from "../../ui/index.ts";
import { type Chapter, chapterAt } from "./chapters.ts";
import { COMMANDS, shortcutOf } from "./player-keys.ts";
import { type MediaRequests, useMedia } from "./player-store.ts";
import { SPEEDS } from "./speeds.ts";
import type { SoundChoice } from "./use-sound-choice.ts";

type Opening = { disabled: boolean; onOpen: (open: boolean) => void };

export function ChapterMenu(props: Opening & { chapters: readonly Chapter[]; requests: MediaRequests }): ReactNode {
  const { messages } = useI18n();
  const { chapters, requests, disabled, onOpen } = props;
  const current = useMedia((media) => chapterAt(chapters, media.currentTime));
  if (chapters.length === 0) return null;
  return (
    <Menu
      label={messages.player.chapters}
      trigger={
        <IconButton label={messages.player.chapters} isDisabled={disabled}>
          <ListVideo aria-hidden />
        </IconButton>
      }
      entries={chapters.map((chapter) => ({
        id: String(chapter.startSeconds),
        label: chapter.title,
        detail: clock(chapter.startSeconds),
      }))}
      selected={current === null ? null : String(current.startSeconds)}
      onOpenChange={onOpen}
      onPick={(id) => requests.seek(Number(id))}
    />
  );
}

const OFF = "off";

export function SubtitleMenu({ requests, disabled, onOpen }: Opening & { requests: MediaRequests }): ReactNode {
  const { messages } = useI18n();
  const tracks = useMedia((media) => media.subtitles);
  const showing = useMedia((media) => media.showing);
  if (tracks.length === 0) return null;
  return (
    <Menu
      label={messages.player.subtitles}
      trigger={
        <IconButton
          label={messages.player.subtitles}
          shortcut={shortcutOf(messages.player, COMMANDS.toggleSubtitles)}
          isDisabled={disabled}
        >
          <Captions aria-hidden />
        </IconButton>
      }
      entries={[
        { id: OFF, label: messages.player.subtitlesOff },
        ...tracks.map((track) => ({ id: track.label, label: track.label })),
      ]}
      selected={showing[0]?.label ?? OFF}
      onOpenChange={onOpen}
      onPick={(id) => requests.subtitles(tracks.find((track) => track.label === id) ?? null)}
    />
  );
}

export function SoundMenu({ sound, disabled, onOpen }: Opening & { sound: SoundChoice }): ReactNode {
  const { messages } = useI18n();
  const { sounds, chosen, choose } = sound;
  if (sounds.length < 2) return null;
  return (
    <Menu
      label={messages.player.sound}
      trigger={
        <IconButton label={messages.player.sound} isDisabled={disabled}>
          <AudioLines aria-hidden />
        </IconButton>
      }
      entries={sounds.map(({ label }, index) => ({
        id: String(index),
        label: label === "" ? messages.player.soundTrack(index + 1) : label,
      }))}
      selected={String(chosen)}
      onOpenChange={onOpen}
      onPick={(id) => choose(Number(id))}
    />
  );
}

export function SpeedMenu({ disabled, onOpen, onSpeed }: Opening & { onSpeed: (rate: number) => void }): ReactNode {
  const { messages, format } = useI18n();
  const rate = useMedia((media) => media.rate);
  return (
    <Menu
      label={messages.player.speed}
      trigger={
        <IconButton
          label={messages.player.speed}
          shortcut={shortcutOf(messages.player, COMMANDS.slower, COMMANDS.faster)}
          isDisabled={disabled}
        >
          <Gauge aria-hidden />
        </IconButton>
      }
      entries={SPEEDS.map((speed) => ({ id: String(speed), label: format.rate(speed) }))}
      selected={String(rate)}
      onOpenChange={onOpen}
      onPick={(id) => onSpeed(Number(id))}
    />
  );
}
