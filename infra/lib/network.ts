// The network that functions may live in: two isolated subnets, from which nothing but this
// region's DynamoDB is reached.
import type { Stack } from "aws-cdk-lib";
import { RemovalPolicy } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";
import * as iam from "aws-cdk-lib/aws-iam";
import type * as kms from "aws-cdk-lib/aws-kms";
import * as logs from "aws-cdk-lib/aws-logs";
import type { Config } from "./config";
import { TABLES, tableArn } from "./names";

export interface Network {
    readonly vpc: ec2.Vpc;
    readonly subnets: ec2.SubnetSelection;
    readonly securityGroup: ec2.SecurityGroup;
}

export function makeNetwork(stack: Stack, config: Config, key: kms.IKey): Network {
    const vpc = new ec2.Vpc(stack, "Network", {
        ipAddresses: ec2.IpAddresses.cidr(config.vpc.cidr),
        maxAzs: 2,
        natGateways: 0,
        restrictDefaultSecurityGroup: false, // would need a function of its own, with rights over every security group
        subnetConfiguration: [
            {
                name: "functions",
                subnetType: ec2.SubnetType.PRIVATE_ISOLATED,
                cidrMask: subnetMask(config.vpc.cidr),
            },
        ],
    });
    const subnets = { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
    const tables = vpc.addGatewayEndpoint("Tables", {
        service: ec2.GatewayVpcEndpointAwsService.DYNAMODB,
        subnets: [subnets],
    });
    tables.addToPolicy(
        new iam.PolicyStatement({
            sid: "OurTablesOnly",
            principals: [new iam.AnyPrincipal()],
            actions: [
                "GetItem",
                "BatchGetItem",
                "Query",
                "Scan",
                "PutItem",
                "UpdateItem",
                "DeleteItem",
                "ConditionCheckItem",
            ].map((action) => `dynamodb:${action}`),
            resources: TABLES.map((table) => tableArn(config.account, stack.region, table.name)),
            conditions: { StringEquals: { "aws:PrincipalAccount": config.account } },
        }),
    );
    const log = new logs.LogGroup(stack, "NetworkLog", {
        logGroupName: "/meridian/network",
        retention: config.logDays as logs.RetentionDays,
        encryptionKey: key,
        removalPolicy: RemovalPolicy.DESTROY,
    });
    vpc.addFlowLog("Flows", {
        destination: ec2.FlowLogDestination.toCloudWatchLogs(log),
        trafficType: ec2.FlowLogTrafficType.ALL,
    });
    const securityGroup = new ec2.SecurityGroup(stack, "FunctionsSecurity", {
        vpc,
        description:
            "Functions of Meridian: nothing comes in, out goes TLS, for which only DynamoDB has a route",
        allowAllOutbound: false,
    });
    securityGroup.addEgressRule(
        ec2.Peer.anyIpv4(),
        ec2.Port.tcp(443),
        "DynamoDB, by its gateway endpoint",
    );
    return { vpc, subnets, securityGroup };
}

// Two equal halves.
function subnetMask(cidr: string): number {
    return Number(cidr.split("/")[1]) + 1;
}
