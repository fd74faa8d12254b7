// One function as a region has it: its code, its log, a role that may do what it does, the alias
// that callers name, and a roll-out that goes back by itself when an alarm says so.
import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import * as cloudwatch from "aws-cdk-lib/aws-cloudwatch";
import * as codedeploy from "aws-cdk-lib/aws-codedeploy";
import * as iam from "aws-cdk-lib/aws-iam";
import type * as kms from "aws-cdk-lib/aws-kms";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as logs from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { functionCode } from "./code";
import type { Config, Rollout } from "./config";
import { type FunctionName, LIVE, regionNames, tableArn } from "./names";
import type { Network } from "./network";
import { TABLE_USES, type TableUse, writes } from "./permissions";

export const TIMEOUT_SECONDS: Readonly<Record<FunctionName, number>> = {
    RouteCall: 3, // Connect gives 8 s for all tries
    UpdateRouting: 28, // API Gateway gives 29 s
    HealthCheck: 30,
};

export interface FunctionProps {
    readonly config: Config;
    readonly name: FunctionName;
    readonly key: kms.IKey;
    readonly environment: Readonly<Record<string, string>>;
    readonly network?: Network;
}

export class MeridianFunction extends Construct {
    readonly name: FunctionName;
    readonly role: iam.Role;
    readonly function: lambda.Function;
    readonly live: lambda.Alias;
    readonly logGroup: logs.LogGroup;

    constructor(scope: Construct, props: FunctionProps) {
        super(scope, props.name);
        this.name = props.name;
        const settings = props.config.functions[props.name];
        this.logGroup = new logs.LogGroup(this, "Log", {
            logGroupName: `/aws/lambda/${props.name}`,
            retention: props.config.logDays as logs.RetentionDays,
            encryptionKey: props.key,
            removalPolicy: RemovalPolicy.DESTROY,
        });
        this.role = makeRole(this, props, this.logGroup);
        this.function = new lambda.Function(this, "Function", {
            functionName: props.name,
            description: `Meridian's ${props.name}`,
            runtime: lambda.Runtime.PROVIDED_AL2023,
            architecture:
                props.config.architecture === "arm64"
                    ? lambda.Architecture.ARM_64
                    : lambda.Architecture.X86_64,
            handler: props.name,
            code: functionCode(Stack.of(this), props.name),
            memorySize: settings.memoryMb,
            timeout: Duration.seconds(TIMEOUT_SECONDS[props.name]),
            ...(settings.reservedConcurrency > 0
                ? { reservedConcurrentExecutions: settings.reservedConcurrency }
                : {}),
            role: this.role,
            logGroup: this.logGroup,
            environment: { ...props.environment },
            ...(props.network === undefined
                ? {}
                : {
                      vpc: props.network.vpc,
                      vpcSubnets: props.network.subnets,
                      securityGroups: [props.network.securityGroup],
                  }),
            currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN }, // what a roll-back goes back to
        });
        this.live = new lambda.Alias(this, "Live", {
            aliasName: LIVE,
            version: this.function.currentVersion,
        });
    }

    /** Later versions take over as the configuration says, and not when one of `alarms` rings meanwhile. */
    rollOut(
        application: codedeploy.ILambdaApplication,
        role: iam.IRole,
        rollout: Rollout,
        alarms: cloudwatch.IAlarm[],
    ): void {
        new codedeploy.LambdaDeploymentGroup(this, "Rollout", {
            application,
            deploymentGroupName: this.name,
            alias: this.live,
            role,
            deploymentConfig: deploymentConfig(rollout),
            alarms,
            autoRollback: {
                failedDeployment: true,
                stoppedDeployment: true,
                deploymentInAlarm: true,
            },
        });
    }
}

function deploymentConfig(rollout: Rollout): codedeploy.ILambdaDeploymentConfig {
    switch (rollout) {
        case "canary-10-percent-5-minutes":
            return codedeploy.LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES;
        case "canary-10-percent-15-minutes":
            return codedeploy.LambdaDeploymentConfig.CANARY_10PERCENT_15MINUTES;
        case "linear-10-percent-every-minute":
            return codedeploy.LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTE;
        case "all-at-once":
            return codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE;
    }
}

function makeRole(
    scope: MeridianFunction,
    props: FunctionProps,
    logGroup: logs.LogGroup,
): iam.Role {
    const stack = Stack.of(scope);
    const statements = [
        new iam.PolicyStatement({
            sid: "OwnLog",
            actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
            resources: [logGroup.logGroupArn], // ends in ":*", which are the streams of this one log
        }),
        ...TABLE_USES[props.name].map((use) => tableStatement(use, props.config, stack.region)),
        keyStatement(props, stack.region),
        ...(props.network === undefined
            ? []
            : networkStatements(props.config, stack.region, props.name)),
    ];
    return new iam.Role(scope, "Role", {
        assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com"),
        description: `What Meridian's ${props.name} may do`,
        inlinePolicies: { does: new iam.PolicyDocument({ statements, minimize: false }) },
    });
}

function regionsOf(use: TableUse, config: Config, own: string): string[] {
    return use.regions === "own" ? [own] : regionNames(config);
}

function tableStatement(use: TableUse, config: Config, own: string): iam.PolicyStatement {
    return new iam.PolicyStatement({
        sid: use.table,
        actions: use.actions.map((action) => `dynamodb:${action}`),
        resources: regionsOf(use, config, own).map((region) =>
            tableArn(config.account, region, use.table),
        ),
    });
}

// DynamoDB uses the tables' key in the name of whoever reads and writes.
function keyStatement(props: FunctionProps, own: string): iam.PolicyStatement {
    const { config, key, name } = props;
    const regions = [...new Set(TABLE_USES[name].flatMap((use) => regionsOf(use, config, own)))];
    const writing = [
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    ];
    return new iam.PolicyStatement({
        sid: "KeyOfTheTables",
        actions: ["kms:Decrypt", "kms:DescribeKey", ...(writes(name) ? writing : [])],
        resources: regions.map((region) =>
            region === own
                ? key.keyArn
                : `arn:aws:kms:${region}:${config.account}:key/${key.keyId}`,
        ),
        conditions: {
            StringEquals: {
                "kms:ViaService": regions.map((region) => `dynamodb.${region}.amazonaws.com`),
            },
        },
    });
}

// Lambda makes the function's network interfaces in the role's name, and EC2 knows no resource for
// them. The function's own code may not (Lambda developer guide, "Giving Lambda functions access to
// resources in an Amazon VPC").
function networkStatements(
    config: Config,
    region: string,
    name: FunctionName,
): iam.PolicyStatement[] {
    const actions = [
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    ];
    const arn = `arn:aws:lambda:${region}:${config.account}:function:${name}`;
    return [
        new iam.PolicyStatement({ sid: "NetworkInterfaces", actions, resources: ["*"] }),
        new iam.PolicyStatement({
            sid: "NotByOwnCode",
            effect: iam.Effect.DENY,
            actions,
            resources: ["*"],
            conditions: { ArnEquals: { "lambda:SourceFunctionArn": arn } },
        }),
    ];
}
