// The tables: each one resource, a global table with a replica in every region of the deployment.
import { RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import type { Config } from "./config";
import type { KeyStack } from "./keys";
import { homeRegion, regionNames, TABLES, type TableDefinition } from "./names";

export class TableStack extends Stack {
    readonly tables: dynamodb.TableV2[] = [];

    constructor(
        scope: Construct,
        id: string,
        props: StackProps & { config: Config; home: KeyStack },
    ) {
        super(scope, id, props);
        for (const definition of TABLES) {
            this.tables.push(makeTable(this, definition, props.config, props.home));
        }
    }
}

function makeTable(
    scope: TableStack,
    definition: TableDefinition,
    config: Config,
    home: KeyStack,
): dynamodb.TableV2 {
    const others = regionNames(config).filter((region) => region !== homeRegion(config));
    return new dynamodb.TableV2(scope, definition.name, {
        tableName: definition.name,
        partitionKey: { name: definition.partitionKey, type: dynamodb.AttributeType.STRING },
        ...(definition.sortKey === undefined
            ? {}
            : { sortKey: { name: definition.sortKey, type: dynamodb.AttributeType.STRING } }),
        billing: billing(config),
        encryption: dynamodb.TableEncryptionV2.customerManagedKey(
            home.key,
            replicaKeys(others, config, home),
        ),
        pointInTimeRecoverySpecification: {
            pointInTimeRecoveryEnabled: true,
            recoveryPeriodInDays: config.tables.pointInTimeRecoveryDays,
        },
        deletionProtection: config.tables.deletionProtection,
        removalPolicy: RemovalPolicy.RETAIN,
        dynamoStream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        contributorInsightsSpecification: { enabled: showsBusyKeys(definition) },
        replicas: others.map((region) => ({ region })),
    });
}

// Which numbers are called most. Its keys are the company's own numbers; those of other tables tell
// of people (agents, whose edits) or nothing, and Contributor Insights shows keys in the clear.
function showsBusyKeys(definition: TableDefinition): boolean {
    return definition.name === "GlobalCallRouting";
}

function billing(config: Config): dynamodb.Billing {
    const { capacity } = config.tables;
    if (capacity === "on-demand") {
        return dynamodb.Billing.onDemand();
    }
    const scaled = ({ min, max }: { min: number; max: number }) =>
        dynamodb.Capacity.autoscaled({
            minCapacity: min,
            maxCapacity: max,
            targetUtilizationPercent: capacity.targetPercent,
        });
    return dynamodb.Billing.provisioned({
        readCapacity: scaled(capacity.read),
        writeCapacity: scaled(capacity.write),
    });
}

// A multi-Region key has one id in all regions.
function replicaKeys(regions: string[], config: Config, home: KeyStack): Record<string, string> {
    return Object.fromEntries(
        regions.map((region) => [
            region,
            `arn:aws:kms:${region}:${config.account}:key/${home.key.keyId}`,
        ]),
    );
}
