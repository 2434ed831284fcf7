/** The clusters of the tests; their own, so that nobody's is touched. */
export const CLUSTER = "e2e";
export const BESIDE = "beside";

/** What the cluster adds to the usual ports on localhost; setup.ts chooses it. */
export const PORT_OFFSET = Number(process.env.OBSERVABILITY_TEST_PORT_OFFSET ?? 0);

const on = (port: number) => `http://localhost:${port + PORT_OFFSET}`;

/** What users type, as the README says where nothing else has the usual ports. */
export const EDGE = on(8080);
export const GRAFANA = on(30006);
export const PROMETHEUS = on(30090);
