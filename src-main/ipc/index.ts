export { createHandlers, type Dialogs, type HandlerPorts } from "./handlers.ts";
export { answerGivenPacks, type Handlers, routeCalls, type Sender, type Unexpected } from "./router.ts";
