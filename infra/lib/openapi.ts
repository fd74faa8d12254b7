// The management API's document (src/rest/openapi.json, OpenAPI 3.1) as API Gateway's REST APIs
// take it: OpenAPI 3.0 with models of JSON Schema draft 4, every operation signed (AWS_IAM),
// validated, and answered by UpdateRouting.
//
// Sources: API Gateway developer guide, "Amazon API Gateway important notes" (what of OpenAPI and
// JSON Schema is not supported), "x-amazon-apigateway-integration",
// "x-amazon-apigateway-request-validators", "Request validation".
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { INFRA } from "./config";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

const METHODS = ["get", "put", "post", "delete", "patch"];

/** Paths that the function cannot serve, and why. */
export const NOT_ON_AWS: Readonly<Record<string, string>> = {
    "/faults": "breaks a region of one machine on purpose; AWS has its Fault Injection Service",
    "/replication": "DynamoDB replicates; ReplicationLatency and HealthCheck tell how far",
    "/proof": "compares embedded stores",
    "/proof/{table}": "compares embedded stores",
    "/proof/{table}/items": "compares embedded stores",
    "/repair": "mends embedded stores",
    "/conflicts": "of embedded stores; here the history of an item shows both edits",
    "/backups": "AWS Backup and point-in-time recovery keep the tables",
    "/backups/{backupId}": "AWS Backup and point-in-time recovery keep the tables",
    "/backups/{backupId}/verify": "AWS Backup and point-in-time recovery keep the tables",
    "/backups/{backupId}/items": "AWS Backup and point-in-time recovery keep the tables",
    "/restores": "AWS Backup and point-in-time recovery keep the tables",
    "/restores/{restoreId}": "AWS Backup and point-in-time recovery keep the tables",
    "/tables/{table}/import": "DynamoDB's own import fills tables",
    "/events":
        "a stream of events needs a connection that a function does not keep; DynamoDB Streams tell changes",
    "/traffic/{policyId}": "no function serves it yet",
};

export function managementDocument(): JsonObject {
    return JSON.parse(
        readFileSync(join(INFRA, "..", "src", "rest", "openapi.json"), "utf8"),
    ) as JsonObject;
}

export interface GatewayOptions {
    readonly title: string;
    /** API Gateway's address of the function that answers. */
    readonly integrationUri: string;
}

export function gatewayDocument(source: JsonObject, options: GatewayOptions): JsonObject {
    const schemas = new Map<string, Json>();
    const paths: JsonObject = {};
    for (const [path, item] of Object.entries(object(source["paths"]))) {
        for (const spelling of path in NOT_ON_AWS ? [] : spellings(path)) {
            paths[spelling.path] = gatewayPath(
                source,
                object(item),
                schemas,
                options,
                spelling.ids,
            );
        }
    }
    return {
        openapi: "3.0.1",
        info: {
            title: options.title,
            version: text(object(source["info"])["version"]),
            description: text(object(source["info"])["summary"]),
        },
        paths,
        components: {
            securitySchemes: {
                sigv4: {
                    type: "apiKey",
                    name: "Authorization",
                    in: "header",
                    "x-amazon-apigateway-authtype": "awsSigv4",
                },
            },
            schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))),
        },
        "x-amazon-apigateway-request-validators": {
            all: { validateRequestBody: true, validateRequestParameters: true },
        },
        "x-amazon-apigateway-request-validator": "all",
        "x-amazon-apigateway-gateway-responses": {
            // Ours have a "message" too; this one says where the body is wrong.
            BAD_REQUEST_BODY: errorResponse("400", '"$context.error.validationErrorString"'),
            BAD_REQUEST_PARAMETERS: errorResponse("400", "$context.error.messageString"),
        },
    };
}

interface Spelling {
    readonly path: string;
    /** What stands for {entity} in this spelling; nothing: {entity} itself, a text with encoded slashes. */
    readonly ids?: readonly string[];
}

// The service reads an entity's history by one encoded name or by its parts (src/rest/routes.cc);
// encoded slashes don't come through every client and proxy.
function spellings(path: string): Spelling[] {
    if (!path.includes("{entity}")) {
        return [{ path }];
    }
    const parts = {
        routing: ["phoneNumber", "region"],
        "business-hours": ["regionId"],
        agents: ["agentId"],
    };
    return [
        { path },
        ...Object.entries(parts).map(([kind, ids]) => ({
            path: path.replace("{entity}", [kind, ...ids.map((id) => `{${id}}`)].join("/")),
            ids,
        })),
    ];
}

function errorResponse(statusCode: string, message: string): JsonObject {
    return {
        statusCode,
        responseParameters: { "gatewayresponse.header.X-Amzn-ErrorType": "'ValidationException'" },
        responseTemplates: {
            "application/json": `{"message":${message},"requestId":"$context.requestId"}`,
        },
    };
}

