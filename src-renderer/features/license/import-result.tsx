import { CircleCheck } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useSpeech } from "../../i18n/index.ts";
import { Notice, Reason } from "../../ui/index.ts";
import type { ImportOutcome } from "./use-license-import.ts";

/** How the latest import ended. It comes into view, wherever in the window the license was dropped. */
export function ImportResult({ outcome }: { outcome: ImportOutcome }): ReactNode {
  const { words, format } = useSpeech();
  const result = useRef<HTMLDivElement>(null);

  useEffect(() => result.current?.scrollIntoView({ block: "nearest" }), [outcome]);

  return (
    <div ref={result}>
      {outcome.kind === "refused" ? (
        <Reason code={outcome.code} />
      ) : (
        <Notice icon={<CircleCheck aria-hidden />}>
          {outcome.license === null
            ? words.license.importedLater
            : words.license.imported(format.date(outcome.license.expires))}
        </Notice>
      )}
    </div>
  );
}
