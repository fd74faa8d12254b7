// What exists once, in the home region: the record of who touched the tables, their backups, the
// budget.
import { Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import * as backup from "aws-cdk-lib/aws-backup";
import * as budgets from "aws-cdk-lib/aws-budgets";
import * as cloudtrail from "aws-cdk-lib/aws-cloudtrail";
import * as events from "aws-cdk-lib/aws-events";
import * as iam from "aws-cdk-lib/aws-iam";
import * as s3 from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import type { Config } from "./config";
import type { KeyStack } from "./keys";
import { regionNames, TABLES, tableArn, TRAIL } from "./names";

export class AccountStack extends Stack {
    constructor(
        scope: Construct,
        id: string,
        props: StackProps & { config: Config; home: KeyStack },
    ) {
        super(scope, id, props);
        if (props.config.audit.enabled) {
            makeTrail(this, props.config, props.home);
        }
        if (props.config.backup.enabled) {
            makeBackups(this, props.config, props.home);
        }
        if (props.config.budget !== undefined) {
            makeBudget(this, props.config, props.config.budget.monthlyUsd);
        }
    }
}

const LASTING = TABLES.filter((table) => table.lasting);

// Data events of the tables in every region; management events are the account's own trail's
// business. A record names the table, the key and who asked, never what the item holds.
function makeTrail(stack: Stack, config: Config, home: KeyStack): void {
    const bucket = new s3.Bucket(stack, "AuditRecords", {
        encryption: s3.BucketEncryption.S3_MANAGED, // the bucket's; CloudTrail encrypts its files with our key
        blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
        objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforceSSL: true,
        versioned: true,
        removalPolicy: RemovalPolicy.RETAIN,
        lifecycleRules: [
            {
                expiration: Duration.days(config.audit.keepDays),
                noncurrentVersionExpiration: Duration.days(30),
            },
        ],
    });
    const arn = `arn:aws:cloudtrail:${stack.region}:${config.account}:trail/${TRAIL}`;
    const conditions = { StringEquals: { "aws:SourceArn": arn } };
    const service = new iam.ServicePrincipal("cloudtrail.amazonaws.com");
    bucket.addToResourcePolicy(
        new iam.PolicyStatement({
            sid: "Acl",
            principals: [service],
            actions: ["s3:GetBucketAcl"],
            resources: [bucket.bucketArn],
            conditions,
        }),
    );
    bucket.addToResourcePolicy(
        new iam.PolicyStatement({
            sid: "Records",
            principals: [service],
            actions: ["s3:PutObject"],
            resources: [bucket.arnForObjects(`AWSLogs/${config.account}/*`)],
            conditions,
        }),
    );
    const trail = new cloudtrail.CfnTrail(stack, "Audit", {
        trailName: TRAIL,
        s3BucketName: bucket.bucketName,
        kmsKeyId: home.key.keyArn,
        isLogging: true,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true, // a trail of all regions must
        enableLogFileValidation: true,
        advancedEventSelectors: [
            {
                name: config.audit.reads
                    ? "Reads and writes of Meridian's tables"
                    : "Writes of Meridian's tables",
                fieldSelectors: [
                    { field: "eventCategory", equalTo: ["Data"] },
                    { field: "resources.type", equalTo: ["AWS::DynamoDB::Table"] },
                    {
                        field: "resources.ARN",
                        equalTo: regionNames(config).flatMap((region) =>
                            LASTING.map(({ name }) => tableArn(config.account, region, name)),
                        ),
                    },
                    ...(config.audit.reads ? [] : [{ field: "readOnly", equalTo: ["false"] }]),
                ],
            },
        ],
    });
    trail.node.addDependency(bucket);
}

function makeBackups(stack: Stack, config: Config, home: KeyStack): void {
    const vault = new backup.BackupVault(stack, "Backups", {
        backupVaultName: "meridian",
        encryptionKey: home.key,
        removalPolicy: RemovalPolicy.RETAIN,
    });
    const plan = new backup.BackupPlan(stack, "BackupPlan", {
        backupPlanName: "meridian",
        backupVault: vault,
    });
    const rule = (name: string, schedule: events.Schedule, keepDays: number) =>
        new backup.BackupPlanRule({
            ruleName: name,
            scheduleExpression: schedule,
            deleteAfter: Duration.days(keepDays),
            startWindow: Duration.hours(1),
            completionWindow: Duration.hours(8),
        });
    plan.addRule(
        rule(
            "daily",
            events.Schedule.cron({ hour: "3", minute: "0" }),
            config.backup.dailyKeepDays,
        ),
    );
    plan.addRule(
        rule(
            "monthly",
            events.Schedule.cron({ day: "1", hour: "4", minute: "0" }),
            config.backup.monthlyKeepDays,
        ),
    );
    const role = new iam.Role(stack, "BackupRole", {
        assumedBy: new iam.ServicePrincipal("backup.amazonaws.com", {
            conditions: { StringEquals: { "aws:SourceAccount": config.account } },
        }),
        description: "What AWS Backup may do with Meridian's tables",
        managedPolicies: [
            iam.ManagedPolicy.fromAwsManagedPolicyName(
                "service-role/AWSBackupServiceRolePolicyForBackup",
            ),
        ],
    });
    new backup.CfnBackupSelection(stack, "BackupOf", {
        backupPlanId: plan.backupPlanId,
        backupSelection: {
            selectionName: "tables",
            iamRoleArn: role.roleArn,
            resources: LASTING.map(({ name }) => tableArn(config.account, stack.region, name)),
        },
    });
}

function makeBudget(stack: Stack, config: Config, monthlyUsd: number): void {
    const subscribers = config.alerts.emails
        .slice(0, 10)
        .map((address) => ({ subscriptionType: "EMAIL", address })); // ten at most
    const notify = (notificationType: string, threshold: number) => ({
        notification: {
            notificationType,
            comparisonOperator: "GREATER_THAN",
            threshold,
            thresholdType: "PERCENTAGE",
        },
        subscribers,
    });
    new budgets.CfnBudget(stack, "Budget", {
        budget: {
            budgetName: "meridian",
            budgetType: "COST",
            timeUnit: "MONTHLY",
            budgetLimit: { amount: monthlyUsd, unit: "USD" },
            costFilters: { TagKeyValue: ["user:application$meridian"] },
        },
        notificationsWithSubscribers: [
            notify("ACTUAL", 80),
            notify("ACTUAL", 100),
            notify("FORECASTED", 100),
        ],
    });
}
