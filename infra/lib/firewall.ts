// AWS WAF before the management API, where the configuration wants it.
import { RemovalPolicy, Stack } from "aws-cdk-lib";
import type * as apigateway from "aws-cdk-lib/aws-apigateway";
import type * as kms from "aws-cdk-lib/aws-kms";
import * as logs from "aws-cdk-lib/aws-logs";
import * as wafv2 from "aws-cdk-lib/aws-wafv2";
import type { Construct } from "constructs";
import type { Config } from "./config";

export function makeFirewall(
    scope: Construct,
    config: Config,
    stage: apigateway.Stage,
    key: kms.IKey,
): void {
    if (!config.waf.enabled) {
        return;
    }
    const acl = new wafv2.CfnWebACL(scope, "Firewall", {
        name: "meridian",
        scope: "REGIONAL",
        defaultAction: { allow: {} },
        visibilityConfig: visibility("meridian"),
        rules: [
            // Imports have bodies of megabytes, which this rule of the group would refuse.
            managedRules(0, "AWSManagedRulesCommonRuleSet", ["SizeRestrictions_BODY"]),
            managedRules(1, "AWSManagedRulesKnownBadInputsRuleSet", []),
            {
                name: "requests-per-address",
                priority: 2,
                action: { block: {} },
                statement: {
                    rateBasedStatement: {
                        aggregateKeyType: "IP",
                        limit: config.waf.requestsPerAddressIn5Minutes,
                        evaluationWindowSec: 300,
                    },
                },
                visibilityConfig: visibility("requests-per-address"),
            },
        ],
    });
    const association = new wafv2.CfnWebACLAssociation(scope, "FirewallOfTheStage", {
        resourceArn: stage.stageArn,
        webAclArn: acl.attrArn,
    });
    association.node.addDependency(stage);
    const log = new logs.LogGroup(scope, "FirewallLog", {
        logGroupName: "aws-waf-logs-meridian", // the prefix is WAF's
        retention: config.logDays as logs.RetentionDays,
        encryptionKey: key,
        removalPolicy: RemovalPolicy.DESTROY,
    });
    const { account, region } = Stack.of(scope);
    new wafv2.CfnLoggingConfiguration(scope, "FirewallLogging", {
        resourceArn: acl.attrArn,
        logDestinationConfigs: [`arn:aws:logs:${region}:${account}:log-group:${log.logGroupName}`],
        redactedFields: [
            { singleHeader: { Name: "authorization" } },
            { singleHeader: { Name: "x-amz-security-token" } },
            { queryString: {} },
            { uriPath: {} },
        ],
    });
}

function visibility(name: string): wafv2.CfnWebACL.VisibilityConfigProperty {
    return { cloudWatchMetricsEnabled: true, metricName: name, sampledRequestsEnabled: false };
}

function managedRules(
    priority: number,
    name: string,
    counted: string[],
): wafv2.CfnWebACL.RuleProperty {
    return {
        name,
        priority,
        overrideAction: { none: {} },
        statement: {
            managedRuleGroupStatement: {
                vendorName: "AWS",
                name,
                ruleActionOverrides: counted.map((rule) => ({
                    name: rule,
                    actionToUse: { count: {} },
                })),
            },
        },
        visibilityConfig: visibility(name),
    };
}
