/// <reference types="node" />
export const planted = 1;
