// The layers of the code, and what else an import must not do. Run by `npm run check`.

const tests = String.raw`\.test\.ts$|/testing/`;
const testSupport = "^scripts/testkit/|/testing/";

/** A room may import itself and the rooms below it; its tests may also import the test kit. */
const layer = (room, ...below) => ({
  name: `${room}-imports-only-what-is-below`,
  comment: `${room}/ may import ${["itself", ...below].join(", ")}: imports go down only.`,
  severity: "error",
  from: { path: `^${room}/`, pathNot: tests },
  to: {
    path: "^(contract|service|warehouse|dashboard|clients|infra|scripts)/",
    pathNot: `^(${[room, ...below].join("|")})/`,
  },
});

export default {
  forbidden: [
    layer("contract"),
    layer("service", "contract"),
    layer("warehouse", "contract"),
    layer("dashboard", "warehouse", "contract"),
    layer("clients"),
    layer("infra", "warehouse", "service", "contract"),
    {
      name: "no-circles",
      comment: "Two files that import each other can't be understood, or moved, alone. Type imports count.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "tests-import-rooms-below-and-the-test-kit",
      comment: "A test beside its code may use the test kit, and nothing else of the scripts.",
      severity: "error",
      from: { path: `^(contract|service|warehouse|dashboard|clients|infra)/.*(${tests})` },
      to: { path: "^scripts/", pathNot: "^scripts/testkit/" },
    },
    {
      name: "no-test-code-in-the-product",
      comment: "Test support stays out of what runs in production.",
      severity: "error",
      from: { pathNot: `${tests}|^scripts/(testkit|chaos|bench)/|^vitest\\.config\\.ts$` },
      to: { path: `\\.test\\.ts$|${testSupport}` },
    },
    {
      name: "the-server-does-not-import-the-page",
      severity: "error",
      from: { path: "^dashboard/server/", pathNot: tests },
      to: { path: "^dashboard/page/" },
    },
    {
      name: "the-contract-knows-no-http-and-no-database",
      severity: "error",
      from: { path: "^contract/", pathNot: tests },
      to: { path: "node_modules/(fastify|@fastify|pg|pg-[^/]*|@duckdb|@google-cloud)/" },
    },
    {
      name: "packages-are-declared",
      comment:
        "Each workspace declares what it imports; development packages are for tests and tools alone. pino-pretty is used where it is installed, and Pulumi where the stack is planned or deployed.",
      severity: "error",
      from: {
        pathNot: `${tests}|^scripts/(testkit|chaos|bench|released-api)/|^clients/typescript/build|^[^/]+$`,
      },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"],
        pathNot: "@types/|/pino-pretty/|/@pulumi/",
      },
    },
    { name: "imports-resolve", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // The built client is not source: its types keep the import paths of the source.
    exclude: { path: "^dashboard/page/.*\\.(css|svg|html)$|^clients/typescript/dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".js", ".mjs", ".json", ".node"],
    },
  },
};
