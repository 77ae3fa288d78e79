export const planted = (): number => Date.now();
