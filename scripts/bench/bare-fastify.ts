import { fastify } from "fastify";

// The baseline of the service's start: Fastify with one route and nothing else.
const app = fastify();
app.get("/health/ready", async () => ({ status: "ok" }));
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
process.once("SIGTERM", () => process.exit());
