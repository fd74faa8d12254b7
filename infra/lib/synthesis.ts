// The templates of a configuration, in memory's reach: for the tests, and for what is made from
// templates.
import { App } from "aws-cdk-lib";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildDeployment, type Deployment, stacksOf } from "./app";
import { checkConfig, type Config, INFRA, SAMPLE } from "./config";
import { type Grant, grantsOf, type Template } from "./grants";
import { regionNames } from "./names";

export interface Synthesis {
    readonly config: Config;
    readonly deployment: Deployment;
    readonly folder: string;
    /** What constructs say of themselves, cdk-nag's findings included. */
    readonly messages: readonly {
        readonly level: string;
        readonly id: string;
        readonly text: string;
    }[];
    readonly templates: ReadonlyMap<string, Template>;
}

/** The sample's text with the first `regions` regions, and `changes` over it. */
export function sample(regions: number, changes: object = {}): Config {
    const value = JSON.parse(readFileSync(SAMPLE, "utf8")) as { regions: unknown[] };
    return checkConfig({ ...value, regions: value.regions.slice(0, regions), ...changes });
}

export function synthesise(config: Config, context: Record<string, unknown> = {}): Synthesis {
    const { context: flags } = JSON.parse(readFileSync(join(INFRA, "cdk.json"), "utf8")) as {
        context: Record<string, unknown>;
    };
    const outdir = mkdtempSync(join(tmpdir(), "meridian-cdk-"));
    process.once("exit", () => rmSync(outdir, { recursive: true, force: true }));
    const app = new App({ context: { ...flags, ...context }, outdir });
    const deployment = buildDeployment(app, config);
    const assembly = app.synth();
    return {
        config,
        deployment,
        folder: assembly.directory,
        messages: assembly.stacks.flatMap((stack) =>
            stack.messages.map(({ level, id, entry }) => ({ level, id, text: String(entry.data) })),
        ),
        templates: new Map(
            assembly.stacks.map((stack) => [stack.stackName, stack.template as Template]),
        ),
    };
}

export function allGrants({ config, templates, deployment }: Synthesis): Grant[] {
    return stacksOf(deployment).flatMap((stack) =>
        grantsOf(templates.get(stack.stackName) as Template, {
            stack: stack.stackName,
            region: stack.region,
            regions: regionNames(config),
            account: config.account,
        }),
    );
}

/** Of one stack of a kind: those of other regions grant the same. */
export function distinctGrants(synthesis: Synthesis): Grant[] {
    const seen = new Set<string>();
    return allGrants(synthesis).filter((each) => {
        const text = JSON.stringify(each);
        return !seen.has(text) && seen.add(text);
    });
}
