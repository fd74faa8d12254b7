// The configurations that tests look at, each synthesised once.
import "../lib/quiet";
import { sample, synthesise, type Synthesis } from "../lib/synthesis";

const EVERYTHING = {
    architecture: "arm64",
    domain: { name: "meridian.example.com", hostedZoneId: "Z0123456789" },
    tables: { capacity: { read: { min: 5, max: 500 }, write: { min: 1, max: 100 } } },
    contactFlow: {
        answerForm: "STRING_MAP",
        attributes: ["department", "language"],
        logging: true,
    },
    waf: { enabled: true },
    vpc: { enabled: true },
    audit: { reads: true },
    health: { everyMinutes: 5 },
};
const NOTHING_OPTIONAL = {
    audit: { enabled: false },
    backup: { enabled: false },
    budget: undefined,
    functions: { RouteCall: {}, rollout: "all-at-once" },
};

const MAKERS: Record<string, () => Synthesis> = {
    "three regions": () => synthesise(sample(3)),
    "two regions": () => synthesise(sample(2)),
    "one region": () => synthesise(sample(1)),
    "three regions, everything optional": () => synthesise(sample(3, EVERYTHING)),
    "one region, nothing optional": () => synthesise(sample(1, NOTHING_OPTIONAL)),
};
export const CONFIGURATIONS = Object.keys(MAKERS);

const made = new Map<string, Synthesis>();

export function configuration(name: string): Synthesis {
    let result = made.get(name);
    if (result === undefined) {
        result = (MAKERS[name] as () => Synthesis)();
        made.set(name, result);
    }
    return result;
}

export interface Found {
    readonly stack: string;
    readonly id: string;
    readonly properties: Record<string, any>;
}

/** All resources of a type, of all stacks. */
export function resources(synthesis: Synthesis, type: string): Found[] {
    return [...synthesis.templates].flatMap(([stack, template]) =>
        Object.entries(template.Resources ?? {})
            .filter(([, resource]) => resource.Type === type)
            .map(([id, resource]) => ({ stack, id, properties: resource.Properties ?? {} })),
    );
}
