export const planted = (): unknown => setTimeout(() => {}, 1);
