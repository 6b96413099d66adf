import type { LocationResult, LocationsResult } from "../../core/index.ts";
import { renderBarChart } from "../charts/bar-chart.ts";
import { element, escapeText, type Markup } from "../charts/svg.ts";
import { renderWorldMap } from "../charts/world-map.ts";
import type { AlgorithmResult, TrainDocument } from "../document.ts";
import { formatCount, formatNumber, formatPlural, formatShare } from "../format.ts";
import { rankedAlgorithms, rankingMetric } from "../ranking.ts";
import { card, cards, htmlTable, numberText, type Section } from "./parts.ts";
import { nameOf } from "./summary-header.ts";

/** How every algorithm does at places that none of them has seen. */
export function locationsSection(document: TrainDocument): Section {
  const { locations } = document;
  const section = { id: "locations", short: "Locations", title: "Places that no one has seen" };
  if (locations === undefined || locations.places.length === 0) return { ...section, body: "" };
  const made = locations.synthetic ? " The rows are made up, as those of the training table are." : "";
  return {
    ...section,
    lead: `${formatPlural(locations.places.length, "place")} with ${formatCount(locations.rows)} rows each; no training row comes from them.${made}`,
    body: cards(mapCard(document, locations), tableCard(document, locations), winCard(document, locations)),
  };
}

function titleOfAlgorithm(document: TrainDocument, name: string | null): string {
  const found = document.algorithms.find((algorithm) => algorithm.name === name);
  return found === undefined ? (name ?? "–") : nameOf(found);
}

function mapCard(document: TrainDocument, { places }: LocationsResult): Markup {
  const { champion } = document;
  const metric = rankingMetric(document) ?? "rmse";
  const pins = places.map((place, i) => ({
    latitude: place.latitude,
    longitude: place.longitude,
    sign: String(i + 1),
    tone: place.winner === champion ? 1 : 2,
    text: `${place.name}, ${place.country}: ${titleOfAlgorithm(document, place.winner)} is best${errorsOf(place, metric)}`,
  }));
  const won = places.filter(({ winner }) => winner === champion).length;
  const note = `Blue where the champion has the lowest error (${won} of ${places.length}), orange where another algorithm has.`;
  const text = { id: "map", title: "Map of the places", description: pins.map((pin) => pin.text).join("; ") };
  const map = element(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Map" },
    renderWorldMap(text, pins),
  );
  return card("Map", note, map, true);
}

function errorsOf({ metrics }: LocationResult, metric: string): string {
  const errors = Object.entries(metrics)
    .sort()
    .map(([name, values]) => `${name} ${formatNumber(values[metric])}`);
  return errors.length === 0 ? "" : ` (${metric}: ${errors.join(", ")})`;
}

function tableCard(document: TrainDocument, { places }: LocationsResult): Markup {
  const metric = rankingMetric(document) ?? "rmse";
  const judged = rankedAlgorithms(document).filter(({ name }) =>
    places.some(({ metrics }) => Object.hasOwn(metrics, name)),
  );
  const bounded = places.some(({ bestPossible }) => bestPossible !== null);
  const columns = [
    { title: "", number: true },
    { title: "Place" },
    { title: "Country" },
    ...judged.map((algorithm) => ({ title: nameOf(algorithm), number: true })),
    ...(bounded ? [{ title: "best possible", number: true }] : []),
  ];
  const rows = places.map((place, i) => ({
    cells: [
      String(i + 1),
      escapeText(place.name),
      escapeText(place.country),
      ...judged.map((algorithm) => errorCell(place, algorithm, metric)),
      ...(bounded ? [numberText(place.bestPossible)] : []),
    ],
  }));
  return card(
    `${metric} by place`,
    "The lowest of each place is bold.",
    htmlTable("Errors by place", columns, rows),
    true,
  );
}

function errorCell({ metrics, winner }: LocationResult, { name }: AlgorithmResult, metric: string): Markup {
  const text = numberText(metrics[name]?.[metric]);
  return winner === name ? element("strong", { class: "good" }, text) : text;
}

function winCard(document: TrainDocument, { winRate, championAdvantage }: LocationsResult): Markup {
  const wins = bars(document, winRate);
  const gains = bars(document, championAdvantage);
  const describe = (items: typeof wins): string => items.map(({ name, text }) => `${name} ${text}`).join(", ");
  const win = { id: "wins", title: "Share of places won", description: describe(wins) };
  const gain = { id: "advantage", title: "Mean advantage of the champion", description: describe(gains) };
  return (
    (wins.length === 0
      ? ""
      : card(
          "Places won",
          "Share of the places at which an algorithm has the lowest error.",
          renderBarChart(win, wins),
        )) +
    (gains.length === 0
      ? ""
      : card(
          "Advantage of the champion",
          "By how much its error is smaller than each other’s, on average over the places.",
          renderBarChart(gain, gains),
        ))
  );
}

function bars(document: TrainDocument, shares: Readonly<Record<string, number | null>>) {
  return Object.entries(shares)
    .filter((entry): entry is [string, number] => entry[1] !== null)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([name, value]) => ({
      name: titleOfAlgorithm(document, name),
      value,
      text: value < 0 ? `−${formatShare(-value)}` : formatShare(value),
      tone: name === document.champion ? 1 : 0,
    }));
}
