export { type FileWindow, openFileWindow } from "./file-window.ts";
export { empty, incomplete, measureFilm, type NamedTrack, scanContainer } from "./inspect-film.ts";
export { decodeKeyFrames } from "./key-frames.ts";
export { chooseTracks, CONVERT } from "./tracks.ts";
export type { IsoFacts } from "./iso-film.ts";
