import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A relative link in a Markdown page that leads nowhere: to no file, or to no heading of a page. */
export type BrokenLink = { readonly page: string; readonly link: string };

/** Follows every relative link of these pages (paths below `root`), anchors included. Addresses on the web are left out. */
export function brokenLinks(root: string, pages: readonly string[]): BrokenLink[] {
  return pages.flatMap((page) =>
    linksIn(readFileSync(join(root, page), "utf8"))
      .filter((link) => !leadsSomewhere(root, page, link))
      .map((link) => ({ page, link })),
  );
}

/** The relative links of a page, images included. Code is not searched. */
export function linksIn(markdown: string): string[] {
  const links = [...withoutCode(markdown).matchAll(/\]\(<?([^)\s>]+)>?[^)]*\)/g)].map(([, link]) => link as string);
  return links.filter((link) => !/^[a-z][a-z+.-]*:/i.test(link));
}

function leadsSomewhere(root: string, page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#", 2);
  const target = path === "" ? join(root, page) : join(root, dirname(page), decodeURIComponent(path));
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(readFileSync(target, "utf8")).has(anchor);
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutFences(markdown).matchAll(/^#{1,6} +(.+?)\s*$/gm)) {
    const text = heading.replace(/\]\([^)]*\)/g, "").toLowerCase();
    const anchor = text.replace(/[^\p{L}\p{N}\p{M} _-]/gu, "").replaceAll(" ", "-");
    const repeated = [anchor, ...Array.from({ length: 9 }, (_, index) => `${anchor}-${index + 1}`)];
    anchors.add(repeated.find((one) => !anchors.has(one)) ?? anchor);
  }
  return anchors;
}

function withoutFences(markdown: string): string {
  return markdown.replace(/^( *)(```+|~~~+)[^]*?^\1\2 *$/gm, "");
}

function withoutCode(markdown: string): string {
  return withoutFences(markdown).replace(/(`+)(?!`)[^`]*?\1/g, "");
}
