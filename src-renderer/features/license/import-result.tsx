import { CircleCheck } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useI18n } from "../../i18n/index.ts";
import { Notice, Reason } from "../../ui/index.ts";
import type { ImportOutcome } from "./use-license-import.ts";

/** The result of the latest import. It scrolls into view, wherever the license was dropped. */
export function ImportResult({ outcome }: { outcome: ImportOutcome }): ReactNode {
  const { messages, format } = useI18n();
  const result = useRef<HTMLDivElement>(null);

  useEffect(() => result.current?.scrollIntoView({ block: "nearest" }), [outcome]);

  return (
    <div ref={result}>
      {outcome.kind === "refused" ? (
        <Reason code={outcome.code} />
      ) : (
        <Notice icon={<CircleCheck aria-hidden />}>
          {outcome.license === null
            ? messages.license.importedLater
            : messages.license.imported(format.date(outcome.license.expires))}
        </Notice>
      )}
    </div>
  );
}
