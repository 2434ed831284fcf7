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

type Tree = ReturnType<typeof logql.parse>;

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
    typeMistake(state, tree)
  );
}

/** The same of an expression that counts lines. */
export function mistakeInLogQL(query: string): string | undefined {
  const tree = logql.parse(query);
  if (tree.topNode.firstChild?.firstChild?.name === "LogExpr") return "gives lines, and counts none";
  return syntaxMistake("LogQL", tree, query) ?? textMistake(tree, query) ?? selectorMistake(tree, query);
}

/** Why this is no regular expression as Go reads it; undefined where it is one. */
export function mistakeInRegex(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
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

/** Matchers by a pattern, and filters of lines by one. */
const PATTERNS = ["EqlRegex", "NeqRegex", "Re", "Nre", "PipeMatch"];
const TEXTS = ["StringLiteral", "String"];
/** As Go reads them; the group is what it does not know. */
const ESCAPES = /\\(?:[abfnrtv\\'"]|[0-7]{3}|x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|(.))/gis;

function textMistake(tree: Tree, query: string): string | undefined {
  let mistake: string | undefined;
  let isPattern = false;
  tree.iterate({
    enter: ({ name, from, to }) => {
      if (!TEXTS.includes(name)) return void (isPattern ||= PATTERNS.includes(name));
      mistake ??= mistakeInText(query.slice(from, to), isPattern);
      isPattern = false;
    },
  });
  return mistake;
}

function mistakeInText(quoted: string, isPattern: boolean): string | undefined {
  if (!quoted.startsWith("`")) {
    const wrong = [...quoted.slice(1, -1).matchAll(ESCAPES)].find(
      ([, unknown]) => unknown !== undefined,
    )?.[0];
    if (wrong) return `has ${wrong} in quotes, which must be \\${wrong} there`;
  }
  const mistake = isPattern ? mistakeInRegex(unquoted(quoted)) : undefined;
  return mistake && `has a pattern that is none: ${mistake}`;
}

/** Of escapes only that of the backslash counts: a pattern may have the others as they are. */
const unquoted = (quoted: string): string => {
  const text = quoted.slice(1, -1);
  return quoted.startsWith("`") ? text : text.replaceAll("\\\\", "\\");
};

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
