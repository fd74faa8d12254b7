// What each function does with the tables: exactly what its code calls, and nothing else.
// docs/security.md shows it, and infra/permissions.md lists what the templates grant; a test
// compares.
import type { FunctionName, TableName } from "./names";

export type TableAction =
    | "GetItem"
    | "BatchGetItem"
    | "Query"
    | "Scan"
    | "PutItem"
    | "UpdateItem"
    | "DeleteItem"
    | "ConditionCheckItem";

export interface TableUse {
    readonly table: TableName;
    readonly actions: readonly TableAction[];
    /** "every": also the replicas of other regions, over their own endpoints. */
    readonly regions: "own" | "every";
    readonly why: string;
}

export const TABLE_USES: Readonly<Record<FunctionName, readonly TableUse[]>> = {
    RouteCall: [
        {
            table: "GlobalCallRouting",
            actions: ["BatchGetItem", "Query"],
            regions: "every",
            why: "the number's prefixes; the number in other regions; other replicas when this one can't be read",
        },
        {
            table: "BusinessHours",
            actions: ["BatchGetItem"],
            regions: "every",
            why: "the hours of the rule that was found",
        },
    ],
    UpdateRouting: [
        {
            table: "GlobalCallRouting",
            actions: ["GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "DeleteItem"],
            regions: "own",
            why: "edits, lists, lint, explain",
        },
        {
            table: "BusinessHours",
            actions: ["GetItem", "BatchGetItem", "Scan", "PutItem", "DeleteItem"],
            regions: "own",
            why: "edits, lists, lint, explain",
        },
        {
            table: "AgentSkills",
            actions: ["GetItem", "BatchGetItem", "Scan", "PutItem", "DeleteItem"],
            regions: "own",
            why: "edits, lists",
        },
        {
            table: "ChangeHistory",
            actions: ["GetItem", "BatchGetItem", "Query", "PutItem", "ConditionCheckItem"],
            regions: "own",
            why: "each edit's entry, in its transaction; never deleted",
        },
        {
            table: "RegionHealth",
            actions: ["GetItem", "UpdateItem"],
            regions: "own",
            why: "GET /health probes the region",
        },
    ],
    HealthCheck: [
        {
            table: "RegionHealth",
            actions: ["GetItem", "UpdateItem"],
            regions: "every",
            why: "each region is probed by a read and a write",
        },
        {
            table: "GlobalCallRouting",
            actions: ["BatchGetItem", "Query"],
            regions: "every",
            why: "and by a decision",
        },
        {
            table: "BusinessHours",
            actions: ["BatchGetItem"],
            regions: "every",
            why: "and by a decision",
        },
    ],
};

const WRITES: readonly TableAction[] = ["PutItem", "UpdateItem", "DeleteItem"];

export function writes(name: FunctionName): boolean {
    return TABLE_USES[name].some((use) => use.actions.some((action) => WRITES.includes(action)));
}
