/**
 * Mistakes for which Prometheus and Loki refuse the whole file, not the one line: the rules of before stay, and at its next start
 * Prometheus does not come up.
 */
import { ensureSyntaxTree } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { parser as logql } from "@grafana/lezer-logql";
import { Parser } from "@prometheus-io/codemirror-promql/dist/cjs/parser";
import { LanguageType, promQLLanguage } from "@prometheus-io/codemirror-promql/dist/cjs/promql";
import { ValueType } from "@prometheus-io/codemirror-promql/dist/cjs/types";
import { RE2JS } from "re2js";
import { functionMistakeInLogQL, functionMistakeInPromQL, type Tree } from "./functions";
import {
  mistakeInLinePattern,
  mistakeInPatternParser,
  mistakeInQuotes,
  mistakeInRegex,
  mistakeInRegexParser,
  unquoted,
} from "./quoted";

export { mistakeInRegex };

const language = promQLLanguage(LanguageType.PromQL);

/** What is wrong with an expression for an alert; undefined where nothing is. */
export function mistakeInPromQL(query: string): string | undefined {
  const state = EditorState.create({ doc: query, extensions: [language] });
  // An editor stops after 20 ms, which on a busy machine is in the middle.
  const tree = ensureSyntaxTree(state, query.length, Infinity)!;
  return (
    syntaxMistake("PromQL", tree, query) ??
    textMistake(tree, query) ??
    selectorMistake(tree, query) ??
    functionMistakeInPromQL(tree, query) ??
    typeMistake(state, tree)
  );
}

/** The same of an expression that counts lines. */
export function mistakeInLogQL(query: string): string | undefined {
  const tree = logql.parse(query);
  if (tree.topNode.firstChild?.firstChild?.name === "LogExpr") return "gives lines, and counts none";
  return (
    syntaxMistake("LogQL", tree, query) ??
    textMistake(tree, query) ??
    selectorMistake(tree, query) ??
    functionMistakeInLogQL(tree, query)
  );
}

function syntaxMistake(name: string, tree: Tree, query: string): string | undefined {
  let at: number | undefined;
  tree.iterate({ enter: ({ type, from }) => void (at ??= type.isError ? from : undefined) });
  if (at === undefined) return undefined;
  return `is no ${name} ${at < query.length ? `at ${JSON.stringify(query.slice(at, at + 20))}` : "at its end"}`;
}

function typeMistake(state: EditorState, tree: Tree): string | undefined {
  // Of an update the state has the whole tree.
  const parser = new Parser(state.update({}).state);
  const type = parser.checkAST(tree.topNode.firstChild);
  const [mistake] = parser.getDiagnostics();
  if (mistake) return `is not possible: ${mistake.message}`;
  const gives = { [ValueType.matrix]: "ranges of values", [ValueType.string]: "a text" }[type as string];
  return gives && `gives ${gives}, and an alert needs single values`;
}

const TEXTS = ["StringLiteral", "String"];
/** What says in front of a text which kind of pattern it is -> what is wrong with it. */
const PATTERNS: Record<string, (pattern: string) => string | undefined> = {
  EqlRegex: mistakeInRegex,
  NeqRegex: mistakeInRegex,
  Re: mistakeInRegex,
  Nre: mistakeInRegex,
  PipeMatch: mistakeInRegex,
  PipePattern: mistakeInLinePattern,
  Npa: mistakeInLinePattern,
  Regexp: mistakeInRegexParser,
  Pattern: mistakeInPatternParser,
};

function textMistake(tree: Tree, query: string): string | undefined {
  let mistake: string | undefined;
  let kind = "";
  let before = "";
  tree.iterate({
    enter: ({ name, from, to, node }) => {
      if (name in PATTERNS) kind = name;
      // In |~ "a" or "b" the second is what the first is.
      if (name === "OrFilter") kind = before;
      if (!TEXTS.includes(name)) return;
      if (node.parent?.name === "LabelReplaceExpr" && !node.nextSibling) kind = "Re";
      mistake ??= mistakeInText(query.slice(from, to), PATTERNS[kind]);
      [before, kind] = [kind, ""];
    },
  });
  return mistake;
}

function mistakeInText(quoted: string, mistakeIn?: (pattern: string) => string | undefined) {
  const inQuotes = mistakeInQuotes(quoted);
  if (inQuotes) return inQuotes;
  const mistake = mistakeIn?.(unquoted(quoted));
  return mistake && `has a pattern that is none: ${mistake}`;
}

/** Both languages refuse a selector that lets everything through: somebody meant less. */
function selectorMistake(tree: Tree, query: string): string | undefined {
  let mistake: string | undefined;
  tree.iterate({
    enter: ({ name, from, to }) => {
      if (!SELECTORS.includes(name) || isNarrow(tree, query, from, to)) return;
      mistake ??= `selects everything by ${query.slice(from, to)}, where one matcher must not match an empty label, as =~".+"`;
    },
  });
  return mistake;
}

const SELECTORS = ["VectorSelector", "Selector"];
/** Where a metric's name stands: in front of the matchers, or in quotes among them. */
const METRIC = ["Identifier in VectorSelector", "QuotedLabelName in LabelMatchers"];
const isEmpty = (text: string) => text === "";
const fitsEmpty = (pattern: string) => RE2JS.matches(pattern, "");
/** Operators of both languages -> whether they let an empty label through. */
const LET_EMPTY: Record<string, (text: string) => boolean> = {
  EqlSingle: isEmpty,
  Eq: isEmpty,
  Neq: (text) => !isEmpty(text),
  EqlRegex: fitsEmpty,
  Re: fitsEmpty,
  NeqRegex: (pattern) => !fitsEmpty(pattern),
  Nre: (pattern) => !fitsEmpty(pattern),
};

/** Whether a part of this selector keeps out what has none of the labels. */
function isNarrow(tree: Tree, query: string, from: number, to: number): boolean {
  let narrow = false;
  let operator: string | undefined;
  tree.iterate({
    from,
    to,
    enter: ({ name, from, to, node }) => {
      narrow ||= METRIC.includes(`${name} in ${node.parent?.name}`);
      if (name in LET_EMPTY) operator = name;
      if (!operator || !TEXTS.includes(name)) return;
      narrow ||= !LET_EMPTY[operator](unquoted(query.slice(from, to)));
      operator = undefined;
    },
  });
  return narrow;
}
