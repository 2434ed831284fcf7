/** Text that is HTML already. Made by {@link html} and of files of ours alone, so that nothing else gets into a page unescaped. */
export class Html {
  constructor(readonly text: string) {}
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

/** A template of HTML: whatever is put into it is text, unless it is HTML itself or a list of it. */
export function html(parts: TemplateStringsArray, ...values: (string | number | Html | Html[])[]): Html {
  const texts = values.map((value) =>
    Array.isArray(value)
      ? value.map(({ text }) => text).join("")
      : value instanceof Html
        ? value.text
        : escaped(String(value)),
  );
  return new Html(parts.map((part, index) => part + (texts[index] ?? "")).join(""));
}
