import { PortError } from "@clan-platform/contract/port-error.ts";
import closeWithGrace from "close-with-grace";
import { ConfigError, parseConfig } from "./config.ts";
import { createLogger } from "./logging.ts";
import { serve } from "./serve.ts";

// The container's command: `node src/server.ts`, with everything it needs in the environment.
try {
  const config = parseConfig(process.env);
  const logger = await createLogger(config);
  const service = await serve(config, logger);
  logger.info(`Listening on port ${service.port}`);

  // Below the 10 s that Cloud Run leaves between SIGTERM and SIGKILL.
  closeWithGrace({ delay: 9_000, logger }, async ({ signal, err }) => {
    if (err) logger.fatal({ err }, "Stopping after an error that nothing handled");
    else logger.info(`Stopping on ${signal}: running requests finish`);
    await service.stop();
    logger.info("Stopped");
  });
} catch (error) {
  const isExplained = error instanceof ConfigError || error instanceof PortError;
  console.error("clan-service:", isExplained ? error.message : error);
  process.exit(1);
}
