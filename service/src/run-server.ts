import "./database/forget-pg-variables.ts";
import { UserFacingError } from "@clan-platform/contract/errors.ts";
import closeWithGrace from "close-with-grace";
import { parseConfig } from "./config.ts";
import { createLogger } from "./logging.ts";
import { serve } from "./serve.ts";

/**
 * Runs the service until a signal stops it. `onHandled` is called once a signal is answered by a graceful shutdown; until
 * then nothing is running that would have to finish.
 */
export async function runServer(onHandled: () => void): Promise<void> {
  try {
    const config = parseConfig(process.env);
    const logger = await createLogger(config);
    const service = await serve(config, logger);
    logger.info(`Listening on port ${service.port}`);

    // Below the 10 s that Cloud Run leaves between SIGTERM and SIGKILL.
    closeWithGrace({ delay: 9_000, logger }, async ({ signal, err }) => {
      if (err) logger.fatal({ err }, "Stopping after an unhandled error");
      else logger.info(`Stopping on ${signal}: running requests finish`);
      await service.stop();
      logger.info("Stopped");
    });
    onHandled();
  } catch (error) {
    console.error("clan-service:", error instanceof UserFacingError ? error.message : error);
    process.exit(1);
  }
}
