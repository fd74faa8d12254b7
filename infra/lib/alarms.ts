// The alarms of a region. Urgent ones are about what callers feel: together they are one alarm a
// region, which tells people once. The others tell people by themselves. Each says what to do.
import { Duration, Stack } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as actions from "aws-cdk-lib/aws-cloudwatch-actions";
import type * as sns from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { Config } from "./config";
import { CONNECT_LIMIT_SECONDS } from "./flow/route_flow";
import { TIMEOUT_SECONDS } from "./function";
import { apiMetric, functionMetric, ownMetric, queueMetric, tableMetric } from "./metrics";
import { FUNCTIONS, type FunctionName, regionNames, TABLES } from "./names";
import { TABLE_USES } from "./permissions";

type Urgency = "urgent" | "look";

export interface AlarmSpec {
    readonly id: string;
    readonly urgency: Urgency;
    readonly metric: cloudwatch.IMetric;
    readonly threshold: number;
    readonly comparison?: cloudwatch.ComparisonOperator;
    /** Of the last so many minutes, in so many of them. */
    readonly minutes: readonly [of: number, last: number];
    readonly missing?: cloudwatch.TreatMissingData;
    readonly says: string;
}

export interface AlarmProps {
    readonly config: Config;
    readonly topic: sns.ITopic;
    readonly deadLetters: string;
    readonly api: { readonly name: string; readonly stage: string };
}

export class RegionAlarms extends Construct {
    readonly alarms: ReadonlyMap<string, cloudwatch.Alarm>;
    readonly unwell: cloudwatch.CompositeAlarm;

    constructor(scope: Construct, props: AlarmProps) {
        super(scope, "Alarms");
        const { region } = Stack.of(this);
        const tell = new actions.SnsAction(props.topic);
        const specs = alarmSpecs(region, props);
        const made = specs.map((spec) => [spec.id, makeAlarm(this, spec)] as const);
        this.alarms = new Map(made);
        this.unwell = new cloudwatch.CompositeAlarm(this, "Unwell", {
            compositeAlarmName: alarmName(region, "unwell"),
            alarmDescription: `Callers in ${region} feel it. Look which of its alarms ring; docs/deploying.md says what each means.`,
            alarmRule: cloudwatch.AlarmRule.anyOf(
                ...specs
                    .filter((spec) => spec.urgency === "urgent")
                    .map((spec) => this.alarms.get(spec.id) as cloudwatch.Alarm),
            ),
        });
        this.unwell.addAlarmAction(tell);
        this.unwell.addOkAction(tell);
        for (const spec of specs.filter((each) => each.urgency === "look")) {
            const alarm = this.alarms.get(spec.id) as cloudwatch.Alarm;
            alarm.addAlarmAction(tell);
            alarm.addOkAction(tell);
        }
    }

    /** What sends a version of the function back while it is being rolled out. */
    ofFunction(name: FunctionName): cloudwatch.Alarm[] {
        return stoppingAlarms(name).map((id) => this.alarms.get(id) as cloudwatch.Alarm);
    }
}

function stoppingAlarms(name: FunctionName): string[] {
    return name === "RouteCall" ? [`${name}Errors`, "AnswersWithoutData"] : [`${name}Errors`];
}

/** The names of all alarms that stop a roll-out in a region. */
export function namesOfStoppingAlarms(region: string): string[] {
    return FUNCTIONS.flatMap(stoppingAlarms).map((id) => alarmName(region, id));
}

export function alarmName(region: string, id: string): string {
    return `Meridian-${region}-${id}`;
}

function makeAlarm(scope: Construct, spec: AlarmSpec): cloudwatch.Alarm {
    const [of, last] = spec.minutes;
    return new cloudwatch.Alarm(scope, spec.id, {
        alarmName: alarmName(Stack.of(scope).region, spec.id),
        alarmDescription: spec.says,
        metric: spec.metric,
        threshold: spec.threshold,
        comparisonOperator:
            spec.comparison ?? cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        datapointsToAlarm: of,
        evaluationPeriods: last,
        treatMissingData: spec.missing ?? cloudwatch.TreatMissingData.NOT_BREACHING,
    });
}

function alarmSpecs(region: string, props: AlarmProps): AlarmSpec[] {
    return [
        ...FUNCTIONS.flatMap((name) => functionSpecs(region, name)),
        ...callSpecs(region),
        ...tableSpecs(region),
        ...replicationSpecs(region, props.config),
        ...editSpecs(region, props),
        ...healthSpecs(region, props),
    ];
}

