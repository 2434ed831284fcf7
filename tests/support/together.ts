/* Several test files as one, for `npm run mutate`: what they all load, Pulumi above all, is loaded once a mistake. */
for (const name of process.env.TESTS_TOGETHER!.split(","))
  describe(name, () => void jest.requireActual(`../${name}.test`));
