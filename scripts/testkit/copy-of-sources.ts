import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const rooms = ["contract", "service", "warehouse", "dashboard", "scripts"];
const ours = "@clan-platform";

/** Copies the sources of the platform into a folder, so that a test can change them; the libraries are linked. */
export function copySources(folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ours), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name === ours || name === ".cache") continue;
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
  for (const room of rooms) {
    const filter = (path: string) => basename(path) !== "node_modules";
    cpSync(join(root, room), join(folder, room), { recursive: true, filter });
    symlinkSync(join("../..", room), join(modules, ours, room));
    const itsOwn = join(room, "node_modules");
    if (existsSync(join(root, itsOwn))) symlinkSync(join(root, itsOwn), join(folder, itsOwn));
  }
  cpSync(join(root, "package.json"), join(folder, "package.json"));
}
