import { text } from "node:stream/consumers";
import { type Deployment, type ReadJson, undeclaredGrants } from "./undeclared-grants.ts";

// For .github/workflows/drift.yml: pulumi stack export | GOOGLE_ACCESS_TOKEN=… node infra/drift/run.ts

const read: ReadJson = async (method, url) => {
  const headers = { authorization: `Bearer ${process.env.GOOGLE_ACCESS_TOKEN}` };
  const answer = await fetch(url, { method, headers });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
};

const deployment: Deployment = JSON.parse(await text(process.stdin));
const grants = await undeclaredGrants(deployment, read);
for (const grant of grants) console.log(`Undeclared grant: ${grant}`);
if (grants.length > 0) process.exitCode = 1;
