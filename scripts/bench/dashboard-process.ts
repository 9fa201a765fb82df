import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { dashboardHeap } from "../local/dashboard-heap.ts";

const commandLine = fileURLToPath(new URL("../clan.ts", import.meta.url));

export interface MeasuredDashboard {
  address: string;
  pid: number | undefined;
  stop(): Promise<unknown>;
}

/** Serves a dashboard on the warehouse in this folder, in a process of its own as `npm start` does. */
export async function startDashboard(folder: string): Promise<MeasuredDashboard> {
  const server = spawn(process.execPath, [...dashboardHeap, commandLine, "dashboard"], {
    env: { ...process.env, DATA_DIR: folder, DASHBOARD_PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(server, "exit");
  const stop = () => {
    server.kill();
    return exited;
  };
  for await (const chunk of server.stdout) {
    const address = /http:\S+/.exec(String(chunk))?.[0];
    if (address) return { address, pid: server.pid, stop };
  }
  throw new Error("the dashboard did not start");
}
