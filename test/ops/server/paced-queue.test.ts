import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createPacedQueue } from "../../../src-ops/server/http/paced-queue.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("starts one request in each interval, in their order, and takes no time for connections that have closed", async () => {
  const queue = createPacedQueue(5);
  const started: number[] = [];
  const sockets = Array.from({ length: 6 }, () => ({ destroyed: false }));
  for (const [index, socket] of sockets.entries()) void queue.turn(socket).then(() => started.push(index));
  for (const index of [2, 3]) sockets[index]!.destroyed = true;
  await vi.advanceTimersByTimeAsync(0);
  expect(started).toEqual([0]);
  await vi.advanceTimersByTimeAsync(5);
  expect(started).toEqual([0, 1]);
  await vi.advanceTimersByTimeAsync(5);
  expect(started).toEqual([0, 1, 2, 3, 4]);
  await vi.advanceTimersByTimeAsync(5);
  expect(started).toEqual([0, 1, 2, 3, 4, 5]);
  // It goes on after it was empty.
  await vi.advanceTimersByTimeAsync(100);
  void queue.turn({ destroyed: false }).then(() => started.push(6));
  await vi.advanceTimersByTimeAsync(0);
  expect(started.at(-1)).toBe(6);
});
