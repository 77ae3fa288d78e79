export const planted = (): number => Math.random();
