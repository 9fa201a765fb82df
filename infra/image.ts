import { join, relative } from "node:path";
import * as docker from "@pulumi/docker";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import type { Config } from "./config.ts";
import { contentHash, contextFolder } from "./image-context.ts";
import { type Options, Part } from "./part.ts";
import { serviceAgent } from "./service-agent.ts";

/** The service's image: built here from `service/Dockerfile`, and kept in Artifact Registry. */
export class Image extends Part {
  /** The image by its digest, which no later push can change. */
  readonly digest: pulumi.Output<string>;
  readonly repository: gcp.artifactregistry.Repository;

  constructor(name: string, config: Config, opts: Options) {
    super("Image", name, opts);
    const { project, region: location } = config;
    this.repository = new gcp.artifactregistry.Repository(
      `${name}-repository`,
      {
        repositoryId: "clan-platform",
        location,
        format: "DOCKER",
        description: "Images of the clan service",
        dockerConfig: { immutableTags: true },
        vulnerabilityScanningConfig: { enablementConfig: "INHERITED" },
        // What is among the last ten stays, however old.
        cleanupPolicies: [
          { id: "keep-last-ten", action: "KEEP", mostRecentVersions: { keepCount: 10 } },
          { id: "delete-old", action: "DELETE", condition: { tagState: "ANY", olderThan: "2592000s" } },
        ],
      },
      this.child,
    );
    const member = serviceAgent("run", config, this.child);
    const { name: repository } = this.repository;
    const read = { repository, location, role: "roles/artifactregistry.reader", member };
    const reader = new gcp.artifactregistry.RepositoryIamMember(`${name}-reader`, read, this.child);
    // Content that comes back, as with a revert, is another build, and a tag can't be pushed over.
    const keepers = { content: contentHash() };
    const build = new RandomId(`${name}-tag`, { byteLength: 3, keepers }, { parent: this });
    const server = `${location}-docker.pkg.dev`;
    const { accessToken } = gcp.organizations.getClientConfigOutput({ parent: this });
    const image = new docker.Image(
      name,
      {
        imageName: pulumi.interpolate`${server}/${project}/${this.repository.repositoryId}/clan-service:${keepers.content}-${build.hex}`,
        // Relative to where Pulumi runs the program, so that every machine says the same.
        build: {
          context: relative(process.cwd(), contextFolder) || ".",
          dockerfile: relative(process.cwd(), join(contextFolder, "service/Dockerfile")),
          platform: "linux/amd64",
        },
        // The token lives for an hour; a new one is no change of the image.
        registry: { server, username: "oauth2accesstoken", password: pulumi.secret(accessToken) },
      },
      { parent: this, dependsOn: [this.repository, reader] },
    );
    this.digest = image.repoDigest.apply(refuseWithoutDigest);
    this.registerOutputs();
  }
}

/** What was not pushed has `<none>` or nothing for a digest, and would be deployed as whatever the tag says. */
function refuseWithoutDigest(digest: string): string {
  if (/@sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new pulumi.RunError(
    `The image was not pushed: its digest is ${digest || "empty"}. Check that Docker runs and that you may push, and run pulumi up again.`,
  );
}
