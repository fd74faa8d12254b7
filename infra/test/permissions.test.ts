import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { INFRA } from "../lib/config";
import { ACCEPTED_WILDCARDS } from "../lib/exceptions";
import { type Grant, grantsOf, permissionsPage, type Template } from "../lib/grants";
import { FUNCTIONS, regionNames } from "../lib/names";
import { TABLE_USES } from "../lib/permissions";
import { allGrants, distinctGrants } from "../lib/synthesis";
import { CONFIGURATIONS, configuration } from "./configurations";

test("permissions.md lists what the templates grant (npm run permissions makes it anew)", () => {
    assert.equal(
        readFileSync(join(INFRA, "permissions.md"), "utf8"),
        permissionsPage(distinctGrants(configuration("three regions"))),
    );
});

test("every region grants the same", () => {
    const { config, templates, deployment } = configuration("three regions");
    const [first, ...others] = deployment.regions.map(({ stackName, region }) =>
        grantsOf(templates.get(stackName) as Template, {
            stack: stackName,
            region,
            regions: regionNames(config),
            account: config.account,
        }),
    );
    for (const other of others) {
        assert.deepEqual(other, first);
    }
});

function wildcards(grants: readonly Grant[]): { at: string; value: string }[] {
    return grants
        .filter((each) => each.effect === "Allow")
        .flatMap((each) =>
            [...each.actions, ...each.resources]
                .filter((value) => value.includes("*"))
                .map((value) => ({ at: each.at, value })),
        );
}

for (const name of CONFIGURATIONS) {
    test(`no wildcard in an action or a resource but those with a reason: ${name}`, () => {
        const refused = wildcards(allGrants(configuration(name))).filter(
            ({ at, value }) =>
                !ACCEPTED_WILDCARDS.some((each) => each.at.test(at) && each.value.test(value)),
        );
        assert.deepEqual(refused, []);
    });
}

test("every accepted wildcard is still needed", () => {
    const found = CONFIGURATIONS.flatMap((name) => wildcards(allGrants(configuration(name))));
    for (const { at, value, why } of ACCEPTED_WILDCARDS) {
        assert.ok(
            found.some((each) => at.test(each.at) && value.test(each.value)),
            `${at} ${value} fits nothing`,
        );
        assert.ok(why.length > 20);
    }
});

test("a wildcard that nobody accepted is found", () => {
    const grant: Grant = {
        at: "Meridian-{region}/RouteCallRole",
        effect: "Allow",
        principal: "<RouteCallRole>",
        actions: ["dynamodb:*"],
        resources: ["arn:aws:dynamodb:{region}:{account}:table/*"],
        conditions: "",
    };
    const accepted = wildcards([grant]).filter(({ at, value }) =>
        ACCEPTED_WILDCARDS.some((each) => each.at.test(at) && each.value.test(value)),
    );
    assert.deepEqual(accepted, []);
});

test("each function may touch only the tables that its code uses", () => {
    const grants = distinctGrants(configuration("three regions"));
    for (const name of FUNCTIONS) {
        const tables = grants
            .filter((each) => each.principal === `<${name}Role>`)
            .flatMap((each) =>
                each.actions
                    .filter((action) => action.startsWith("dynamodb:"))
                    .map((action) => ({ action, on: each.resources })),
            );
        const expected = TABLE_USES[name].flatMap((use) =>
            use.actions.map((action) => ({
                action: `dynamodb:${action}`,
                on: (use.regions === "own" ? ["{region}"] : ["{other region}", "{region}"]).map(
                    (region) => `arn:aws:dynamodb:${region}:{account}:table/${use.table}`,
                ),
            })),
        );
        assert.deepEqual(tables, expected);
    }
});

test("nobody but UpdateRouting changes rules, hours or agents; nobody deletes history", () => {
    const changing = /^dynamodb:(PutItem|UpdateItem|DeleteItem)$/;
    for (const each of distinctGrants(configuration("three regions"))) {
        const changes = each.actions.filter((action) => changing.test(action));
        if (
            changes.length > 0 &&
            each.resources.some((resource) =>
                /GlobalCallRouting|BusinessHours|AgentSkills|ChangeHistory/.test(resource),
            )
        ) {
            assert.equal(each.principal, "<UpdateRoutingRole>");
        }
        if (each.resources.some((resource) => resource.endsWith("/ChangeHistory"))) {
            assert.ok(
                !each.actions.includes("dynamodb:DeleteItem") &&
                    !each.actions.includes("dynamodb:UpdateItem"),
            );
        }
    }
});
