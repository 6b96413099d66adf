import type { ConfusionMatrix } from "../document.ts";
import { formatCount, formatPlural, formatShare } from "../format.ts";
import { tickText } from "./scale.ts";
import { type ChartText, chart, element, label, type Markup, shortened, tooltip } from "./svg.ts";

/** Classes up to which cells hold their numbers; beyond them only their shade tells. */
const NUMBERED = 8;
/** Classes that are drawn at most; the rest is in the table below. */
export const CONFUSION_CLASSES = 30;

/** Which class was taken for which: rows are the actual classes, shades the share of the row. */
export function renderConfusionChart(text: ChartText, matrix: ConfusionMatrix): Markup {
  const classes = matrix.classes.slice(0, CONFUSION_CLASSES);
  const left = 104;
  const size = (360 - left - 6) / classes.length;
  const upright = classes.every((name) => 6.5 * [...name].length <= size);
  const top = upright ? 40 : 84;
  const cellHeight = Math.max(9, Math.min(size, 46));
  const cells = classes.flatMap((_, actual) => {
    const total = matrix.counts[actual]!.reduce((sum, count) => sum + count, 0);
    return classes.map((_, predicted) => {
      const at = { x: left + predicted * size, y: top + actual * cellHeight, width: size, height: cellHeight };
      return drawCell(matrix, actual, predicted, total, at, classes.length <= NUMBERED);
    });
  });
  const rowNames = classes.map((name, i) =>
    label(left - 7, top + (i + 0.5) * cellHeight + 4, shortened(name, 14), {
      class: "name",
      "text-anchor": "end",
      ...(cellHeight < 12 ? { "font-size": 8 } : {}),
    }),
  );
  const columnNames = classes.map((name, i) => {
    const x = left + (i + 0.5) * size;
    return upright
      ? label(x, top - 8, name, {
          class: "name",
          "text-anchor": "middle",
        })
      : label(x + 3, top - 6, shortened(name, 10), {
          class: "name",
          transform: `rotate(-90 ${Math.round((x + 3) * 100) / 100} ${top - 6})`,
          ...(size < 12 ? { "font-size": 8 } : {}),
        });
  });
  const axes =
    label(left - 7, 14, "actual ↓", { class: "axis-name", "text-anchor": "end" }) +
    label(left, 14, "predicted →", { class: "axis-name" });
  const height = top + classes.length * cellHeight + 8;
  return chart(text, 360, height, [axes, ...cells, ...rowNames, ...columnNames].join(""));
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawCell(
  { classes, counts }: ConfusionMatrix,
  actual: number,
  predicted: number,
  total: number,
  box: Box,
  numbered: boolean,
): Markup {
  const count = counts[actual]![predicted]!;
  const share = total === 0 ? 0 : count / total;
  const tone = actual === predicted ? 1 : 2;
  const what = `${formatPlural(Math.round(count), "row")} of ${classes[actual]} predicted as ${classes[predicted]} (${formatShare(share)})`;
  const shade = element("rect", {
    class: `cell tone-${tone}`,
    x: box.x + 0.75,
    y: box.y + 0.75,
    width: Math.max(0.5, box.width - 1.5),
    height: box.height - 1.5,
    rx: 2,
    "fill-opacity": count === 0 ? 0.05 : 0.12 + 0.48 * share,
  });
  const shown = box.width < 46 ? tickText(Math.round(count), 1) : formatCount(count);
  const number = numbered
    ? label(box.x + box.width / 2, box.y + box.height / 2 + 4, shown, {
        class: count === 0 ? "tick" : "count",
        "text-anchor": "middle",
      })
    : "";
  return element("g", {}, tooltip(what), shade, number);
}
