// The management API of a region: API Gateway before UpdateRouting. Every request is signed
// (AWS_IAM); who may send which is in managed policies for viewers and editors.
import { RemovalPolicy, Stack } from "aws-cdk-lib";
import * as apigateway from "aws-cdk-lib/aws-apigateway";
import * as acm from "aws-cdk-lib/aws-certificatemanager";
import * as iam from "aws-cdk-lib/aws-iam";
import type * as kms from "aws-cdk-lib/aws-kms";
import * as logs from "aws-cdk-lib/aws-logs";
import * as route53 from "aws-cdk-lib/aws-route53";
import * as targets from "aws-cdk-lib/aws-route53-targets";
import { Construct } from "constructs";
import type { Config } from "./config";
import type { MeridianFunction } from "./function";
import { makeFirewall } from "./firewall";
import { gatewayDocument, managementDocument } from "./openapi";

export const API_NAME = "meridian";
export const STAGE = "prod";

export class ManagementApi extends Construct {
    readonly api: apigateway.SpecRestApi;
    readonly url: string;

    constructor(
        scope: Construct,
        props: { config: Config; key: kms.IKey; updateRouting: MeridianFunction },
    ) {
        super(scope, "Api");
        const { config, updateRouting } = props;
        const stack = Stack.of(this);
        const log = new logs.LogGroup(this, "AccessLog", {
            logGroupName: "/meridian/api-access",
            retention: config.logDays as logs.RetentionDays,
            encryptionKey: props.key,
            removalPolicy: RemovalPolicy.DESTROY,
        });
        const account = logAccount(this);
        this.api = new apigateway.SpecRestApi(this, "Rest", {
            restApiName: API_NAME,
            description: "Meridian's management API",
            apiDefinition: apigateway.ApiDefinition.fromInline(
                gatewayDocument(managementDocument(), {
                    title: API_NAME,
                    integrationUri: `arn:aws:apigateway:${stack.region}:lambda:path/2015-03-31/functions/${updateRouting.live.functionArn}/invocations`,
                }),
            ),
            endpointTypes: [apigateway.EndpointType.REGIONAL],
            cloudWatchRole: false,
            deployOptions: {
                stageName: STAGE,
                throttlingRateLimit: config.api.requestsPerSecond,
                throttlingBurstLimit: config.api.burst,
                metricsEnabled: true,
                loggingLevel: apigateway.MethodLoggingLevel.ERROR,
                dataTraceEnabled: false, // would log bodies
                accessLogDestination: new apigateway.LogGroupLogDestination(log),
                accessLogFormat: accessLogFormat(),
            },
        });
        this.api.deploymentStage.node.addDependency(account);
        updateRouting.live.addPermission("Api", {
            principal: new iam.ServicePrincipal("apigateway.amazonaws.com"),
            sourceArn: `arn:aws:execute-api:${stack.region}:${config.account}:${this.api.restApiId}/${STAGE}/*`,
            sourceAccount: config.account,
        });
        makeCallerPolicies(this, config, this.api.restApiId);
        makeFirewall(this, config, this.api.deploymentStage, props.key);
        this.url =
            config.domain === undefined
                ? `https://${this.api.restApiId}.execute-api.${stack.region}.amazonaws.com/${STAGE}`
                : makeDomain(this, config.domain);
    }
}

// Who asked for what, and what became of it; paths as templates, without numbers, and no queries.
function accessLogFormat(): apigateway.AccessLogFormat {
    const field = {
        requestId: "$context.requestId",
        time: "$context.requestTimeEpoch",
        peer: "$context.identity.sourceIp",
        principal: "$context.identity.userArn",
        method: "$context.httpMethod",
        path: "$context.resourcePath",
        status: "$context.status",
        bytes: "$context.responseLength",
        durationMs: "$context.responseLatency",
        functionMs: "$context.integration.latency",
        error: "$context.error.responseType",
    };
    return apigateway.AccessLogFormat.custom(JSON.stringify(field));
}

// API Gateway writes logs with one role an account and region.
function logAccount(scope: Construct): apigateway.CfnAccount {
    const role = new iam.Role(scope, "LogRole", {
        assumedBy: new iam.ServicePrincipal("apigateway.amazonaws.com"),
        description: "API Gateway's logs of this account and region",
        managedPolicies: [
            iam.ManagedPolicy.fromAwsManagedPolicyName(
                "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
            ),
        ],
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const account = new apigateway.CfnAccount(scope, "LogAccount", {
        cloudWatchRoleArn: role.roleArn,
    });
    account.applyRemovalPolicy(RemovalPolicy.RETAIN); // other APIs of the account write with it
    return account;
}

/** What the two kinds of people may send; src/rest/routes.cc says the same of its roles. */
export const CALLERS = {
    Viewer: ["GET/*", "POST/explain"],
    Editor: [
        "GET/*",
        "POST/explain",
        "POST/routing",
        "POST/routing/import",
        "POST/business-hours/import",
        "POST/agents/import",
        "POST/history/*",
        "PUT/*",
        "PATCH/*",
        "DELETE/*",
    ],
} as const;

function makeCallerPolicies(scope: Construct, config: Config, apiId: string): void {
    const { region } = Stack.of(scope);
    for (const [name, requests] of Object.entries(CALLERS)) {
        new iam.ManagedPolicy(scope, name, {
            managedPolicyName: `Meridian${name}-${region}`,
            description: `May use Meridian's management API in ${region} as a ${name.toLowerCase()}`,
            statements: [
                new iam.PolicyStatement({
                    sid: name,
                    actions: ["execute-api:Invoke"],
                    resources: requests.map(
                        (request) =>
                            `arn:aws:execute-api:${region}:${config.account}:${apiId}/${STAGE}/${request}`,
                    ),
                }),
            ],
        });
    }
}

// One name a region, and none for all: a signature is for the region that verifies it, so a client
// has to know which it asks.
function makeDomain(scope: ManagementApi, domain: NonNullable<Config["domain"]>): string {
    const name = `${Stack.of(scope).region}.${domain.name}`;
    const zone = route53.HostedZone.fromHostedZoneAttributes(scope, "Zone", {
        hostedZoneId: domain.hostedZoneId,
        zoneName: domain.name,
    });
    const certificate = new acm.Certificate(scope, "Certificate", {
        domainName: name,
        validation: acm.CertificateValidation.fromDns(zone),
    });
    const domainName = scope.api.addDomainName("Domain", {
        domainName: name,
        certificate,
        endpointType: apigateway.EndpointType.REGIONAL,
        securityPolicy: apigateway.SecurityPolicy.TLS_1_2,
    });
    new route53.ARecord(scope, "Name", {
        zone,
        recordName: name,
        target: route53.RecordTarget.fromAlias(new targets.ApiGatewayDomain(domainName)),
    });
    return `https://${name}`;
}
