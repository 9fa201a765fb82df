import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Broken, promised, type Seen } from "../experiment.ts";
import { ask } from "./ask.ts";
import { type Declared, declaredAnswers } from "./declared.ts";
import { freePort } from "./free-port.ts";
import { verify } from "./ledger.ts";
import { type Load, startLoad, watchLive } from "./load.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { type Service, startService } from "./service.ts";
import { mountDisk } from "./small-disk.ts";
import { until } from "./until.ts";

export interface Rig {
  /** Of this experiment alone; removed afterwards. */
  folder: string;
  postgres: Postgres;
  load: Load;
  declared: Declared;
  service: Service;
  /** Starts the service again, as it was started, after its end. */
  restartService(): Promise<Service>;
  /** Starts an instance beside the service, of `script`, on a port of its own. It is the service at the end. */
  startBeside(script: string): Promise<Service>;
  /** Where the clients of the load find the service from now on, asked at each request. */
  sendTo(url: () => string): void;
}

export interface RigOptions {
  /** Of PostgreSQL, such as `max_connections=20`. */
  settings?: string[];
  /** Of the service, such as `POOL_MAX`. */
  environment?: NodeJS.ProcessEnv;
  clients?: number;
  /** Where the service finds PostgreSQL, when something stands in between. */
  databaseUrl?: (postgres: Postgres) => string | Promise<string>;
  /** Where clients find the service, when something stands in between. */
  serviceUrl?: (service: Service) => string | Promise<string>;
  /** So many MiB of disk that PostgreSQL has for itself, so that it can be filled. */
  diskMiB?: number;
  /** The process is killed or stopped, so that /health/live may go unanswered. */
  mayEnd?: boolean;
}

/** A folder for a while. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "clan-chaos-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Does harm to the platform while clients use it. `fault` returns when the harm is over, and may tell what it saw. Afterwards:
 * the service recovers by itself, every acknowledged write is there exactly once, every refused one is not, all
 * answers were declared ones, and the connections are back to what the pool allows.
 */
export function underLoad(
  fault: (rig: Rig) => Promise<string | undefined>,
  options: RigOptions = {},
): Promise<Seen> {
  return inFolder(async (folder) => {
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
      const declared = await declaredAnswers(first.url);
      load = startLoad({ url: () => url(), declared, clients: options.clients ?? 8 });
      const { complaints, ledger } = load;
      const live = options.mayEnd
        ? undefined
        : watchLive(
            () => first.url,
            (about) => complaints.push(about),
          );
      await load.untilAcknowledged(50);

      const start = async (port: number, script?: string) => {
        const service = await startService({ ...environment, PORT: String(port) }, script);
        services.push(service);
        return service;
      };
      const told = await fault({
        folder,
        postgres,
        load,
        declared,
        service: first,
        restartService: () => start(first.port),
        startBeside: async (script) => start(await freePort(), script),
        sendTo: (whereTo) => {
          url = whereTo;
        },
      });
      const recoveredMs = await load.untilAcknowledged(1);
      await load.untilAcknowledged(50);
      await load.stop();
      await live?.stop();

      const service = services.at(-1);
      promised(service?.isRunning(), "nothing runs in the end");
      promised(
        complaints.length === 0,
        `${complaints.length} complaints: ${complaints.slice(0, 3).join("; ")}`,
      );
      await untilAtRest(postgres, Number(environment.POOL_MAX));
      await verify(ledger, postgres.query);
      return { recoveredMs, saw: [told, String(ledger)].filter(Boolean).join("; ") };
    } catch (error) {
      const service = services.at(-1);
      if (!service || service.isRunning()) throw error;
      throw new Broken(`${error}; the service has ended: ${service.log().slice(-2_000)}`, { cause: error });
    } finally {
      await load?.stop().catch(() => {});
      for (const service of services) if (service.isRunning()) await service.end("SIGKILL");
      await postgres.stop();
      unmount();
    }
  });
}

/** The service's connections are within its pool again, and none of them does anything. @throws {Broken} */
export async function untilAtRest(postgres: Postgres, poolMax: number): Promise<void> {
  await until("its connections are at rest", async () => {
    const connections = await postgres.query(
      "select state from pg_stat_activity where application_name = 'clan-service'",
    );
    return connections.length <= poolMax && connections.every(({ state }) => state === "idle");
  });
}

/** Waits until /health/ready says 200, or another status. */
export const untilReady = (url: string, status = 200) =>
  until(`/health/ready says ${status}`, async () => {
    const answer = await ask(url, { path: "/health/ready" }).catch(() => undefined);
    return answer?.status === status;
  });
