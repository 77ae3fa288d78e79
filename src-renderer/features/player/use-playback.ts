import { type RefObject, useEffect, useEffectEvent, useRef, useState } from "react";
import type { Playback } from "../../../src-shared/ipc/index.ts";
import { useBridge, useBridgeEvent } from "../../bridge/index.tsx";
import type { ProblemCode } from "../../i18n/index.ts";

export type PlaybackState =
  | { readonly stage: "opening" }
  | { readonly stage: "refused"; readonly code: ProblemCode }
  | {
      readonly stage: "open";
      readonly playback: Playback;
      /** Why playback is interrupted although nobody paused it. */
      readonly interruption: ProblemCode | null;
    };

/** The position, and whether playback continues from there once it can. */
export type PlaybackPosition = { readonly seconds: number; readonly playing: boolean };

type PlaybackControl = { state: PlaybackState; reopen: () => void; interrupt: (code: ProblemCode) => void };

/**
 * Opens a video, keeps it open, and closes it with the position reached.
 *
 *   opening --ok--> open --fault--> open + interruption --restored, opened again--> open
 *      \--error--> refused --the stick is back--> opening
 */
export function usePlayback(
  videoId: string,
  present: boolean,
  position: RefObject<PlaybackPosition | null>,
): PlaybackControl {
  const bridge = useBridge();
  const [state, setState] = useState<PlaybackState>({ stage: "opening" });
  const asked = useRef(0);

  // A video that was already visible keeps its last picture.
  const interrupt = (code: ProblemCode): void =>
    setState((last) => (last.stage === "open" ? { ...last, interruption: code } : { stage: "refused", code }));

  /** Only the response to the latest request counts. */
  async function open(): Promise<void> {
    const question = ++asked.current;
    const reply = await bridge.call("player.open", { videoId });
    if (question !== asked.current) return;
    if (reply.ok) setState({ stage: "open", playback: reply.value, interruption: null });
    else interrupt(reply.error.code);
  }

  function close(): void {
    asked.current++;
    const at = position.current;
    if (at !== null) void bridge.call("player.progress", { videoId, positionSeconds: at.seconds });
    void bridge.call("player.close", undefined);
  }

  const begin = useEffectEvent(() => void open());
  const end = useEffectEvent(close);
  useEffect(() => {
    begin();
    return () => end();
  }, [videoId]);

  useBridgeEvent("player.fault", (fault) => {
    if (fault.videoId !== videoId) return;
    // A response that arrives later is older than the fault.
    asked.current++;
    interrupt(fault.code);
  });
  useBridgeEvent("player.restored", (restored) => {
    if (restored.videoId === videoId) void open();
  });

  // A video that never opened gets no `player.restored`: it waits for the stick itself.
  const retryWithStick = useEffectEvent(() => {
    if (state.stage === "refused" && state.code === "REMOVED") void open();
  });
  useEffect(() => {
    if (present) retryWithStick();
  }, [present]);

  return { state, reopen: () => void open(), interrupt };
}
