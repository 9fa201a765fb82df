import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import type { Config } from "./config.ts";
import { deployerPermissions, driftPermissions, previewerPermissions } from "./deployer-permissions.ts";

export interface DeployerArgs {
  project: pulumi.Input<string>;
  /** The repository on GitHub, as owner/name. */
  github: string;
  /** Where images are pushed to. */
  images: gcp.artifactregistry.Repository;
  /** The accounts that the deployed services, jobs and queries run as, by a name for the grant. */
  runAs: Record<string, gcp.serviceaccount.Account>;
}

/** Lets the workflows of one repository on GitHub preview, and those of its main branch deploy, without any key. */
export class Deployer extends pulumi.ComponentResource {
  /** `workload_identity_provider` of `google-github-actions/auth`. */
  readonly provider: pulumi.Output<string>;
  readonly deployer: gcp.serviceaccount.Account;
  readonly previewer: gcp.serviceaccount.Account;
  readonly driftChecker: gcp.serviceaccount.Account;

  /** The deployer, if the stack names a repository on GitHub. */
  static deploy(
    { project, github }: Config,
    { images, runAs }: Pick<DeployerArgs, "images" | "runAs">,
    opts: pulumi.ComponentResourceOptions,
  ): Deployer | undefined {
    return github ? new Deployer("deployer", { project, github, images, runAs }, opts) : undefined;
  }

  constructor(name: string, args: DeployerArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const aliases = [{ type: "clan-platform:Deployer" }];
    super("clan-platform:index:Deployer", name, {}, { aliases, ...opts });
    const { project, github } = args;
    const { dependsOn = [] } = opts;
    // The ids of a pool and of a custom role stay reserved for weeks after they are deleted.
    const suffix = new RandomId(`${name}-suffix`, { byteLength: 3 }, { parent: this });
    const { pool, provider } = this.#identityPool(name, github, suffix.hex, { parent: this, dependsOn });
    this.provider = provider.name;
    const principals = pulumi.interpolate`principalSet://iam.googleapis.com/${pool.name}`;
    const anyBranch = pulumi.interpolate`${principals}/attribute.repository/${github}`;
    const main = pulumi.interpolate`${principals}/attribute.repository_ref/${github}@refs/heads/main`;
    this.previewer = this.#account(`${name}-previewer`, "clan-previewer", anyBranch, {
      parent: this,
      dependsOn,
    });
    this.deployer = this.#account(`${name}-deployer`, "clan-deployer", main, { parent: this, dependsOn });
    this.driftChecker = this.#account(`${name}-drift-checker`, "clan-drift-checker", main, {
      parent: this,
      dependsOn,
    });

    // Roles, networks and logins are changed by people only.
    const deployerRole = new gcp.projects.IAMCustomRole(
      `${name}-role`,
      {
        roleId: pulumi.interpolate`clanPlatformDeployer_${suffix.hex}`,
        title: "Deploys the clan platform",
        permissions: deployerPermissions,
      },
      { parent: this, dependsOn },
    );
    new gcp.projects.IAMMember(
      `${name}-deploys`,
      { project, role: deployerRole.name, member: this.deployer.member },
      { parent: this, dependsOn },
    );
    const previewerRole = new gcp.projects.IAMCustomRole(
      `${name}-preview-role`,
      {
        roleId: pulumi.interpolate`clanPlatformPreviewer_${suffix.hex}`,
        title: "Previews the clan platform",
        permissions: previewerPermissions,
      },
      { parent: this, dependsOn },
    );
    new gcp.projects.IAMMember(
      `${name}-previews`,
      { project, role: previewerRole.name, member: this.previewer.member },
      { parent: this, dependsOn },
    );
    const driftRole = new gcp.projects.IAMCustomRole(
      `${name}-drift-role`,
      {
        roleId: pulumi.interpolate`clanPlatformDriftChecker_${suffix.hex}`,
        title: "Compares the clan platform with its declaration",
        permissions: driftPermissions,
      },
      { parent: this, dependsOn },
    );
    new gcp.projects.IAMMember(
      `${name}-checks-drift`,
      { project, role: driftRole.name, member: this.driftChecker.member },
      { parent: this, dependsOn },
    );
    new gcp.artifactregistry.RepositoryIamMember(
      `${name}-pushes`,
      {
        repository: args.images.name,
        location: args.images.location,
        role: "roles/artifactregistry.writer",
        member: this.deployer.member,
      },
      { parent: this, dependsOn },
    );
    for (const [as, account] of Object.entries(args.runAs)) {
      new gcp.serviceaccount.IAMMember(
        `${name}-acts-as-${as}`,
        {
          serviceAccountId: account.name,
          role: "roles/iam.serviceAccountUser",
          member: this.deployer.member,
        },
        { parent: this, dependsOn },
      );
    }
    this.registerOutputs();
  }

  /** Trusts the OIDC tokens that GitHub issues to the workflows of this repository, and no others. */
  #identityPool(
    name: string,
    github: string,
    suffix: pulumi.Output<string>,
    opts: pulumi.CustomResourceOptions,
  ) {
    const pool = new gcp.iam.WorkloadIdentityPool(
      `${name}-pool`,
      { workloadIdentityPoolId: pulumi.interpolate`github-${suffix}`, displayName: "GitHub" },
      opts,
    );
    const provider = new gcp.iam.WorkloadIdentityPoolProvider(
      `${name}-provider`,
      {
        workloadIdentityPoolId: pool.workloadIdentityPoolId,
        workloadIdentityPoolProviderId: "actions",
        oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
        attributeMapping: {
          // Not GitHub's subject: a name of 127 bytes is the longest that Google takes
          // (https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers), and that of a
          // long repository, branch or environment is longer. Logs name the run with it.
          "google.subject": '"run_id:" + assertion.run_id',
          "attribute.repository": "assertion.repository",
          "attribute.repository_ref": 'assertion.repository + "@" + assertion.ref',
        },
        attributeCondition: `assertion.repository == "${github}"`,
      },
      opts,
    );
    return { pool, provider };
  }

  /** A service account that `principals`, a set of GitHub's workflows, may impersonate. */
  #account(
    name: string,
    accountId: string,
    principals: pulumi.Output<string>,
    opts: pulumi.CustomResourceOptions,
  ): gcp.serviceaccount.Account {
    const account = new gcp.serviceaccount.Account(
      name,
      { accountId, displayName: "GitHub's workflows of the clan platform" },
      opts,
    );
    new gcp.serviceaccount.IAMMember(
      `${name}-from-github`,
      { serviceAccountId: account.name, role: "roles/iam.workloadIdentityUser", member: principals },
      opts,
    );
    return account;
  }
}
