// The customer-managed key: one multi-Region key, its primary in the home region, a replica in each
// other region. Tables, logs, topics and queues of a region are encrypted with the key of that
// region.
import { Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as kms from "aws-cdk-lib/aws-kms";
import type { Construct } from "constructs";
import type { Config } from "./config";
import { homeRegion, KEY_ALIAS, TRAIL } from "./names";

export class KeyStack extends Stack {
    readonly key: kms.IKey;

    /** `primary`: the home region's stack; nothing: this is it. */
    constructor(
        scope: Construct,
        id: string,
        props: StackProps & { config: Config; primary?: KeyStack },
    ) {
        super(scope, id, { ...props, crossRegionReferences: true });
        if (props.primary === undefined) {
            const key = new kms.Key(this, "Key", {
                multiRegion: true,
                enableKeyRotation: true,
                rotationPeriod: Duration.days(365),
                removalPolicy: RemovalPolicy.RETAIN,
                pendingWindow: Duration.days(30),
                description: "Meridian: tables, logs, topics and queues",
                policy: keyPolicy(props.config, this.region),
            });
            this.key = key;
        } else {
            const replica = new kms.CfnReplicaKey(this, "Key", {
                primaryKeyArn: props.primary.key.keyArn,
                keyPolicy: keyPolicy(props.config, this.region),
                pendingWindowInDays: 30,
                description: `Meridian: the replica of ${homeRegion(props.config)}'s key`,
            });
            replica.applyRemovalPolicy(RemovalPolicy.RETAIN);
            this.key = kms.Key.fromKeyArn(this, "Replica", replica.attrArn);
        }
        new kms.CfnAlias(this, "Alias", { aliasName: KEY_ALIAS, targetKeyId: this.key.keyId });
    }
}

// In a key's policy the resource "*" is the key itself; it cannot be named (KMS developer guide,
// "Key policies").
const THIS_KEY = ["*"];

function keyPolicy(config: Config, region: string): iam.PolicyDocument {
    const use = [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:DescribeKey",
    ];
    const statements = [
        new iam.PolicyStatement({
            sid: "IamPoliciesOfThisAccountDecide",
            principals: [new iam.AccountPrincipal(config.account)],
            actions: ["kms:*"],
            resources: THIS_KEY,
        }),
        new iam.PolicyStatement({
            sid: "Logs",
            principals: [new iam.ServicePrincipal(`logs.${region}.amazonaws.com`)],
            actions: use,
            resources: THIS_KEY,
            conditions: {
                ArnLike: {
                    "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${config.account}:log-group:*`,
                },
            },
        }),
        // To publish to the topic, whose own policy says for which account.
        new iam.PolicyStatement({
            sid: "Alarms",
            principals: [new iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions: ["kms:Decrypt", "kms:GenerateDataKey"],
            resources: THIS_KEY,
        }),
    ];
    if (config.audit.enabled && region === homeRegion(config)) {
        statements.push(
            new iam.PolicyStatement({
                sid: "AuditTrail",
                principals: [new iam.ServicePrincipal("cloudtrail.amazonaws.com")],
                actions: ["kms:GenerateDataKey", "kms:DescribeKey"],
                resources: THIS_KEY,
                conditions: {
                    StringEquals: {
                        "aws:SourceArn": `arn:aws:cloudtrail:${region}:${config.account}:trail/${TRAIL}`,
                    },
                },
            }),
        );
    }
    return new iam.PolicyDocument({ statements });
}
