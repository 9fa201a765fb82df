import { serveWithHotReload } from "@clan-platform/dashboard/server/hot-reload.ts";
import { localSource } from "@clan-platform/dashboard/server/local-source.ts";
import { parseSettings } from "./settings.ts";
import { localWarehouseFile } from "./warehouse-target.ts";

// `npm run dev` runs this as a separate process, which restarts on change, and is sent a message each time when it serves.
const settings = parseSettings(process.env);
await serveWithHotReload(localSource(localWarehouseFile(settings)), settings.DASHBOARD_PORT);
process.send?.("serving");
