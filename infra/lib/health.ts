// HealthCheck's clock: an EventBridge schedule in every region. An invocation that cannot be made,
// or that fails after its tries, is kept in a queue and rings an alarm.
import { Duration, Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as destinations from "aws-cdk-lib/aws-lambda-destinations";
import * as scheduler from "aws-cdk-lib/aws-scheduler";
import * as sqs from "aws-cdk-lib/aws-sqs";
import type { Config } from "./config";
import type { MeridianFunction } from "./function";

const EVENT_AGE = Duration.minutes(2); // an older check tells nothing that a newer one doesn't

export function makeHealthSchedule(
    stack: Stack,
    config: Config,
    healthCheck: MeridianFunction,
): sqs.Queue {
    const deadLetters = new sqs.Queue(stack, "DeadLetters", {
        queueName: "meridian-dead-letters",
        encryption: sqs.QueueEncryption.SQS_MANAGED,
        enforceSSL: true,
        retentionPeriod: Duration.days(14),
    });
    new lambda.EventInvokeConfig(stack, "HealthCheckTries", {
        function: healthCheck.function,
        qualifier: healthCheck.live.aliasName,
        maxEventAge: EVENT_AGE,
        retryAttempts: 1,
        onFailure: new destinations.SqsDestination(deadLetters),
    }).node.addDependency(healthCheck.live);
    const role = new iam.Role(stack, "HealthScheduleRole", {
        assumedBy: new iam.ServicePrincipal("scheduler.amazonaws.com", {
            conditions: { StringEquals: { "aws:SourceAccount": config.account } },
        }),
        description: "What the schedule of Meridian's HealthCheck may do",
        inlinePolicies: {
            does: new iam.PolicyDocument({
                statements: [
                    new iam.PolicyStatement({
                        sid: "Invoke",
                        actions: ["lambda:InvokeFunction"],
                        resources: [healthCheck.live.functionArn],
                    }),
                    new iam.PolicyStatement({
                        sid: "KeepWhatFailed",
                        actions: ["sqs:SendMessage"],
                        resources: [deadLetters.queueArn],
                    }),
                ],
            }),
        },
    });
    new scheduler.CfnSchedule(stack, "HealthSchedule", {
        name: "meridian-health-check",
        description: "Meridian's HealthCheck",
        scheduleExpression:
            config.health.everyMinutes === 1
                ? "rate(1 minute)"
                : `rate(${config.health.everyMinutes} minutes)`,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
            arn: healthCheck.live.functionArn,
            roleArn: role.roleArn,
            input: "{}",
            retryPolicy: {
                maximumEventAgeInSeconds: EVENT_AGE.toSeconds(),
                maximumRetryAttempts: 1,
            },
            deadLetterConfig: { arn: deadLetters.queueArn },
        },
    });
    return deadLetters;
}
