import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTIONS, type Action, type Flow, faultsOf, targets } from "../lib/flow/language";
import { attributePath, routeFlow } from "../lib/flow/route_flow";
import { sample } from "../lib/synthesis";
import { CONFIGURATIONS, configuration, resources } from "./configurations";

const FORMS = ["JSON", "STRING_MAP"] as const;
type Answer = Record<string, unknown>;

function flowOf(form: (typeof FORMS)[number], instance = 0): Flow {
    const config = sample(3, { contactFlow: { answerForm: form, attributes: ["department"] } });
    return routeFlow(config, config.regions[instance]?.instances[0] as any);
}

// What RouteCall answers, in both forms (src/connect/answer.cc).
function answerIn(
    form: (typeof FORMS)[number],
    fields: Answer = {},
    attributes: Record<string, string> = { department: "sales" },
): Answer {
    const answer = {
        contactFlowId: "arn:flow/sales",
        queueId: "arn:queue/sales",
        targetRegion: "us-east-1",
        hours: "open",
        message: "",
        ruleId: "+1#us-east-1",
        decisionId: "01J",
        stale: "false",
        transferNumber: "",
        ...fields,
    };
    const flat = Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [`attributes_${name}`, value]),
    );
    return form === "JSON" ? { ...answer, attributes } : { ...answer, ...flat };
}

function lookUp(answer: Answer | undefined, path: unknown): unknown {
    if (typeof path !== "string" || !path.startsWith("$.External.")) {
        return path;
    }
    return path
        .slice("$.External.".length)
        .split(".")
        .reduce<any>((at, name) => at?.[name], answer);
}

interface Call {
    readonly answer?: Answer;
    /** Which actions fail, and how. */
    readonly failing?: Record<string, string>;
}

interface Run {
    readonly steps: string[];
    readonly said: unknown[];
    readonly kept: Record<string, unknown>;
    readonly queue: unknown;
    readonly flow: unknown;
}

// Does what Connect does with a flow: an action that moves the contact away ends it, unless it
// fails.
function run(flow: Flow, call: Call): Run {
    const steps: string[] = [];
    const said: unknown[] = [];
    let kept: Record<string, unknown> = {};
    let queue: unknown;
    for (let id: string | undefined = flow.StartAction; id !== undefined;) {
        const action: Action = flow.Actions.find((each) => each.Identifier === id) as Action;
        steps.push(id);
        assert.ok(steps.length < 30, "the flow goes round in circles");
        const value = (name: string) => lookUp(call.answer, action.Parameters[name]);
        const error: string | undefined =
            call.failing?.[id] ??
            (action.Type === "InvokeLambdaFunction" && call.answer === undefined
                ? "NoMatchingError"
                : undefined);
        if (error !== undefined) {
            id = action.Transitions.Errors?.find((each) => each.ErrorType === error)?.NextAction;
            assert.ok(id, `${action.Identifier} does not handle ${error}`);
            continue;
        }
        if (action.Type === "TransferToFlow") {
            return { steps, said, kept, queue, flow: value("ContactFlowId") };
        }
        if (action.Type === "TransferContactToQueue") {
            return { steps, said, kept, queue, flow: undefined };
        }
        if (action.Type === "MessageParticipant") {
            said.push(value("Text"));
        } else if (action.Type === "UpdateContactTargetQueue") {
            queue = value("QueueId");
        } else if (action.Type === "UpdateContactAttributes") {
            kept = {
                ...kept,
                ...Object.fromEntries(
                    Object.entries(action.Parameters["Attributes"] as object).map(
                        ([name, path]) => [name, lookUp(call.answer, path)],
                    ),
                ),
            };
        }
        id = nextOf(action, String(value("ComparisonValue") ?? ""));
    }
    return { steps, said, kept, queue, flow: undefined };
}

