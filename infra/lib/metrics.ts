// What the functions tell CloudWatch of themselves: the code's list (src/lambda/metrics.def, a test
// compares), and the few metrics of AWS's own that alarms and dashboards read.
import { Duration } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import type { FunctionName, TableName } from "./names";

export const NAMESPACE = "Meridian";

const OWN = {
    Calls: { unit: "Count", by: ["RouteCall"] },
    CallDuration: { unit: "Milliseconds", by: ["RouteCall"] },
    DefaultAnswers: { unit: "Count", by: ["RouteCall"] },
    StaleAnswers: { unit: "Count", by: ["RouteCall"] },
    MalformedEvents: { unit: "Count", by: ["RouteCall"] },
    AnswersWithoutData: { unit: "Count", by: ["RouteCall"] },
    TableErrors: { unit: "Count", by: ["RouteCall", "UpdateRouting", "HealthCheck"] },
    TableLatency: { unit: "Milliseconds", by: ["RouteCall", "UpdateRouting", "HealthCheck"] },
    ColdStarts: { unit: "Count", by: ["RouteCall", "UpdateRouting", "HealthCheck"] },
    InitDuration: { unit: "Milliseconds", by: ["RouteCall", "UpdateRouting", "HealthCheck"] },
    Edits: { unit: "Count", by: ["UpdateRouting"] },
    EditConflicts: { unit: "Count", by: ["UpdateRouting"] },
    EditFailures: { unit: "Count", by: ["UpdateRouting"] },
    UnhealthyRegions: { unit: "Count", by: ["HealthCheck"] },
    ReplicationLag: { unit: "Milliseconds", by: ["HealthCheck"] },
    HealthCheckDuration: { unit: "Milliseconds", by: ["HealthCheck"] },
    // For functions that read streams, which are not deployed yet.
    BatchRecords: { unit: "Count", by: [] },
    BatchFailures: { unit: "Count", by: [] },
} as const satisfies Record<
    string,
    { unit: "Count" | "Milliseconds"; by: readonly FunctionName[] }
>;

export type OwnMetric = keyof typeof OWN;
export const OWN_METRICS: Readonly<
    Record<OwnMetric, { unit: string; by: readonly FunctionName[] }>
> = OWN;

// By namespace. Sources: "Viewing metrics for Lambda functions", "DynamoDB metrics and dimensions",
// "Amazon API Gateway dimensions and metrics", "Available CloudWatch metrics for Amazon SQS".
export const AWS_METRICS: Readonly<Record<string, readonly string[]>> = {
    "AWS/Lambda": ["Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"],
    "AWS/DynamoDB": [
        "SuccessfulRequestLatency",
        "ThrottledRequests",
        "ReadThrottleEvents",
        "WriteThrottleEvents",
        "SystemErrors",
        "ReplicationLatency",
        "ConsumedReadCapacityUnits",
        "ConsumedWriteCapacityUnits",
    ],
    "AWS/ApiGateway": ["Count", "4XXError", "5XXError", "Latency"],
    "AWS/SQS": ["ApproximateNumberOfMessagesVisible"],
};

const PERIOD = Duration.minutes(1);

export function ownMetric(
    region: string,
    by: FunctionName,
    name: OwnMetric,
    statistic: string,
    label?: string,
): cloudwatch.Metric {
    return new cloudwatch.Metric({
        namespace: NAMESPACE,
        metricName: name,
        dimensionsMap: { Function: by, Region: region },
        statistic,
        period: PERIOD,
        region,
        ...(label === undefined ? {} : { label }),
    });
}

function awsMetric(
    region: string,
    namespace: string,
    name: string,
    dimensions: Record<string, string>,
    statistic: string,
    label?: string,
): cloudwatch.Metric {
    return new cloudwatch.Metric({
        namespace,
        metricName: name,
        dimensionsMap: dimensions,
        statistic,
        period: PERIOD,
        region,
        ...(label === undefined ? {} : { label }),
    });
}

/** `live`: only what came through the alias that callers use. */
export function functionMetric(
    region: string,
    name: string,
    of: FunctionName,
    statistic: string,
    label?: string,
    live?: string,
): cloudwatch.Metric {
    const dimensions: Record<string, string> =
        live === undefined ? { FunctionName: of } : { FunctionName: of, Resource: `${of}:${live}` };
    return awsMetric(region, "AWS/Lambda", name, dimensions, statistic, label);
}

export function tableMetric(
    region: string,
    name: string,
    table: TableName,
    statistic: string,
    more: Record<string, string> = {},
    label?: string,
): cloudwatch.Metric {
    return awsMetric(region, "AWS/DynamoDB", name, { TableName: table, ...more }, statistic, label);
}

export function apiMetric(
    region: string,
    name: string,
    api: { name: string; stage: string },
    statistic: string,
    label?: string,
): cloudwatch.Metric {
    return awsMetric(
        region,
        "AWS/ApiGateway",
        name,
        { ApiName: api.name, Stage: api.stage },
        statistic,
        label,
    );
}

export function queueMetric(region: string, queueName: string, label?: string): cloudwatch.Metric {
    return awsMetric(
        region,
        "AWS/SQS",
        "ApproximateNumberOfMessagesVisible",
        { QueueName: queueName },
        "Maximum",
        label,
    );
}
