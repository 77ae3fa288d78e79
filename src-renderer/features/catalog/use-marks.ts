import { useState } from "react";
import type { CatalogItem } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";

export type Marks = {
  /** Marks a video as watched, or takes the mark away. */
  readonly mark: (item: CatalogItem) => void;
  /** What was done, for screen readers. */
  readonly said: string;
};

/** The marks that a viewer sets by hand. */
export function useMarks(onMarked: () => void, onProblem: (code: ProblemCode) => void): Marks {
  const bridge = useBridge();
  const { messages } = useI18n();
  const [said, setSaid] = useState("");

  async function send({ id, title, finished }: CatalogItem): Promise<void> {
    const reply = await bridge.call("catalog.mark", { videoId: id, finished: !finished });
    if (!reply.ok) return onProblem(reply.error.code);
    setSaid(finished ? messages.catalog.unmarked(title) : messages.catalog.marked(title));
    onMarked();
  }

  return { said, mark: (item) => void (item.included && send(item)) };
}
