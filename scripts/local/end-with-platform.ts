// `npm run dev` was killed without being able to stop what it watches: ends the watcher, which ends this process.
const platform = Number(process.env.CLAN_PLATFORM_PID);

setInterval(() => {
  try {
    process.kill(platform, 0);
  } catch {
    process.kill(process.ppid);
  }
}, 500).unref();
