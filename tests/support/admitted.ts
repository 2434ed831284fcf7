import { load } from "js-yaml";
import { imageOf } from "../../config/images";
import { objectLabels, selectorLabels } from "../../components/kubernetes/labels";
import { LIMIT } from "../../components/kubernetes/size";
import { applicationNamespaces, openNamespaces } from "../../config/schema";
import { namespaceOf } from "../../programs/addresses";
import { policyOf } from "../../programs/flows";
import type { Program, Stack } from "../../programs/program";

/**
 * What an API server and the programs' parsers refuse, written down a second time and without the settings' own code: names,
 * labels, quantities, ports. Each fault is a line; none means that the stack would be admitted.
 */
export const faultsOf = (stack: Stack): string[] => {
  const { settings } = stack;
  const found: string[] = [];
  const expect = (what: string, holds: boolean) => holds || found.push(what);
  const match = (what: string, value: unknown, pattern: RegExp, most = Infinity) =>
    expect(
      `${what}: ${JSON.stringify(value)}`,
      typeof value === "string" && pattern.test(value) && value.length <= most,
    );

  placement(stack, match, expect);
  const { stack: own, agents } = settings.namespaces;
  for (const name of [own, agents, ...(openNamespaces(settings) ?? applicationNamespaces(settings))])
    match("namespace", name, DNS_LABEL, 63);
  expect(
    "own namespaces hold no applications",
    !applicationNamespaces(settings).some((one) => [own, agents].includes(one)),
  );

  const programs = stack.programs.map(({ name }) => name);
  expect(
    "no service is called like a program",
    !settings.services.some(({ name }) => programs.includes(name)),
  );

  const nodePorts = stack.programs.flatMap((program) => program.exposed?.(settings).nodePort ?? []);
  expect("each NodePort once", new Set(nodePorts).size === nodePorts.length);
  expect(
    "NodePorts in their range",
    nodePorts.every((port) => port >= 30_000 && port <= 32_767),
  );

  for (const program of stack.programs) {
    labels(objectLabels(settings, stack.name, program.name), program.name, match);
    for (const [key, value] of Object.entries(selectorLabels(stack.name, program.name)))
      expect(`label ${key}`, objectLabels(settings, stack.name, program.name)[key] === value);
    expect("label app", objectLabels(settings, stack.name, program.name).app === program.name);
    match("image", imageOf(settings, program.image), IMAGE, 255);
    runs(stack, program, match, expect);
    files(stack, program, match, expect);
  }
  return found;
};

