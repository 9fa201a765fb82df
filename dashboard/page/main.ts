import "./page.ts";

// The chart library takes longest to load and compile; the figures load in parallel.
await import("./draw.tsx");
