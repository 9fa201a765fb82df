/** A code block of a page, by how it begins. */
interface Block {
  page: string;
  begins: string;
}

const here = "scripts/documentation/examples.postgres.test.ts";

/** The code blocks that tests run, each with its test. A new block belongs here or among `notRun`. */
export const run: (Block & { by: string })[] = [
  { page: "README.md", begins: "# Creates a clan", by: here },
  { page: "clients/typescript/README.md", begins: "import {", by: here },
  { page: "docs/api.md", begins: "curl -i localhost:8080/clans", by: here },
  { page: "docs/api.md", begins: "import {", by: here },
  { page: "docs/api.md", begins: '{ "type"', by: here },
  { page: "docs/api.md", begins: "curl -i localhost:8080/user-activity", by: here },
  { page: "docs/api.md", begins: "npm run send-activity", by: here },
  { page: "docs/api.md", begins: "npx node", by: here },
  { page: "docs/api.md", begins: "npm run seed-clans", by: here },
  { page: "docs/warehouse.md", begins: "npm run generate-raw", by: here },
  {
    page: "docs/looker-studio.md",
    begins: "FROM=",
    by: "warehouse/engines/bigquery/googlesql.test.ts",
  },
  { page: "docs/members.md", begins: "API=", by: "service/src/members/walk-through.postgres.test.ts" },
];

const start = "CI does it from the beginning; start.postgres.test.ts runs npm start";
const output = "output, of a command whose own test checks it";
const account = "needs a Google Cloud account";
const docker =
  "needs Docker, which tests don't; container.postgres.test.ts runs the image's files without it";

/** The code blocks that no test runs, each with the reason. Their shell syntax and their settings are checked all the same. */
export const notRun: (Block & { because: string })[] = [
  { page: "CONTRIBUTING.md", begins: "npm ci && npm start", because: start },
  { page: "README.md", begins: "npm ci && npm start", because: start },
  { page: "README.md", begins: "npm ci && npm test", because: "it would run itself" },
  { page: "README.md", begins: "  The clan platform is ready", because: output },
  { page: "README.md", begins: "npm ci\ngcloud", because: account },
  {
    page: "docs/api.md",
    begins: "npx @openapitools",
    because: "downloads a generator; generated-client.postgres.test.ts does the same where Java is installed",
  },
  { page: "docs/api.md", begins: "  part-1.csv.gz", because: output },
  { page: "docs/api.md", begins: "            3 rejected", because: output },
  { page: "docs/api.md", begins: "API_KEYS=", because: "its hashes are placeholders" },
  { page: "docs/container.md", begins: "docker compose up", because: docker },
  { page: "docs/container.md", begins: "docker compose exec", because: docker },
  { page: "docs/dbeaver.md", begins: "  PostgreSQL", because: output },
  { page: "docs/dbeaver.md", begins: "pulumi config set", because: account },
  { page: "docs/dbeaver.md", begins: "gcloud auth", because: account },
  { page: "docs/deploy.md", begins: "npm ci\ngcloud", because: account },
  { page: "docs/deploy.md", begins: "pulumi config set --path 'invokers[0]'", because: account },
  { page: "docs/deploy.md", begins: "pulumi stack init prod", because: account },
  { page: "docs/deploy.md", begins: "gcloud services enable", because: account },
  { page: "docs/deploy.md", begins: "gcloud storage buckets", because: account },
  { page: "docs/deploy.md", begins: "pulumi config set --stack dev", because: account },
  { page: "docs/deploy.md", begins: "pulumi config set --stack prod", because: account },
  { page: "docs/deployed-dashboard.md", begins: "pulumi config set", because: account },
  { page: "docs/looker-studio.md", begins: "pulumi stack output", because: account },
  { page: "docs/members.md", begins: "PLAYER_TOKENS=", because: "its issuer is a placeholder" },
  { page: "docs/operate.md", begins: "pulumi up --target-replace", because: account },
  { page: "docs/operate.md", begins: "P=MY-PROJECT", because: account },
  { page: "docs/replace-database.md", begins: "OLD=", because: account },
  { page: "docs/replace-database.md", begins: "pulumi config set network", because: account },
  { page: "docs/replace-database.md", begins: "gcloud sql backups", because: account },
  { page: "docs/replace-database.md", begins: "pulumi config rm", because: account },
];
