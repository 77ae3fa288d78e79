import { expect, it } from "vitest";
import { positionStateOf } from "../../src-renderer/features/player/position-state.ts";

it.each<[string, Parameters<typeof positionStateOf>, ReturnType<typeof positionStateOf>]>([
  ["is where the film is", [5, 30, 1.5], { position: 5, duration: 30, playbackRate: 1.5 }],
  ["is never after the end", [30.04, 30, 1], { position: 30, duration: 30, playbackRate: 1 }],
  ["is never before the beginning", [-0.01, 30, 1], { position: 0, duration: 30, playbackRate: 1 }],
  ["is nowhere in a film that does not know its length", [5, Infinity, 1], null],
  ["is nowhere before the metadata are there", [0, Number.NaN, 1], null],
  ["is nowhere in an empty film", [0, 0, 1], null],
  ["is nowhere while the speed is 0", [5, 30, 0], null],
])("the position in the media panel %s", (_name, given, state) => {
  expect(positionStateOf(...given)).toEqual(state);
});
