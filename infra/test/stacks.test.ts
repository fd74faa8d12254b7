import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { App, Aspects, Stack } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks } from "cdk-nag";
import { stacksOf } from "../lib/app";
import { INFRA } from "../lib/config";
import { ACCEPTED_RULES } from "../lib/exceptions";
import { FUNCTIONS, TABLES } from "../lib/names";
import { sample, synthesise } from "../lib/synthesis";
import { CONFIGURATIONS, configuration, resources } from "./configurations";

const SOURCES = join(INFRA, "..", "src");

for (const name of CONFIGURATIONS) {
    test(`cdk-nag finds nothing: ${name}`, () => {
        const { messages } = configuration(name);
        assert.deepEqual(
            messages.filter(
                ({ level, text }) => level === "error" || text.includes("AwsSolutions"),
            ),
            [],
        );
    });
}

test("cdk-nag looks: without the accepted rules it finds what they are about", () => {
    const app = new App();
    const stack = new Stack(app, "Meridian-Account");
    new Bucket(stack, "Open");
    Aspects.of(app).add(new AwsSolutionsChecks({ reports: false }));
    assert.ok(
        app
            .synth()
            .stacks[0]?.messages.some((each) =>
                String(each.entry.data).includes("AwsSolutions-S1"),
            ),
    );
});

test("every accepted rule is still needed, and has a reason", () => {
    const paths = CONFIGURATIONS.flatMap((name) =>
        stacksOf(configuration(name).deployment).flatMap((stack) =>
            stack.node.findAll().map((each) => `/${each.node.path}`),
        ),
    );
    for (const { path, rule, reason } of ACCEPTED_RULES) {
        assert.ok(
            paths.some((each) => path.test(each)),
            `${path} fits nothing`,
        );
        assert.ok(reason.length > 40, `${rule} of ${path} has no reason`);
    }
});

test("the tables are those of the code, by name and key", () => {
    const header = readFileSync(join(SOURCES, "catalog", "tables.h"), "utf8");
    const names = new Map(
        [...header.matchAll(/std::string_view (k\w+Table) = "(\w+)"/g)].map(
            ([, constant, name]) => [constant, name],
        ),
    );
    const source = readFileSync(join(SOURCES, "catalog", "tables.cc"), "utf8");
    const schemas = [...source.matchAll(/schema\((k\w+Table), "(\w+)"(?:, "(\w+)")?\)/g)].map(
        ([, constant, partition, sort]) => ({ name: names.get(constant), partition, sort }),
    );
    assert.deepEqual(
        TABLES.map(({ name, partitionKey, sortKey }) => ({
            name,
            partition: partitionKey,
            sort: sortKey,
        })),
        schemas,
    );
});

for (const [name, count] of [
    ["three regions", 3],
    ["two regions", 2],
    ["one region", 1],
] as const) {
    test(`each table is one resource with a replica in every region: ${name}`, () => {
        const synthesis = configuration(name);
        const tables = resources(synthesis, "AWS::DynamoDB::GlobalTable");
        assert.deepEqual(
            tables.map((each) => each.properties["TableName"]).sort(),
            TABLES.map((each) => each.name).sort(),
        );
        for (const { stack, properties } of tables) {
            assert.equal(stack, "Meridian-Tables");
            assert.equal(properties["BillingMode"], "PAY_PER_REQUEST");
            assert.equal(properties["StreamSpecification"].StreamViewType, "NEW_AND_OLD_IMAGES");
            assert.equal(properties["SSESpecification"].SSEType, "KMS");
            assert.deepEqual(
                properties["Replicas"].map((each: any) => each.Region).sort(),
                synthesis.config.regions.map((each) => each.name).sort(),
            );
            assert.equal(properties["Replicas"].length, count);
            for (const replica of properties["Replicas"]) {
                assert.equal(
                    replica.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled,
                    true,
                );
                assert.equal(replica.DeletionProtectionEnabled, true);
                assert.ok(
                    replica.SSESpecification.KMSMasterKeyId,
                    `${replica.Region} has no key of its own`,
                );
                assert.equal(
                    replica.ContributorInsightsSpecification?.Enabled ?? false,
                    properties["TableName"] === "GlobalCallRouting",
                );
            }
        }
        assert.equal(resources(synthesis, "AWS::KMS::Key").length, 1);
        assert.equal(resources(synthesis, "AWS::KMS::ReplicaKey").length, count - 1);
    });
}

