import { Volume2, VolumeX } from "lucide-react";
import type { ReactNode } from "react";
import { useI18n } from "../../i18n/index.ts";
import { IconButton, Range } from "../../ui/index.ts";
import { COMMANDS, shortcutOf, VOLUME_STEP } from "./player-keys.ts";
import { type MediaRequests, useMedia } from "./player-store.ts";
import styles from "./player.module.css";

type VolumeControlProps = { requests: MediaRequests; disabled: boolean; onMute: () => void };

export function VolumeControl({ requests, disabled, onMute }: VolumeControlProps): ReactNode {
  const { messages, format } = useI18n();
  const volume = useMedia((media) => media.volume);
  const muted = useMedia((media) => media.muted);
  return (
    <div className={styles["volume"]} data-own-arrows>
      <IconButton
        label={muted ? messages.player.unmute : messages.player.mute}
        shortcut={shortcutOf(messages.player, COMMANDS.toggleMute)}
        isDisabled={disabled}
        onPress={onMute}
      >
        {volume === 0 ? <VolumeX aria-hidden /> : <Volume2 aria-hidden />}
      </IconButton>
      <Range
        label={messages.player.volume}
        valueText={format.percent(volume)}
        value={volume}
        max={1}
        step={VOLUME_STEP}
        disabled={disabled}
        className={styles["slider"]}
        onChange={requests.volume}
      />
    </div>
  );
}
