export declare const REPACKAGED_VERSION: string;
export declare function repackagedElectron(platform: "linux" | "win32"): string;
export declare function fetchPackage(home: string, spec: string, sha512: string, executables?: readonly string[]): void;
