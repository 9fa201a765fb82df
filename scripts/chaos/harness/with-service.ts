import { join } from "node:path";
import { inTemporaryFolder } from "../../testkit/temporary-folder.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { loadResponseValidator, type ResponseValidator } from "./response-validator.ts";
import { type Service, startService } from "./service.ts";

export interface ServiceUnderTest {
  postgres: Postgres;
  service: Service;
  validate: ResponseValidator;
}

/** Runs `work` with a service without load, on a PostgreSQL of its own. */
export function withService<T>(
  work: (tested: ServiceUnderTest) => Promise<T>,
  environment: NodeJS.ProcessEnv = {},
): Promise<T> {
  return inTemporaryFolder(async (folder) => {
    const postgres = await startPostgres(join(folder, "postgres"));
    let service: Service | undefined;
    try {
      service = await startService({ DATABASE_URL: postgres.serviceUrl, ...environment });
      return await work({ postgres, service, validate: await loadResponseValidator(service.url) });
    } finally {
      if (service?.isRunning()) await service.end("SIGKILL");
      await postgres.stop();
    }
  });
}
