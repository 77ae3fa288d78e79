import { Updater } from "tuf-js";

export const planted = Updater;
