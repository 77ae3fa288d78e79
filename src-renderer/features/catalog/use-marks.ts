import type { CatalogItem } from "../../../src-shared/ipc/index.ts";
import { useBridge } from "../../bridge/index.tsx";
import { type ProblemCode, useI18n } from "../../i18n/index.ts";

export type Marks = {
  /** Marks a video as watched, or takes the mark away. */
  readonly mark: (item: CatalogItem) => void;
};

/** The marks that a viewer sets by hand; `say` is told what was done. */
export function useMarks(
  onMarked: () => void,
  onProblem: (code: ProblemCode) => void,
  say: (text: string) => void,
): Marks {
  const bridge = useBridge();
  const { messages } = useI18n();

  async function send({ id, title, finished }: CatalogItem): Promise<void> {
    const reply = await bridge.call("catalog.mark", { videoId: id, finished: !finished });
    if (!reply.ok) return onProblem(reply.error.code);
    say(finished ? messages.catalog.unmarked(title) : messages.catalog.marked(title));
    onMarked();
  }

  return { mark: (item) => void (item.included && send(item)) };
}
