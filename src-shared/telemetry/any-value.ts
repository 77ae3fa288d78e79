import type { Json } from "../encoding/strict-json.ts";

/** OTLP's `AnyValue` and `KeyValue` in JSON: 64-bit integers are strings; an empty object means `null`. */
export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } }
  | { readonly kvlistValue: { readonly values: readonly KeyValue[] } }
  | Readonly<Record<string, never>>;
export type KeyValue = { readonly key: string; readonly value: AnyValue };

export function anyValueOf(json: Json): AnyValue {
  if (json === null) return {};
  if (typeof json === "string") return { stringValue: json };
  if (typeof json === "boolean") return { boolValue: json };
  if (typeof json === "number") return Number.isSafeInteger(json) ? { intValue: String(json) } : { doubleValue: json };
  if (isArray(json)) return { arrayValue: { values: json.map(anyValueOf) } };
  return { kvlistValue: { values: keyValuesOf(json) } };
}

export function keyValuesOf(fields: { readonly [name: string]: Json }): KeyValue[] {
  return Object.entries(fields).map(([key, value]) => ({ key, value: anyValueOf(value) }));
}

/** The JSON of an attacker-controlled `AnyValue`; `undefined`: it is not in our form. */
export function jsonOfAnyValue(value: Json | undefined): Json | undefined {
  if (!isObject(value)) return undefined;
  const kinds = Object.keys(value);
  if (kinds.length > 1) return undefined;
  const kind = kinds[0] ?? "";
  const content = value[kind] ?? null;
  switch (kind) {
    case "":
      return null;
    case "stringValue":
      return typeof content === "string" ? content : undefined;
    case "boolValue":
      return typeof content === "boolean" ? content : undefined;
    case "doubleValue":
      return typeof content === "number" ? content : undefined;
    case "intValue":
      return integerOf(content);
    case "arrayValue":
      return arrayOf(content);
    case "kvlistValue":
      return objectOf(content);
    default:
      return undefined;
  }
}

function integerOf(content: Json): number | undefined {
  const number = typeof content === "string" && /^-?(0|[1-9]\d{0,15})$/.test(content) ? Number(content) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

function arrayOf(content: Json): Json | undefined {
  if (!isObject(content) || !isArray(content["values"])) return undefined;
  const values = content["values"].map(jsonOfAnyValue);
  return values.every((value) => value !== undefined) ? values : undefined;
}

function objectOf(content: Json): Json | undefined {
  if (!isObject(content) || !isArray(content["values"])) return undefined;
  const fields: Record<string, Json> = {};
  for (const pair of content["values"]) {
    if (!isObject(pair) || typeof pair["key"] !== "string" || pair["key"] === "__proto__") return undefined;
    const value = jsonOfAnyValue(pair["value"]);
    if (value === undefined || Object.hasOwn(fields, pair["key"])) return undefined;
    fields[pair["key"]] = value;
  }
  return fields;
}

function isArray(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

function isObject(json: Json | undefined): json is { readonly [name: string]: Json } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
