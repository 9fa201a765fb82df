import "./first-figures.ts";

// The charts' library takes longest to come and to be compiled: the figures are under way meanwhile.
await import("./dashboard.ts");
