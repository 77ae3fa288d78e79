import { net } from "electron";
export const planted = net.request;
