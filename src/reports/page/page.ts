import { sha256 } from "../../core/index.ts";
import { element, escapeText, type Markup } from "../charts/svg.ts";
import type { TrainDocument } from "../document.ts";
import { benchmarkSection } from "./benchmark-section.ts";
import { dataSection } from "./data-section.ts";
import { dependenceSection } from "./dependence-section.ts";
import { forecastSection } from "./forecast-section.ts";
import { importanceSection } from "./importance-section.ts";
import { leaderboardSection } from "./leaderboard-section.ts";
import { learningSection } from "./learning-section.ts";
import { locationsSection } from "./locations-section.ts";
import { renderSection, type Section } from "./parts.ts";
import { predictionSection } from "./prediction-section.ts";
import { rulesSection } from "./rules-section.ts";
import { runSection } from "./run-section.ts";
import { PAGE_SCRIPT } from "./script.ts";
import { pageStyles } from "./styles.ts";
import { renderSummaryHeader, titleOf } from "./summary-header.ts";

/**
 * The report of a run as one page of HTML that needs nothing else: no request leaves it, which its content security policy
 * forbids as well. The same document gives the same bytes. Everything foreign in it (names of columns, categories, paths) is text.
 */
export function renderPage(document: TrainDocument): string {
  const sections = sectionsOf(document);
  const title = `${titleOf(document)}: report`;
  const styles = pageStyles();
  const head = element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: policyOf(styles) }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "color-scheme", content: "light dark" }),
    element("meta", { name: "referrer", content: "no-referrer" }),
    element("title", {}, escapeText(title)),
    `<style>${styles}</style>`,
  );
  const body = element(
    "body",
    {},
    element("a", { class: "skip", href: "#content" }, "Skip to the results"),
    renderSummaryHeader(document),
    navigation(sections),
    element("main", { id: "content" }, ...sections.map(renderSection)),
    element(
      "footer",
      {},
      "Written by kaayko from the run’s stored results. This page loads nothing and sends nothing.",
    ),
    `<script>${PAGE_SCRIPT}</script>`,
  );
  return `<!doctype html>\n<html lang="en">${head}\n${body}</html>\n`;
}

function sectionsOf(document: TrainDocument): Section[] {
  return [
    leaderboardSection(document),
    benchmarkSection(document),
    forecastSection(document),
    learningSection(document),
    importanceSection(document),
    dependenceSection(document),
    predictionSection(document),
    locationsSection(document),
    rulesSection(document),
    dataSection(document),
    runSection(document),
  ].filter((section) => section.body !== "");
}

function navigation(sections: readonly Section[]): Markup {
  const links = sections.map(({ id, short }) => element("a", { href: `#${id}` }, escapeText(short)));
  const button = element("button", { id: "theme", type: "button", hidden: "" }, "Dark");
  return element("nav", { "aria-label": "Sections" }, element("div", {}, ...links, button));
}

/** Nothing may be loaded; only the style sheet and the script of this very page apply. */
function policyOf(styles: string): string {
  const hash = (text: string): string => `'sha256-${Buffer.from(sha256(text), "hex").toString("base64")}'`;
  return `default-src 'none'; style-src ${hash(styles)}; script-src ${hash(PAGE_SCRIPT)}; base-uri 'none'; form-action 'none'`;
}
