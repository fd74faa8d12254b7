// What a month costs: what is there anyway is counted in the templates, what grows with calls and
// edits is reckoned from how the functions use the services. Amazon Connect itself, telephony, and
// what the flows do besides is not in it.
import type { Config } from "../config";
import type { Template } from "../grants";
import { OWN_METRICS } from "../metrics";
import { PRICES } from "./prices";

export interface Load {
    readonly callsPerDay: number;
    readonly editsPerDay: number;
    /** Of all tables together, in one region. */
    readonly tableGb: number;
}

export interface Line {
    readonly what: string;
    readonly usd: number;
}

const DAYS = 30;
const MINUTES = DAYS * 24 * 60;
const GB = 1e9;

/** What one call, edit or check is taken to need; upper bounds, RouteCall's cache left out. */
export const ASSUMED = {
    digitsRead: 12, // one key for each prefix of the number, read consistently
    hoursRead: 1,
    routeCallSeconds: 0.015,
    logBytesPerInvocation: 1300, // metrics line and Lambda's own three
    editSeconds: 0.05,
    editReadUnits: 4,
    editWriteUnits: 8, // the item and its history in a transaction, which counts twice
    editBytes: 4000,
    checkSeconds: 0.5,
} as const;

export function estimate(config: Config, templates: Iterable<Template>, load: Load): Line[] {
    const calls = load.callsPerDay * DAYS;
    const edits = load.editsPerDay * DAYS;
    const regions = config.regions.length;
    const checks = (MINUTES / config.health.everyMinutes) * regions;
    const count = countResources(templates);
    const lines = [
        { what: "Functions", usd: functions(config, calls, edits, checks) },
        { what: "Tables: reads and writes", usd: requests(config, calls, edits, checks, regions) },
        {
            what: "Tables: what they hold, point-in-time recovery",
            usd: load.tableGb * regions * (PRICES.tableGbMonth.usd + PRICES.recoveryGbMonth.usd),
        },
        {
            what: "Tables: which numbers are busy (Contributor Insights)",
            usd: calls * ASSUMED.digitsRead * PRICES.contributorEvent.usd,
        },
        { what: "Backups", usd: backups(config, load) },
        { what: "Management API", usd: edits * PRICES.apiRequest.usd },
        { what: "Logs", usd: logs(config, calls + edits + checks) },
        { what: "Metrics of our own", usd: metrics() * regions * PRICES.metricMonth.usd },
        {
            what: "Alarms",
            usd:
                count.alarmMetrics * PRICES.alarmMetricMonth.usd +
                count.compositeAlarms * PRICES.compositeAlarmMonth.usd,
        },
        { what: "Dashboards", usd: count.dashboards * PRICES.dashboardMonth.usd },
        {
            what: "Keys",
            usd: count.keys * PRICES.keyMonth.usd + keyRequests(regions) * PRICES.keyRequest.usd,
        },
        { what: "Schedules", usd: checks * PRICES.schedulerInvocation.usd },
        { what: "Audit trail", usd: audit(config, calls, edits) },
        { what: "Firewall", usd: firewall(config, regions, edits) },
        {
            what: "Between regions",
            usd: (edits * ASSUMED.editBytes * (regions - 1) * PRICES.betweenRegionsGb.usd) / GB,
        },
    ];
    return lines.filter((line) => line.usd > 0);
}

function functions(config: Config, calls: number, edits: number, checks: number): number {
    const gbSecond =
        config.architecture === "arm64"
            ? PRICES.lambdaGbSecondArm.usd
            : PRICES.lambdaGbSecondX86.usd;
    const { RouteCall, UpdateRouting, HealthCheck } = config.functions;
    const gbSeconds =
        (calls * ASSUMED.routeCallSeconds * RouteCall.memoryMb +
            edits * ASSUMED.editSeconds * UpdateRouting.memoryMb +
            checks * ASSUMED.checkSeconds * HealthCheck.memoryMb) /
        1024;
    return (calls + edits + checks) * PRICES.lambdaRequest.usd + gbSeconds * gbSecond;
}

// A write is made, and paid for, in every replica. A check reads and writes in every region, and
// keeps what it saw of each.
function requests(
    config: Config,
    calls: number,
    edits: number,
    checks: number,
    regions: number,
): number {
    const { capacity } = config.tables;
    if (capacity !== "on-demand") {
        const tables = 5;
        const hours = DAYS * 24;
        return (
            tables *
            regions *
            hours *
            (capacity.read.min * PRICES.provisionedReadHour.usd +
                capacity.write.min * PRICES.provisionedWriteHour.usd)
        );
    }
    const reads =
        calls * (ASSUMED.digitsRead + ASSUMED.hoursRead) +
        edits * ASSUMED.editReadUnits +
        checks * regions * (2 + ASSUMED.digitsRead);
    const writes = (edits * ASSUMED.editWriteUnits + checks * regions * 2) * regions;
    return reads * PRICES.readUnit.usd + writes * PRICES.writeUnit.usd;
}

function backups(config: Config, load: Load): number {
    const kept = config.backup.dailyKeepDays + config.backup.monthlyKeepDays / DAYS;
    return config.backup.enabled ? kept * load.tableGb * PRICES.backupGbMonth.usd : 0;
}

function logs(config: Config, invocations: number): number {
    const gb = (invocations * ASSUMED.logBytesPerInvocation) / GB;
    return gb * (PRICES.logGb.usd + (config.logDays / DAYS) * PRICES.logGbMonth.usd);
}

function metrics(): number {
    return Object.values(OWN_METRICS).reduce((sum, { by }) => sum + by.length, 0);
}

// DynamoDB asks for a table's key every five minutes in each function's name.
function keyRequests(regions: number): number {
    return (MINUTES / 5) * 10 * regions;
}

function audit(config: Config, calls: number, edits: number): number {
    const events = edits * 3 + (config.audit.reads ? calls * 2 + edits * 2 : 0);
    return config.audit.enabled ? events * PRICES.dataEvent.usd : 0;
}

function firewall(config: Config, regions: number, requestsPerMonth: number): number {
    const rules = 3;
    return config.waf.enabled
        ? regions * (PRICES.firewallMonth.usd + rules * PRICES.firewallRuleMonth.usd) +
              requestsPerMonth * PRICES.firewallRequest.usd
        : 0;
}

interface Counted {
    alarmMetrics: number;
    compositeAlarms: number;
    dashboards: number;
    keys: number;
}

function countResources(templates: Iterable<Template>): Counted {
    const counted: Counted = { alarmMetrics: 0, compositeAlarms: 0, dashboards: 0, keys: 0 };
    for (const { Resources = {} } of templates) {
        for (const { Type, Properties = {} } of Object.values(Resources)) {
            counted.compositeAlarms += Number(Type === "AWS::CloudWatch::CompositeAlarm");
            counted.dashboards += Number(Type === "AWS::CloudWatch::Dashboard");
            counted.keys += Number(Type === "AWS::KMS::Key" || Type === "AWS::KMS::ReplicaKey");
            if (Type === "AWS::CloudWatch::Alarm") {
                const metrics = (Properties["Metrics"] ?? [{ MetricStat: {} }]) as {
                    MetricStat?: object;
                }[];
                counted.alarmMetrics += metrics.filter(
                    (each) => each.MetricStat !== undefined,
                ).length;
            }
        }
    }
    return counted;
}

export function total(lines: readonly Line[]): number {
    return lines.reduce((sum, line) => sum + line.usd, 0);
}
