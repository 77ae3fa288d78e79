/** Markup that is safe to send: every inserted value has been escaped. */
export type Markup = { readonly markup: string };

type Part = string | number | Markup | readonly Markup[] | null;

/** Builds markup. Inserted values are escaped as text, unless they are markup themselves; `null` inserts nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const rest = parts.map((part, index) => `${render(part)}${strings[index + 1] ?? ""}`);
  return { markup: `${strings[0] ?? ""}${rest.join("")}` };
}

function render(part: Part): string {
  if (part === null) return "";
  if (typeof part === "string" || typeof part === "number") return escape(String(part));
  if ("markup" in part) return part.markup;
  return part.map(({ markup }) => markup).join("");
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
