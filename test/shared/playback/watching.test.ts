import { expect, it } from "vitest";
import { watchedAt } from "../../../src-shared/playback/index.ts";

it("keeps the position while there is something left to watch", () => {
  expect(watchedAt(96.9, 100, 7)).toEqual({ positionSeconds: 96.9, at: 7, finished: false });
});

it("counts the last 3 % as finished and starts from the beginning", () => {
  expect(watchedAt(97, 100, 7)).toEqual({ positionSeconds: 0, at: 7, finished: true });
});

it("does not treat a video of unknown length as finished", () => {
  expect(watchedAt(5, 0, 7)).toEqual({ positionSeconds: 5, at: 7, finished: false });
});
