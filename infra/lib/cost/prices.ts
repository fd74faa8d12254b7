// What AWS charges, in US dollars, in US East (N. Virginia), without free tiers and discounts.
// Other regions cost up to about a quarter more. Look at the pages before you rely on a number.
export const PRICES_AS_OF = "2025-11";

export interface Price {
    readonly usd: number;
    readonly per: string;
    readonly source: string;
}

const page = (service: string) => `https://aws.amazon.com/${service}/pricing/`;

export const PRICES = {
    lambdaRequest: { usd: 0.2 / 1e6, per: "request", source: page("lambda") },
    lambdaGbSecondX86: { usd: 0.0000166667, per: "GB-second, x86-64", source: page("lambda") },
    lambdaGbSecondArm: { usd: 0.0000133334, per: "GB-second, arm64", source: page("lambda") },
    readUnit: {
        usd: 0.125 / 1e6,
        per: "read request unit, on demand",
        source: `${page("dynamodb")}on-demand/`,
    },
    writeUnit: {
        usd: 0.625 / 1e6,
        per: "write request unit, on demand, in each replica",
        source: `${page("dynamodb")}on-demand/`,
    },
    provisionedReadHour: {
        usd: 0.00013,
        per: "read capacity unit and hour",
        source: `${page("dynamodb")}provisioned/`,
    },
    provisionedWriteHour: {
        usd: 0.00065,
        per: "write capacity unit and hour, in each replica",
        source: `${page("dynamodb")}provisioned/`,
    },
    tableGbMonth: {
        usd: 0.25,
        per: "GB of a table and month",
        source: `${page("dynamodb")}on-demand/`,
    },
    recoveryGbMonth: {
        usd: 0.2,
        per: "GB under point-in-time recovery and month",
        source: `${page("dynamodb")}on-demand/`,
    },
    contributorEvent: {
        usd: 0.03 / 1e6,
        per: "event of Contributor Insights",
        source: page("cloudwatch"),
    },
    backupGbMonth: { usd: 0.1, per: "GB of a backup and month", source: page("backup") },
    apiRequest: { usd: 3.5 / 1e6, per: "request of a REST API", source: page("api-gateway") },
    metricMonth: { usd: 0.3, per: "metric of our own and month", source: page("cloudwatch") },
    alarmMetricMonth: { usd: 0.1, per: "metric in an alarm and month", source: page("cloudwatch") },
    compositeAlarmMonth: { usd: 0.5, per: "composite alarm and month", source: page("cloudwatch") },
    dashboardMonth: { usd: 3, per: "dashboard and month", source: page("cloudwatch") },
    logGb: { usd: 0.5, per: "GB of log taken in", source: page("cloudwatch") },
    logGbMonth: { usd: 0.03, per: "GB of log kept and month", source: page("cloudwatch") },
    keyMonth: { usd: 1, per: "key or replica and month", source: page("kms") },
    keyRequest: { usd: 0.03 / 1e4, per: "request to KMS", source: page("kms") },
    schedulerInvocation: {
        usd: 1 / 1e6,
        per: "invocation of a schedule",
        source: page("eventbridge"),
    },
    dataEvent: { usd: 0.1 / 1e5, per: "data event of CloudTrail", source: page("cloudtrail") },
    firewallMonth: { usd: 5, per: "web ACL and month", source: page("waf") },
    firewallRuleMonth: { usd: 1, per: "rule and month", source: page("waf") },
    firewallRequest: { usd: 0.6 / 1e6, per: "request that WAF looks at", source: page("waf") },
    betweenRegionsGb: {
        usd: 0.02,
        per: "GB from region to region",
        source: "https://aws.amazon.com/ec2/pricing/on-demand/",
    },
} as const satisfies Record<string, Price>;
