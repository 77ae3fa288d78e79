export { createHandlers, type Dialogs, type HandlerPorts } from "./handlers.ts";
export { type Handlers, routeCalls, type Sender, type Unexpected } from "./router.ts";
