/// <reference path="../src-main/build-constants.d.ts" />
export const planted = 1;
