import { app, type Session } from "electron";
import { APP_ORIGIN, APP_SCHEME, MEDIA_SCHEME } from "../../src-shared/ipc/index.ts";

// What the pages may request from the system: full screen for the player, and copying the activation request.
const ALLOWED_PERMISSIONS = new Set(["fullscreen", "clipboard-sanitized-write"]);

const OUR_SCHEMES = new RegExp(`^(${APP_SCHEME}|${MEDIA_SCHEME}):`);

/**
 * Denies what our pages never do: other permissions, downloads, devices, and any request other than our page requesting
 * our own pages or media. Media elements of a custom scheme send no `Origin`, so the requesting frame is checked here.
 */
export function hardenSession(session: Session): void {
  session.webRequest.onBeforeRequest((request, decide) => {
    const isPage = request.resourceType === "mainFrame" && request.url.startsWith(`${APP_ORIGIN}/`);
    const isOurs = request.frame?.origin === APP_ORIGIN && OUR_SCHEMES.test(request.url);
    decide({ cancel: !isPage && !isOurs });
  });
  session.setPermissionRequestHandler((contents, permission, decide) => {
    decide(ALLOWED_PERMISSIONS.has(permission) && contents.getURL().startsWith(`${APP_ORIGIN}/`));
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => {
    return ALLOWED_PERMISSIONS.has(permission) && origin.replace(/\/$/, "") === APP_ORIGIN;
  });
  session.setDevicePermissionHandler(() => false);
  session.on("will-download", (event) => event.preventDefault());
}

/** Denies every page navigation, new windows and embedded views. */
export function hardenContents(): void {
  app.on("web-contents-created", (_event, contents) => {
    contents.on("will-navigate", (event) => event.preventDefault());
    contents.on("will-frame-navigate", (event) => event.preventDefault());
    contents.on("will-redirect", (event) => event.preventDefault());
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: "deny" }));
  });
}
