/**
 * The query languages and patterns. Only a stack with queries of the user's own waits until they are loaded (a tenth of a second).
 */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load them for every stack
export const queries = () => require("./queries") as typeof import("./queries");
