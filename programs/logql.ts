import type { Lines } from "./backends";

/** Which lines, in LogQL. */
export function selector({ namespace, app, apps, pods, errors, search }: Lines): string {
  const labels = [
    ...(namespace ? [`namespace="${namespace}"`] : []),
    ...(app ? [`app="${app}"`] : []),
    ...(apps ? [`app=~"${apps}"`] : []),
    ...(pods ? [`pod=~"${pods}"`] : []),
    ...(errors ? ['level=~"error|fatal"'] : []),
  ];
  return `{${labels.join(", ")}}${search ? ` |~ "(?i)${search}"` : ""}`;
}

/** What a panel or Explore asks over its time. */
export const range = (expr: string, legendFormat?: string) => ({
  expr,
  ...(legendFormat ? { legendFormat } : {}),
  queryType: "range",
});
