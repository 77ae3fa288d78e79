export declare const REPACKAGED_VERSION: string;
export declare function repackagedElectron(platform: "linux" | "win32"): string;
