import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import { deployerPermissions, previewerPermissions } from "./deployer-permissions.ts";
import { type Options, Part, type Parts } from "./part.ts";

type Needs = Pick<Parts, "config" | "image" | "migration" | "clans" | "warehouse" | "sync">;

/** Lets the workflows of one repository on GitHub preview, and those of its main branch deploy, without any key. */
export class Deployer extends Part {
  /** What `google-github-actions/auth` takes as `workload_identity_provider`. */
  readonly provider: pulumi.Output<string>;
  readonly deployer: gcp.serviceaccount.Account;
  readonly previewer: gcp.serviceaccount.Account;

  constructor(name: string, repository: string, parts: Needs, opts: Options) {
    super("Deployer", name, opts);
    const { project } = parts.config;
    const { pool, provider } = this.#identityPool(name, repository);
    this.provider = provider.name;
    const anyBranch = pulumi.interpolate`principalSet://iam.googleapis.com/${pool.name}/attribute.repository/${repository}`;
    // By name and branch: what GitHub calls the subject also has ids since 2026.
    const main = pulumi.interpolate`principalSet://iam.googleapis.com/${pool.name}/attribute.repository_ref/${repository}@refs/heads/main`;
    this.previewer = this.#account(`${name}-previewer`, "clan-previewer", anyBranch);
    this.deployer = this.#account(`${name}-deployer`, "clan-deployer", main);

    const { member } = this.deployer;
    const role = this.#role(`${name}-role`, "clanPlatformDeployer", "Deploys", deployerPermissions);
    const deploy = { project, role: role.name, member };
    new gcp.projects.IAMMember(`${name}-deploys`, deploy, this.child);
    const looks = this.#role(
      `${name}-preview-role`,
      "clanPlatformPreviewer",
      "Previews",
      previewerPermissions,
    );
    const preview = { project, role: looks.name, member: this.previewer.member };
    new gcp.projects.IAMMember(`${name}-previews`, preview, this.child);
    const { name: images, location } = parts.image.repository;
    const push = { repository: images, location, role: "roles/artifactregistry.writer", member };
    new gcp.artifactregistry.RepositoryIamMember(`${name}-pushes`, push, this.child);
    // What it deploys runs as these.
    const { clans, migration, warehouse, sync } = parts;
    for (const [as, { account }] of Object.entries({ clans, migration, warehouse, sync })) {
      const actAs = { serviceAccountId: account.name, role: "roles/iam.serviceAccountUser", member };
      new gcp.serviceaccount.IAMMember(`${name}-acts-as-${as}`, actAs, this.child);
    }
    this.registerOutputs();
  }

  /** Trusts what GitHub says about the workflows of this repository alone. */
  #identityPool(name: string, repository: string) {
    // A pool's name stays taken for thirty days after it is gone.
    const suffix = new RandomId(`${name}-suffix`, { byteLength: 3 }, { parent: this });
    const workloadIdentityPoolId = pulumi.interpolate`github-${suffix.hex}`;
    const poolArgs = { workloadIdentityPoolId, displayName: "GitHub" };
    const pool = new gcp.iam.WorkloadIdentityPool(`${name}-pool`, poolArgs, this.child);
    const provider = new gcp.iam.WorkloadIdentityPoolProvider(
      `${name}-provider`,
      {
        workloadIdentityPoolId: pool.workloadIdentityPoolId,
        workloadIdentityPoolProviderId: "actions",
        oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
        attributeMapping: {
          "google.subject": "assertion.sub",
          "attribute.repository": "assertion.repository",
          "attribute.repository_ref": 'assertion.repository + "@" + assertion.ref',
        },
        attributeCondition: `assertion.repository == "${repository}"`,
      },
      this.child,
    );
    return { pool, provider };
  }

  /** Rights, networks and logins are changed by people. */
  #role(name: string, roleId: string, does: string, permissions: string[]): gcp.projects.IAMCustomRole {
    const args = { roleId, title: `${does} the clan platform`, permissions };
    return new gcp.projects.IAMCustomRole(name, args, this.child);
  }

  #account(name: string, accountId: string, member: pulumi.Output<string>): gcp.serviceaccount.Account {
    const displayName = "GitHub's workflows of the clan platform";
    const account = new gcp.serviceaccount.Account(name, { accountId, displayName }, this.child);
    const use = { serviceAccountId: account.name, role: "roles/iam.workloadIdentityUser", member };
    new gcp.serviceaccount.IAMMember(`${name}-from-github`, use, this.child);
    return account;
  }
}
