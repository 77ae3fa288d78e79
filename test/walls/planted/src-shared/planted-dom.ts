export const planted = (): unknown => document.title;
