import { json } from "../config/yaml";
import { dashboard } from "./panels";
import { serviceDashboard } from "./service";

/** Every dashboard as the text of its file, by uid. One ConfigMap each. */
export const dashboards = (): Record<string, string> =>
  Object.fromEntries([serviceDashboard()].map((source) => [source.uid, json(dashboard(source))]));
