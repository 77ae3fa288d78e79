export { createHandlers, type Dialogs, type HandlerPorts } from "./handlers.ts";
export { type Handlers, routeCalls, type Sender } from "./router.ts";
