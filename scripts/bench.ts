import { exitWith, Refusal } from "./refusal.ts";

const parts: Record<string, () => Promise<{ run: () => Promise<boolean> }>> = {
  service: () => import("./bench/service.ts"),
  activity: () => import("./bench/activity.ts"),
  pipeline: () => import("./bench/pipeline.ts"),
  warehouse: () => import("./bench/warehouse.ts"),
  dashboard: () => import("./bench/dashboard.ts"),
};

try {
  const [name, ...others] = process.argv.slice(2);
  const load = parts[name ?? ""];
  if (!load || others.length > 0) {
    throw new Refusal(`usage: npm run bench -- PART   (parts: ${Object.keys(parts).join(", ")})`);
  }
  const { run } = await load();
  if (!(await run())) process.exitCode = 1;
} catch (error) {
  exitWith(error);
}
