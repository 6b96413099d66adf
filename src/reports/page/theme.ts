/** Colours of the page by name; the same names in light and dark. */
export type Palette = Readonly<Record<string, string>>;

/**
 * Text has a contrast of at least 4.5 with what it stands on, lines and marks of 3 (WCAG 2.2, AA). The six tones are told apart
 * with any colour vision (after Okabe and Ito, "Color universal design", 2008, darkened or lightened for the contrast).
 */
export const LIGHT: Palette = {
  page: "#f6f5f1",
  card: "#ffffff",
  ink: "#1c2126",
  muted: "#5b646c",
  rule: "#dedbd3",
  grid: "#e8e6e0",
  accent: "#005f9e",
  good: "#00694c",
  bad: "#b03a00",
  "tone-0": "#737d85",
  "tone-1": "#0072b2",
  "tone-2": "#d55e00",
  "tone-3": "#008763",
  "tone-4": "#a8568a",
  "tone-5": "#8a7000",
  "tone-6": "#30343a",
};

export const DARK: Palette = {
  page: "#12161a",
  card: "#1a2026",
  ink: "#e8eaec",
  muted: "#a1abb3",
  rule: "#333c44",
  grid: "#2a323a",
  accent: "#6cbcf0",
  good: "#46cfa2",
  bad: "#ff9a5c",
  "tone-0": "#8e99a2",
  "tone-1": "#56b4e9",
  "tone-2": "#f2913d",
  "tone-3": "#2fc79a",
  "tone-4": "#e39ac6",
  "tone-5": "#e6c34a",
  "tone-6": "#d3d8dd",
};

/** The palettes as custom properties: the reader's own choice wins over that of the system, paper is always light. */
export function themeRules(): string {
  const list = (palette: Palette): string =>
    Object.entries(palette)
      .map(([name, color]) => `--${name}:${color}`)
      .join(";");
  const tones = Object.keys(LIGHT).filter((name) => name.startsWith("tone-"));
  return [
    `:root{color-scheme:light;${list(LIGHT)}}`,
    `@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${list(DARK)}}}`,
    `@media screen{:root[data-theme=dark]{color-scheme:dark;${list(DARK)}}}`,
    ...tones.map((tone) => `.${tone}{--tone:var(--${tone})}`),
  ].join("\n");
}
