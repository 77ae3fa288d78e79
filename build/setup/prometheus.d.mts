export declare function installPrometheus(): void;
/** The folder of `prometheus` and `promtool`; `undefined` where there are none. */
export declare function prometheusFolder(): string | undefined;
