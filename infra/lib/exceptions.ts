// Where this deployment does what a checker would rather not see, each with its reason. Used twice:
// cdk-nag is told of the rules, and the test of permissions.md accepts these wildcards and no
// others. An entry that fits nothing fails a test.
import { type App, CfnResource } from "aws-cdk-lib";
import { NagSuppressions } from "cdk-nag";

export interface AcceptedRule {
    /** Of constructs' paths. */
    readonly path: RegExp;
    readonly rule: string;
    readonly appliesTo?: readonly (string | { readonly regex: string })[];
    readonly reason: string;
}

export const ACCEPTED_RULES: readonly AcceptedRule[] = [
    {
        path: /\/Api\/(Viewer|Editor)\/Resource$/,
        rule: "AwsSolutions-IAM5",
        appliesTo: [
            {
                regex: "/^Resource::arn:aws:execute-api:.*/prod/(GET|PUT|PATCH|DELETE|POST\\/history)\\/\\*$/",
            },
        ],
        reason: "A viewer or editor may read or write every rule, calendar and agent: the method is what the two differ by, and API Gateway names single items by path.",
    },
    {
        path: /\/(RouteCall|UpdateRouting)\/Role\/Resource$/,
        rule: "AwsSolutions-IAM5",
        appliesTo: ["Resource::*"],
        reason: "In a VPC Lambda makes network interfaces in the function's name, and EC2 cannot scope these actions to a resource; the function's own code is denied them.",
    },
    {
        path: /\/Api\/LogRole\/Resource$/,
        rule: "AwsSolutions-IAM4",
        reason: "API Gateway checks for the rights of AWS's own policy when it takes the role; it is for the account's API Gateway only.",
    },
    {
        path: /\/BackupRole\/Resource$/,
        rule: "AwsSolutions-IAM4",
        reason: "AWS Backup's own policy follows what the service needs; the selection names four tables, and only AWS Backup for this account may take the role.",
    },
    {
        path: /\/Api\/Rest\/Resource$/,
        rule: "AwsSolutions-APIG2",
        reason: "Requests are validated: the imported document says so for every operation (x-amazon-apigateway-request-validator), where the rule does not look; a test does.",
    },
    {
        path: /\/Api\/Rest\/DeploymentStage\.prod\/Resource$/,
        rule: "AwsSolutions-APIG3",
        reason: "AWS WAF is the configuration's choice (waf.enabled): every request is signed by the account's own people, and the stage is throttled.",
    },
    {
        path: /\/DeadLetters\/Resource$/,
        rule: "AwsSolutions-SQS3",
        reason: "It is itself the dead-letter queue, of the schedule and of HealthCheck's failed invocations.",
    },
    {
        path: /\/AuditRecords\/Resource$/,
        rule: "AwsSolutions-S1",
        reason: "Who reads the audit bucket belongs in the account's own trail and its S3 data events; a second bucket of access logs would need the same again.",
    },
];

export interface AcceptedWildcard {
    /** "Stack/resource": the region is {region}. */
    readonly at: RegExp;
    readonly value: RegExp;
    readonly why: string;
}

export const ACCEPTED_WILDCARDS: readonly AcceptedWildcard[] = [
    {
        at: /Role/,
        value: /^<\w+Log>:\*$/,
        why: "the streams of the function's own log; Lambda names them",
    },
    {
        at: /(RouteCall|UpdateRouting)Role/,
        value: /^\*$/,
        why: "network interfaces, in a VPC only: EC2 knows no resource for these actions; the function's own code is denied them",
    },
    {
        at: /Api(Viewer|Editor)/,
        value: /^arn:aws:execute-api:[^*]*\/prod\/(GET|PUT|PATCH|DELETE|POST\/history)\/\*$/,
        why: "every item by this method; the policy is for people, and differs by method",
    },
    {
        at: /^Meridian-Keys-/,
        value: /^(\*|kms:\*)$/,
        why: "in a key's policy the resource is the key itself and has no other name; kms:* leaves it to the account's IAM policies, without which a key cannot be managed any more",
    },
    {
        at: /^Meridian-Keys-.*CustomCrossRegionExport/,
        value: /^arn:aws:ssm:[^*]*:parameter\/cdk\/exports\/.*\*$/,
        why: "the parameters by which CDK carries the key's ARN to the stacks of other regions",
    },
    {
        at: /^Meridian-Account\/AuditRecords/,
        value: /^<AuditRecords>\/AWSLogs\/{account}\/\*$/,
        why: "the files that CloudTrail writes; it names them",
    },
];

/** Tells cdk-nag; call it when all constructs are made. */
export function acceptRules(app: App): void {
    for (const construct of app.node.findAll()) {
        if (!CfnResource.isCfnResource(construct)) {
            continue;
        }
        const accepted = ACCEPTED_RULES.filter((each) => each.path.test(`/${construct.node.path}`));
        if (accepted.length > 0) {
            NagSuppressions.addResourceSuppressions(
                construct,
                accepted.map(({ rule, reason, appliesTo }) => ({
                    id: rule,
                    reason,
                    ...(appliesTo === undefined ? {} : { appliesTo: [...appliesTo] }),
                })),
            );
        }
    }
}
