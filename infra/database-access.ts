import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseLogin } from "./database-login.ts";
import type { Parts } from "./part.ts";

type Needs = Pick<Parts, "database" | "network">;

/**
 * What a container on Cloud Run needs to reach the database: over the unix socket that Cloud Run brings, whose proxy
 * encrypts, or, where the database has no public address, over the network with TLS. Either way the login is an IAM one, whose
 * password is an access token.
 */
export function databaseAccess({ database, network }: Needs, login: DatabaseLogin) {
  const { connectionName, privateIpAddress } = database.instance;
  const host = network ? privateIpAddress : pulumi.interpolate`/cloudsql/${connectionName}`;
  const [user, address] = [login.user.name, host].map((part) => part.apply(encodeURIComponent));
  const url = pulumi.interpolate`postgres://${user}@${address}/${database.database.name}`;
  const envs: { name: string; value: pulumi.Input<string> }[] = [
    { name: "DATABASE_URL", value: url },
    { name: "DATABASE_AUTH", value: "google-iam" },
  ];
  if (!network) {
    const volumes = [{ name: "cloudsql", cloudSqlInstance: { instances: [connectionName] } }];
    const volumeMounts = [{ name: "cloudsql", mountPath: "/cloudsql" }];
    return { container: { envs, volumeMounts }, template: { volumes } };
  }
  // Not the instance's own `serverCaCerts`: while one is rotated, that lacks the next.
  const { certs } = gcp.sql.getCaCertsOutput({ instance: database.instance.name }, { parent: database });
  const certificates = certs.apply((all) => all.map(({ cert }) => cert).join("\n"));
  // A certificate is public; the provider takes it for a secret.
  envs.push({ name: "DATABASE_CA", value: pulumi.unsecret(certificates) });
  const networkInterfaces = [{ network: network.network.id, subnetwork: network.subnet.id }];
  const vpcAccess = { networkInterfaces, egress: "PRIVATE_RANGES_ONLY" };
  return { container: { envs }, template: { vpcAccess } };
}