function nextOf(action: Action, value: string): string | undefined {
    const { Conditions = [], Errors = [], NextAction } = action.Transitions;
    if (action.Type !== "Compare") {
        return NextAction;
    }
    const fits = {
        Equals: (a: string, b: string) => a === b,
        TextStartsWith: (a: string, b: string) => a.startsWith(b),
        TextContains: (a: string, b: string) => a.includes(b),
    } as Record<string, (a: string, b: string) => boolean>;
    const met = Conditions.find(({ Condition: { Operator, Operands } }) =>
        fits[Operator]?.(value, Operands[0] as string),
    );
    return (
        met?.NextAction ??
        Errors.find((each) => each.ErrorType === "NoMatchingCondition")?.NextAction
    );
}

const last = (steps: string[]) => steps[steps.length - 1];

for (const form of FORMS) {
    test(`the flow is valid, and every branch is wired: ${form}`, () => {
        assert.deepEqual(faultsOf(flowOf(form)), []);
        assert.deepEqual(faultsOf(flowOf(form, 1)), []);
    });

    test(`the answer is read in the form that was asked for: ${form}`, () => {
        const flow = flowOf(form);
        const ask = flow.Actions.find((each) => each.Type === "InvokeLambdaFunction") as Action;
        assert.deepEqual(ask.Parameters["LambdaInvocationAttributes"], { responseType: form });
        assert.deepEqual(ask.Parameters["ResponseValidation"], { ResponseType: form });
        const { kept } = run(flow, {
            answer: answerIn(
                form,
                {},
                {
                    department: "sales",
                    errorMessage:
                        "The routing data could not be read; the default routing was used.",
                },
            ),
        });
        assert.deepEqual(kept, {
            meridianDecisionId: "01J",
            meridianRuleId: "+1#us-east-1",
            meridianHours: "open",
            meridianStale: "false",
            meridianError: "The routing data could not be read; the default routing was used.",
            department: "sales",
        });
        assert.notEqual(attributePath("JSON", "x"), attributePath("STRING_MAP", "x"));
    });

    test(`an open call gets the rule's queue and flow: ${form}`, () => {
        const { queue, flow, said } = run(flowOf(form), { answer: answerIn(form) });
        assert.deepEqual(
            { queue, flow, said },
            { queue: "arn:queue/sales", flow: "arn:flow/sales", said: [] },
        );
    });

    test(`a closed call hears the message, then goes to the after-hours flow: ${form}`, () => {
        for (const hours of ["closed", "holiday"]) {
            const { flow, said } = run(flowOf(form), {
                answer: answerIn(form, {
                    hours,
                    message: "Christmas Day",
                    contactFlowId: "arn:flow/after-hours",
                }),
            });
            assert.equal(flow, "arn:flow/after-hours");
            assert.equal(said.length, 1);
            assert.match(String(said[0]), /We are closed/);
        }
    });

    test(`in an emergency the caller hears what was declared: ${form}`, () => {
        const emergency = answerIn(form, {
            hours: "emergency",
            message: "The building is closed.",
            contactFlowId: "arn:flow/after-hours",
        });
        assert.deepEqual(run(flowOf(form), { answer: emergency }).said, [
            "The building is closed.",
        ]);
        // Nothing was declared: an empty text cannot be said.
        const { said, flow } = run(flowOf(form), {
            answer: emergency,
            failing: { "say-emergency": "NoMatchingError" },
        });
        assert.match(String(said[0]), /We are closed/);
        assert.equal(flow, "arn:flow/after-hours");
    });

    test(`a closed call that nobody said where to send ends after the message: ${form}`, () => {
        const { steps, said } = run(flowOf(form), {
            answer: answerIn(form, {
                hours: "closed",
                contactFlowId:
                    "arn:aws:connect:us-east-1:1:instance/i/contact-flow/a1b2c3d4-1111-4111-8111-bbbbbbbbbbb1",
            }),
        });
        assert.equal(last(steps), "hang-up");
        assert.equal(said.length, 1);
    });

    test(`a call that another region serves is sent there; when nobody answers it is served here: ${form}`, () => {
        const answer = answerIn(form, {
            targetRegion: "eu-west-1",
            transferNumber: "+353015550102",
            hours: "closed",
        });
        const sent = run(flowOf(form), { answer });
        assert.deepEqual(sent.steps.slice(-2), ["transfer-to-region", "hang-up"]);
        assert.deepEqual(sent.said, []);
        for (const error of ["CallFailed", "ConnectionTimeLimitExceeded", "NoMatchingError"]) {
            const { flow, queue } = run(flowOf(form), {
                answer,
                failing: { "transfer-to-region": error },
            });
            assert.deepEqual(
                [flow, queue],
                ["a1b2c3d4-1111-4111-8111-bbbbbbbbbbb1", "a1b2c3d4-1111-4111-8111-ccccccccccc1"],
            );
        }
    });

    test(`without an answer, or with one that is none, the call gets the instance's defaults: ${form}`, () => {
        for (const call of [
            {},
            { answer: {} },
            { answer: answerIn(form, { hours: "perhaps" }) },
        ] as Call[]) {
            const { flow, queue } = run(flowOf(form), call);
            assert.deepEqual(
                [flow, queue],
                ["a1b2c3d4-1111-4111-8111-bbbbbbbbbbb1", "a1b2c3d4-1111-4111-8111-ccccccccccc1"],
            );
        }
    });

    test(`whatever fails, the call comes to an end that is one: ${form}`, () => {
        const flow = flowOf(form);
        const failures = flow.Actions.flatMap((action) =>
            (ACTIONS[action.Type]?.errors ?? [])
                .filter(() => action.Type !== "Compare")
                .map((error) => [action.Identifier, error] as const),
        );
        const answers = [
            answerIn(form),
            answerIn(form, { hours: "closed" }),
            answerIn(form, { hours: "emergency" }),
            answerIn(form, { transferNumber: "+353015550102" }),
            undefined,
        ];
        const everything = Object.fromEntries(failures);
        for (const answer of answers) {
            const call = answer === undefined ? {} : { answer };
            for (const [id, error] of failures) {
                for (const [other, otherError] of failures) {
                    run(flow, { ...call, failing: { [id]: error, [other]: otherError } });
                }
            }
            assert.equal(last(run(flow, { ...call, failing: everything }).steps), "hang-up");
        }
    });
}

