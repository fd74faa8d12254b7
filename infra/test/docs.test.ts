import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { INFRA } from "../lib/config";
import { configuration, resources } from "./configurations";

const DOCS = join(INFRA, "..", "docs");
const deploying = readFileSync(join(DOCS, "deploying.md"), "utf8");

test("docs/deploying.md has the costs that npm run cost -- --table prints", () => {
    const { stdout, stderr } = spawnSync(
        process.execPath,
        [join(INFRA, "build", "bin", "cost.js"), "--table"],
        {
            encoding: "utf8",
        },
    );
    assert.ok(stdout.length > 100 && deploying.includes(stdout.trim()), stdout + stderr);
});

test("docs/deploying.md names every alarm", () => {
    for (const { stack, properties } of resources(
        configuration("three regions"),
        "AWS::CloudWatch::Alarm",
    )) {
        const name = (properties["AlarmName"] as string).replace(`${stack}-`, "");
        const written = [
            name,
            name.replace(/^ReplicationTo-.*/, "ReplicationTo-REGION"),
            name.replace(/^(RouteCall|UpdateRouting|HealthCheck)TableErrors$/, "…TableErrors"),
        ];
        const family = /^(UpdateRouting|HealthCheck)(Errors|Throttles)$/.test(name); // "of the other functions"
        assert.ok(family || written.some((each) => deploying.includes(`\`${each}\``)), name);
    }
});

test("what the pages point at is there", () => {
    for (const page of [
        join(DOCS, "deploying.md"),
        join(DOCS, "security.md"),
        join(INFRA, "README.md"),
    ]) {
        for (const [, target] of readFileSync(page, "utf8").matchAll(/\]\(([^)#:]+)\)/g)) {
            assert.ok(existsSync(join(dirname(page), target as string)), `${page}: ${target}`);
        }
    }
});
