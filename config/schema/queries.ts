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
  return syntaxMistake("PromQL", tree, query) ?? typeMistake(state, tree) ?? textMistake(tree, query);
}

/** The same of an expression that counts lines. */
export function mistakeInLogQL(query: string): string | undefined {
  const tree = logql.parse(query);
  if (tree.topNode.firstChild?.firstChild?.name === "LogExpr") return "gives lines, and counts none";
  return syntaxMistake("LogQL", tree, query) ?? textMistake(tree, query);
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
  let text = quoted.slice(1, -1);
  if (!quoted.startsWith("`")) {
    const wrong = [...text.matchAll(ESCAPES)].find(([, unknown]) => unknown !== undefined)?.[0];
    if (wrong) return `has ${wrong} in quotes, which must be \\${wrong} there`;
    text = text.replaceAll("\\\\", "\\");
  }
  const mistake = isPattern ? mistakeInRegex(text) : undefined;
  return mistake && `has a pattern that is none: ${mistake}`;
}