test("when the rule's flow cannot be entered, the call waits in its queue; a full queue is told", () => {
    const flow = flowOf("JSON");
    const queued = run(flow, {
        answer: answerIn("JSON"),
        failing: { "enter-flow": "NoMatchingError" },
    });
    assert.deepEqual([last(queued.steps), queued.queue], ["enter-queue", "arn:queue/sales"]);
    const full = run(flow, {
        answer: answerIn("JSON"),
        failing: { "enter-flow": "NoMatchingError", "enter-queue": "QueueAtCapacity" },
    });
    assert.match(String(full.said[0]), /cannot take your call/);
});

test("a queue of another instance is replaced by the default one", () => {
    const { queue, flow } = run(flowOf("JSON"), {
        answer: answerIn("JSON"),
        failing: { "set-queue": "NoMatchingError" },
    });
    assert.deepEqual([queue, flow], ["a1b2c3d4-1111-4111-8111-ccccccccccc1", "arn:flow/sales"]);
});

test("an instance whose after-hours flow is its default flow doesn't hang up on closed calls", () => {
    const config = sample(1);
    const instance = {
        ...(config.regions[0]?.instances[0] as any),
        afterHoursFlow: config.regions[0]?.instances[0]?.defaultFlow,
    };
    const { steps, flow } = run(routeFlow(config, instance), {
        answer: answerIn("JSON", {
            hours: "closed",
            contactFlowId: `arn:flow/${instance.defaultFlow}`,
        }),
    });
    assert.equal(last(steps), "enter-flow");
    assert.equal(flow, `arn:flow/${instance.defaultFlow}`);
});

