import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { APP_ORIGIN, MEDIA_SCHEME } from "../../src-shared/ipc/index.ts";
import { codeOf } from "../../src-shared/node/atomic-files.ts";

/** Everything is forbidden except our own scripts, styles, fonts, pictures and media. There is no network access. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  `img-src 'self' ${MEDIA_SCHEME}:`,
  `media-src ${MEDIA_SCHEME}:`,
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

/** Serves the built pages and nothing else. The policy is a header, so that no page can omit it. */
export async function answerAppRequest(request: Request, folder: string): Promise<Response> {
  const url = new URL(request.url);
  if (`${url.protocol}//${url.host}` !== APP_ORIGIN) return new Response(null, { status: 404 });
  const path = normalize(join(folder, decodeURIComponent(url.pathname)));
  const type = TYPES[extname(path)];
  if (!path.startsWith(folder + sep) || !type) return new Response(null, { status: 404 });
  try {
    const headers = {
      "Content-Type": type,
      "Content-Security-Policy": CONTENT_SECURITY_POLICY,
      "X-Content-Type-Options": "nosniff",
      "Cross-Origin-Opener-Policy": "same-origin",
      "Referrer-Policy": "no-referrer",
    };
    return new Response(await readFile(path), { headers });
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return new Response(null, { status: 404 });
  }
}
