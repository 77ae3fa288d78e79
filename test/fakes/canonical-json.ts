/** OLPC canonical JSON, which TUF signs: members sorted, no white space, only quote and backslash escaped. */
export function canonicalize(value: unknown): string {
  if (typeof value === "string") return `"${value.replace(/["\\]/g, "\\$&")}"`;
  if (Array.isArray(value)) return `[${value.map(canonicalize).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([name, member]) => `${canonicalize(name)}:${canonicalize(member)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
