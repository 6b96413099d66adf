import { paint, printable, renderTable, type Style, sign } from "../../reports/text/index.ts";
import { examples, onRun, type Register } from "../context.ts";
import type { Finding } from "../services.ts";

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko doctor", "runs every part once"],
    ["kaayko doctor --json", ""],
  ]);
  onRun(command, context, async () => {
    const { output } = context;
    output.note("Looking at every part; this takes a few seconds.");
    const findings = await (await context.services.backends()).diagnose();
    const healthy = findings.every((finding) => finding.state === "ok" || !finding.required);
    await output.result({ schemaVersion: 1, healthy, findings }, () =>
      renderFindings(findings, healthy, output.dataStyle),
    );
    return healthy ? 0 : 1;
  });
};

function renderFindings(findings: readonly Finding[], healthy: boolean, style: Style): string {
  const rows = findings.map((finding) => {
    const state =
      finding.state === "ok"
        ? sign(style, "✓", "ok")
        : finding.required
          ? sign(style, "✗", "!!")
          : sign(style, "○", "--");
    const color = finding.state === "ok" ? "green" : finding.required ? "red" : "yellow";
    return [
      paint(style, color, state),
      printable(finding.part),
      printable(finding.version ?? "-"),
      printable(finding.detail),
    ];
  });
  const table = renderTable([{ title: "" }, { title: "part" }, { title: "version" }, { title: "found" }], rows, style);
  const remedies = findings
    .filter((finding) => finding.remedy !== undefined)
    .map((finding) => `${printable(finding.part)}: ${printable(finding.remedy!)}`);
  const verdict = healthy
    ? paint(style, "green", "Everything that is needed works.")
    : paint(style, "red", "Something that is needed does not work.");
  return [table, ...(remedies.length > 0 ? ["", ...remedies] : []), "", verdict].join("\n");
}
