import { describe, expect, it } from "vitest";
import {
  type Countdown,
  countOn,
  isOver,
  type Moment,
  secondsLeft,
} from "../../src-renderer/features/player/countdown.ts";

const HIDDEN: Countdown = { stage: "hidden" };
const FILM: Moment = {
  positionSeconds: 0,
  durationSeconds: 600,
  rate: 1,
  ended: false,
  isMoving: true,
  elapsedSeconds: 0.25,
};

/** Watches for so many seconds from this position, and returns what was said, once for each change. */
function watch(from: Partial<Moment>, seconds: number, begin: Countdown = HIDDEN) {
  const said: (number | null)[] = [];
  let countdown = begin;
  let moment = { ...FILM, ...from };
  let beganAfter: number | null = null;
  for (let passed = 0; passed <= seconds; passed += 0.25) {
    countdown = countOn(countdown, moment);
    const left = secondsLeft(countdown, moment);
    if (said.at(-1) !== left) said.push(left);
    if (isOver(countdown, moment)) {
      beganAfter = passed;
      break;
    }
    const played = moment.isMoving && !moment.ended ? 0.25 * moment.rate : 0;
    const positionSeconds = Math.min(moment.durationSeconds, moment.positionSeconds + played);
    moment = { ...moment, positionSeconds, ended: positionSeconds >= moment.durationSeconds };
  }
  return { said, beganAfter, countdown };
}

describe("the next video", () => {
  it("is announced ten seconds before the end, and begins at the end", () => {
    const { said, beganAfter } = watch({ positionSeconds: 580 }, 40);
    expect(said).toEqual([null, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(beganAfter).toBe(20);
  });

  it("is announced as long at another speed, and never before the film has ended", () => {
    const { said, beganAfter } = watch({ positionSeconds: 560, rate: 2 }, 40);
    expect(said.slice(0, 3)).toEqual([null, 10, 9]);
    expect(beganAfter).toBe(20);
    expect(watch({ positionSeconds: 585, rate: 0.5 }, 60).beganAfter).toBe(30);
  });

  it("is announced after the end of a short film, for ten seconds", () => {
    const { said, beganAfter } = watch({ positionSeconds: 100, durationSeconds: 110 }, 40);
    expect(said.slice(0, 3)).toEqual([null, 10, 9]);
    expect(beganAfter).toBe(20);
  });

  it("leaves as much time to who jumps to the last second, or to the end", () => {
    expect(watch({ positionSeconds: 599 }, 40).beganAfter).toBe(10);
    expect(watch({ positionSeconds: 600, ended: true }, 40).beganAfter).toBe(10);
  });

  it("waits for the end of a film that was slowed down meanwhile", () => {
    const announced: Countdown = { stage: "running", shownSeconds: 10 };
    const slow = { ...FILM, positionSeconds: 598, rate: 0.5 };
    expect([isOver(announced, slow), secondsLeft(announced, slow)]).toEqual([false, 4]);
    expect(isOver(announced, { ...slow, positionSeconds: 600, ended: true })).toBe(true);
  });

  it("waits while the film is paused or the stick is read", () => {
    const { said, beganAfter } = watch({ positionSeconds: 595, isMoving: false }, 60);
    expect([said, beganAfter]).toEqual([[10], null]);
  });

  it("does not begin because the computer was asleep", () => {
    const running = countOn(HIDDEN, { ...FILM, ended: true });
    expect(countOn(running, { ...FILM, ended: true, elapsedSeconds: 3600 })).toEqual({
      stage: "running",
      shownSeconds: 1,
    });
  });

  it("is no longer announced after a jump back, and is again, for as long, at the end", () => {
    const running = watch({ positionSeconds: 590 }, 5).countdown;
    const back = countOn(running, { ...FILM, positionSeconds: 300 });
    expect(back).toEqual(HIDDEN);
    expect(watch({ positionSeconds: 590 }, 40, back).beganAfter).toBe(10);
  });

  it("does not begin once it was stopped, not even after a jump back and at the end", () => {
    const stopped: Countdown = { stage: "stopped" };
    expect(watch({ positionSeconds: 300 }, 400, stopped)).toEqual({
      said: [null],
      beganAfter: null,
      countdown: stopped,
    });
  });

  it("is not announced in a film whose length nobody knows, before it ends", () => {
    expect(watch({ positionSeconds: 50, durationSeconds: Infinity }, 20).said).toEqual([null]);
  });
});
