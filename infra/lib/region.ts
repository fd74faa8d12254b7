// Everything of one region: what it needs to route calls when all other regions are gone.
import { CfnOutput, Fn, Stack, type StackProps } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { namesOfStoppingAlarms, RegionAlarms } from "./alarms";
import { makeAlertTopic } from "./alerts";
import { API_NAME, ManagementApi, STAGE } from "./api";
import type { Config, Instance, Region } from "./config";
import { ConnectInstance } from "./connect";
import { makeDashboard } from "./dashboard";
import { MeridianFunction } from "./function";
import { makeHealthSchedule } from "./health";
import type { KeyStack } from "./keys";
import { type FunctionName, instanceArn, regionNames } from "./names";
import { makeNetwork, type Network } from "./network";
import { makeRollouts } from "./rollout";

export class RegionStack extends Stack {
    readonly functions: Readonly<Record<FunctionName, MeridianFunction>>;

    constructor(
        scope: Construct,
        id: string,
        props: StackProps & { config: Config; regionConfig: Region; keys: KeyStack },
    ) {
        super(scope, id, props);
        const { config, regionConfig } = props;
        const { key } = props.keys;
        const topic = makeAlertTopic(this, config, key);
        const network = config.vpc.enabled ? makeNetwork(this, config, key) : undefined;
        const environment = settings(config, regionConfig);
        const make = (name: FunctionName, more: Record<string, string>, within?: Network) =>
            new MeridianFunction(this, {
                config,
                name,
                key,
                environment: { ...environment, ...more },
                ...(within === undefined ? {} : { network: within }),
            });
        const routeCall = make(
            "RouteCall",
            { MERIDIAN_CACHE_SECONDS: String(config.functions.cacheSeconds) },
            network,
        );
        const updateRouting = make("UpdateRouting", {}, network);
        // Not in the network, which reaches no other region: it asks them all.
        const healthCheck = make("HealthCheck", { ALERT_TOPIC_ARN: topic.topicArn });
        this.functions = {
            RouteCall: routeCall,
            UpdateRouting: updateRouting,
            HealthCheck: healthCheck,
        };
        healthCheck.role.addToPolicy(
            new iam.PolicyStatement({
                sid: "Alerts",
                actions: ["sns:Publish"],
                resources: [topic.topicArn],
            }),
        );
        healthCheck.role.addToPolicy(
            new iam.PolicyStatement({
                sid: "KeyOfTheTopic",
                actions: ["kms:Decrypt", "kms:GenerateDataKey"],
                resources: [key.keyArn],
                conditions: {
                    StringEquals: { "kms:ViaService": `sns.${this.region}.amazonaws.com` },
                },
            }),
        );

        const deadLetters = makeHealthSchedule(this, config, healthCheck);
        const api = new ManagementApi(this, { config, key, updateRouting });
        const watched = {
            config,
            deadLetters: deadLetters.queueName,
            api: { name: API_NAME, stage: STAGE },
        };
        const alarms = new RegionAlarms(this, { ...watched, topic });
        makeDashboard(this, { ...watched, alarms });
        const rollouts = makeRollouts(this, config, namesOfStoppingAlarms(this.region));
        for (const each of Object.values(this.functions)) {
            each.rollOut(
                rollouts.application,
                rollouts.role,
                config.functions.rollout,
                alarms.ofFunction(each.name),
            );
        }
        for (const instance of regionConfig.instances) {
            const connected = new ConnectInstance(this, `Connect-${instance.id}`, {
                config,
                region: this.region,
                instance,
                routeCall: routeCall.live,
            });
            if (connected.flow !== undefined) {
                new CfnOutput(this, `FlowOf${instance.id.replace(/-/g, "")}`, {
                    value: connected.flow.attrContactFlowArn,
                    description: "Point phone numbers at this flow",
                });
            }
        }
        new CfnOutput(this, "ApiUrl", {
            value: api.url,
            description: "The management API; requests are signed for execute-api",
        });
        new CfnOutput(this, "AlertTopic", { value: topic.topicArn });
    }

    // Without asking the account which zones it has: templates are made offline.
    override get availabilityZones(): string[] {
        return [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
    }
}

function settings(config: Config, region: Region): Record<string, string> {
    const instance = region.instances[0] as Instance;
    const resource = (kind: "contact-flow" | "queue", id: string | undefined) =>
        id === undefined
            ? undefined
            : `${instanceArn(config.account, region.name, instance.id)}/${kind}/${id}`;
    const numbers = config.regions
        .filter((each) => each.transferNumber !== undefined)
        .map((each) => `${each.name}=${each.transferNumber}`);
    const out = config.regions.filter((each) => each.outOfService).map((each) => each.name);
    const all: Record<string, string | undefined> = {
        DEFAULT_CONTACT_FLOW_ID: resource("contact-flow", instance.defaultFlow),
        DEFAULT_QUEUE_ID: resource("queue", instance.defaultQueue),
        AFTER_HOURS_FLOW_ID: resource("contact-flow", instance.afterHoursFlow),
        AFTER_HOURS_QUEUE_ID: resource("queue", instance.afterHoursQueue),
        MERIDIAN_REGIONS: regionNames(config).join(","),
        MERIDIAN_TRANSFER_NUMBERS: numbers.length === 0 ? undefined : numbers.join(","),
        MERIDIAN_REGIONS_OUT_OF_SERVICE: out.length === 0 ? undefined : out.join(","),
        MERIDIAN_LOG_LEVEL: config.functions.logLevel,
    };
    return Object.fromEntries(
        Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
}