test("provisioned capacity follows the load, reads and writes, in every region", () => {
    for (const { properties } of resources(
        configuration("three regions, everything optional"),
        "AWS::DynamoDB::GlobalTable",
    )) {
        assert.equal(properties["BillingMode"], "PROVISIONED");
        const writes =
            properties["WriteProvisionedThroughputSettings"].WriteCapacityAutoScalingSettings;
        assert.deepEqual([writes.MinCapacity, writes.MaxCapacity], [1, 100]);
        for (const replica of properties["Replicas"]) {
            const reads = replica.ReadProvisionedThroughputSettings.ReadCapacityAutoScalingSettings;
            assert.deepEqual([reads.MinCapacity, reads.MaxCapacity], [5, 500]);
        }
    }
});

test("the order of preference may change: what exists once stays in its home", () => {
    const { config, templates } = configuration("three regions");
    const turned = synthesise({ ...config, regions: [...config.regions].reverse() }).templates;
    for (const stack of ["Meridian-Tables", "Meridian-Account", "Meridian-Keys-us-east-1"]) {
        const resourcesOf = (all: typeof templates) => JSON.stringify(all.get(stack)).length;
        assert.equal(resourcesOf(turned), resourcesOf(templates));
    }
    assert.deepEqual([...turned.keys()].sort(), [...templates.keys()].sort());
});

test("what holds data outlives its stack", () => {
    const kept = [
        "AWS::DynamoDB::GlobalTable",
        "AWS::KMS::Key",
        "AWS::KMS::ReplicaKey",
        "AWS::S3::Bucket",
        "AWS::Backup::BackupVault",
    ];
    for (const [stack, template] of configuration("three regions").templates) {
        for (const [id, resource] of Object.entries(template.Resources ?? {})) {
            if (kept.includes(resource.Type)) {
                assert.equal(
                    (resource as { DeletionPolicy?: string }).DeletionPolicy,
                    "Retain",
                    `${stack}/${id}`,
                );
            }
        }
    }
});

test("every region has every function, as the configuration wants it", () => {
    for (const [name, architecture, reserved] of [
        ["three regions", "x86_64", 100],
        ["three regions, everything optional", "arm64", 100],
        ["one region, nothing optional", "x86_64", undefined],
    ] as const) {
        const synthesis = configuration(name);
        const ours = resources(synthesis, "AWS::Lambda::Function").filter((each) =>
            FUNCTIONS.includes(each.properties["FunctionName"]),
        );
        assert.equal(ours.length, FUNCTIONS.length * synthesis.config.regions.length);
        for (const { properties } of ours) {
            assert.equal(properties["Runtime"], "provided.al2023");
            assert.equal(properties["Handler"], properties["FunctionName"]);
            assert.deepEqual(properties["Architectures"], [architecture]);
            assert.equal(
                properties["VpcConfig"] !== undefined,
                synthesis.config.vpc.enabled && properties["FunctionName"] !== "HealthCheck",
            );
            if (properties["FunctionName"] === "RouteCall") {
                assert.equal(properties["ReservedConcurrentExecutions"], reserved);
            }
        }
    }
});

test("the functions' settings are those of their own region", () => {
    const synthesis = configuration("three regions");
    for (const { stack, properties } of resources(synthesis, "AWS::Lambda::Function").filter(
        (each) => FUNCTIONS.includes(each.properties["FunctionName"]),
    )) {
        const region = stack.replace("Meridian-", "");
        const { Variables: variables } = properties["Environment"];
        assert.match(
            variables.DEFAULT_CONTACT_FLOW_ID,
            new RegExp(`^arn:aws:connect:${region}:111122223333:instance/[^/]+/contact-flow/`),
        );
        assert.match(
            variables.DEFAULT_QUEUE_ID,
            new RegExp(`^arn:aws:connect:${region}:.*/queue/`),
        );
        assert.equal("AFTER_HOURS_FLOW_ID" in variables, region === "us-east-1");
        assert.equal(variables.MERIDIAN_REGIONS, "us-east-1,eu-west-1,ap-southeast-1");
        assert.equal(
            variables.MERIDIAN_TRANSFER_NUMBERS,
            "us-east-1=+18005550101,eu-west-1=+353015550102,ap-southeast-1=+6565550103",
        );
        assert.equal("ALERT_TOPIC_ARN" in variables, properties["FunctionName"] === "HealthCheck");
        assert.equal(
            variables.MERIDIAN_CACHE_SECONDS,
            properties["FunctionName"] === "RouteCall" ? "10" : undefined,
        );
    }
});

test("a region that is out of service is known to all", () => {
    const [first, ...others] = sample(3).regions;
    const synthesis = synthesise(
        sample(3, {
            regions: [first, ...others.map((each, i) => ({ ...each, outOfService: i === 0 }))],
        }),
    );
    const settings = resources(synthesis, "AWS::Lambda::Function").filter((each) =>
        FUNCTIONS.includes(each.properties["FunctionName"]),
    );
    assert.equal(settings.length, 9);
    for (const { properties } of settings) {
        assert.equal(
            properties["Environment"].Variables.MERIDIAN_REGIONS_OUT_OF_SERVICE,
            "eu-west-1",
        );
    }
});

