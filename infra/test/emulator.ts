// docs/deploying.md against an emulator of AWS, as far as it reaches: bootstrap, deploy, look,
// deploy again. The emulator is moto, Python's, which no Debian package and no npm package
// has; where it isn't, this says so and exits with 77.
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { INFRA, SAMPLE } from "../lib/config";
import { FUNCTIONS } from "../lib/names";
import { gatewayDocument, managementDocument } from "../lib/openapi";

const ACCOUNT = "123456789012"; // moto's
const SKIPPED = 77;
const SERVER = join(INFRA, "test", "emulator", "serve_moto.py");

interface Emulator {
    readonly process: ChildProcess;
    readonly url: string;
    /** What it gives a name and doesn't make. */
    readonly unknown: Set<string>;
}

async function startEmulator(): Promise<Emulator> {
    const process = spawn("python3", ["-W", "ignore", SERVER], {
        stdio: ["pipe", "pipe", "ignore"],
    });
    const lines = createInterface({ input: process.stdout as NodeJS.ReadableStream });
    const unknown = new Set<string>();
    const port = await new Promise<string>((resolve, reject) => {
        lines.once("line", resolve);
        process.once("exit", (code) => reject(new Error(`moto ended with ${code}`)));
    });
    lines.on("line", (line) => unknown.add(line));
    return { process, url: `http://localhost:${port}`, unknown };
}

class Account {
    private readonly folder = mkdtempSync(join(tmpdir(), "meridian-emulator-"));
    readonly regions: string[];

    constructor(readonly url: string) {
        const config = JSON.parse(readFileSync(SAMPLE, "utf8")) as {
            account: string;
            regions: { name: string }[];
        };
        this.regions = config.regions.map((region) => region.name);
        writeFileSync(this.file("config.json"), JSON.stringify({ ...config, account: ACCOUNT }));
        for (const name of FUNCTIONS) {
            writeFileSync(this.file(`${name}.zip`), EMPTY_ZIP);
        }
    }

    file(name: string): string {
        return join(this.folder, name);
    }

    cdk(...command: string[]): string {
        const context = [
            "-c",
            `config=${this.file("config.json")}`,
            "-c",
            `package=${this.folder}`,
            "--output",
            this.file("cdk.out"),
        ];
        return this.run(join(INFRA, "node_modules", ".bin", "cdk"), [...command, ...context]);
    }

    aws(region: string, ...command: string[]): any {
        const text = this.run("aws", [
            "--endpoint-url",
            this.url,
            "--region",
            region,
            "--output",
            "json",
            ...command,
        ]);
        return text.trim() === "" ? undefined : JSON.parse(text);
    }

    remove(): void {
        rmSync(this.folder, { recursive: true });
    }

    private run(program: string, parameters: string[]): string {
        const result = spawnSync(program, parameters, {
            cwd: INFRA,
            encoding: "utf8",
            env: this.environment(),
            maxBuffer: 1 << 26,
        });
        assert.equal(
            result.status,
            0,
            `${program} ${parameters.slice(0, 6).join(" ")}\n${result.stdout}${result.stderr}`,
        );
        return result.stdout + (program === "aws" ? "" : result.stderr);
    }

    private environment(): NodeJS.ProcessEnv {
        return {
            ...process.env,
            AWS_ENDPOINT_URL: this.url,
            AWS_ACCESS_KEY_ID: "testing",
            AWS_SECRET_ACCESS_KEY: "testing",
            AWS_REGION: this.regions[0],
            AWS_DEFAULT_REGION: this.regions[0],
            AWS_CONFIG_FILE: "/dev/null",
            NODE_NO_WARNINGS: "1",
        };
    }
}

const EMPTY_ZIP = Buffer.from([0x50, 0x4b, 5, 6, ...new Array<number>(18).fill(0)]);

async function main(): Promise<void> {
    if (spawnSync("python3", ["-c", "import moto.server"]).status !== 0) {
        console.log("skipped: there is no moto here (python3 -c 'import moto.server')");
        process.exitCode = SKIPPED;
        return;
    }
    const emulator = await startEmulator();
    const account = new Account(emulator.url);
    try {
        await tryAll(account);
        console.log(`ok: deployed, and deployed again, in ${account.regions.join(", ")}`);
        console.log(
            `not made by this emulator, so nothing is proved about them: ${[...emulator.unknown].sort().join(", ")}`,
        );
    } finally {
        emulator.process.kill();
        account.remove();
    }
}

async function tryAll(account: Account): Promise<void> {
    account.cdk("bootstrap", ...account.regions.map((region) => `aws://${ACCOUNT}/${region}`));
    // moto forgets the outputs of stacks that a change set makes.
    const deploy = () =>
        account.cdk("deploy", "--all", "--method", "direct", "--require-approval", "never");
    deploy();
    await lookAround(account);
    assert.match(deploy(), /no changes/);
}

async function lookAround(account: Account): Promise<void> {
    for (const region of account.regions) {
        const stacks = account.aws(region, "cloudformation", "list-stacks").StackSummaries as {
            StackName: string;
            StackStatus: string;
        }[];
        assert.ok(
            stacks.every((stack) => stack.StackStatus === "CREATE_COMPLETE"),
            JSON.stringify(stacks),
        );
        const functions = (
            account.aws(region, "lambda", "list-functions").Functions as {
                FunctionName: string;
                Runtime: string;
            }[]
        ).filter((each) => each.Runtime === "provided.al2023");
        assert.deepEqual(functions.map((each) => each.FunctionName).sort(), [...FUNCTIONS].sort());
        const policy = JSON.parse(
            account.aws(region, "lambda", "get-policy", "--function-name", "RouteCall").Policy,
        );
        assert.equal(policy.Statement[0].Principal.Service, "connect.amazonaws.com");
        assert.equal(account.aws(region, "sns", "list-topics").Topics.length, 1);
        assert.equal(account.aws(region, "sqs", "list-queues").QueueUrls.length, 1);
        assert.ok(
            account.aws(region, "cloudwatch", "list-dashboards").DashboardEntries.length === 1,
        );
    }
    await importDocument(account);
}

// API Gateway's own import, which moto's CloudFormation leaves out.
async function importDocument(account: Account): Promise<void> {
    const region = account.regions[0] as string;
    const document = gatewayDocument(managementDocument(), {
        title: "meridian",
        integrationUri: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/arn:aws:lambda:${region}:${ACCOUNT}:function:UpdateRouting:live/invocations`,
    });
    const answer = await fetch(`${account.url}/restapis?mode=import&failonwarnings=true`, {
        method: "POST",
        headers: {
            // moto reads only which service is meant.
            Authorization: `AWS4-HMAC-SHA256 Credential=testing/20260101/${region}/apigateway/aws4_request, SignedHeaders=host, Signature=none`,
        },
        body: JSON.stringify(document),
    });
    const { id, message } = (await answer.json()) as { id?: string; message?: string };
    assert.ok(id, message);
    const resources = account.aws(
        region,
        "apigateway",
        "get-resources",
        "--rest-api-id",
        id,
        "--limit",
        "500",
    ).items as { path: string; resourceMethods?: object }[];
    const paths = resources
        .filter((each) => each.resourceMethods !== undefined)
        .map((each) => each.path);
    assert.deepEqual(paths.sort(), Object.keys(document["paths"] as object).sort());
}

main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
});
