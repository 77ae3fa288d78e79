import { createRequire } from "node:module";
import { fromUtf8 } from "../../../src-shared/encoding/text.ts";

type MessageType = {
  readonly verify: (message: object) => string | null;
  readonly fromObject: (object: object) => object;
  readonly toObject: (message: object, options: object) => object;
  readonly encode: (message: object) => { finish(): Uint8Array };
  readonly decode: (bytes: Uint8Array) => object;
};
type Tree = { readonly [name: string]: Tree & MessageType };

// Generated from the published .proto files. The package does not export it, so it is imported by its path.
const root = createRequire(import.meta.url)(
  "../../../node_modules/@opentelemetry/otlp-transformer/build/src/generated/root.js",
) as Tree;

const SERVICES = {
  logs: ["logs", "ExportLogsServiceRequest"],
  metrics: ["metrics", "ExportMetricsServiceRequest"],
} as const;

/**
 * What a strict receiver preserves of an OTLP/JSON body: parsed, converted to protobuf, and written as OTLP/JSON again.
 * Whatever the schema does not know, or knows with another type, is missing or different in the result.
 */
export function throughProtobuf(signal: keyof typeof SERVICES, body: Uint8Array): unknown {
  const [folder, name] = SERVICES[signal];
  const type = root["opentelemetry"]?.["proto"]?.["collector"]?.[folder]?.["v1"]?.[name] as MessageType;
  const json = JSON.parse(fromUtf8(body) ?? "") as object;
  const message = type.fromObject(withIds(json, (hex) => Buffer.from(hex, "hex")) as object);
  const fault = type.verify(message);
  if (fault !== null) throw new Error(fault);
  const decoded = type.decode(type.encode(message).finish());
  const again = type.toObject(decoded, { longs: String, enums: Number, bytes: Buffer, oneofs: false });
  return withIds(again, (bytes) => Buffer.from(bytes).toString("hex"));
}

// OTLP's JSON writes the two kinds of id in hex, where protobuf's own JSON would expect base64.
function withIds(value: unknown, change: (id: never) => unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => withIds(one, change));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const pairs = Object.entries(value).map(([key, one]) =>
    key === "traceId" || key === "spanId" ? [key, change(one as never)] : [key, withIds(one, change)],
  );
  return Object.fromEntries(pairs);
}