test("a new version takes over by steps, and goes back when an alarm rings", () => {
    const synthesis = configuration("three regions");
    const groups = resources(synthesis, "AWS::CodeDeploy::DeploymentGroup");
    assert.equal(groups.length, 9);
    for (const { properties } of groups) {
        assert.equal(
            properties["DeploymentConfigName"],
            "CodeDeployDefault.LambdaCanary10Percent5Minutes",
        );
        assert.deepEqual(properties["AutoRollbackConfiguration"].Events.sort(), [
            "DEPLOYMENT_FAILURE",
            "DEPLOYMENT_STOP_ON_ALARM",
            "DEPLOYMENT_STOP_ON_REQUEST",
        ]);
        assert.equal(properties["AlarmConfiguration"].Enabled, true);
        assert.equal(
            properties["AlarmConfiguration"].Alarms.length,
            properties["DeploymentGroupName"] === "RouteCall" ? 2 : 1,
        );
    }
    for (const template of synthesis.templates.values()) {
        for (const resource of Object.values(template.Resources ?? {}).filter(
            (each) => each.Type === "AWS::Lambda::Alias",
        )) {
            assert.ok(
                (resource as any).UpdatePolicy.CodeDeployLambdaAliasUpdate,
                "an alias that CloudFormation would move at once",
            );
        }
    }
});

test("Connect may invoke RouteCall for its own instance only, and knows it before the flow does", () => {
    const synthesis = configuration("three regions");
    const permissions = resources(synthesis, "AWS::Lambda::Permission").filter(
        (each) => each.properties["Principal"] === "connect.amazonaws.com",
    );
    assert.equal(permissions.length, 3);
    for (const { stack, properties } of permissions) {
        const region = stack.replace("Meridian-", "");
        assert.equal(properties["SourceAccount"], "111122223333");
        assert.match(
            properties["SourceArn"],
            new RegExp(`^arn:aws:connect:${region}:111122223333:instance/`),
        );
    }
    assert.equal(resources(synthesis, "AWS::Connect::IntegrationAssociation").length, 3);
    for (const { stack, id } of resources(synthesis, "AWS::Connect::ContactFlow")) {
        const flow = (synthesis.templates.get(stack)?.Resources ?? {})[id] as unknown as {
            DependsOn: string[];
        };
        assert.ok(flow.DependsOn.some((each) => each.includes("RouteCall")));
    }
});

test("a replica of Global Resiliency gets the function, and its flow from Connect", () => {
    const [first, second] = sample(2).regions;
    const instance = first?.instances[0];
    const synthesis = synthesise(
        sample(2, { regions: [first, { ...second, instances: [{ ...instance, replica: true }] }] }),
    );
    assert.equal(resources(synthesis, "AWS::Connect::IntegrationAssociation").length, 2);
    assert.deepEqual(
        resources(synthesis, "AWS::Connect::ContactFlow").map((each) => each.stack),
        ["Meridian-us-east-1"],
    );
});

test("every region tells everybody, without another region", () => {
    const synthesis = configuration("three regions");
    assert.equal(resources(synthesis, "AWS::SNS::Topic").length, 3);
    assert.equal(resources(synthesis, "AWS::SNS::Subscription").length, 3);
    const schedules = resources(synthesis, "AWS::Scheduler::Schedule");
    assert.equal(schedules.length, 3);
    for (const { properties } of schedules) {
        assert.equal(properties["ScheduleExpression"], "rate(1 minute)");
        assert.ok(properties["Target"].DeadLetterConfig.Arn);
    }
    assert.equal(
        resources(
            configuration("three regions, everything optional"),
            "AWS::Scheduler::Schedule",
        )[0]?.properties["ScheduleExpression"],
        "rate(5 minutes)",
    );
});

