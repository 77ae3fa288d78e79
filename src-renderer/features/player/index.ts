export type { Around } from "./around.ts";
export { PlayerScreen } from "./player-screen.tsx";
