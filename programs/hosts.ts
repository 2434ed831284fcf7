const PART = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
/** service.namespace.svc, with more in front or behind. */
const SPELT_OUT = new RegExp(`^[\\w.-]+\\.(${PART})\\.svc(?:\\.[\\w.-]+)?$`);
/** service.namespace, or service alone; a number would be an address. */
const SHORT = new RegExp(`^[\\w-]+\\.((?=[a-z])${PART})$`);
const ALONE = /^[a-z][\w-]*$/;

/**
 * The namespace of the cluster that a host of the settings leads to; undefined for one outside. Names of one or two parts
 * are looked for in the cluster before they are anywhere else.
 *
 * @param own the namespace of the pod that asks for it
 */
export function namespaceOfHost(host: string, own: string): string | undefined {
  const name = host.toLowerCase().replace(/\.$/, "");
  if (ALONE.test(name)) return name === "localhost" ? undefined : own;
  return (SPELT_OUT.exec(name) ?? SHORT.exec(name))?.[1];
}
