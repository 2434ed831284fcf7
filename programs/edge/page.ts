import { createHash } from "node:crypto";
import { RUNBOOK_PATH } from "../../alerts/alert";
import { dashboardTitles } from "../../dashboards";
import { addressOf, edgeAsks, edgeHasLogin, pagesUnderEdge, pathOf } from "../addresses";
import { TRACING_CONFIG } from "../collector/config";
import { PEOPLE } from "../elasticsearch/access";
import { ADMIN } from "../grafana/server";
import { isDeployed, type Stack } from "../program";
import { html, Html } from "./html";

/** Colours of the reader's own choice, light or dark; one column that fits a phone. */
const STYLE = `
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
h1 { margin-bottom: 0 }
h2 { margin: 2rem 0 .25rem; font-size: 1.2rem }
ul { padding-left: 1.2rem }
li { margin: .35rem 0 }
code { font-size: .9em }
`;

/** The style is named by its hash; nothing else is loaded, run, framed or sent. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  // The empty icon: without it browsers ask for one.
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What one comes with, and the dashboard that answers it, in this order. */
const FIRST: [uid: string, question: string][] = [
  ["landing", "Is everything well?"],
  ["alerts", "What is firing, and since when?"],
  ["service-overview", "Which service is slow or fails?"],
  ["service", "What is wrong with this service?"],
  ["slo", "How much error budget is left?"],
  ["logs", "Who logged what?"],
  ["traces", "Where did a request spend its time?"],
  ["kubernetes", "Do pods lack CPU or memory, or restart?"],
  ["infrastructure", "How are databases, nodes and volumes?"],
  ["stack", "Does the monitoring itself work?"],
];

/** The page at the edge's own address, in HTML: what is here, where to look first, where to send to. */
export function startPage(stack: Stack): string {
  const { environment, region } = stack.settings;
  return document(
    `${stack.name}: observability`,
    html`<h1>Observability: ${stack.name}</h1>
      <p>Environment <b>${environment}</b>, region <b>${region}</b></p>
      ${lookFirst(stack)}
      <h2>What is here</h2>
      <ul>
        ${pagesUnderEdge(stack).map(
          (program) =>
            html`<li>
              <a href="${pathOf(stack, program.name)}/">${program.pages.title}</a>:
              ${program.pages.what}${program.pages.login || edgeAsks(stack, program) ? ". Asks for a login" : ""}
            </li>`,
        )}
      </ul>
      <p>
        Grafana's user is <code>${ADMIN}</code>. Who may read the stack's secrets gets the password by
        ${output(stack, "grafanaPassword")}.${edgeLogin(stack)}${kibanaLogin(stack)}
      </p>
      <p>What an alert means, and what to do: the <a href="${RUNBOOK_PATH}">runbook</a>.</p>
      ${sendTo(stack)}`,
  );
}

const edgeLogin = (stack: Stack): Html =>
  edgeHasLogin(stack.settings)
    ? html` The others ask for a user <code>${ADMIN}</code> of their own, whose password
        ${output(stack, "edgePassword")} says.`
    : html``;

const kibanaLogin = (stack: Stack): Html =>
  isDeployed(stack, "kibana")
    ? html` Kibana has a user <code>${PEOPLE}</code> of its own, with the password
        ${output(stack, "kibanaPassword")}.`
    : html``;

const output = (stack: Stack, name: string): Html =>
  html`<code>pulumi stack output ${name} --show-secrets --stack ${stack.name}</code>`;

/** What every other address answers. */
export const notFoundPage = document(
  "Nothing is here",
  html`<h1>Nothing is here</h1>
    <p><a href="/">What there is</a></p>`,
  // Caddy takes words in braces for its own.
  false,
);

function lookFirst(stack: Stack): Html {
  const titles = dashboardTitles(stack);
  const links = FIRST.map(
    ([uid, question]) =>
      html`<li>${question} <a href="${pathOf(stack, "grafana")}/d/${uid}">${titles[uid]}</a></li>`,
  );
  return html`<h2>Where to look first</h2>
    <ul>
      ${links}
    </ul>`;
}

/** Names of the Collector's ways in. */
const WAYS_IN: [port: string, what: string, scheme: string][] = [
  ["otlp-grpc", "OTLP by gRPC", ""],
  ["otlp-http", "OTLP by HTTP", "http://"],
  ["zipkin", "Zipkin", "http://"],
  ["jaeger-grpc", "Jaeger by gRPC", ""],
  ["jaeger-thrift", "Jaeger by HTTP", "http://"],
];

const sendTo = (stack: Stack): Html =>
  html`<h2>Where applications send to</h2>
    <p>
      From inside of the cluster. The ConfigMap <code>${TRACING_CONFIG}</code> in a service's namespace says
      it to OpenTelemetry, Spring and Zipkin.
    </p>
    <ul>
      ${WAYS_IN.map(
        ([port, what, scheme]) =>
          html`<li>${what}: <code>${scheme}${addressOf(stack, "collector", port)}</code></li>`,
      )}
    </ul>
    <p>
      Logs are read from standard output. Metrics are scraped from the services that the stack's settings
      name.
    </p>`;

/** A page of its own, in the one style. */
export function document(title: string, body: Html, styled = true): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        ${styled ? new Html(`<style>${STYLE}</style>`) : ""}
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}
