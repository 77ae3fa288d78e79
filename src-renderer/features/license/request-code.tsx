import { type ReactNode, useMemo } from "react";
import { encode } from "uqr";
import { useI18n } from "../../i18n/index.ts";
import styles from "./license.module.css";

/**
 * The request as a QR code, to be photographed where the computer has no mail. It holds the bare token; the armour
 * is only for mail programs.
 */
export function RequestCode({ text }: { text: string }): ReactNode {
  const { messages } = useI18n();
  const { data, size } = useMemo(() => encode(tokenOf(text), { ecc: "L", border: 4 }), [text]);
  return (
    <figure className={styles["code"]}>
      <svg
        viewBox={`0 0 ${size} ${size}`}
        role="img"
        aria-label={messages.license.requestCode}
        shapeRendering="crispEdges"
      >
        <rect width={size} height={size} fill="#fff" />
        <path d={pathOf(data)} fill="#000" />
      </svg>
      <figcaption>{messages.license.requestCodeHint}</figcaption>
    </figure>
  );
}

function tokenOf(armored: string): string {
  return armored
    .split("\n")
    .filter((line) => !line.startsWith("-----"))
    .join("");
}

// One rectangle for each run of dark modules in a row: a few thousand squares would be slow to draw.
function pathOf(rows: readonly (readonly boolean[])[]): string {
  const runs: string[] = [];
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < row.length; x++) {
      if (row[x] !== true) continue;
      const from = x;
      while (row[x + 1] === true) x++;
      runs.push(`M${from} ${y}h${x - from + 1}v1h-${x - from + 1}z`);
    }
  }
  return runs.join("");
}
