/** What Prometheus and Loki refuse of functions and operators that their grammars take. */
import type { parser } from "@grafana/lezer-logql";

/** PromQL's are of the same kind. */
export type Tree = ReturnType<typeof parser.parse>;
type SyntaxNode = Tree["topNode"];

/** Known to Prometheus, but refused as long as a feature is not enabled that programs/prometheus/config.ts does not enable. */
const EXPERIMENTAL = [
  ...["StartFn", "EndFn", "Range", "Step", "StartTimestamp", "Info", "SortByLabel", "SortByLabelDesc"],
  ...["HistogramQuantiles", "DoubleExponentialSmoothing", "MadOverTime", "LimitK", "LimitRatio"],
  ...["TsOfFirstOverTime", "TsOfLastOverTime", "TsOfMaxOverTime", "TsOfMinOverTime"],
  ...["Smoothed", "Anchored", "Fill", "FillLeft", "FillRight"],
];

type TextOf = (node: { from: number; to: number } | null) => string;
type Check = (node: SyntaxNode, textOf: TextOf) => string | undefined;

const firstMistake = (tree: Tree, query: string, checkOf: (name: string) => Check | undefined) => {
  const textOf: TextOf = (node) => (node ? query.slice(node.from, node.to) : "");
  let mistake: string | undefined;
  tree.iterate({ enter: ({ name, node }) => void (mistake ??= checkOf(name)?.(node, textOf)) });
  return mistake;
};

const experimental: Check = (node, textOf) =>
  `has ${textOf(node)}, an experiment that is not enabled in this Prometheus`;

/** Others than these have nothing in front of the series. */
const WITH_PARAMETER = ["topk", "bottomk", "quantile", "count_values", "limitk", "limit_ratio"];

const IN_PROMQL: Record<string, Check> = {
  AggregateExpr: (node, textOf) => {
    const name = textOf(node.getChild("AggregateOp"));
    const several = node.getChild("FunctionCallBody")?.firstChild?.nextSibling;
    return several && !WITH_PARAMETER.includes(name.toLowerCase())
      ? `has ${name} of more than one expression`
      : undefined;
  },
  OffsetExpr: (node, textOf) =>
    /^(FunctionCall|AggregateExpr|BinaryExpr|ParenExpr)$/.test(node.firstChild!.name)
      ? `has offset behind ${textOf(node.firstChild)}, where it must stand behind the selector`
      : undefined,
};

export const functionMistakeInPromQL = (tree: Tree, query: string) =>
  firstMistake(tree, query, (name) => (EXPERIMENTAL.includes(name) ? experimental : IN_PROMQL[name]));

/** Of these lines are what counts, of `EITHER` lines or a label's values, of all others values. */
const OF_LINES = ["count_over_time", "bytes_over_time", "bytes_rate"];
const EITHER = ["rate", "absent_over_time"];
const UNGROUPED = [...OF_LINES, ...EITHER, "sum_over_time", "rate_counter"];

const range: Check = (node, textOf) => {
  const name = textOf(node.getChild("RangeOp")).toLowerCase();
  const unwraps = has(node, "UnwrapExpr");
  if (unwraps && OF_LINES.includes(name)) return `has ${name} with unwrap, and it is of lines`;
  if (!unwraps && ![...OF_LINES, ...EITHER].includes(name))
    return `has ${name} without | unwrap LABEL, and it is of that label's values`;
  const number = node.getChild("Number");
  if (name === "quantile_over_time" && !number)
    return "has quantile_over_time without a number in front, as in quantile_over_time(0.9, ...)";
  if (name !== "quantile_over_time" && number) return `has ${name} with a number in front`;
  return node.getChild("Grouping") && UNGROUPED.includes(name)
    ? `has ${name} by labels, where sum by (...) must stand around it`
    : undefined;
};

const vector: Check = (node, textOf) => {
  const name = textOf(node.getChild("VectorOp")).toLowerCase();
  const number = node.getChild("Number");
  if (["topk", "bottomk"].includes(name))
    return /^0*[1-9]\d*$/.test(textOf(number))
      ? undefined
      : `has ${name} without a whole number above 0 in front, as in ${name}(5, ...)`;
  if (number) return `has ${name} with a number in front`;
  return name.startsWith("sort") && node.getChild("Grouping")?.getChild("Labels")
    ? `has ${name} by labels, and it sorts by values`
    : undefined;
};

const operator: Check = (node, textOf) => {
  const legs = node.getChildren("Expr").map(inParentheses);
  if (legs.some(({ name }) => name === "LogExpr"))
    return `has lines in ${textOf(node)}, where they are not counted`;
  const joins = ["And", "Or", "Unless"].map((name) => node.getChild(name)).find((found) => found) ?? null;
  const number = joins && legs.find(({ name }) => name === "LiteralExpr");
  return number
    ? `has a number beside ${textOf(joins)}, which must be vector(${textOf(number)}) there`
    : undefined;
};

/** An expression without the parentheses around it. */
function inParentheses(node: SyntaxNode): SyntaxNode {
  return ["Expr", "MetricExpr"].includes(node.name) && node.firstChild
    ? inParentheses(node.firstChild)
    : node;
}

const DURATION = /^\[(?:0|(?=\d)(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)\]$/;

const IN_LOGQL: Record<string, Check> = {
  RangeAggregationExpr: range,
  VectorAggregationExpr: vector,
  BinOpExpr: operator,
  Range: (node, textOf) =>
    DURATION.test(textOf(node)) ? undefined : `has a time of ${textOf(node)}, which must be as [1h30m]`,
};

export const functionMistakeInLogQL = (tree: Tree, query: string) =>
  firstMistake(tree, query, (name) => IN_LOGQL[name]);

function has(node: SyntaxNode, name: string): boolean {
  let found = false;
  node.cursor().iterate((inner) => void (found ||= inner.name === name));
  return found;
}
