import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../testkit/run.ts";
import { startCluster } from "./cluster.ts";
import { prepareData } from "./data-folder.ts";
import { explainFailure } from "./failure-reason.ts";

it.each([
  [
    "a full disk",
    `running bootstrap script ... 2026-11-28 14:55:46.611 UTC [18898] FATAL:  could not write to file "pg_wal/xlogtemp.1": No space left on device
2026-11-28 14:55:46.611 UTC [18898] HINT:  Check free disk space.
child process exited with exit code 1
`,
    'could not write to file "pg_wal/xlogtemp.1": No space left on device',
    /free some disk space/,
  ],
  [
    "a disk that is full in the middle of a write",
    'FATAL:  could not extend file "base/1/2691": wrote only 4096 of 8192 bytes at block 10\n',
    'could not extend file "base/1/2691": wrote only 4096 of 8192 bytes at block 10',
    /free some disk space/,
  ],
  ["no file left for a program", "spawnSync /bin/initdb EMFILE", "spawnSync /bin/initdb EMFILE", /ulimit -n/],
  [
    "a container's small /dev/shm, which is no full disk",
    `2026-11-28 14:55:46.611 UTC [1] FATAL:  could not resize shared memory segment "/PostgreSQL.1" to 1048576 bytes: No space left on device\n`,
    'could not resize shared memory segment "/PostgreSQL.1" to 1048576 bytes: No space left on device',
    /--shm-size/,
  ],
  [
    "few files",
    "FATAL:  insufficient file descriptors available to start server process\nDETAIL:  System allows 12\n",
    "insufficient file descriptors available to start server process",
    /ulimit -n/,
  ],
  [
    "a disk that is read-only",
    'creating directory /ro/data ... initdb: error: could not create directory "/ro/data": Read-only file system\n',
    'could not create directory "/ro/data": Read-only file system',
    /can be written to with DATA_DIR/,
  ],
  [
    "no rights",
    'initdb: error: could not access directory "/root/data": Permission denied\n',
    'could not access directory "/root/data": Permission denied',
    /may write to and enter/,
  ],
  [
    "a disk without rights, such as Windows' under WSL",
    '[1] FATAL:  data directory "/mnt/c/data" has invalid permissions\n[1] DETAIL:  Permissions should be u=rwx (0700)\n',
    'data directory "/mnt/c/data" has invalid permissions',
    /chmod 700/,
  ],
  ["a mount option", "spawnSync /my disk/initdb EACCES", "spawnSync /my disk/initdb EACCES", /noexec/],
  [
    "a library that is missing",
    "initdb: error while loading shared libraries: libxml2.so.2: cannot open shared object file: No such file\n",
    "initdb: error while loading shared libraries: libxml2.so.2: cannot open shared object file: No such file",
    /install the library/,
  ],
  [
    "damaged data",
    "[1] LOG:  invalid checkpoint record\n[1] PANIC:  could not locate a valid checkpoint record at 0/1\n",
    "could not locate a valid checkpoint record at 0/1",
    /--fresh/,
  ],
  ["something else", "[1] FATAL:  odd\n[1] FATAL:  odd\n[1] ERROR:  even\nbye\n", "odd; even", undefined],
])("shows the errors of a failure by %s, with a remedy that fits", (_, output, reason, remedy) => {
  const failure = explainFailure(output);
  expect(failure.reason).toBe(reason);
  if (remedy) expect(failure.remedy).toMatch(remedy);
  else expect(failure.remedy).toBeUndefined();
});

it("names the setting that keeps a server from starting", async () => {
  const folder = await temporaryFolder();
  await (await startCluster({ folder, settings: ["fsync=off"] })).stop();
  writeFileSync(join(folder, "data", "postgresql.auto.conf"), "lc_monetary = 'xx_YY.UTF-8'\n");
  await expect(startCluster({ folder })).rejects.toThrow(
    /did not start on .*: generate the locale .*\(invalid value for parameter "lc_monetary": "xx_YY.UTF-8"; configuration file .* contains errors\)/,
  );
  writeFileSync(join(folder, "data", "postgresql.auto.conf"), "");
  await expect(startCluster({ folder, settings: ["shared_buffers=8000GB"] })).rejects.toThrow(
    /more shared memory .*\(could not map anonymous shared memory: /,
  );
});

it("calls the data of another user that, and does not advise to delete it", async () => {
  const folder = await temporaryFolder();
  // Root's; and PostgreSQL never runs as root.
  symlinkSync("/usr", join(folder, "data"));
  const message = await startCluster({ folder }).catch((error: Error) => error.message);
  expect(message).toMatch(/The data folder .*\/data belongs to another user \(id 0; .*: run `npm start` as/);
  expect(message).not.toContain("--fresh");
});

it("says of programs that may not be executed where they can be", async () => {
  const folder = await temporaryFolder();
  const initdb = join(folder, "initdb");
  writeFileSync(initdb, "");
  chmodSync(initdb, 0o600);
  expect(() => prepareData(folder, initdb, 0)).toThrow(/without the mount option noexec/);
});

it("says of a log that can't be written why PostgreSQL does not start", async () => {
  const folder = await temporaryFolder();
  mkdirSync(join(folder, "postgres.log"));
  await expect(startCluster({ folder })).rejects.toThrow(/can't use its folder .* \(EISDIR.*postgres\.log/);
});
