import { imagesTable } from "../../local/report";

test("up says which images were built here, their true versions and what they lack", () => {
  const table = imagesTable([
    { ref: "grafana:12.2.0", version: "10.1.0-pre", lacks: "its web pages", built: true },
    { ref: "tempo:2.8.0", version: "2.8.0-pre", built: true },
    { ref: "loki:3.7.8", version: "3.7.8", built: false },
  ]);
  expect(table).toMatch(/grafana:12\.2\.0 +10\.1\.0-pre, without its web pages: its API alone answers$/m);
  expect(table).toMatch(/tempo:2\.8\.0 +2\.8\.0-pre$/m);
  expect(table).not.toContain("loki");
});

test("and nothing where all were pulled", () => {
  expect(imagesTable([{ ref: "loki:3.7.8", version: "3.7.8", built: false }])).toBe("");
});
