import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countRoles, foldRoles, foldRows, ROLE, type SplitRequest, splitRows } from "../../src/data/index.ts";
import { numeric, strings } from "./tables.ts";

const base: Omit<SplitRequest, "kind"> = {
  rows: 1000,
  rowNumbers: null,
  usable: null,
  validationSize: 0.1,
  testSize: 0.2,
  seed: 42,
};

describe("a random split", () => {
  it("has its sizes, whatever rows are usable", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 10, maxLength: 400 }), fc.nat(), (usable, seed) => {
        const count = usable.filter(Boolean).length;
        fc.pre(count >= 10);
        const split = splitRows({
          ...base,
          kind: "random",
          rows: usable.length,
          seed,
          usable: Uint8Array.from(usable, Number),
        });
        expect(split.rows).toEqual({
          train: count - Math.round(count * 0.1) - Math.round(count * 0.2),
          validation: Math.round(count * 0.1),
          test: Math.round(count * 0.2),
        });
        usable.forEach((use, i) => {
          expect(split.roles[i] === ROLE.unused).toBe(!use);
        });
      }),
      { numRuns: 40 },
    );
  });

  it("hardly changes when rows are appended or left out", () => {
    const before = splitRows({ ...base, kind: "random", rows: 10_000 }).roles;
    const after = splitRows({ ...base, kind: "random", rows: 10_100 }).roles;
    const moved = before.reduce((sum, role, i) => sum + (role === after[i] ? 0 : 1), 0);
    expect(moved).toBeLessThan(100);
  });

  it("hashes row numbers, not places", () => {
    const all = splitRows({ ...base, kind: "random" }).roles;
    const rowNumbers = Uint32Array.from({ length: 500 }, (_, i) => 2 * i);
    const half = splitRows({ ...base, kind: "random", rows: 500, rowNumbers }).roles;
    const same = half.reduce((sum, role, i) => sum + (role === all[2 * i] ? 1 : 0), 0);
    expect(same).toBeGreaterThan(450);
  });

  it("gives tiny tables a row for every role, or says why not", () => {
    expect(splitRows({ ...base, kind: "random", rows: 3 }).rows).toEqual({ train: 1, validation: 1, test: 1 });
    expect(() => splitRows({ ...base, kind: "random", rows: 2 })).toThrow(/at least one row, got 2 usable rows/);
    expect(splitRows({ ...base, kind: "random", rows: 2, testSize: 0, validationSize: 0 }).rows.train).toBe(2);
    expect(() => splitRows({ ...base, kind: "random", testSize: 0.6, validationSize: 0.4 })).toThrow(/less than 1/);
  });
});

describe("a stratified split", () => {
  it("has its sizes and every class its share, with a row to train on", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 8 }),
        fc.nat(),
        (sizes, seed) => {
          const codes = Uint8Array.from(sizes.flatMap((size, code) => new Array<number>(size).fill(code)));
          fc.pre(codes.length >= 10 * sizes.length);
          const classes = { codes, count: sizes.length };
          const split = splitRows({ ...base, kind: "stratified", rows: codes.length, seed, classes });
          expect(split.rows.test).toBe(Math.round(codes.length * 0.2));
          expect(split.rows.validation).toBe(Math.round(codes.length * 0.1));
          sizes.forEach((size, code) => {
            const of = (role: number) =>
              split.roles.reduce((sum, r, i) => sum + (r === role && codes[i] === code ? 1 : 0), 0);
            expect(Math.abs(of(ROLE.test) - size * 0.2)).toBeLessThan(2);
            expect(of(ROLE.train)).toBeGreaterThan(0);
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it("trains on a class of one row and says so", () => {
    const codes = Uint8Array.from({ length: 50 }, (_, i) => (i === 17 ? 2 : i % 2));
    const split = splitRows({ ...base, kind: "stratified", rows: 50, classes: { codes, count: 3 } });
    expect(split.roles[17]).toBe(ROLE.train);
    expect(split.notices).toEqual(["1 class has one row only, which is trained on."]);
  });
});

describe("a split by group", () => {
  it("never lets a group lie on two sides", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 30, maxLength: 300 }),
        fc.nat(),
        (groups, seed) => {
          fc.pre(new Set(groups).size >= 3);
          const column = numeric(
            "g",
            groups.map((group) => (group === 12 ? Number.NaN : group)),
          );
          const { roles, rows } = splitRows({ ...base, kind: "group", rows: groups.length, seed, column });
          const roleOf = new Map(groups.map((group, i) => [group, roles[i]]));
          groups.forEach((group, i) => {
            expect(roles[i]).toBe(roleOf.get(group));
          });
          expect(Math.min(rows.train, rows.validation, rows.test)).toBeGreaterThan(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("comes near its sizes where groups are small", () => {
    const column = strings(
      "g",
      Array.from({ length: 1000 }, (_, i) => `g${i % 200}`),
    );
    const { rows } = splitRows({ ...base, kind: "group", column });
    expect(Math.abs(rows.test - 200)).toBeLessThanOrEqual(5);
    expect(Math.abs(rows.validation - 100)).toBeLessThanOrEqual(5);
  });

  it("needs enough groups", () => {
    const column = numeric(
      "g",
      Array.from({ length: 1000 }, (_, i) => i % 2),
    );
    expect(() => splitRows({ ...base, kind: "group", column })).toThrow(/at least 3 groups, got 2/);
  });
});

describe("a split by time", () => {
  it("tests on the latest rows, validates before them, and keeps equal times together", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 30, maxLength: 200 }), (times) => {
        fc.pre(new Set(times).size >= 8);
        const column = numeric("t", times, "date");
        let split: ReturnType<typeof splitRows>;
        try {
          split = splitRows({ ...base, kind: "time", rows: times.length, column });
        } catch (error) {
          expect(String(error)).toMatch(/at least one row/);
          return;
        }
        const of = (role: number) => times.filter((_, i) => split.roles[i] === role);
        const [train, validation, test] = [ROLE.train, ROLE.validation, ROLE.test].map(of);
        expect(Math.max(...train!)).toBeLessThan(Math.min(...validation!));
        expect(Math.max(...validation!)).toBeLessThan(Math.min(...test!));
      }),
      { numRuns: 40 },
    );
  });

  it("has its sizes where times differ, and trains on rows without one", () => {
    const column = numeric(
      "t",
      Array.from({ length: 1000 }, (_, i) => (i < 100 ? Number.NaN : -i)),
    );
    const { rows, notices, roles } = splitRows({ ...base, kind: "time", column });
    expect(rows).toEqual({ train: 700, validation: 100, test: 200 });
    expect(roles[5]).toBe(ROLE.train);
    expect(roles[100]).toBe(ROLE.test);
    expect(notices).toEqual(["100 rows have no time and are trained on."]);
  });

  it("refuses strings and a single time", () => {
    expect(() =>
      splitRows({ ...base, kind: "time", rows: 5, column: strings("t", ["a", "b", "c", "d", "e"]) }),
    ).toThrow(/dates or numbers/);
    expect(() => splitRows({ ...base, kind: "time", column: numeric("t", new Array(1000).fill(5)) })).toThrow(
      /at least one row/,
    );
  });
});

