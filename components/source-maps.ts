/**
 * Pulumi notes by which lines each resource is made, which nobody reads here, and ts-node looks each of them up in source
 * maps, which takes time. An error still names the lines of the source: its stack is written when it is shown.
 */
export function withoutSourceMaps<T>(make: () => T): T {
  const { prepareStackTrace } = Error;
  Reflect.deleteProperty(Error, "prepareStackTrace");
  try {
    return make();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}
