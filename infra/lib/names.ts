// The names that other people's tools know: tables with their keys as src/catalog/tables.cc has
// them (a test compares), functions as they are deployed.
import type { Config } from "./config";

export interface TableDefinition {
    readonly name: TableName;
    readonly partitionKey: string;
    readonly sortKey?: string;
    /** Holds what people did, or decides calls: worth a backup and a record of who touched it. */
    readonly lasting: boolean;
}

export type TableName =
    "GlobalCallRouting" | "BusinessHours" | "AgentSkills" | "RegionHealth" | "ChangeHistory";

export const TABLES: readonly TableDefinition[] = [
    { name: "GlobalCallRouting", partitionKey: "phoneNumber", sortKey: "region", lasting: true },
    { name: "BusinessHours", partitionKey: "regionId", lasting: true },
    { name: "AgentSkills", partitionKey: "agentId", lasting: true },
    { name: "RegionHealth", partitionKey: "region", sortKey: "observer", lasting: false },
    { name: "ChangeHistory", partitionKey: "entity", sortKey: "changeId", lasting: true },
];

export type FunctionName = "RouteCall" | "UpdateRouting" | "HealthCheck";
export const FUNCTIONS: readonly FunctionName[] = ["RouteCall", "UpdateRouting", "HealthCheck"];

/** What callers of a function name: it points at the version that serves, or at two during a roll-out. */
export const LIVE = "live";

/** The trail that records who touched the tables. */
export const TRAIL = "meridian";

export const KEY_ALIAS = "alias/meridian";

export function tableArn(account: string, region: string, table: TableName): string {
    return `arn:aws:dynamodb:${region}:${account}:table/${table}`;
}

export function instanceArn(account: string, region: string, instance: string): string {
    return `arn:aws:connect:${region}:${account}:instance/${instance}`;
}

export function regionNames(config: Config): string[] {
    return config.regions.map((region) => region.name);
}

/** The region that holds what exists once: the tables' definition, the audit trail, the backups. */
export function homeRegion(config: Config): string {
    return config.home ?? (config.regions[0] as { name: string }).name;
}
