export { canBlockCaptures, createCaptureBlock } from "./capture-block.ts";
export { createDialogs } from "./dialogs.ts";
export { answerAppRequest, CONTENT_SECURITY_POLICY } from "./app-protocol.ts";
export { hardenContents, hardenSession } from "./hardening.ts";
export { openMainWindow } from "./main-window.ts";
