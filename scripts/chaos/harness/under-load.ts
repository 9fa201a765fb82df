import { join } from "node:path";
import { freePort } from "../../testkit/free-port.ts";
import { inTemporaryFolder } from "../../testkit/temporary-folder.ts";
import { waitUntil } from "../../testkit/wait-until.ts";
import { ExperimentFailed, expectThat, type Observation } from "../experiment.ts";
import { sendRequest } from "./http-client.ts";
import { verify } from "./ledger.ts";
import { type Load, startLoad, watchLive } from "./load.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { loadResponseValidator, type ResponseValidator } from "./response-validator.ts";
import { type Service, startService } from "./service.ts";
import { mountDisk } from "./small-disk.ts";

export interface Harness {
  /** A temporary folder of this experiment. */
  folder: string;
  postgres: Postgres;
  load: Load;
  validate: ResponseValidator;
  service: Service;
  /** Restarts the service with the same settings after it has ended. */
  restartService(): Promise<Service>;
  /** Starts a second instance, of `script`, on another port. It must be running at the end. */
  startSecond(script: string): Promise<Service>;
  /** Redirects the load; called for each request. */
  sendTo(url: () => string): void;
}

export interface HarnessOptions {
  /** Of PostgreSQL, such as `max_connections=20`. */
  settings?: string[];
  /** Of the service, such as `POOL_MAX`. */
  environment?: NodeJS.ProcessEnv;
  clients?: number;
  /** Where the service connects to PostgreSQL, when a proxy is in between. */
  databaseUrl?: (postgres: Postgres) => string | Promise<string>;
  /** Where clients connect to the service, when a proxy is in between. */
  serviceUrl?: (service: Service) => string | Promise<string>;
  /** Size in MiB of PostgreSQL's own disk, which can be filled. */
  diskMiB?: number;
  /** The process is killed or stopped, so that /health/live may be unavailable. */
  mayExit?: boolean;
}

/**
 * Injects a fault into the platform under load. `fault` returns when the fault is over, and may return what it observed. Afterwards,
 * the service recovers by itself, every acknowledged write is stored exactly once, no rejected write is stored, all responses were
 * declared, and the connections are within the pool's limit again.
 */
export function underLoad(
  fault: (harness: Harness) => Promise<string | undefined>,
  options: HarnessOptions = {},
): Promise<Observation> {
  return inTemporaryFolder(async (folder) => {
    const unmount = options.diskMiB ? mountDisk(join(folder, "postgres"), options.diskMiB) : () => {};
    const postgres = await startPostgres(join(folder, "postgres"), options.settings).catch((error) => {
      unmount();
      throw error;
    });
    const services: Service[] = [];
    let load: Load | undefined;
    try {
      const databaseUrl = (await options.databaseUrl?.(postgres)) ?? postgres.serviceUrl;
      const environment = { DATABASE_URL: databaseUrl, POOL_MAX: "5", ...options.environment };
      const first = await startService(environment);
      services.push(first);
      const firstUrl = (await options.serviceUrl?.(first)) ?? first.url;
      let url = () => firstUrl;
      const validate = await loadResponseValidator(first.url);
      load = startLoad({ url: () => url(), validate, clients: options.clients ?? 8 });
      const { violations, ledger } = load;
      const live = options.mayExit
        ? undefined
        : watchLive(
            () => first.url,
            (about) => violations.push(about),
          );
      await load.untilAcknowledged(50);

      const start = async (port: number, script?: string) => {
        const service = await startService({ ...environment, PORT: String(port) }, script);
        services.push(service);
        return service;
      };
      const summary = await fault({
        folder,
        postgres,
        load,
        validate,
        service: first,
        restartService: () => start(first.port),
        startSecond: async (script) => start(await freePort(), script),
        sendTo: (newUrl) => {
          url = newUrl;
        },
      });
      const recoveredMs = await load.untilAcknowledged(1);
      await load.untilAcknowledged(50);
      await load.stop();
      await live?.stop();

      const service = services.at(-1);
      expectThat(service?.isRunning(), "no service is running at the end");
      expectThat(
        violations.length === 0,
        `${violations.length} violations: ${violations.slice(0, 3).join("; ")}`,
      );
      await untilIdle(postgres, Number(environment.POOL_MAX));
      await verify(ledger, postgres.query);
      return { recoveredMs, summary: [summary, String(ledger)].filter(Boolean).join("; ") };
    } catch (error) {
      const service = services.at(-1);
      if (!service || service.isRunning()) throw error;
      throw new ExperimentFailed(`${error}; the service has ended: ${service.log().slice(-2_000)}`, {
        cause: error,
      });
    } finally {
      await load?.stop().catch(() => {});
      for (const service of services) if (service.isRunning()) await service.end("SIGKILL");
      await postgres.stop();
      unmount();
    }
  });
}

/** Waits until the service's connections are within its pool's limit, and all idle. */
async function untilIdle(postgres: Postgres, poolMax: number): Promise<void> {
  await waitUntil("its connections are idle", async () => {
    const connections = await postgres.query(
      "select state from pg_stat_activity where application_name = 'clan-service'",
    );
    return connections.length <= poolMax && connections.every(({ state }) => state === "idle");
  });
}

/** Waits until /health/ready returns 200, or another status. */
export const untilReady = (url: string, status = 200) =>
  waitUntil(`/health/ready returns ${status}`, async () => {
    const response = await sendRequest(url, { path: "/health/ready" }).catch(() => undefined);
    return response?.status === status;
  });