function functionSpecs(region: string, name: FunctionName): AlarmSpec[] {
    const urgency: Urgency = name === "RouteCall" ? "urgent" : "look";
    return [
        {
            id: `${name}Errors`,
            urgency,
            metric: functionMetric(region, "Errors", name, "Sum"),
            threshold: 1,
            minutes: name === "RouteCall" ? [1, 1] : [2, 5],
            says: `${name} fails: it crashes, does not start, or runs out of time. Read the log /aws/lambda/${name}; a new version that fails goes back by itself.`,
        },
        {
            id: `${name}Throttles`,
            urgency,
            metric: functionMetric(region, "Throttles", name, "Sum"),
            threshold: 1,
            minutes: name === "RouteCall" ? [1, 1] : [2, 5],
            says: `${name} is refused: more run at once than its reserved concurrency, or the account's limit. Raise functions.${name}.reservedConcurrency, or the quota.`,
        },
    ];
}

function callSpecs(region: string): AlarmSpec[] {
    const sum = (name: Parameters<typeof ownMetric>[2]) =>
        ownMetric(region, "RouteCall", name, "Sum");
    return [
        {
            id: "RouteCallDuration",
            urgency: "urgent",
            metric: functionMetric(region, "Duration", "RouteCall", "p99"),
            threshold: (TIMEOUT_SECONDS.RouteCall * 1000 * 2) / 3,
            minutes: [3, 5],
            says: `RouteCall is slow: Connect gives it ${CONNECT_LIMIT_SECONDS} s for all tries, and one try ends after ${TIMEOUT_SECONDS.RouteCall} s. Look at the tables' latency.`,
        },
        {
            id: "AnswersWithoutData",
            urgency: "urgent",
            metric: sum("AnswersWithoutData"),
            threshold: 1,
            minutes: [1, 1],
            says: "Callers get the defaults because the tables can't be read. Look at TableErrors, the function's role, and DynamoDB's health in this region.",
        },
        {
            id: "StaleAnswers",
            urgency: "urgent",
            metric: sum("StaleAnswers"),
            threshold: 1,
            minutes: [3, 5],
            says: "Callers get the last answer that is known because the tables can't be read. Edits do not reach calls meanwhile.",
        },
        {
            id: "MalformedEvents",
            urgency: "urgent",
            metric: sum("MalformedEvents"),
            threshold: 1,
            minutes: [2, 5],
            says: "RouteCall gets what is no contact event, and answers the defaults. Look who invokes it, and at the flow's block.",
        },
        {
            id: "DefaultAnswers",
            urgency: "look",
            // Of at least a few calls: at night one call to an unknown number would be all of them.
            metric: new cloudwatch.MathExpression({
                expression: "IF(calls >= 20, 100 * defaults / calls, 0)",
                usingMetrics: {
                    calls: ownMetric(region, "RouteCall", "Calls", "Sum").with({
                        period: Duration.minutes(15),
                    }),
                    defaults: sum("DefaultAnswers").with({ period: Duration.minutes(15) }),
                },
                period: Duration.minutes(15),
                label: "Calls without a rule, %",
            }),
            threshold: 50,
            minutes: [1, 1],
            says: "Most calls have no rule. Were rules deleted? Ask the history, GET /history/…, or GET /lint.",
        },
    ];
}

// Every operation that RouteCall makes on a table.
function callPath(): { table: (typeof TABLES)[number]["name"]; operation: string }[] {
    return TABLE_USES.RouteCall.flatMap(({ table, actions: operations }) =>
        operations.map((operation) => ({ table, operation })),
    );
}

function tableSpecs(region: string): AlarmSpec[] {
    const throttled = callPath().map(({ table, operation }) =>
        tableMetric(region, "ThrottledRequests", table, "Sum", { Operation: operation }),
    );
    const slow = callPath().map(({ table, operation }) =>
        tableMetric(region, "SuccessfulRequestLatency", table, "Average", { Operation: operation }),
    );
    const failed = callPath().map(({ table, operation }) =>
        tableMetric(region, "SystemErrors", table, "Sum", { Operation: operation }),
    );
    const any = TABLES.flatMap(({ name }) => [
        tableMetric(region, "ReadThrottleEvents", name, "Sum"),
        tableMetric(region, "WriteThrottleEvents", name, "Sum"),
    ]);
    return [
        {
            id: "ThrottledCalls",
            urgency: "urgent",
            metric: combined("SUM", throttled, "Throttled requests of the call path"),
            threshold: 1,
            minutes: [2, 5],
            says: "DynamoDB throttles what calls need. With provisioned capacity raise tables.capacity.read.max; on demand look for one number that gets all calls (Contributor Insights).",
        },
        {
            id: "TableThrottles",
            urgency: "look",
            metric: combined("SUM", any, "Throttled reads and writes of all tables"),
            threshold: 10,
            minutes: [3, 5],
            says: "DynamoDB throttles. An import? With provisioned capacity raise tables.capacity.",
        },
        {
            id: "TableLatency",
            urgency: "urgent",
            metric: combined("MAX", slow, "Latency of the call path's reads, ms"),
            threshold: 50,
            minutes: [3, 5],
            says: "DynamoDB answers slowly in this region: usually 2 to 5 ms. Look at its health dashboard.",
        },
        {
            id: "TableSystemErrors",
            urgency: "urgent",
            metric: combined("SUM", failed, "Internal errors of the call path's reads"),
            threshold: 1,
            minutes: [3, 5],
            says: "DynamoDB fails in this region. Calls get the last known answers; look at its health dashboard.",
        },
        ...FUNCTIONS.map((name): AlarmSpec => ({
            id: `${name}TableErrors`,
            urgency: "look",
            metric: ownMetric(region, name, "TableErrors", "Sum"),
            threshold: 1,
            minutes: [3, 5],
            says: `${name}'s requests to the tables fail, all tries included. Its log names the call: a missing permission, a missing table, or DynamoDB itself.`,
        })),
    ];
}

