// Who may do what, read back from the templates: the list in permissions.md, and what its test
// looks at.

export interface Grant {
    /** "Stack/logical id" of what holds the policy. */
    readonly at: string;
    readonly effect: "Allow" | "Deny";
    /** Who, in a resource's own policy; of a role's policy it is the role. */
    readonly principal: string;
    readonly actions: readonly string[];
    readonly resources: readonly string[];
    readonly conditions: string;
}

interface Resource {
    readonly Type: string;
    readonly Properties?: Record<string, unknown>;
}
export interface Template {
    readonly Resources?: Record<string, Resource>;
}

/** Regions and the account are written as {region}, {other region} and {account}. */
export interface Names {
    readonly stack: string;
    readonly region: string;
    readonly regions: readonly string[];
    readonly account: string;
}

export function grantsOf(template: Template, names: Names): Grant[] {
    return Object.entries(template.Resources ?? {}).flatMap(([id, resource]) => {
        const at = `${names.stack}/${readable(id)}`;
        return policiesOf(id, resource).flatMap(({ statements, owner }) =>
            statements.map((statement) => grant(at, owner, statement, names, template)),
        );
    });
}

type Statement = Record<string, unknown>;

function policiesOf(
    id: string,
    { Type, Properties = {} }: Resource,
): { owner: string; statements: Statement[] }[] {
    const own = (document: unknown, owner = "") => [{ owner, statements: statementsOf(document) }];
    switch (Type) {
        case "AWS::IAM::Role":
            return [
                ...own(Properties["AssumeRolePolicyDocument"]),
                ...array(Properties["Policies"]).flatMap((each) =>
                    own((each as Statement)["PolicyDocument"], `<${readable(id)}>`),
                ),
                ...array(Properties["ManagedPolicyArns"]).map((arn) => ({
                    owner: `<${readable(id)}>`,
                    statements: [{ Effect: "Allow", Action: [], Resource: [arn] }],
                })),
            ];
        case "AWS::IAM::Policy":
        case "AWS::IAM::ManagedPolicy":
            return own(
                Properties["PolicyDocument"],
                array(Properties["Roles"]).map(plain).join(", ") || "whom it is given to",
            );
        case "AWS::KMS::Key":
        case "AWS::KMS::ReplicaKey":
            return own(Properties["KeyPolicy"]);
        case "AWS::SNS::TopicPolicy":
        case "AWS::SQS::QueuePolicy":
        case "AWS::S3::BucketPolicy":
        case "AWS::EC2::VPCEndpoint":
            return own(Properties["PolicyDocument"]);
        case "AWS::Lambda::Permission":
            return [
                {
                    owner: plain(Properties["Principal"]),
                    statements: [
                        {
                            Effect: "Allow",
                            Action: Properties["Action"],
                            Resource: Properties["FunctionName"],
                            Condition: {
                                StringEquals: { "aws:SourceAccount": Properties["SourceAccount"] },
                                ArnLike: { "aws:SourceArn": Properties["SourceArn"] },
                            },
                        },
                    ],
                },
            ];
        default:
            return [];
    }
}

function statementsOf(document: unknown): Statement[] {
    return array((document as { Statement?: unknown } | undefined)?.Statement) as Statement[];
}

function grant(
    at: string,
    owner: string,
    statement: Statement,
    names: Names,
    template: Template,
): Grant {
    const texts = (value: unknown) => [
        ...new Set(
            array(value).map((each) =>
                general(`${plain(each)}${hiddenWildcard(each, template)}`, names),
            ),
        ),
    ];
    const sorted = (value: unknown) => texts(value).sort();
    const conditions = Object.entries((statement["Condition"] ?? {}) as Statement).flatMap(
        ([operator, tests]) =>
            Object.entries(tests as Statement).map(
                ([key, value]) => `${operator} ${key} ${sorted(value).join(", ")}`,
            ),
    );
    return {
        at: general(at, names),
        effect: statement["Effect"] === "Deny" ? "Deny" : "Allow",
        principal: general(owner !== "" ? owner : principal(statement["Principal"]), names),
        actions: texts(statement["Action"]),
        resources: sorted(statement["Resource"]),
        conditions: conditions.join("<br>"),
    };
}

