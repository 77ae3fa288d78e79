import { CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { useSpeech } from "../../i18n/index.ts";
import { Notice, Reason } from "../../ui/index.ts";
import type { ImportOutcome } from "./use-license-import.ts";

/** How the latest import ended. */
export function ImportResult({ outcome }: { outcome: ImportOutcome }): ReactNode {
  const { words, format } = useSpeech();
  if (outcome.kind === "refused") return <Reason code={outcome.code} />;
  const { license } = outcome;
  return (
    <Notice icon={<CircleCheck aria-hidden />}>
      {license === null ? words.license.importedLater : words.license.imported(format.date(license.expires))}
    </Notice>
  );
}
