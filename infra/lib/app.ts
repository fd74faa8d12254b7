// The deployment as CDK stacks. In the order in which they are made: keys in every region, tables,
// what exists once in the account, then a stack a region.
import { type App, Aspects, type Stack, Tags } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { AccountStack } from "./account";
import type { Config } from "./config";
import { acceptRules } from "./exceptions";
import { KeyStack } from "./keys";
import { homeRegion, regionNames } from "./names";
import { TableStack } from "./tables";
import { RegionStack } from "./region";

export interface Deployment {
    readonly keys: ReadonlyMap<string, KeyStack>;
    readonly tables: TableStack;
    readonly account?: AccountStack;
    readonly regions: readonly RegionStack[];
}

export function buildDeployment(app: App, config: Config): Deployment {
    const home = makeKey(app, config, homeRegion(config));
    const keys = new Map([[homeRegion(config), home]]);
    for (const region of regionNames(config).filter((each) => each !== homeRegion(config))) {
        keys.set(region, makeKey(app, config, region, home));
    }
    const tables = new TableStack(app, "Meridian-Tables", {
        env: { account: config.account, region: homeRegion(config) },
        config,
        home,
    });
    for (const stack of keys.values()) {
        tables.addDependency(stack, "replicas are encrypted with their region's key");
    }
    const account = makeAccount(app, config, home);
    account?.addDependency(tables, "it records and backs up the tables");
    const regions = config.regions.map((region) => {
        const stack = new RegionStack(app, `Meridian-${region.name}`, {
            env: { account: config.account, region: region.name },
            config,
            regionConfig: region,
            keys: keys.get(region.name) as KeyStack,
        });
        stack.addDependency(tables, "functions use the tables");
        return stack;
    });
    Tags.of(app).add("application", "meridian");
    for (const [name, value] of Object.entries(config.tags)) {
        Tags.of(app).add(name, value);
    }
    acceptRules(app);
    Aspects.of(app).add(new AwsSolutionsChecks({ reports: false }));
    return { keys, tables, ...(account && { account }), regions };
}

function makeKey(app: App, config: Config, region: string, primary?: KeyStack): KeyStack {
    return new KeyStack(app, `Meridian-Keys-${region}`, {
        env: { account: config.account, region },
        config,
        ...(primary && { primary }),
    });
}

function makeAccount(app: App, config: Config, home: KeyStack): AccountStack | undefined {
    const wanted = config.audit.enabled || config.backup.enabled || config.budget !== undefined;
    return wanted
        ? new AccountStack(app, "Meridian-Account", {
              env: { account: config.account, region: homeRegion(config) },
              config,
              home,
          })
        : undefined;
}

/** In the order in which they are made. */
export function stacksOf({ keys, tables, account, regions }: Deployment): Stack[] {
    return [...keys.values(), tables, ...(account === undefined ? [] : [account]), ...regions];
}
