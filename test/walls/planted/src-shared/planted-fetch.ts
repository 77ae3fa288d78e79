export const planted = (): unknown => fetch("https://example.org");
