import { lookup } from "node:dns/promises";

/** The name of this machine for itself: `localhost`, or 127.0.0.1 where nothing resolves that, as without /etc/hosts. */
export const localHost = () =>
  lookup("localhost").then(
    () => "localhost",
    () => "127.0.0.1",
  );
