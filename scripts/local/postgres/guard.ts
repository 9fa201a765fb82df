import { spawn } from "node:child_process";
import { openSync, writeSync } from "node:fs";

// Runs between a process and its PostgreSQL server: `node guard.ts LOG COMMAND…`. It stops the server when its standard input
// ends, which it does however its parent ends, `kill -9` included; so a server never outlives the process that started it. It has a
// session of its own, so that Ctrl-C in a terminal reaches the parent and not the server under running requests.
const [log, command, ...args] = process.argv.slice(2);
if (!log || !command) throw new Error("usage: guard.ts LOG COMMAND [ARGUMENT …]");

const output = openSync(log, "a");
const server = spawn(command, args, { stdio: ["ignore", output, output] });
server.on("error", (error) => {
  writeSync(output, `${error.message}\n`);
  process.exit(1);
});
server.on("exit", (code) => process.exit(code ?? 1));

// "Fast" shutdown: sessions are ended, transactions rolled back, data written out.
const stop = () => server.kill("SIGINT");
process.stdin.on("end", stop).on("error", stop).resume();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
