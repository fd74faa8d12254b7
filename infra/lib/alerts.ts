// Who is told: a topic in every region, so that the news of one region's trouble needs no other
// region.
import { Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import type * as kms from "aws-cdk-lib/aws-kms";
import * as sns from "aws-cdk-lib/aws-sns";
import * as subscriptions from "aws-cdk-lib/aws-sns-subscriptions";
import type { Config } from "./config";

export function makeAlertTopic(stack: Stack, config: Config, key: kms.IKey): sns.Topic {
    const topic = new sns.Topic(stack, "Alerts", {
        topicName: "meridian-alerts",
        displayName: "Meridian",
        masterKey: key,
        enforceSSL: true,
    });
    for (const address of config.alerts.emails) {
        topic.addSubscription(new subscriptions.EmailSubscription(address));
    }
    for (const url of config.alerts.webhooks) {
        topic.addSubscription(
            new subscriptions.UrlSubscription(url, { protocol: sns.SubscriptionProtocol.HTTPS }),
        );
    }
    topic.addToResourcePolicy(
        new iam.PolicyStatement({
            sid: "Alarms",
            principals: [new iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions: ["sns:Publish"],
            resources: [topic.topicArn],
            conditions: { StringEquals: { "aws:SourceAccount": config.account } },
        }),
    );
    return topic;
}