// CloudFormation's ARN of a log ends in a wildcard, for its streams.
function hiddenWildcard(value: unknown, template: Template): string {
    const [id, attribute] =
        (value as { "Fn::GetAtt"?: [string, string] } | null)?.["Fn::GetAtt"] ?? [];
    return attribute === "Arn" && template.Resources?.[id as string]?.Type === "AWS::Logs::LogGroup"
        ? ":*"
        : "";
}

function principal(value: unknown): string {
    if (typeof value !== "object" || value === null) {
        return plain(value);
    }
    return Object.values(value).flatMap(array).map(plain).join(", ");
}

// The same in every region's stack, so that one list is about all.
function general(text: string, names: Names): string {
    let result = text
        .replaceAll(names.account, "{account}")
        .replaceAll(names.region, "{region}")
        .replaceAll(names.region.replaceAll("-", ""), "{region}");
    for (const other of names.regions) {
        result = result.replaceAll(other, "{other region}");
    }
    return result.replace(
        /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/g,
        "{instance}",
    );
}

function array(value: unknown): unknown[] {
    return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** An intrinsic as one can read it. */
function plain(value: unknown): string {
    if (typeof value === "string") {
        return value;
    }
    if (Array.isArray(value)) {
        return value.map(plain).join(", ");
    }
    if (typeof value !== "object" || value === null) {
        return String(value);
    }
    const [[name, inner] = ["", ""]] = Object.entries(value);
    switch (name) {
        case "Ref":
            return inner === "AWS::Partition" ? "aws" : `<${readable(inner as string)}>`;
        case "Fn::GetAtt":
            return `<${readable((inner as string[])[0] ?? "")}>`;
        case "Fn::Join":
            return ((inner as [string, unknown[]])[1] ?? [])
                .map(plain)
                .join((inner as [string, unknown[]])[0]);
        case "Fn::Sub":
            return (Array.isArray(inner) ? plain(inner[0]) : plain(inner)).replaceAll(
                "${AWS::Partition}",
                "aws",
            );
        case "Fn::ImportValue":
            return `<${readable(plain(inner).split(":").pop()?.replace("ExportsOutput", "") ?? "")}>`;
        case "Fn::Select":
        case "Fn::Split":
            return plain((inner as unknown[])[1]);
        default:
            return Object.entries(value)
                .filter(([, each]) => each !== undefined)
                .map(([key, each]) => `${key} ${plain(each)}`)
                .join("; ");
    }
}

// Logical ids end in eight digits of a hash.
function readable(id: string): string {
    return id
        .replace(/^(FnGetAtt|Ref)/, "")
        .replace(/[0-9A-F]{8}$/, "")
        .replace(/Arn$/, "")
        .replace(/[0-9A-F]{8}$/, "");
}

/** The grants that are not refusals, as a page. */
export function permissionsPage(grants: readonly Grant[]): string {
    const lines = [
        "# Who may do what",
        "",
        "Made from the templates of the sample configuration by `npm run permissions`; a test compares. `{region}` is the region of the stack,",
        "`{other region}` each of the others. Wildcards are accepted one by one in [lib/exceptions.ts](lib/exceptions.ts), with reasons.",
    ];
    let at = "";
    for (const each of grants.filter(({ effect }) => effect === "Allow")) {
        if (each.at !== at) {
            at = each.at;
            lines.push("", `## ${at}`, "", "| who | may | on | when |", "|---|---|---|---|");
        }
        lines.push(
            `| ${[each.principal, each.actions.join("<br>") || "what the policy says", each.resources.join("<br>"), each.conditions].map(cell).join(" | ")} |`,
        );
    }
    return `${lines.join("\n")}\n`;
}

function cell(text: string): string {
    return text.replaceAll("|", "\\|");
}
