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

// Generated from the published .proto files. Not exported by the package, so it is reached by its path.
const root = createRequire(import.meta.url)(
  "../../../node_modules/@opentelemetry/otlp-transformer/build/src/generated/root.js",
) as Tree;

const SERVICES = {
  logs: ["logs", "ExportLogsServiceRequest"],
  metrics: ["metrics", "ExportMetricsServiceRequest"],
} as const;

/**
 * What a strict receiver keeps of an OTLP/JSON body: parsed, sent through protobuf, and written as OTLP/JSON again.
 * Whatever the schema does not know, or knows as another type, is gone or different then.
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

// OTLP's JSON writes the two kinds of id in hex, where protobuf's own JSON would take base64.
function withIds(value: unknown, change: (id: never) => unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => withIds(one, change));
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const pairs = Object.entries(value).map(([key, one]) =>
    key === "traceId" || key === "spanId" ? [key, change(one as never)] : [key, withIds(one, change)],
  );
  return Object.fromEntries(pairs);
}
