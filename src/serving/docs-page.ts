import type { JsonObject, JsonValue } from "../core/index.ts";

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;text-transform:capitalize}code,pre{font:13px ui-monospace,monospace}
details{border:1px solid #d0d7de;border-radius:6px;margin:.4rem 0;padding:.4rem .8rem}summary{cursor:pointer}
b.method{display:inline-block;min-width:3.5rem}pre{background:#f6f8fa;padding:.6rem;overflow:auto;border-radius:6px}
table{border-collapse:collapse}td{padding:.1rem .8rem .1rem 0;vertical-align:top}
@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}details{border-color:#30363d}pre{background:#161b22}}`;

/** An OpenAPI document as a page that needs nothing else: no script, no file, no network. */
export function renderDocsPage(document: JsonObject): string {
  const info = objectOf(document.info);
  const groups = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(objectOf(document.paths)))
    for (const [method, operation] of Object.entries(objectOf(methods))) {
      const described = objectOf(operation);
      const tag = Array.isArray(described.tags) ? String(described.tags[0]) : "other";
      groups.set(tag, [...(groups.get(tag) ?? []), renderOperation(method, path, described)]);
    }
  const sections = [...groups].map(([tag, operations]) => `<h2>${escaped(tag)}</h2>${operations.join("")}`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(text(info.title))}</title><style>${STYLE}</style></head><body>
<h1>${escaped(text(info.title))} ${escaped(text(info.version))}</h1><p>${escaped(text(info.description))}
<a href="/docs/json">OpenAPI</a></p>${sections.join("")}</body></html>`;
}

function renderOperation(method: string, path: string, operation: JsonObject): string {
  const body = objectOf(objectOf(operation.requestBody).content);
  const requests = Object.entries(body).map(
    ([type, media]) => `<p>Takes <code>${escaped(type)}</code></p>${schemaOf(media)}`,
  );
  const responses = Object.entries(objectOf(operation.responses)).map(([status, response]) => {
    const { description, content } = objectOf(response);
    const types = Object.keys(objectOf(content)).map((type) => `<code>${escaped(type)}</code>`);
    return `<tr><td>${escaped(status)}</td><td>${escaped(text(description))}</td><td>${types.join(" ")}</td></tr>`;
  });
  const success = Object.values(objectOf(objectOf(objectOf(operation.responses)["200"]).content))[0];
  return `<details><summary><b class="method">${escaped(method.toUpperCase())}</b> <code>${escaped(path)}</code>
${escaped(text(operation.summary))}</summary><p>${escaped(text(operation.description))}</p>${requests.join("")}
<table>${responses.join("")}</table>${success === undefined ? "" : `<p>Answers</p>${schemaOf(success)}`}</details>`;
}

function schemaOf(media: JsonValue): string {
  return `<pre>${escaped(JSON.stringify(objectOf(media).schema ?? {}, null, 2))}</pre>`;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function escaped(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