describe("folds", () => {
  const split = splitRows({ ...base, kind: "random" });
  const request = { roles: split.roles, rowNumbers: null, seed: 42, folds: 5 } as const;

  it("hold out every row that is not a test row exactly once", () => {
    const folds = foldRows({ ...request, kind: "random" });
    const held = new Uint8Array(1000);
    for (let k = 0; k < 5; k++) {
      const roles = foldRoles(split.roles, folds, k);
      expect(countRoles(roles)).toEqual({ train: 640, validation: 160, test: 200 });
      roles.forEach((role, i) => {
        if (role === ROLE.validation) held[i]!++;
        expect(role === ROLE.test).toBe(split.roles[i] === ROLE.test);
      });
    }
    expect(held.every((count, i) => count === (split.roles[i] === ROLE.test ? 0 : 1))).toBe(true);
  });

  it("share the classes out", () => {
    const codes = Uint8Array.from({ length: 1000 }, (_, i) => (i % 10 === 0 ? 1 : 0));
    const folds = foldRows({ ...request, kind: "stratified", classes: { codes, count: 2 } });
    const ones = [0, 1, 2, 3, 4].map((k) => codes.filter((code, i) => code === 1 && folds.foldOf[i] === k).length);
    expect(Math.max(...ones) - Math.min(...ones)).toBeLessThanOrEqual(1);
  });

  it("keep groups whole", () => {
    const column = numeric(
      "g",
      Array.from({ length: 1000 }, (_, i) => Math.floor(i / 13)),
    );
    const byGroup = splitRows({ ...base, kind: "group", column });
    const folds = foldRows({ ...request, roles: byGroup.roles, kind: "group", column });
    for (let i = 1; i < 1000; i++)
      if (Math.floor(i / 13) === Math.floor((i - 1) / 13)) expect(folds.foldOf[i]).toBe(folds.foldOf[i - 1]);
    const sizes = [0, 1, 2, 3, 4].map((k) => folds.foldOf.filter((fold) => fold === k).length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(13);
  });

  it("of time train on what came before only", () => {
    const times = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000);
    const column = numeric("t", times);
    const folds = foldRows({ ...request, kind: "time", column });
    for (let k = 0; k < 5; k++) {
      const roles = foldRoles(split.roles, folds, k);
      const latest = Math.max(...times.filter((_, i) => roles[i] === ROLE.train));
      const held = times.filter((_, i) => roles[i] === ROLE.validation);
      expect(latest).toBeLessThan(Math.min(...held));
      expect(held.length).toBeGreaterThan(100);
    }
  });

  it("need enough rows and groups", () => {
    expect(() => foldRows({ ...request, folds: 1, kind: "random" })).toThrow(/2 to 100/);
    expect(() => foldRows({ ...request, folds: 90, kind: "random", roles: new Uint8Array(50) })).toThrow(
      /at least 90 rows, got 50/,
    );
    const column = numeric(
      "g",
      Array.from({ length: 1000 }, (_, i) => i % 3),
    );
    expect(() => foldRows({ ...request, kind: "group", column })).toThrow(/at least 5 groups, got 3/);
    expect(() => foldRows({ ...request, kind: "time", column })).toThrow(/stretches of time/);
  });
});
