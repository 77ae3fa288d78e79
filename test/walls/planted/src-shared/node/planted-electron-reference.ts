/// <reference types="electron" />
export const planted = 1;
