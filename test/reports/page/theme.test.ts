import { describe, expect, it } from "vitest";
import { DARK, LIGHT, type Palette } from "../../../src/reports/page/theme.ts";

/** WCAG 2.2: relative luminance and contrast. */
function contrast(a: string, b: string): number {
  const luminance = (color: string): number => {
    const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
    const [r, g, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * blue!;
  };
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

describe.each([
  ["light", LIGHT],
  ["dark", DARK],
] satisfies [string, Palette][])("the %s colours", (_, palette) => {
  it.each(["ink", "muted", "accent", "good", "bad"])("let %s be read", (name) => {
    for (const ground of ["page", "card"])
      expect(contrast(palette[name]!, palette[ground]!)).toBeGreaterThanOrEqual(4.5);
  });

  it.each([0, 1, 2, 3, 4, 5, 6])("let tone %i be seen", (tone) => {
    expect(contrast(palette[`tone-${tone}`]!, palette.card!)).toBeGreaterThanOrEqual(3);
  });
});
