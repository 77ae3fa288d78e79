import { Captions } from "lucide-react";
import type { ReactNode } from "react";
import { type Settings, SUBTITLE_BACKGROUNDS, SUBTITLE_SIZES } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { useI18n } from "../../i18n/index.ts";
import { ChoiceList, IconButton, PopoverPanel, RadioGroup } from "../../ui/index.ts";
import { COMMANDS, shortcutOf } from "./player-keys.ts";
import styles from "./sound-and-subtitles.module.css";
import type { SoundChoice } from "./use-sound-choice.ts";
import type { SubtitleControl } from "./use-subtitle-choice.ts";

type SoundAndSubtitlesProps = {
  sound: SoundChoice;
  subtitles: SubtitleControl;
  settings: Settings;
  disabled: boolean;
  onOpen: (open: boolean) => void;
};

const OFF = "off";

/** The sound and the subtitles of the video in one panel, with the looks of the subtitles. */
export function SoundAndSubtitles({ sound, subtitles, settings, disabled, onOpen }: SoundAndSubtitlesProps): ReactNode {
  const { player } = useI18n().messages;
  const [hasSounds, hasSubtitles] = [sound.sounds.length > 1, subtitles.tracks.length > 0];
  if (!hasSounds && !hasSubtitles) return null;
  return (
    <PopoverPanel
      label={player.soundAndSubtitles}
      trigger={
        <IconButton
          label={player.soundAndSubtitles}
          shortcut={shortcutOf(player, COMMANDS.toggleSubtitles)}
          isDisabled={disabled}
        >
          <Captions aria-hidden />
        </IconButton>
      }
      onOpenChange={onOpen}
    >
      <div className={styles["columns"]}>
        {hasSounds && (
          <ChoiceList
            label={player.sound}
            options={sound.sounds.map(({ label }, index) => ({
              id: String(index),
              label: label === "" ? player.soundTrack(index + 1) : label,
            }))}
            selected={String(sound.chosen)}
            onPick={(id) => sound.choose(Number(id))}
          />
        )}
        {hasSubtitles && (
          <ChoiceList
            label={player.subtitles}
            options={[
              { id: OFF, label: player.subtitlesOff },
              ...subtitles.tracks.map((track, index) => ({ id: String(index), label: subtitles.labelOf(track) })),
            ]}
            selected={subtitles.shown === null ? OFF : String(subtitles.tracks.indexOf(subtitles.shown))}
            onPick={(id) => subtitles.show(id === OFF ? null : (subtitles.tracks[Number(id)] ?? null))}
          />
        )}
      </div>
      {hasSubtitles && <Looks settings={settings} />}
    </PopoverPanel>
  );
}

function Looks({ settings }: { settings: Settings }): ReactNode {
  const { player } = useI18n().messages;
  const bridge = useBridge();
  return (
    <div className={styles["looks"]}>
      <RadioGroup
        label={player.subtitleSize}
        value={settings.subtitleSize}
        options={SUBTITLE_SIZES.map((id) => ({ id, label: player.subtitleSizes[id] }))}
        onChange={(subtitleSize) => void bridge.call("settings.change", { subtitleSize })}
      />
      <RadioGroup
        label={player.subtitleBackground}
        value={settings.subtitleBackground}
        options={SUBTITLE_BACKGROUNDS.map((id) => ({ id, label: player.subtitleBackgrounds[id] }))}
        onChange={(subtitleBackground) => void bridge.call("settings.change", { subtitleBackground })}
      />
    </div>
  );
}
