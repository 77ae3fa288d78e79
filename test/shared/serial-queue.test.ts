import { expect, it } from "vitest";
import { createSerialQueue } from "../../src-shared/serial-queue.ts";

it("runs one task at a time, in the order in which they were added", async () => {
  const enqueue = createSerialQueue();
  const steps: string[] = [];
  const task = (name: string, waits: number) => async () => {
    steps.push(`${name} begins`);
    for (let i = 0; i < waits; i++) await Promise.resolve();
    steps.push(`${name} ends`);
    return name;
  };
  const results = [enqueue(task("a", 20)), enqueue(task("b", 5)), enqueue(task("c", 0))];
  expect(await Promise.all(results)).toEqual(["a", "b", "c"]);
  expect(steps).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

it("starts no task within the call that adds it", () => {
  let isBegun = false;
  void createSerialQueue()(async () => void (isBegun = true));
  expect(isBegun).toBe(false);
});

it("goes on after a task that fails, and passes its error only to the caller that added it", async () => {
  const enqueue = createSerialQueue();
  const failed = enqueue(async () => {
    throw new Error("broken");
  });
  const next = enqueue(async () => "fine");
  await expect(failed).rejects.toThrow("broken");
  expect(await next).toBe("fine");
});

it("keeps the order of tasks that are added by a running task", async () => {
  const enqueue = createSerialQueue();
  const order: string[] = [];
  const added: Promise<void>[] = [];
  const first = enqueue(async () => {
    added.push(enqueue(async () => void order.push("inner")));
    order.push("outer");
  });
  const second = enqueue(async () => void order.push("second"));
  await Promise.all([first, second]);
  await Promise.all(added);
  expect(order).toEqual(["outer", "second", "inner"]);
});
