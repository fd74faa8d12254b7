// A region at a glance: calls first, then what they depend on.
import { Duration, Stack } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import type { RegionAlarms } from "./alarms";
import type { Config } from "./config";
import { apiMetric, functionMetric, ownMetric, queueMetric, tableMetric } from "./metrics";
import { FUNCTIONS, regionNames, TABLES } from "./names";
import { TABLE_USES } from "./permissions";

export interface DashboardProps {
    readonly config: Config;
    readonly alarms: RegionAlarms;
    readonly deadLetters: string;
    readonly api: { readonly name: string; readonly stage: string };
}

export function makeDashboard(scope: Construct, props: DashboardProps): cloudwatch.Dashboard {
    const { region } = Stack.of(scope);
    return new cloudwatch.Dashboard(scope, "Dashboard", {
        dashboardName: `Meridian-${region}`,
        defaultInterval: Duration.hours(3),
        widgets: [
            [
                new cloudwatch.AlarmStatusWidget({
                    title: `Alarms of ${region}`,
                    width: 24,
                    height: 4,
                    alarms: [props.alarms.unwell, ...props.alarms.alarms.values()],
                }),
            ],
            calls(region),
            functions(region),
            tables(region, props.config),
            management(region, props),
        ],
    });
}

function graph(
    title: string,
    left: cloudwatch.IMetric[],
    unit: string,
    right: cloudwatch.IMetric[] = [],
): cloudwatch.GraphWidget {
    return new cloudwatch.GraphWidget({
        title,
        width: 8,
        height: 6,
        left,
        right,
        leftYAxis: { label: unit, min: 0, showUnits: false },
    });
}

function calls(region: string): cloudwatch.IWidget[] {
    const own = (name: Parameters<typeof ownMetric>[2], statistic: string, label: string) =>
        ownMetric(region, "RouteCall", name, statistic, label);
    return [
        graph(
            "Calls",
            [own("Calls", "Sum", "all"), own("DefaultAnswers", "Sum", "without a rule")],
            "calls a minute",
        ),
        graph(
            "Answers that are not what they should be",
            [
                own("StaleAnswers", "Sum", "last known"),
                own("AnswersWithoutData", "Sum", "defaults, no data"),
                own("MalformedEvents", "Sum", "defaults, bad event"),
            ],
            "calls a minute",
        ),
        graph(
            "Time to decide",
            [
                own("CallDuration", "p50", "p50"),
                own("CallDuration", "p99", "p99"),
                own("CallDuration", "Maximum", "max"),
            ],
            "ms",
        ),
    ];
}

function functions(region: string): cloudwatch.IWidget[] {
    return [
        graph(
            "Function errors and throttles",
            FUNCTIONS.flatMap((name) => [
                functionMetric(region, "Errors", name, "Sum", `${name} errors`),
                functionMetric(region, "Throttles", name, "Sum", `${name} throttles`),
            ]),
            "a minute",
        ),
        graph(
            "Duration, p99",
            FUNCTIONS.map((name) => functionMetric(region, "Duration", name, "p99", name)),
            "ms",
        ),
        graph(
            "Cold starts",
            FUNCTIONS.map((name) => ownMetric(region, name, "ColdStarts", "Sum", name)),
            "a minute",
            [
                ownMetric(region, "RouteCall", "InitDuration", "p99", "RouteCall init p99, ms"),
                functionMetric(
                    region,
                    "ConcurrentExecutions",
                    "RouteCall",
                    "Maximum",
                    "RouteCall at once",
                ),
            ],
        ),
    ];
}

function tables(region: string, config: Config): cloudwatch.IWidget[] {
    const others = regionNames(config).filter((other) => other !== region);
    const callReads = TABLE_USES.RouteCall.flatMap(({ table, actions }) =>
        actions.map((operation) =>
            tableMetric(
                region,
                "SuccessfulRequestLatency",
                table,
                "Average",
                { Operation: operation },
                `${table} ${operation}`,
            ),
        ),
    );
    const replication = others.flatMap((other) =>
        TABLES.map(({ name }) =>
            tableMetric(
                region,
                "ReplicationLatency",
                name,
                "Average",
                { ReceivingRegion: other },
                `${name} to ${other}`,
            ),
        ),
    );
    return [
        graph(
            "Table latency of calls",
            [
                ...callReads,
                ownMetric(region, "RouteCall", "TableLatency", "p99", "as RouteCall sees it, p99"),
            ],
            "ms",
            FUNCTIONS.map((name) =>
                ownMetric(region, name, "TableErrors", "Sum", `${name} errors`),
            ),
        ),
        graph(
            "Throttled",
            TABLES.flatMap(({ name }) => [
                tableMetric(region, "ReadThrottleEvents", name, "Sum", {}, `${name} reads`),
                tableMetric(region, "WriteThrottleEvents", name, "Sum", {}, `${name} writes`),
            ]),
            "a minute",
            TABLES.flatMap(({ name }) => [
                tableMetric(
                    region,
                    "ConsumedReadCapacityUnits",
                    name,
                    "Sum",
                    {},
                    `${name} read units`,
                ),
                tableMetric(
                    region,
                    "ConsumedWriteCapacityUnits",
                    name,
                    "Sum",
                    {},
                    `${name} write units`,
                ),
            ]),
        ),
        graph(
            "Replication",
            [
                ...replication,
                ownMetric(
                    region,
                    "HealthCheck",
                    "ReplicationLag",
                    "Maximum",
                    "as HealthCheck sees it",
                ),
            ],
            "ms",
        ),
    ];
}

function management(region: string, props: DashboardProps): cloudwatch.IWidget[] {
    const edits = (name: Parameters<typeof ownMetric>[2], label: string) =>
        ownMetric(region, "UpdateRouting", name, "Sum", label);
    return [
        graph(
            "Edits",
            [
                edits("Edits", "stored"),
                edits("EditConflicts", "conflicts"),
                edits("EditFailures", "failed"),
            ],
            "a minute",
        ),
        graph(
            "Management API",
            [
                apiMetric(region, "Count", props.api, "Sum", "requests"),
                apiMetric(region, "4XXError", props.api, "Sum", "4xx"),
                apiMetric(region, "5XXError", props.api, "Sum", "5xx"),
            ],
            "a minute",
            [apiMetric(region, "Latency", props.api, "p99", "latency p99, ms")],
        ),
        graph(
            "Health, as seen from here",
            [
                ownMetric(
                    region,
                    "HealthCheck",
                    "UnhealthyRegions",
                    "Maximum",
                    "unhealthy regions",
                ),
                queueMetric(region, props.deadLetters, "dead letters"),
            ],
            "",
            [ownMetric(region, "HealthCheck", "HealthCheckDuration", "Maximum", "check, ms")],
        ),
    ];
}
