/** Adds a task, and returns what it resolves to or rejects with. */
export type SerialQueue = <T>(task: () => Promise<T>) => Promise<T>;

/** Runs tasks one at a time, in the order in which they were added. A task that fails does not stop the next ones. */
export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task, task);
    last = next;
    return next;
  };
}
