import * as gcp from "@pulumi/gcp";

/**
 * Lets members outside the project pull the images of a repository, so that another stack deploys what this one has built:
 * its Cloud Run agent pulls the image, and Cloud Run refuses a deployer who may not read it
 * (https://cloud.google.com/artifact-registry/docs/integrate-cloud-run).
 */
export function grantImageReaders(
  name: string,
  repository: gcp.artifactregistry.Repository,
  members: string[],
): void {
  for (const member of members) {
    new gcp.artifactregistry.RepositoryIamMember(
      `${name}-reader-${member}`,
      {
        repository: repository.name,
        location: repository.location,
        role: "roles/artifactregistry.reader",
        member,
      },
      { parent: repository },
    );
  }
}
