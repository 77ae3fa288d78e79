import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareCounters } from "../../../src-shared/ledger/index.ts";

const counter = fc.record({ generation: fc.nat(3), sequence: fc.nat(3) });

describe("counters", () => {
  it("compare the key generation first, then the sequence", () => {
    expect(compareCounters({ generation: 2, sequence: 1 }, { generation: 1, sequence: 9 })).toBeGreaterThan(0);
    expect(compareCounters({ generation: 1, sequence: 9 }, { generation: 2, sequence: 1 })).toBeLessThan(0);
    expect(compareCounters({ generation: 1, sequence: 2 }, { generation: 1, sequence: 3 })).toBeLessThan(0);
    expect(compareCounters({ generation: 1, sequence: 3 }, { generation: 1, sequence: 3 })).toBe(0);
  });

  it("are a total order", () => {
    fc.assert(
      fc.property(counter, counter, counter, (a, b, c) => {
        expect(Math.sign(compareCounters(a, b))).toBe(0 - Math.sign(compareCounters(b, a)) + 0);
        if (compareCounters(a, b) <= 0 && compareCounters(b, c) <= 0) {
          expect(compareCounters(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});
