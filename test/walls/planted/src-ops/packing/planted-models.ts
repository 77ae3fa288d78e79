import { Targets } from "@tufjs/models";
export const planted = Targets;
