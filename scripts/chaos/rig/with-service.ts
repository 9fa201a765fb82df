import { join } from "node:path";
import { type Declared, declaredAnswers } from "./declared.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { type Service, startService } from "./service.ts";
import { inFolder } from "./under-load.ts";

export interface Quiet {
  postgres: Postgres;
  service: Service;
  declared: Declared;
}

/** The service on a PostgreSQL of its own, for what nobody else may use meanwhile. */
export function withService<T>(
  work: (quiet: Quiet) => Promise<T>,
  environment: NodeJS.ProcessEnv = {},
): Promise<T> {
  return inFolder(async (folder) => {
    const postgres = await startPostgres(join(folder, "postgres"));
    let service: Service | undefined;
    try {
      service = await startService({ DATABASE_URL: postgres.serviceUrl, ...environment });
      return await work({ postgres, service, declared: await declaredAnswers(service.url) });
    } finally {
      if (service?.isRunning()) await service.end("SIGKILL");
      await postgres.stop();
    }
  });
}
