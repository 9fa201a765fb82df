import closeWithGrace from "close-with-grace";

// The container's command: `node server/server.ts`, configured by the environment. It is in front of BigQuery, and behind a
// sign-in such as Google's IAP: it knows no callers itself.

let stop = async () => {};
// Before everything else is imported: a signal that process 1 has no handler for is lost. Below the 10 s that Cloud Run
// leaves between SIGTERM and SIGKILL.
closeWithGrace({ delay: 9_000 }, async ({ signal, err }) => {
  if (err) console.error("Stopping after an unhandled error:", err);
  else console.log(`Stopping on ${signal}`);
  await stop();
});

try {
  const { startDeployed } = await import("./start-deployed.ts");
  const dashboard = await startDeployed(process.env);
  stop = dashboard.stop;
  console.log(`Listening on port ${dashboard.port}`);
} catch (error) {
  const { UserFacingError } = await import("@clan-platform/contract/errors.ts");
  console.error("clan-dashboard:", error instanceof UserFacingError ? error.message : error);
  process.exit(1);
}
