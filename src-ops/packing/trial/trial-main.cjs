// Plays films in a hidden window of the app's Electron: `electron trial-main.cjs USER_DATA FILM...`. Prints one line for
// each film, which `play-trial.ts` reads. The page has no privileges, and the films are served from this process.
const { app, BrowserWindow, protocol } = require("electron");
const { createReadStream, statSync } = require("node:fs");
const path = require("node:path");
const { Readable } = require("node:stream");
const { parseArgs } = require("node:util");

const TYPES = { ".mov": "video/quicktime", ".webm": "video/webm", ".mkv": "video/x-matroska" };
const HANG_MS = 60_000;

const words = process.argv.slice(process.argv.indexOf(__filename) + 1);
const [userData, ...films] = parseArgs({ args: words, allowPositionals: true, strict: false }).positionals;
app.setPath("userData", userData);
app.commandLine.appendSwitch("autoplay-policy", "no-user-gesture-required");
app.commandLine.appendSwitch("mute-audio");
protocol.registerSchemesAsPrivileged([{ scheme: "trial", privileges: { standard: true, secure: true, stream: true } }]);
app.on("window-all-closed", () => {});
app.on("ready", () => void run().finally(() => app.quit()));

async function run() {
  let film = "";
  protocol.handle("trial", (request) => {
    if (new URL(request.url).pathname === "/page")
      return new Response("", { headers: { "content-type": "text/html" } });
    return serve(film, request.headers.get("range"));
  });
  for (film of films) {
    const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true, backgroundThrottling: false } });
    try {
      await window.loadURL("trial://film/page");
      const hung = new Promise((resolve) => setTimeout(resolve, HANG_MS, { error: "it does not answer" }));
      const result = await Promise.race([window.webContents.executeJavaScript(`(${play.toString()})()`), hung]);
      process.stdout.write(`\ntrial:${JSON.stringify(result)}\n`);
    } finally {
      window.destroy();
    }
  }
}

function serve(film, range) {
  const { size } = statSync(film);
  const [, from = "0", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  const start = Number(from);
  const end = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end) return new Response(null, { status: 416, headers: { "content-range": `bytes */${size}` } });
  const stream = createReadStream(film, { start, end });
  // The page gives up a request at each seek.
  stream.on("error", () => {});
  return new Response(Readable.toWeb(stream), {
    status: 206,
    headers: {
      "content-type": TYPES[path.extname(film).toLowerCase()] ?? "video/mp4",
      "content-range": `bytes ${start}-${end}/${size}`,
      "content-length": String(end - start + 1),
      "accept-ranges": "bytes",
    },
  });
}

// Runs in the page.
async function play() {
  const STEP_MS = 20;
  const video = document.createElement("video");
  document.body.append(video);
  const until = async (test, limitMs) => {
    for (let waited = 0; waited < limitMs && !test() && !video.error; waited += STEP_MS) {
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
    return test() && !video.error;
  };
  const playFrom = async (seconds) => {
    const end = Math.min(seconds + 1, video.duration - 0.1);
    video.play().catch(() => {});
    return until(() => video.currentTime >= end || video.ended, 10_000);
  };
  video.src = "trial://film/content";
  const opened = await until(() => video.readyState >= 2, 15_000);
  const first = opened && (await playFrom(0));
  const middle = Number.isFinite(video.duration) ? video.duration / 2 : 0;
  const framesBefore = video.webkitDecodedFrameCount;
  if (first) video.currentTime = middle;
  const sought = first && (await until(() => !video.seeking && video.readyState >= 2, 15_000));
  const second = sought && (await playFrom(middle));
  return {
    durationSeconds: Number.isFinite(video.duration) ? video.duration : null,
    width: video.videoWidth,
    height: video.videoHeight,
    opened,
    played: first,
    sought: second && Number.isFinite(video.duration),
    pictures: video.webkitDecodedFrameCount,
    picturesAfterSeek: video.webkitDecodedFrameCount - framesBefore,
    soundBytes: video.webkitAudioDecodedByteCount,
    error: video.error?.message ?? null,
  };
}
