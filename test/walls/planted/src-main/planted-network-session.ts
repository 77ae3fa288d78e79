import { session } from "electron";
export const planted = () => session.defaultSession.fetch("https://example.org");
