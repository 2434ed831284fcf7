import { readFileSync } from "node:fs";
import { join } from "node:path";
import MarkdownIt from "markdown-it";
import { Html } from "./html";
import { document } from "./page";

/** The page that messages lead to: alerts/RUNBOOK.md, each heading with the address that its alert's runbook_url has. */
export function runbookPage(): string {
  const markdown = new MarkdownIt();
  const tokens = markdown.parse(readFileSync(join(__dirname, "../../alerts/RUNBOOK.md"), "utf8"), {});
  tokens.forEach((token, index) => {
    if (token.type === "heading_open") token.attrSet("id", tokens[index + 1].content.toLowerCase());
  });
  return document("Runbook", new Html(markdown.renderer.render(tokens, markdown.options, {})));
}
