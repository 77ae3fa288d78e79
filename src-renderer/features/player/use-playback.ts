import { type RefObject, useEffect, useEffectEvent, useRef, useState } from "react";
import type { Playback } from "../../../src-shared/ipc/index.ts";
import { useBridge, useBridgeEvent } from "../../bridge/index.tsx";
import type { MediaFault, ProblemCode } from "../../i18n/index.ts";

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

type PlaybackControl = { state: PlaybackState; reopen: () => void; mediaFailed: (fault: MediaFault) => void };

/** A second fault within this distance is not tried again without asking. */
const RETRY_SECONDS = 10;

/**
 * Opens a video, keeps it open, and closes it with the position reached.
 *
 *   opening --ok--> open --fault--> open + interruption --restored, opened again--> open
 *                   |  ^                (a media fault only if it happens twice)
 *                   +--+ first media fault
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
  const firstFault = useRef<{ readonly fault: MediaFault; readonly at: number } | null>(null);

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

  // A decoder may fail once, for example when the graphics driver starts again: the film is opened again without a word.
  function mediaFailed(fault: MediaFault): void {
    const at = position.current?.seconds ?? 0;
    const first = firstFault.current;
    // The second time the film is opened at the very place, so that every fault comes with a jump.
    if (first !== null && Math.abs(at - first.at) < RETRY_SECONDS) return interrupt(first.fault);
    firstFault.current = { fault, at };
    void open();
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

  return { state, reopen: () => void open(), mediaFailed };
}
