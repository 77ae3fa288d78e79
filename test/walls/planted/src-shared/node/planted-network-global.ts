export const planted = () => fetch("https://example.org");
