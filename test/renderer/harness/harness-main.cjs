// The Electron side of the harness: serves the built page under the app's own policy, and test clips as the vault's media.
const { app, BrowserWindow, protocol, session } = require("electron");
const { readFileSync, statSync } = require("node:fs");
const path = require("node:path");

const { HARNESS_PAGES, HARNESS_MEDIA, HARNESS_POLICY, HARNESS_ORIGIN } = process.env;
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".woff2": "font/woff2",
  ".mp4": "video/mp4",
  ".vtt": "text/vtt; charset=utf-8",
};

/** Set by a test: the stick is out, and nothing can be read. */
globalThis.stickPulled = false;
/** Set by a test: this opening of a clip gives rubbish from its middle on. */
globalThis.rubbishOpening = 0;

/** Set by a test: the sheets of storyboards by name, in base64, and which of them were asked for. */
globalThis.sheets = {};
globalThis.sheetRequests = [];

function sheet(name, headers) {
  globalThis.sheetRequests.push(name);
  const bytes = globalThis.sheets[name];
  if (bytes === undefined) return new Response(null, { status: 404, headers });
  return new Response(Buffer.from(bytes, "base64"), { headers: { ...headers, "Content-Type": "image/jpeg" } });
}

protocol.registerSchemesAsPrivileged([
  { scheme: "app", privileges: { standard: true, secure: true } },
  { scheme: "vault", privileges: { standard: true, secure: true, stream: true, corsEnabled: true } },
]);

function page(request) {
  const { pathname } = new URL(request.url);
  return new Response(readFileSync(path.join(HARNESS_PAGES, pathname)), {
    headers: { "Content-Type": TYPES[path.extname(pathname)], "Content-Security-Policy": HARNESS_POLICY },
  });
}

/** A poster of this shape: 2:3, square, or 16:9. */
function plainPoster(width, height) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="${width}" height="${height}" fill="hsl(210 45% 30%)"/><rect width="${width}" height="40" fill="#fff"/></svg>`;
}

function poster(name) {
  if (name.startsWith("tall-")) return plainPoster(400, 600);
  if (name.startsWith("square-")) return plainPoster(500, 500);
  const number = Number(name);
  const hue = (number * 47) % 360;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="270"><defs><linearGradient id="g" x2="1" y2="1">
    <stop stop-color="hsl(${hue} 45% 38%)"/><stop offset="1" stop-color="hsl(${hue + 50} 50% 14%)"/></linearGradient></defs>
    <rect width="480" height="270" fill="url(#g)"/><circle cx="${120 + (number % 7) * 40}" cy="110" r="52" fill="hsl(${hue + 20} 70% 70% / .55)"/>
    <path d="M0 210 Q120 ${150 + (number % 5) * 12} 240 205 T480 190 V270 H0Z" fill="hsl(${hue + 30} 40% 10% / .8)"/></svg>`;
}

function media(request) {
  const { pathname, searchParams } = new URL(request.url);
  const cors = { "Access-Control-Allow-Origin": HARNESS_ORIGIN, "Cache-Control": "no-store" };
  if (globalThis.stickPulled) return new Response(null, { status: 404, headers: cors });
  if (pathname === "/poster/gone") return new Response(null, { status: 404, headers: cors });
  if (pathname.startsWith("/sheet/")) return sheet(pathname.slice(7), cors);
  if (pathname.startsWith("/poster/"))
    return new Response(poster(pathname.slice(8)), { headers: { ...cors, "Content-Type": "image/svg+xml" } });
  const file = path.join(HARNESS_MEDIA, pathname);
  const size = statSync(file).size;
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
  const headers = { ...cors, "Content-Type": TYPES[path.extname(pathname)], "Accept-Ranges": "bytes" };
  const bytes = readFileSync(file);
  if (searchParams.get("opened") === String(globalThis.rubbishOpening)) bytes.fill(0xff, size / 2);
  if (range === null) return new Response(bytes, { headers });
  const start = Number(range[1]);
  const end = range[2] === "" ? size - 1 : Math.min(size - 1, Number(range[2]));
  return new Response(bytes.subarray(start, end + 1), {
    status: 206,
    headers: {
      ...headers,
      "Content-Range": `bytes ${start}-${end}/${size}`,
      "Content-Length": String(end - start + 1),
    },
  });
}

void app.whenReady().then(() => {
  const viewer = session.fromPartition("harness");
  viewer.protocol.handle("app", page);
  viewer.protocol.handle("vault", media);
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    useContentSize: true,
    webPreferences: { session: viewer, sandbox: true, contextIsolation: true, backgroundThrottling: false },
  });
  return window.loadURL(`${HARNESS_ORIGIN}/index.html`);
});