function gatewayPath(
    source: JsonObject,
    item: JsonObject,
    schemas: Map<string, Json>,
    options: GatewayOptions,
    ids?: readonly string[],
): JsonObject {
    const shared = list(item["parameters"]);
    const result: JsonObject = {};
    for (const method of METHODS.filter((each) => each in item)) {
        const operation = object(item[method]);
        const parameters = [...shared, ...list(operation["parameters"])]
            .map((each) => gatewayParameter(resolve(source, object(each))))
            .flatMap((each) => inParts(each, ids));
        const body =
            operation["requestBody"] === undefined
                ? undefined
                : gatewayBody(source, resolve(source, object(operation["requestBody"])), schemas);
        result[method] = {
            // Operations have unique names; the document's is that of the first spelling.
            ...(ids === undefined ? { operationId: text(operation["operationId"]) } : {}),
            ...(parameters.length > 0 ? { parameters } : {}),
            ...(body === undefined ? {} : { requestBody: body }),
            responses: { "200": { description: "What the function answers" } },
            security: [{ sigv4: [] }],
            "x-amazon-apigateway-integration": {
                type: "aws_proxy",
                httpMethod: "POST",
                uri: options.integrationUri,
                passthroughBehavior: "when_no_match",
            },
        };
    }
    return result;
}

// Of a parameter API Gateway checks only that it is there.
function gatewayParameter(parameter: JsonObject): JsonObject {
    return {
        name: text(parameter["name"]),
        in: text(parameter["in"]),
        required: parameter["required"] === true,
        schema: { type: "string" },
    };
}

function inParts(parameter: JsonObject, ids?: readonly string[]): JsonObject[] {
    return ids !== undefined && parameter["name"] === "entity"
        ? ids.map((name) => ({ ...parameter, name }))
        : [parameter];
}

// Bodies that are not JSON (CSV, lines of JSON) pass as they are; the function reads them.
function gatewayBody(source: JsonObject, body: JsonObject, schemas: Map<string, Json>): JsonObject {
    const content: JsonObject = {};
    for (const [type, media] of Object.entries(object(body["content"]))) {
        const schema = object(media)["schema"];
        if (/[/+]json$/.test(type) && schema !== undefined) {
            // Of an import one bad item doesn't refuse the others.
            content[type] = {
                schema:
                    object(schema)["type"] === "array"
                        ? { type: "array", items: {} }
                        : model(source, object(schema), schemas),
            };
        }
    }
    return { required: body["required"] === true, content };
}

// Says the same in both drafts, and API Gateway's validator knows it.
const KEPT = new Set([
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
    "oneOf",
    "additionalProperties",
    "title",
]);

/** The schema in draft 4: weaker where draft 4 cannot say it, never stricter. Schemas that it names are added to `schemas`. */
function model(source: JsonObject, schema: JsonObject, schemas: Map<string, Json>): JsonObject {
    if (schema["$ref"] !== undefined) {
        const name = text(schema["$ref"]).split("/").pop() as string;
        if (!schemas.has(name)) {
            schemas.set(name, {}); // it may name itself
            schemas.set(
                name,
                model(
                    source,
                    object(object(object(source["components"])["schemas"])[name]),
                    schemas,
                ),
            );
        }
        return { $ref: `#/components/schemas/${name}` };
    }
    const result: JsonObject = {};
    for (const [keyword, value] of Object.entries(schema)) {
        if (KEPT.has(keyword)) {
            Object.assign(result, kept(source, keyword, value, schemas));
        } else if (keyword === "const") {
            result["enum"] = [value];
        }
    }
    return result;
}

function kept(
    source: JsonObject,
    keyword: string,
    value: Json,
    schemas: Map<string, Json>,
): JsonObject {
    const each = (schema: Json) => model(source, object(schema), schemas);
    switch (keyword) {
        case "type":
            return Array.isArray(value) ? {} : { type: value }; // 3.0 has no lists of types
        case "properties":
            return {
                properties: Object.fromEntries(
                    Object.entries(object(value)).map(([name, schema]) => [
                        name,
                        schema === true ? {} : each(schema),
                    ]),
                ),
            };
        case "items":
            return { items: typeof value === "boolean" ? {} : each(value) };
        case "additionalProperties":
            return { additionalProperties: typeof value === "boolean" ? value : each(value) };
        case "allOf":
        case "anyOf":
        case "oneOf":
            return { [keyword === "oneOf" ? "anyOf" : keyword]: list(value).map(each) };
        default:
            return { [keyword]: value };
    }
}

function resolve(source: JsonObject, value: JsonObject): JsonObject {
    const reference = value["$ref"];
    if (reference === undefined) {
        return value;
    }
    return text(reference)
        .slice(2)
        .split("/")
        .reduce<JsonObject>((at, name) => object(at[name]), source);
}

function object(value: Json | undefined): JsonObject {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new Error(
            `src/rest/openapi.json: an object was expected, not ${JSON.stringify(value)?.slice(0, 80)}`,
        );
    }
    return value;
}

function list(value: Json | undefined): Json[] {
    return Array.isArray(value) ? value : [];
}

function text(value: Json | undefined): string {
    return typeof value === "string" ? value : "";
}
