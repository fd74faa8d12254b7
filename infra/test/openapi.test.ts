import assert from "node:assert/strict";
import { test } from "node:test";
import { gatewayDocument, managementDocument, NOT_ON_AWS } from "../lib/openapi";

const source = managementDocument() as any;
const document = gatewayDocument(source, {
    title: "meridian",
    integrationUri: "arn:integration",
}) as any;
const METHODS = ["get", "put", "post", "delete", "patch"];

function operations(of: any): { path: string; method: string; operation: any }[] {
    return Object.entries<any>(of.paths).flatMap(([path, item]) =>
        METHODS.filter((method) => item[method]).map((method) => ({
            path,
            method,
            operation: item[method],
        })),
    );
}

test("every operation of the API is there, or has a reason why not", () => {
    for (const { path, method } of operations(source)) {
        assert.equal(
            document.paths[path]?.[method] === undefined,
            path in NOT_ON_AWS,
            `${method} ${path}`,
        );
    }
    for (const path of Object.keys(NOT_ON_AWS)) {
        assert.ok(source.paths[path], `${path} is not in the API any more`);
    }
});

test("every operation is signed, validated, and answered by the function", () => {
    assert.deepEqual(
        document["x-amazon-apigateway-request-validators"][
            document["x-amazon-apigateway-request-validator"]
        ],
        { validateRequestBody: true, validateRequestParameters: true },
    );
    assert.equal(
        document.components.securitySchemes.sigv4["x-amazon-apigateway-authtype"],
        "awsSigv4",
    );
    for (const { path, method, operation } of operations(document)) {
        assert.deepEqual(operation.security, [{ sigv4: [] }], `${method} ${path}`);
        assert.equal(operation["x-amazon-apigateway-integration"].type, "aws_proxy");
        assert.equal(operation["x-amazon-apigateway-integration"].uri, "arn:integration");
    }
});

test("path parameters are declared, required, and those of the path", () => {
    for (const { path, method, operation } of operations(document)) {
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
        const declared = (operation.parameters ?? []).filter((each: any) => each.in === "path");
        assert.deepEqual(
            declared.map((each: any) => each.name).sort(),
            inPath,
            `${method} ${path}`,
        );
        assert.ok(declared.every((each: any) => each.required));
    }
});

test("an entity's history can be asked for by its parts too", () => {
    for (const path of [
        "/history/{entity}",
        "/history/routing/{phoneNumber}/{region}",
        "/history/business-hours/{regionId}/restore",
        "/history/agents/{agentId}/{changeId}",
    ]) {
        assert.ok(document.paths[path], path);
    }
});

test("API Gateway's paths: one variable name a place, no operation's name twice", () => {
    const names = new Map<string, Set<string>>();
    for (const path of Object.keys(document.paths)) {
        const parts = path.split("/");
        parts.forEach((part, index) => {
            if (part.startsWith("{")) {
                const before = parts.slice(0, index).join("/");
                names.set(before, (names.get(before) ?? new Set()).add(part));
            }
        });
    }
    for (const [before, variables] of names) {
        assert.equal(variables.size, 1, `${before}/ has ${[...variables].join(" and ")}`);
    }
    const ids = operations(document).flatMap(({ operation }) => operation.operationId ?? []);
    assert.deepEqual(ids, [...new Set(ids)]);
});

test("bodies of single items are validated by their schemas; of imports only that they are lists", () => {
    const body = (path: string, method: string) =>
        document.paths[path][method].requestBody.content["application/json"].schema;
    assert.deepEqual(body("/routing", "post"), { $ref: "#/components/schemas/Rule" });
    assert.deepEqual(body("/routing/import", "post"), { type: "array", items: {} });
    assert.equal(
        document.paths["/routing/import"].post.requestBody.content["application/x-ndjson"],
        undefined,
    );
});

test("schemas say nothing that API Gateway's draft 4 doesn't know, and name only what is there", () => {
    const known = new Set([
        "$ref",
        "type",
        "properties",
        "required",
        "items",
        "enum",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "allOf",
        "anyOf",
        "additionalProperties",
        "title",
    ]);
    const check = (schema: any, at: string): void => {
        for (const [keyword, value] of Object.entries<any>(schema)) {
            assert.ok(known.has(keyword), `${at} says ${keyword}`);
            if (keyword === "$ref") {
                assert.ok(
                    document.components.schemas[value.split("/").pop()],
                    `${at} names ${value}`,
                );
            } else if (keyword === "type") {
                assert.equal(typeof value, "string", at);
            } else if (keyword === "properties") {
                Object.entries(value).forEach(([name, each]) => check(each, `${at}.${name}`));
            } else if (
                keyword === "items" ||
                (keyword === "additionalProperties" && typeof value === "object")
            ) {
                check(value, `${at}[]`);
            } else if (keyword === "allOf" || keyword === "anyOf") {
                value.forEach((each: any) => check(each, at));
            }
        }
    };
    assert.ok(Object.keys(document.components.schemas).length > 5);
    for (const [name, schema] of Object.entries(document.components.schemas)) {
        assert.match(name, /^[A-Za-z0-9]+$/);
        check(schema, name);
    }
});
