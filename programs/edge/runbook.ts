import { readFileSync } from "node:fs";
import { join } from "node:path";
import MarkdownIt from "markdown-it";
import { dashboardTitles } from "../../dashboards";
import { pathOf } from "../addresses";
import type { Stack } from "../program";
import { Html } from "./html";
import { document } from "./page";

/**
 * The page that messages lead to: alerts/RUNBOOK.md, each heading with the address that its alert's runbook_url has, and
 * dashboards that it names as links.
 */
export function runbookPage(stack: Stack): string {
  const markdown = new MarkdownIt();
  const tokens = markdown.parse(readFileSync(join(__dirname, "../../alerts/RUNBOOK.md"), "utf8"), {});
  tokens.forEach((token, index) => {
    if (token.type === "heading_open") token.attrSet("id", tokens[index + 1].content.toLowerCase());
  });
  const page = markdown.renderer.render(tokens, markdown.options, {});
  const uids = Object.fromEntries(Object.entries(dashboardTitles(stack)).map(([uid, title]) => [title, uid]));
  // The longest first: Service is also the beginning of Service Overview.
  const titles = Object.keys(uids).sort((one, other) => other.length - one.length);
  const linked = page.replace(
    new RegExp(`([Dd]ashboard )(${titles.join("|")})`, "g"),
    (_, word: string, title: string) =>
      `${word}<a href="${pathOf(stack, "grafana")}/d/${uids[title]}">${title}</a>`,
  );
  return document("Runbook", new Html(linked));
}
