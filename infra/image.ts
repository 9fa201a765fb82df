import { join, relative } from "node:path";
import * as docker from "@pulumi/docker";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random";
import { type Built, type StagedContext, stageContext } from "./image-context.ts";
import { serviceAgent } from "./service-agent.ts";

/** A repository, and the grant that lets Cloud Run pull from it. */
interface Pullable {
  repository: gcp.artifactregistry.Repository;
  reader: gcp.artifactregistry.RepositoryIamMember;
}

export interface ImageArgs {
  project: string;
  region: string;
  /** The workspace whose `Dockerfile` it is built from; the default is the service. */
  of?: Built;
  /** The image whose repository it is pushed to; without it, a repository is created. */
  beside?: Image;
  /** An image by its digest that another stack has pushed, to be deployed instead of building one. */
  promoted?: string | undefined;
}

/** An image: built on this machine from a workspace's `Dockerfile`, and pushed to Artifact Registry, or promoted from another stack. */
export class Image extends pulumi.ComponentResource {
  /** The image by its digest, which no later push can change. */
  readonly digest: pulumi.Output<string>;
  readonly repository: gcp.artifactregistry.Repository;
  readonly #pullable: Pullable;

  constructor(name: string, args: ImageArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("clan-platform:index:Image", name, {}, { aliases: [{ type: "clan-platform:Image" }], ...opts });
    const { project, region: location } = args;
    const { dependsOn = [] } = opts;
    const { of = "service", beside } = args;
    this.#pullable = beside
      ? beside.#pullable
      : this.#createRepository(name, args, { parent: this, dependsOn });
    this.repository = this.#pullable.repository;
    // The repository stays: it holds the images of earlier revisions.
    if (args.promoted !== undefined) {
      // What runs it waits for Cloud Run's agent all the same.
      this.digest = pulumi.all([args.promoted, this.#pullable.reader.role]).apply(([digest]) => digest);
      this.registerOutputs();
      return;
    }
    // Content that returns, for example by a revert, is built again, and an immutable tag can't be pushed twice.
    const context = stageOnce(of);
    const keepers = { content: context.hash };
    const build = new RandomId(`${name}-tag`, { byteLength: 3, keepers }, { parent: this });
    const server = `${location}-docker.pkg.dev`;
    const { accessToken } = gcp.organizations.getClientConfigOutput({ parent: this });
    const image = new docker.Image(
      name,
      {
        imageName: pulumi.interpolate`${server}/${project}/${this.repository.repositoryId}/clan-${of}:${keepers.content}-${build.hex}`,
        // Relative to where Pulumi runs the program, so that it is the same on every machine.
        build: {
          context: relative(process.cwd(), context.path),
          dockerfile: relative(process.cwd(), join(context.path, `${of}/Dockerfile`)),
          platform: "linux/amd64",
        },
        // The token lives for an hour; a new one does not count as a change of the image.
        registry: { server, username: "oauth2accesstoken", password: pulumi.secret(accessToken) },
      },
      { parent: this, dependsOn: [this.#pullable.repository, this.#pullable.reader] },
    );
    this.digest = image.repoDigest.apply(refuseWithoutDigest);
    this.registerOutputs();
  }

  #createRepository(
    name: string,
    { project, region: location }: ImageArgs,
    opts: pulumi.CustomResourceOptions,
  ): Pullable {
    const repository = new gcp.artifactregistry.Repository(
      `${name}-repository`,
      {
        repositoryId: "clan-platform",
        location,
        format: "DOCKER",
        description: "Images of the clan service",
        dockerConfig: { immutableTags: true },
        vulnerabilityScanningConfig: { enablementConfig: "INHERITED" },
        // The last ten are kept, however old.
        cleanupPolicies: [
          { id: "keep-last-ten", action: "KEEP", mostRecentVersions: { keepCount: 10 } },
          { id: "delete-old", action: "DELETE", condition: { tagState: "ANY", olderThan: "2592000s" } },
        ],
      },
      opts,
    );
    const reader = new gcp.artifactregistry.RepositoryIamMember(
      `${name}-reader`,
      {
        repository: repository.name,
        location,
        role: "roles/artifactregistry.reader",
        member: serviceAgent("run", project, opts),
      },
      opts,
    );
    return { repository, reader };
  }
}

const stagedContexts = new Map<Built, StagedContext>();

/** Stages the context of a workspace, once: `npm run plan` runs the program several times in one process. */
function stageOnce(of: Built): StagedContext {
  const context = stagedContexts.get(of) ?? stageContext(of);
  stagedContexts.set(of, context);
  return context;
}

/** An image that was not pushed has `<none>` or nothing for a digest; Cloud Run would deploy whatever its tag points to. */
function refuseWithoutDigest(digest: string): string {
  if (/@sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new pulumi.RunError(
    `The image was not pushed: its digest is ${digest || "empty"}. Check that Docker runs and that you may push, and run pulumi up again.`,
  );
}
