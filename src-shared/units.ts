declare const unit: unique symbol;
type Unit<T, Name extends string> = T & { readonly [unit]?: Name };

/** Whole seconds since 1970-01-01T00:00:00Z, leap seconds ignored (RFC 7519 `NumericDate`, integers only). */
export type UnixSeconds = Unit<number, "UnixSeconds">;
/** A duration in seconds, fractions allowed. */
export type Seconds = Unit<number, "Seconds">;
/** Whole milliseconds since 1970-01-01T00:00:00Z. */
export type UnixMs = Unit<number, "UnixMs">;
/** A duration in milliseconds. */
export type Milliseconds = Unit<number, "Milliseconds">;
/** A count or an offset of bytes. */
export type Bytes = Unit<number, "Bytes">;

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;
export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
