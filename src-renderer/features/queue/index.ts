export { withFirst, withLast, without } from "./list-edits.ts";
export { nextStep, type Order, previousItem, type Step, titlesAfter, type Turn } from "./order.ts";
export { changePlaylist } from "./playlist-edits.ts";
export { PlaylistsScreen } from "./playlists-screen.tsx";
export { QueueDrawer, type Upcoming } from "./queue-drawer.tsx";
export { type Collecting, useCollecting } from "./use-collecting.ts";
export { NameDialog } from "./name-dialog.tsx";