test("the API is throttled, logs who asked and no item's name, and stays behind signatures", () => {
    const synthesis = configuration("three regions");
    for (const { properties } of resources(synthesis, "AWS::ApiGateway::Stage")) {
        const all = properties["MethodSettings"].find((each: any) => each.ResourcePath === "/*");
        assert.deepEqual(
            [all.ThrottlingRateLimit, all.ThrottlingBurstLimit, all.DataTraceEnabled],
            [20, 40, false],
        );
        const { Format: format } = properties["AccessLogSetting"];
        assert.match(format, /\$context\.identity\.userArn/);
        assert.doesNotMatch(format, /\$context\.path\b|requestOverride|querystring/);
    }
    assert.equal(resources(synthesis, "AWS::WAFv2::WebACL").length, 0);
    const everything = configuration("three regions, everything optional");
    assert.equal(resources(everything, "AWS::WAFv2::WebACLAssociation").length, 3);
    assert.deepEqual(
        resources(everything, "AWS::ApiGateway::DomainName")
            .map((each) => each.properties["DomainName"])
            .sort(),
        [
            "ap-southeast-1.meridian.example.com",
            "eu-west-1.meridian.example.com",
            "us-east-1.meridian.example.com",
        ],
    );
});

test("the network has no way out but to DynamoDB's tables", () => {
    const synthesis = configuration("three regions, everything optional");
    assert.equal(resources(synthesis, "AWS::EC2::NatGateway").length, 0);
    assert.equal(resources(synthesis, "AWS::EC2::InternetGateway").length, 0);
    assert.equal(resources(synthesis, "AWS::EC2::Subnet").length, 6);
    assert.equal(resources(synthesis, "AWS::EC2::VPCEndpoint").length, 3);
    assert.equal(resources(synthesis, "AWS::EC2::FlowLog").length, 3);
});

test("the audit trail has the writes of the lasting tables of every region; reads where they are wanted", () => {
    const selectorsOf = (name: string) =>
        resources(configuration(name), "AWS::CloudTrail::Trail")[0]?.properties[
            "AdvancedEventSelectors"
        ][0].FieldSelectors;
    const field = (name: string, wanted: string) =>
        selectorsOf(name).find((each: any) => each.Field === wanted);
    assert.equal(field("three regions", "resources.ARN").Equals.length, 12);
    assert.deepEqual(field("three regions", "readOnly").Equals, ["false"]);
    assert.equal(field("three regions, everything optional", "readOnly"), undefined);
    assert.equal(selectorsOf("one region, nothing optional"), undefined);
});

test("backups are of the lasting tables; the budget warns the people who are told of alarms", () => {
    const synthesis = configuration("three regions");
    const [selection] = resources(synthesis, "AWS::Backup::BackupSelection");
    assert.equal(selection?.properties["BackupSelection"].Resources.length, 4);
    assert.ok(!JSON.stringify(selection).includes("RegionHealth"));
    const [budget] = resources(synthesis, "AWS::Budgets::Budget");
    assert.equal(
        budget?.properties["NotificationsWithSubscribers"][0].Subscribers[0].Address,
        "on-call@example.com",
    );
});

test("everything that can have tags has the cost tags", () => {
    for (const type of [
        "AWS::Lambda::Function",
        "AWS::DynamoDB::GlobalTable",
        "AWS::SNS::Topic",
        "AWS::KMS::Key",
        "AWS::ApiGateway::RestApi",
    ]) {
        for (const { stack, id, properties } of resources(configuration("three regions"), type)) {
            if (
                FUNCTIONS.includes(properties["FunctionName"]) ||
                type !== "AWS::Lambda::Function"
            ) {
                const tags = JSON.stringify(properties["Tags"] ?? properties["Replicas"]);
                assert.match(tags, /"application".*"meridian"/, `${stack}/${id}`);
                assert.match(tags, /"cost-centre".*"contact-centre"/, `${stack}/${id}`);
            }
        }
    }
});

test("templates without placeholders are deployable, and carry the zips", () => {
    const folder = mkdtempSync(join(tmpdir(), "meridian-package-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    for (const name of FUNCTIONS) {
        writeFileSync(join(folder, `${name}.zip`), name);
    }
    const synthesis = synthesise(sample(1), { package: folder });
    assert.ok(
        !JSON.stringify(synthesis.templates.get("Meridian-us-east-1")).includes(
            "FunctionsArePackaged",
        ),
    );
    assert.deepEqual(synthesis.messages, []);
});

test("templates with placeholders for the functions cannot be deployed", () => {
    const synthesis = synthesise(sample(1), { package: "/nowhere" });
    const template = synthesis.templates.get("Meridian-us-east-1") as {
        Rules?: Record<string, any>;
    };
    const [assertion] = template.Rules?.["FunctionsArePackaged"].Assertions ?? [];
    assert.match(assertion.AssertDescription, /run \.\/package/);
    assert.equal(
        synthesis.messages.filter(
            ({ level, text }) => level === "warning" && text.includes("run ./package"),
        ).length,
        FUNCTIONS.length,
    );
    assert.ok(
        !JSON.stringify(synthesis.templates.get("Meridian-Tables")).includes(
            "FunctionsArePackaged",
        ),
    );
});