type Match = (what: string, value: unknown, pattern: RegExp, most?: number) => void;
type Expect = (what: string, holds: boolean) => void;

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAME_PART = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const QUANTITY = /^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi|Ti)?$/;
const IMAGE =
  /^(localhost|[A-Za-z0-9.-]*[.:][A-Za-z0-9.:-]*[A-Za-z0-9]|[A-Za-z0-9.-]+:[0-9]+)(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+:[\w][\w.-]{0,127}$/;

function key(what: string, name: string, match: Match): void {
  const parts = name.split("/");
  if (parts.length > 1) match(`prefix of ${what}`, parts[0], DNS_SUBDOMAIN, 253);
  match(what, parts.slice(1).join("/") || parts[0], NAME_PART, 63);
}

function labels(all: Record<string, string>, what: string, match: Match): void {
  for (const [name, value] of Object.entries(all)) {
    key(`label of ${what}`, name, match);
    match(`label ${name} of ${what}`, value, VALUE, 63);
  }
}

function placement({ settings }: Stack, match: Match, expect: Expect): void {
  const { nodeSelector, tolerations, imagePullSecrets, priorityClassName, annotations } = settings.placement;
  labels(nodeSelector, "nodeSelector", match);
  for (const [name, value] of Object.entries(annotations)) {
    key("annotation", name, match);
    match(`annotation ${name}`, value, /^[^]*$/, 262_144);
  }
  if (priorityClassName !== null) match("priority class", priorityClassName, DNS_SUBDOMAIN, 253);
  imagePullSecrets.forEach((name) => match("pull secret", name, DNS_SUBDOMAIN, 253));
  expect("each pull secret once", new Set(imagePullSecrets).size === imagePullSecrets.length);
  for (const { key: taint, operator, value, effect, tolerationSeconds } of tolerations) {
    if (taint) key("toleration", taint, match);
    expect("a toleration without key is of all", Boolean(taint) || operator === "Exists");
    expect("a toleration of existence has no value", operator !== "Exists" || !value);
    if (operator !== "Exists") match("value of a toleration", value ?? "", VALUE, 63);
    expect("seconds need NoExecute", tolerationSeconds === undefined || effect === "NoExecute");
  }
}

/** As the API server compares them: in thousandths of the unit. */
function amount(quantity: string): number {
  const [, number, , unit = ""] = /^(\d+(\.\d+)?)([A-Za-z]*)$/.exec(quantity)!;
  const factors: Record<string, number> = {
    "": 1000,
    m: 1,
    Ki: 2 ** 10,
    Mi: 2 ** 20,
    Gi: 2 ** 30,
    Ti: 2 ** 40,
  };
  return Math.round(Number(number) * factors[unit] * (unit.endsWith("i") ? 1000 : 1));
}

function runs(stack: Stack, program: Program, match: Match, expect: Expect): void {
  const { settings } = stack;
  const { requests, limits } = program.resources(settings);
  for (const resource of ["cpu", "memory"] as const) {
    for (const side of [requests, limits]) {
      match(`${resource} of ${program.name}`, side[resource], QUANTITY);
      expect(`${resource} of ${program.name} is above zero`, amount(side[resource]) >= 1);
    }
    expect(
      `${resource} of ${program.name}: request within limit`,
      amount(requests[resource]) <= amount(limits[resource]),
    );
  }
  const whole = (size: string) => amount(size) % 1000 === 0 && amount(size) > 0 && amount(size) < 2 ** 63;
  expect(`memory of ${program.name} in whole bytes`, whole(limits.memory) && whole(requests.memory));

  const data = program.data?.(settings);
  if (data) {
    match(`volume of ${program.name}`, data.size, QUANTITY);
    expect(`volume of ${program.name} in whole bytes`, whole(data.size));
    if (data.class !== null) match(`storage class of ${program.name}`, data.class, DNS_SUBDOMAIN, 253);
  }
  const ports = Object.entries(program.ports(settings));
  for (const [name, port] of ports) {
    match(`port of ${program.name}`, name, DNS_LABEL, 15);
    expect(`port ${port} of ${program.name}`, Number.isInteger(port) && port >= 1024 && port <= 65_535);
  }
  expect(`ports of ${program.name}, each once`, new Set(ports.map(([, port]) => port)).size === ports.length);
  match(`namespace of ${program.name}`, namespaceOf(settings, program), DNS_LABEL, 63);
  // Kubernetes expands $(NAME) in both: of the pod's own address, and of nothing that a user wrote.
  const fields = Object.keys(program.podEnv?.(settings) ?? {}).map((name) => `$(${name})`);
  for (const argument of [...(program.args?.(stack) ?? []), ...Object.values(program.env?.(stack) ?? {})])
    match(
      `argument of ${program.name}`,
      fields.reduce((text, field) => text.replace(field, ""), argument),
      /^(?!.*\$\()[^\n\0]*$/,
    );
  for (const one of program.args?.(stack) ?? [])
    if (one.startsWith("--web.external-url="))
      match("external URL", one.split("=")[1], /^https?:\/\/[\w.[\]:-]+\w\/?[\w/.-]*$/);
  for (const { values = {} } of program.secrets?.(stack) ?? [])
    for (const [name, value] of Object.entries(values)) {
      match(`key of a Secret of ${program.name}`, name, /^[-._a-zA-Z0-9]+$/, 253);
      match(`value of ${name}`, value, /\S/);
    }
  const { ingress, egress } = policyOf(stack, program, (name) => selectorLabels(stack.name, name));
  const peers = JSON.stringify([ingress, egress]);
  expect(`policy of ${program.name} names its peers`, !/"(from|to)":\[\]/.test(peers));
  for (const [, name] of peers.matchAll(/"kubernetes\.io\/metadata\.name":"([^"]*)"/g))
    match(`peer of ${program.name}`, name, DNS_LABEL, 63);
}

function files(stack: Stack, program: Program, match: Match, expect: Expect): void {
  const ownRunbooks = stack.settings.alerting.extraAlerts.map(({ runbookUrl }) => runbookUrl);
  for (const { name, files: texts } of program.files?.(stack) ?? []) {
    match(`ConfigMap of ${program.name}`, `${program.name}-${name}`, DNS_SUBDOMAIN, 253);
    expect(`files of ${program.name} fit`, Object.values(texts).join("").length < LIMIT * 4);
    for (const [file, text] of Object.entries(texts)) {
      match(`file of ${program.name}`, file, /^[-._a-zA-Z0-9]+$/, 253);
      if (/\.ya?ml$/.test(file)) expect(`${file} is an object`, typeof load(text) === "object");
      if (file.endsWith(".json")) expect(`${file} is an object`, typeof JSON.parse(text) === "object");
      if (file === "prometheus.yml") prometheusFile(load(text) as PrometheusFile, match, expect);
      if (file.endsWith(".alloy")) {
        // Beside it stand the names alone, with an empty text each.
        const constants = [...text.matchAll(/\b(?:env|region) = "(?!")(.*?)"[, ]/g)];
        expect("Alloy is told env and region", constants.length >= 2);
        constants.forEach(([, value]) => match("constant of Alloy", value, VALUE, 63));
      }
      // Templates are the stack's own: none comes in by a setting. An alert of the user's own leads where the user says.
      for (const [, url] of text.matchAll(/runbook_url: "?([^"\n]*)/g))
        if (!url.includes(".Annotations") && !ownRunbooks.includes(url))
          match("runbook", url, /^https?:\/\/[^\s{}"`]+#[a-z]+$/);
    }
  }
}

interface PrometheusFile {
  global: { scrape_interval: string; evaluation_interval: string };
  storage: { tsdb: { retention: { time: string; size: string } } };
  scrape_configs: { job_name: string; scrape_interval?: string }[];
}

function prometheusFile(config: PrometheusFile, match: Match, expect: Expect): void {
  const { time, size } = config.storage.tsdb.retention;
  match("size that Prometheus keeps", size, /^[1-9][0-9]*[KMGT]B$/);
  match("time that Prometheus keeps", time, /^[1-9][0-9]{0,8}[smhdw]$/);
  const jobs = config.scrape_configs.map(({ job_name }) => job_name);
  expect("each job once", new Set(jobs).size === jobs.length);
  const intervals = config.scrape_configs.map(({ scrape_interval }) => scrape_interval);
  for (const interval of [...Object.values(config.global).slice(0, 2), ...intervals])
    if (typeof interval === "string")
      match("interval with four samples in 5m", interval, /^([1-9]|[1-5]\d|60)s$|^1m$/);
}
