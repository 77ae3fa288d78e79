// In Electron: how long seeks take in the same video, clear and sealed, through the same handler and the same page.
// argv: the clear file, the sealed file, and the output file.
import { app, BrowserWindow, protocol } from "electron";
import { open, stat } from "node:fs/promises";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { answerMediaRequest, type MediaSource, createMediaReader } from "../../src-main/playback/index.ts";
import { ok } from "../../src-shared/result.ts";
import { BENCH_CONTEXT, BENCH_KEY } from "./bench-container.ts";

/** Seeks per turn; each file has three turns. */
const SEEKS = 40;
const [clearFile = "", sealedFile = "", outcomeFile = ""] = process.argv.slice(-3);

protocol.registerSchemesAsPrivileged([
  { scheme: "vault", privileges: { standard: true, secure: true, stream: true, corsEnabled: true } },
  { scheme: "app", privileges: { standard: true, secure: true } },
]);

void app.whenReady().then(run);

async function run(): Promise<void> {
  const reader = createMediaReader(join(import.meta.dirname, "media-worker.js"));
  const parts = [{ path: sealedFile, size: (await stat(sealedFile)).size }];
  const sealed = await reader.open({ parts, key: BENCH_KEY, context: BENCH_CONTEXT });
  if (!sealed.ok) throw new Error(sealed.error);
  const sources: Record<string, MediaSource> = { clear: await clearSource(clearFile), sealed: sealed.value };
  protocol.handle("vault", (request) =>
    answerMediaRequest(request, async (name) => {
      const source = sources[name];
      return source && { source, type: "video/mp4", onFault: () => undefined };
    }),
  );
  protocol.handle("app", () => new Response("<body>", { headers: { "Content-Type": "text/html" } }));
  const window = new BrowserWindow({ width: 1280, height: 720 });
  await window.loadURL("app://usb-video-vault/index.html");
  const outcome: Record<string, number[]> = { clear: [], sealed: [] };
  // Alternating, so that other load on the machine affects both equally.
  for (const name of ["clear", "sealed", "sealed", "clear", "clear", "sealed"]) {
    outcome[name]?.push(...((await window.webContents.executeJavaScript(seekScript(name))) as number[]));
  }
  writeFileSync(outcomeFile, JSON.stringify(outcome));
  app.exit(0);
}

async function clearSource(path: string): Promise<MediaSource> {
  const file = await open(path);
  return {
    size: (await file.stat()).size,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      await file.read(bytes, 0, length, offset);
      return ok(bytes);
    },
    close: () => file.close(),
  };
}

function seekScript(name: string): string {
  return `(async () => {
    const video = document.createElement("video");
    video.muted = true;
    video.src = "vault://media/${name}";
    document.body.replaceChildren(video);
    await new Promise((resolve, reject) => { video.oncanplay = resolve; video.onerror = reject; });
    const times = [];
    for (let index = 0; index < ${SEEKS}; index++) {
      const target = (index * 37.13) % (video.duration - 2);
      const from = performance.now();
      const seeked = new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
      video.currentTime = target;
      await seeked;
      times.push(performance.now() - from);
    }
    video.removeAttribute("src");
    video.load();
    return times;
  })()`;
}