test("no region is pinned in any deployed flow, and Lambda is addressed in the call's own", () => {
    for (const name of CONFIGURATIONS) {
        for (const { properties } of resources(configuration(name), "AWS::Connect::ContactFlow")) {
            const content = properties["Content"] as string;
            assert.equal(typeof content, "string", "the content has references to other resources");
            assert.doesNotMatch(content, /\b(us|eu|ap|ca|sa|af|me|il|mx)-[a-z]+-\d\b/);
            const flow = JSON.parse(content) as Flow;
            assert.deepEqual(faultsOf(flow), []);
            const arns = flow.Actions.filter((each) => each.Type === "InvokeLambdaFunction").map(
                (each) => each.Parameters["LambdaFunctionARN"],
            );
            assert.deepEqual(arns, [
                "arn:aws:lambda:$.AwsRegion:111122223333:function:RouteCall:live",
            ]);
        }
    }
});

test("the checker finds each kind of fault", () => {
    const change = (id: string, how: (action: any) => void) => {
        const flow = structuredClone(flowOf("JSON")) as any;
        how(flow.Actions.find((each: Action) => each.Identifier === id));
        return faultsOf(flow);
    };
    const cases: [string, (action: any) => void, RegExp][] = [
        ["set-queue", (a) => (a.Transitions.NextAction = "nowhere"), /set-queue goes to nowhere/],
        [
            "set-queue",
            (a) => (a.Transitions.Errors = []),
            /set-queue does not handle NoMatchingError/,
        ],
        [
            "enter-queue",
            (a) => a.Transitions.Errors.shift(),
            /enter-queue does not handle QueueAtCapacity/,
        ],
        [
            "enter-queue",
            (a) => (a.Transitions.Errors[0].NextAction = "nowhere"),
            /enter-queue goes to nowhere/,
        ],
        [
            "transfer-to-region",
            (a) => delete a.Parameters.ThirdPartyConnectionTimeLimitSeconds,
            /no parameter ThirdPartyConnectionTimeLimitSeconds/,
        ],
        ["which-hours", (a) => (a.Transitions.Conditions = []), /which-hours has no conditions/],
        [
            "which-hours",
            (a) => (a.Transitions.Conditions[0].Condition.Operands = [""]),
            /without one operand/,
        ],
        [
            "which-hours",
            (a) => (a.Transitions.Conditions[0].Condition.Operator = "Like"),
            /unknown operator Like/,
        ],
        ["say-closed", (a) => (a.Parameters.Text = ""), /say-closed has the empty parameter Text/],
        ["hang-up", (a) => (a.Transitions.NextAction = "log"), /hang-up ends the flow and goes on/],
        ["log", (a) => (a.Type = "Sing"), /unknown type Sing/],
        ["log", (a) => delete a.Transitions.NextAction, /log has nothing after it/],
        [
            "ask-route-call",
            (a) => (a.Transitions.NextAction = "set-default-queue"),
            /keep-decision is never reached/,
        ],
        [
            "say-failure",
            (a) => (a.Identifier = "say (failure)"),
            /say \(failure\) is no identifier/,
        ],
    ];
    for (const [id, how, says] of cases) {
        const faults = change(id, how);
        assert.ok(
            faults.some((fault) => says.test(fault)),
            `${says} is not in ${JSON.stringify(faults)}`,
        );
    }
    const circle = structuredClone(flowOf("JSON")) as any;
    for (const action of circle.Actions) {
        for (const each of [action.Transitions, ...(action.Transitions.Errors ?? [])]) {
            each.NextAction = each.NextAction === "hang-up" ? "log" : each.NextAction;
        }
    }
    circle.Actions.find(
        (each: Action) => each.Identifier === "has-after-hours-flow",
    ).Transitions.Conditions[0].NextAction = "log";
    assert.ok(faultsOf(circle).some((fault) => /no way leads from log to an end/.test(fault)));
});

test("no target is the flow's own start: a caller is asked for once", () => {
    const flow = flowOf("JSON");
    assert.ok(
        flow.Actions.every(
            (action) => !targets(action).includes("ask-route-call") || action.Identifier === "log",
        ),
    );
});
