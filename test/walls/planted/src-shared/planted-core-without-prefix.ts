import { join } from "path";
export const planted = join;
