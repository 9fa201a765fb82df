import * as gcp from "@pulumi/gcp";
import type { Config } from "./config.ts";
import { type Options, Part } from "./part.ts";

/** A network for the service and the database alone, over which they talk without a public address. */
export class Network extends Part {
  readonly network: gcp.compute.Network;
  readonly subnet: gcp.compute.Subnetwork;
  /** What an instance with a private address has to wait for. */
  readonly peering: gcp.servicenetworking.Connection;

  constructor(name: string, { region }: Config, opts: Options) {
    super("Network", name, opts);
    const args = { name: "clan", autoCreateSubnetworks: false };
    this.network = new gcp.compute.Network(name, args, this.child);
    const network = this.network.id;
    this.subnet = new gcp.compute.Subnetwork(
      `${name}-subnet`,
      {
        name: "clan-run",
        region,
        network,
        // Cloud Run takes two addresses an instance while revisions change.
        ipCidrRange: "10.8.0.0/24",
        privateIpGoogleAccess: true,
        logConfig: {
          aggregationInterval: "INTERVAL_5_SEC",
          flowSampling: 0.1,
          metadata: "INCLUDE_ALL_METADATA",
        },
      },
      this.child,
    );
    const range = new gcp.compute.GlobalAddress(
      `${name}-services`,
      { name: "clan-services", purpose: "VPC_PEERING", addressType: "INTERNAL", prefixLength: 20, network },
      this.child,
    );
    const service = "servicenetworking.googleapis.com";
    // Google holds a peering for days after its instance is gone, and would refuse to delete it
    // (hashicorp/terraform-provider-google#16275); it goes with the network.
    const peering = { network, service, reservedPeeringRanges: [range.name], deletionPolicy: "ABANDON" };
    this.peering = new gcp.servicenetworking.Connection(`${name}-peering`, peering, this.child);
    this.registerOutputs();
  }
}
