import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { INFRA } from "../lib/config";
import { AWS_METRICS, NAMESPACE, OWN_METRICS } from "../lib/metrics";
import { FUNCTIONS, TABLES } from "../lib/names";
import { CONFIGURATIONS, configuration, resources } from "./configurations";

const LAMBDA = join(INFRA, "..", "src", "lambda");

test("the list of our metrics is that of the code", (t) => {
    if (!existsSync(LAMBDA)) {
        t.skip("src/lambda is not there yet");
        return;
    }
    const source = readFileSync(join(LAMBDA, "metrics.def"), "utf8").replace(/^\s*\/\/.*$/gm, "");
    const code = Object.fromEntries(
        [...source.matchAll(/\w+\((\w+),\s*(Count|Milliseconds)\b/g)].map(([, name, unit]) => [
            name,
            unit,
        ]),
    );
    assert.deepEqual(
        Object.fromEntries(Object.entries(OWN_METRICS).map(([name, { unit }]) => [name, unit])),
        code,
    );
});

interface Watched {
    readonly where: string;
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: Record<string, string>;
}

function inAlarms(configurationName: string): Watched[] {
    return resources(configuration(configurationName), "AWS::CloudWatch::Alarm").flatMap(
        ({ id, properties }) => {
            const single = properties["MetricName"] === undefined ? [] : [properties];
            const several = (properties["Metrics"] ?? []).flatMap((each: any) =>
                each.MetricStat === undefined ? [] : [each.MetricStat.Metric],
            );
            return [...single, ...several].map((metric: any) => ({
                where: id,
                namespace: metric.Namespace,
                name: metric.MetricName,
                dimensions: Object.fromEntries(
                    (metric.Dimensions ?? []).map((each: any) => [each.Name, each.Value]),
                ),
            }));
        },
    );
}

// A dashboard's body is a text with references in it; they stand for themselves here.
function inDashboards(configurationName: string): Watched[] {
    return resources(configuration(configurationName), "AWS::CloudWatch::Dashboard").flatMap(
        ({ id, properties }) => {
            const body = properties["DashboardBody"];
            const text: string =
                typeof body === "string"
                    ? body
                    : body["Fn::Join"][1]
                          .map((part: unknown) => (typeof part === "string" ? part : "reference"))
                          .join("");
            const widgets = JSON.parse(text).widgets as any[];
            return widgets.flatMap((widget) =>
                (widget.properties.metrics ?? []).map((metric: any[]) => watched(id, metric)),
            );
        },
    );
}

// ["Namespace","Name","Dimension","Value",…,{rendering}]
function watched(where: string, metric: any[]): Watched {
    const [namespace, name, ...rest] = metric;
    const pairs = rest.filter((each) => typeof each === "string");
    const dimensions: Record<string, string> = {};
    for (let i = 0; i + 1 < pairs.length; i += 2) {
        dimensions[String(pairs[i])] = String(pairs[i + 1]);
    }
    return { where, namespace, name, dimensions };
}

for (const name of CONFIGURATIONS) {
    test(`every metric in an alarm or a dashboard exists: ${name}`, () => {
        const all = [...inAlarms(name), ...inDashboards(name)];
        assert.ok(all.length > 100);
        for (const each of all) {
            if (each.namespace !== NAMESPACE) {
                assert.ok(
                    AWS_METRICS[each.namespace]?.includes(each.name),
                    `${each.where}: ${each.namespace} has no ${each.name}`,
                );
                continue;
            }
            const metric = OWN_METRICS[each.name as keyof typeof OWN_METRICS];
            assert.ok(metric, `${each.where}: the code emits no ${each.name}`);
            assert.ok(
                metric.by.some((by) => by === each.dimensions["Function"]),
                `${each.where}: ${each.dimensions["Function"]} emits no ${each.name}`,
            );
            assert.ok(
                configuration(name).config.regions.some(
                    (region) => region.name === each.dimensions["Region"],
                ),
            );
        }
    });
}

test("what the issue names is watched", () => {
    const alarms = inAlarms("three regions");
    const has = (metric: string, dimensions: Record<string, string> = {}) =>
        alarms.some(
            (each) =>
                each.name === metric &&
                Object.entries(dimensions).every(([key, value]) => each.dimensions[key] === value),
        );
    for (const name of FUNCTIONS) {
        assert.ok(
            has("Errors", { FunctionName: name }) && has("Throttles", { FunctionName: name }),
        );
    }
    assert.ok(has("Duration", { FunctionName: "RouteCall" }));
    assert.ok(has("SuccessfulRequestLatency", { TableName: "GlobalCallRouting" }));
    assert.ok(has("ThrottledRequests"));
    for (const { name } of TABLES) {
        assert.ok(has("ReplicationLatency", { TableName: name, ReceivingRegion: "eu-west-1" }));
    }
    for (const metric of [
        "ApproximateNumberOfMessagesVisible",
        "EditConflicts",
        "StaleAnswers",
        "AnswersWithoutData",
        "UnhealthyRegions",
    ]) {
        assert.ok(has(metric), metric);
    }
});

test("every alarm tells somebody: by itself, or in the one of its region", () => {
    const synthesis = configuration("three regions");
    const composites = resources(synthesis, "AWS::CloudWatch::CompositeAlarm");
    assert.equal(composites.length, 3);
    const inComposites = JSON.stringify(composites.map((each) => each.properties["AlarmRule"]));
    for (const { id, properties } of resources(synthesis, "AWS::CloudWatch::Alarm")) {
        assert.notEqual(
            (properties["AlarmActions"] ?? []).length > 0,
            inComposites.includes(id),
            `${id} tells nobody, or twice`,
        );
        assert.ok(properties["AlarmDescription"].length > 30);
    }
});

test("one alarm looks at ten metrics at most, which is CloudWatch's bound", () => {
    for (const { id, properties } of resources(
        configuration("three regions"),
        "AWS::CloudWatch::Alarm",
    )) {
        assert.ok(
            (properties["Metrics"] ?? []).filter((each: any) => each.MetricStat !== undefined)
                .length <= 10,
            id,
        );
    }
});
