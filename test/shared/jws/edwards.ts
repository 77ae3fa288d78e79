// Just enough of edwards25519 (RFC 8032 section 5.1) to forge the signatures that the checks must refuse. Slow, not
// constant in time, for tests only.
import { createHash } from "node:crypto";

export const P = 2n ** 255n - 19n;
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = mod(-121665n * inverse(121666n));
const SQRT_MINUS_ONE = power(2n, (P - 1n) / 4n);

export type Point = { readonly x: bigint; readonly y: bigint };

export const IDENTITY: Point = { x: 0n, y: 1n };
const BASE = decode(4n * inverse(5n), 0n);

export function add(a: Point, b: Point): Point {
  const product = mod(D * mod(a.x * b.x) * mod(a.y * b.y));
  return {
    x: mod((a.x * b.y + b.x * a.y) * inverse(1n + product)),
    y: mod((a.y * b.y + a.x * b.x) * inverse(1n - product)),
  };
}

export function multiply(point: Point, scalar: bigint): Point {
  let result = IDENTITY;
  for (const bit of scalar.toString(2)) {
    result = add(result, result);
    if (bit === "1") result = add(result, point);
  }
  return result;
}

/** A multiple of the base point. */
export function publicPoint(scalar: bigint): Point {
  return multiply(BASE, scalar);
}

export function encode({ x, y }: Point): Uint8Array {
  return encodeRaw(y, x & 1n);
}

/** Any y and sign bit, canonical or not. */
export function encodeRaw(y: bigint, sign: bigint): Uint8Array {
  return toBytes(y | (sign << 255n));
}

/** 32 bytes, little-endian. */
export function toBytes(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
}

export function fromBytes(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** The challenge of RFC 8032: SHA-512(R || A || message) mod L. */
export function challenge(r: Uint8Array, a: Uint8Array, message: Uint8Array): bigint {
  return fromBytes(createHash("sha512").update(r).update(a).update(message).digest()) % L;
}

/** The eight points whose order divides 8. */
export function torsionPoints(): Point[] {
  // Twice a point of order 8 has y = 0; its y coordinate solves d*y^4 + 2*y^2 - 1 = 0.
  const root = squareRoot(mod(1n + D));
  const squares = [mod((root - 1n) * inverse(D)), mod((-root - 1n) * inverse(D))];
  const y = squares.map(trySquareRoot).find((candidate) => candidate !== undefined);
  const generator = decode(y as bigint, 0n);
  return Array.from({ length: 8 }, (_, i) => multiply(generator, BigInt(i)));
}

function decode(y: bigint, sign: bigint): Point {
  const y2 = mod(y * y);
  const x = squareRoot(mod((y2 - 1n) * inverse(D * y2 + 1n)));
  return { x: (x & 1n) === sign ? x : mod(-x), y: mod(y) };
}

function squareRoot(value: bigint): bigint {
  const root = trySquareRoot(value);
  if (root === undefined) throw new RangeError("not a square");
  return root;
}

function trySquareRoot(value: bigint): bigint | undefined {
  const candidate = power(value, (P + 3n) / 8n);
  return [candidate, mod(candidate * SQRT_MINUS_ONE)].find((root) => mod(root * root) === mod(value));
}

function inverse(value: bigint): bigint {
  return power(mod(value), P - 2n);
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = mod(base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

function mod(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}
