import { endOnSignal } from "./end-on-signal.ts";

// The container's command: `node src/server.ts`, configured by the environment. Everything else is imported only once
// signals are handled: loading it takes most of the start.
const stopEnding = endOnSignal((signal) => {
  console.log(`clan-service: stopped by ${signal} before it was started`);
  process.exit(0);
});
const { runServer } = await import("./run-server.ts");
await runServer(stopEnding);
