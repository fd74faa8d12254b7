import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checkConfig, ConfigError, loadConfig, SAMPLE } from "../lib/config";

function faultsOf(change: (value: any) => void): string[] {
    const value = JSON.parse(readFileSync(SAMPLE, "utf8"));
    change(value);
    try {
        checkConfig(value);
    } catch (error) {
        assert.ok(error instanceof ConfigError);
        return [...error.faults];
    }
    return [];
}

test("the sample is good, and what it leaves out has defaults", () => {
    const config = loadConfig(SAMPLE);
    assert.equal(config.regions.length, 3);
    assert.equal(config.tables.capacity, "on-demand");
    assert.equal(config.functions.RouteCall.memoryMb, 256);
    assert.equal(config.functions.RouteCall.reservedConcurrency, 100);
    assert.equal(config.contactFlow.answerForm, "JSON");
    assert.equal(config.audit.enabled, true);
});

test("a file that is absent, or no JSON, is told by its name", () => {
    assert.throws(
        () => loadConfig("/nowhere/meridian.json"),
        /\/nowhere\/meridian\.json: cannot be read \(ENOENT\)/,
    );
    assert.throws(() => loadConfig(__filename), /is not JSON/);
});

test("each fault says where it is and what would be right", () => {
    const cases: [change: (value: any) => void, says: RegExp][] = [
        [(v) => delete v.account, /the file has no "account"/],
        [
            (v) => (v.account = "12345"),
            /^account is "12345", which does not have the form .* \(The AWS account/,
        ],
        [(v) => (v.regions = []), /^regions must NOT have fewer than 1 items/],
        [(v) => (v.regions[1].name = "Frankfurt"), /^regions\[1\]\.name is "Frankfurt"/],
        [(v) => (v.regions[1].name = "us-east-1"), /regions has us-east-1 twice/],
        [(v) => (v.regions[0].name = "cn-north-1"), /only regions of the partition "aws"/],
        [
            (v) => v.regions.forEach((region: any) => (region.outOfService = true)),
            /every region is outOfService/,
        ],
        [(v) => (v.home = "eu-central-1"), /home is eu-central-1, which is none of the regions/],
        [
            (v) => delete v.regions[2].instances[0].defaultQueue,
            /^regions\[2\]\.instances\[0\] has no "defaultQueue"/,
        ],
        [
            (v) => (v.regions[0].instances[0].defaultFlow = "main"),
            /^regions\[0\]\.instances\[0\]\.defaultFlow is "main"/,
        ],
        [(v) => (v.regions[0].transferNumber = "18005551234"), /transferNumber is "18005551234"/],
        [
            (v) => (v.regions[1].instances[0].replica = true),
            /is a replica, but no other region has an instance of this id/,
        ],
        [
            (v) => (v.alert = {}),
            /the file has an unknown "alert"; known are account, regions, home, alerts/,
        ],
        [(v) => (v.alerts.emails = ["nobody"]), /^alerts\.emails\[0\] is "nobody"/],
        [(v) => (v.architecture = "riscv"), /architecture is one of x86_64, arm64, not "riscv"/],
        [
            (v) =>
                (v.tables = { capacity: { read: { min: 9, max: 2 }, write: { min: 1, max: 2 } } }),
            /tables\.capacity\.read has a min over its max/,
        ],
        [
            (v) => (v.tables = { capacity: { read: { min: 1, max: 2 } } }),
            /tables\.capacity has no "write"/,
        ],
        [(v) => (v.logDays = 8), /^logDays is one of 1, 3, 5/],
        [(v) => (v.contactFlow = { attributes: ["a b"] }), /contactFlow\.attributes\[0\] is "a b"/],
        [(v) => (v.vpc = { enabled: true, cidr: "10.0.0.0/8" }), /vpc\.cidr is "10\.0\.0\.0\/8"/],
    ];
    for (const [change, says] of cases) {
        const faults = faultsOf(change);
        assert.ok(
            faults.some((fault) => says.test(fault)),
            `${says} is not in ${JSON.stringify(faults)}`,
        );
    }
});

test("all faults are told at once", () => {
    assert.equal(
        faultsOf((v) => {
            delete v.account;
            v.regions[0].name = "x";
            v.alerts = { emails: [] };
        }).length,
        3,
    );
});
