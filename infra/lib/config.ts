// The deployment's one configuration file: read, checked against meridian.config.schema.json, and
// completed with the schema's defaults. Whatever is wrong with it is told all at once, each by
// where it stands and how to mend it.
import Ajv, { type ErrorObject } from "ajv";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

export interface Instance {
    readonly id: string;
    readonly defaultFlow: string;
    readonly defaultQueue: string;
    readonly afterHoursFlow?: string;
    readonly afterHoursQueue?: string;
    readonly replica: boolean;
}

export interface Region {
    readonly name: string;
    readonly transferNumber?: string;
    readonly outOfService: boolean;
    readonly instances: readonly Instance[];
}

export interface Bounds {
    readonly min: number;
    readonly max: number;
}

export interface Provisioned {
    readonly read: Bounds;
    readonly write: Bounds;
    readonly targetPercent: number;
}

export interface FunctionSettings {
    readonly memoryMb: number;
    readonly reservedConcurrency: number;
}

export interface Config {
    readonly account: string;
    readonly regions: readonly Region[];
    readonly home?: string;
    readonly alerts: { readonly emails: readonly string[]; readonly webhooks: readonly string[] };
    readonly architecture: "x86_64" | "arm64";
    readonly domain?: { readonly name: string; readonly hostedZoneId: string };
    readonly tables: {
        readonly capacity: "on-demand" | Provisioned;
        readonly deletionProtection: boolean;
        readonly pointInTimeRecoveryDays: number;
    };
    readonly functions: {
        readonly RouteCall: FunctionSettings;
        readonly UpdateRouting: FunctionSettings;
        readonly HealthCheck: FunctionSettings;
        readonly rollout: Rollout;
        readonly cacheSeconds: number;
        readonly logLevel: string;
    };
    readonly logDays: number;
    readonly contactFlow: {
        readonly answerForm: "JSON" | "STRING_MAP";
        readonly closedMessage: string;
        readonly failureMessage: string;
        readonly attributes: readonly string[];
        readonly logging: boolean;
    };
    readonly api: { readonly requestsPerSecond: number; readonly burst: number };
    readonly waf: { readonly enabled: boolean; readonly requestsPerAddressIn5Minutes: number };
    readonly vpc: { readonly enabled: boolean; readonly cidr: string };
    readonly health: { readonly everyMinutes: number };
    readonly audit: {
        readonly enabled: boolean;
        readonly reads: boolean;
        readonly keepDays: number;
    };
    readonly backup: {
        readonly enabled: boolean;
        readonly dailyKeepDays: number;
        readonly monthlyKeepDays: number;
    };
    readonly budget?: { readonly monthlyUsd: number };
    readonly tags: Readonly<Record<string, string>>;
}

export type Rollout =
    | "canary-10-percent-5-minutes"
    | "canary-10-percent-15-minutes"
    | "linear-10-percent-every-minute"
    | "all-at-once";

/** Every fault of the file, one a line. */
export class ConfigError extends Error {
    constructor(
        readonly file: string,
        readonly faults: readonly string[],
    ) {
        super(faults.map((fault) => `${file}: ${fault}`).join("\n"));
        this.name = "ConfigError";
    }
}

export const INFRA = join(__dirname, "..", "..");
export const SAMPLE = join(INFRA, "meridian.config.json");
const SCHEMA = join(INFRA, "meridian.config.schema.json");

export function loadConfig(file: string): Config {
    let text: string;
    try {
        text = readFileSync(file, "utf8");
    } catch (error) {
        throw new ConfigError(file, [
            `cannot be read (${(error as NodeJS.ErrnoException).code}); name another with -c config=FILE`,
        ]);
    }
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch (error) {
        throw new ConfigError(basename(file), [`is not JSON: ${(error as Error).message}`]);
    }
    return checkConfig(value, basename(file));
}

/** The configuration with its defaults; `value` is completed in place. */
export function checkConfig(value: unknown, file = "the configuration"): Config {
    const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: false, verbose: true });
    const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, "utf8")));
    if (!validate(value)) {
        throw new ConfigError(file, [
            ...new Set((validate.errors ?? []).filter(tells).map(sentence)),
        ]);
    }
    const config = value as Config;
    const faults = contradictions(config);
    if (faults.length > 0) {
        throw new ConfigError(file, faults);
    }
    return config;
}

// "anyOf" and what its first alternative says tell nothing that the second doesn't.
function tells(error: ErrorObject): boolean {
    return (
        error.keyword !== "anyOf" &&
        error.keyword !== "propertyNames" &&
        !error.schemaPath.endsWith("/anyOf/0/const")
    );
}

function place(error: ErrorObject): string {
    return error.instancePath
        .slice(1)
        .replace(/\/(\d+)/g, "[$1]")
        .replace(/\//g, ".");
}

function sentence(error: ErrorObject): string {
    const at = place(error) || "the file";
    const description = (error.parentSchema as { description?: string } | undefined)?.description;
    const hint = description === undefined ? "" : ` (${description})`;
    switch (error.keyword) {
        case "required":
            return `${at} has no "${error.params["missingProperty"]}"`;
        case "additionalProperties": {
            const known = Object.keys(
                (error.parentSchema as { properties?: object } | undefined)?.properties ?? {},
            );
            return `${at} has an unknown "${error.params["additionalProperty"]}"; known are ${known.filter((name) => name !== "$schema").join(", ")}`;
        }
        case "enum":
            return `${at} is one of ${(error.params["allowedValues"] as unknown[]).join(", ")}, not ${JSON.stringify(error.data)}`;
        case "pattern":
            return `${at} is ${JSON.stringify(error.data)}, which does not have the form ${error.params["pattern"]}${hint}`;
        default:
            return `${at} ${error.message}${hint}`;
    }
}

function contradictions(config: Config): string[] {
    const faults: string[] = [];
    const names = config.regions.map((region) => region.name);
    for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index))) {
        faults.push(`regions has ${name} twice`);
    }
    if (config.home !== undefined && !names.includes(config.home)) {
        faults.push(`home is ${config.home}, which is none of the regions`);
    }
    config.regions.forEach((region, r) => {
        if (/^(cn|us-gov|us-iso)/.test(region.name)) {
            faults.push(
                `regions[${r}].name is ${region.name}: only regions of the partition "aws" are supported`,
            );
        }
        const ids = region.instances.map((instance) => instance.id);
        if (new Set(ids).size !== ids.length) {
            faults.push(`regions[${r}].instances has one instance twice`);
        }
        region.instances.forEach((instance, i) => {
            const primary = config.regions.some(
                (other) =>
                    other !== region &&
                    other.instances.some((each) => each.id === instance.id && !each.replica),
            );
            if (instance.replica && !primary) {
                faults.push(
                    `regions[${r}].instances[${i}] is a replica, but no other region has an instance of this id that is none`,
                );
            }
        });
    });
    if (config.regions.every((region) => region.outOfService)) {
        faults.push("every region is outOfService: nobody would take calls");
    }
    const { capacity } = config.tables;
    if (capacity !== "on-demand") {
        for (const kind of ["read", "write"] as const) {
            if (capacity[kind].min > capacity[kind].max) {
                faults.push(`tables.capacity.${kind} has a min over its max`);
            }
        }
    }
    return faults;
}