// How long what is written here takes to arrive there; the worst table of each region.
function replicationSpecs(region: string, config: Config): AlarmSpec[] {
    return regionNames(config)
        .filter((other) => other !== region)
        .map((other) => ({
            id: `ReplicationTo-${other}`,
            urgency: "look",
            metric: combined(
                "MAX",
                TABLES.map(({ name }) =>
                    tableMetric(region, "ReplicationLatency", name, "Average", {
                        ReceivingRegion: other,
                    }),
                ),
                `Replication to ${other}, ms`,
            ),
            threshold: 30_000,
            minutes: [5, 5],
            says: `Edits made in ${region} take over 30 s to reach ${other}, usually about one. Don't edit one rule in both; look at DynamoDB's health in both.`,
        }));
}

function editSpecs(region: string, props: AlarmProps): AlarmSpec[] {
    return [
        {
            id: "EditConflicts",
            urgency: "look",
            metric: ownMetric(region, "UpdateRouting", "EditConflicts", "Sum"),
            threshold: 10,
            minutes: [3, 5],
            says: "Many edits are refused because somebody else's was first. A program that doesn't read before it writes?",
        },
        {
            id: "EditFailures",
            urgency: "look",
            metric: ownMetric(region, "UpdateRouting", "EditFailures", "Sum"),
            threshold: 1,
            minutes: [2, 5],
            says: "Edits that were good could not be stored. The log of UpdateRouting says why.",
        },
        {
            id: "ApiFailures",
            urgency: "look",
            metric: apiMetric(region, "5XXError", props.api, "Sum"),
            threshold: 1,
            minutes: [2, 5],
            says: "The management API answers 5xx. Look at UpdateRouting's log, and at /meridian/api-access.",
        },
    ];
}

function healthSpecs(region: string, props: AlarmProps): AlarmSpec[] {
    const every = props.config.health.everyMinutes;
    return [
        {
            id: "UnhealthyRegions",
            urgency: "look",
            metric: ownMetric(region, "HealthCheck", "UnhealthyRegions", "Maximum").with({
                period: Duration.minutes(every),
            }),
            threshold: 1,
            minutes: [2, 2],
            says: `As seen from ${region} a region cannot read, write or decide. The alert of HealthCheck names it.`,
        },
        {
            id: "HealthCheckSilent",
            urgency: "look",
            metric: functionMetric(region, "Invocations", "HealthCheck", "Sum").with({
                period: Duration.minutes(every),
            }),
            threshold: 1,
            comparison: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            minutes: [5, 5],
            missing: cloudwatch.TreatMissingData.BREACHING,
            says: `Nobody checks the regions from ${region}: the schedule meridian-health-check does not run.`,
        },
        {
            id: "ReplicationLag",
            urgency: "look",
            metric: ownMetric(region, "HealthCheck", "ReplicationLag", "Maximum").with({
                period: Duration.minutes(every),
            }),
            threshold: 60_000,
            minutes: [3, 3],
            says: `HealthCheck's own items take over a minute to arrive in ${region}.`,
        },
        {
            id: "DeadLetters",
            urgency: "look",
            metric: queueMetric(region, props.deadLetters),
            threshold: 1,
            minutes: [1, 1],
            says: "An invocation failed after all its tries. Read the queue meridian-dead-letters; each message says why.",
        },
    ];
}

function combined(
    how: "SUM" | "MAX",
    metrics: cloudwatch.Metric[],
    label: string,
): cloudwatch.MathExpression {
    const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
    return new cloudwatch.MathExpression({
        expression: `${how}([${Object.keys(usingMetrics).join(",")}])`,
        usingMetrics,
        label,
        period: Duration.minutes(1),
    });
}
