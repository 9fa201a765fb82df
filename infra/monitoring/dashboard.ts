import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { charts } from "./definitions/charts.ts";
import type { Chart } from "./definitions/forms.ts";
import { filterOf, type Watched } from "./metrics.ts";

const perRow = 3;
// Of 48 columns.
const [width, height] = [48 / perRow, 12];

/** The dashboard in Cloud Monitoring, with every chart of the definitions. */
export function createDashboard(
  watched: Watched,
  opts: pulumi.CustomResourceOptions,
): gcp.monitoring.Dashboard {
  const tiles = charts.map((chart, at) => ({
    ...position(at),
    width,
    height,
    widget: widget(chart, watched),
  }));
  return new gcp.monitoring.Dashboard(
    "monitoring-dashboard",
    {
      dashboardJson: pulumi.jsonStringify({
        displayName: "Clan platform",
        mosaicLayout: { columns: 48, tiles },
      }),
    },
    opts,
  );
}

/** Without zeros, which Google drops: each `up` would put them back (hashicorp/terraform-provider-google#16173). */
function position(at: number): { xPos?: number; yPos?: number } {
  const [xPos, yPos] = [(at % perRow) * width, Math.floor(at / perRow) * height];
  return { ...(xPos && { xPos }), ...(yPos && { yPos }) };
}

function widget({ title, lines }: Chart, watched: Watched) {
  const dataSets = lines.map(({ metric, aligner, reducer, by, legend }) => ({
    plotType: "LINE",
    targetAxis: "Y1",
    ...(legend && { legendTemplate: legend }),
    timeSeriesQuery: {
      timeSeriesFilter: {
        filter: filterOf(metric, watched),
        aggregation: {
          alignmentPeriod: "60s",
          perSeriesAligner: aligner,
          ...(reducer && { crossSeriesReducer: reducer }),
          ...(by && { groupByFields: by }),
        },
      },
    },
  }));
  return { title, xyChart: { dataSets } };
}
