export const planted = () => new WebSocket("wss://example.org");
