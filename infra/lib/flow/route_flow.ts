// The flow that Connect numbers point at: asks RouteCall, and does what it answers.
//
// Whatever fails, the caller gets somewhere: without an answer to the instance's default flow,
// without that to the default queue, and only when that takes nobody the call ends, with a
// sentence. No region stands in it: Lambda is addressed with Connect's own $.AwsRegion, flows and
// queues by their ids, so that Global Resiliency can copy it as it is.
import type { Config, Instance } from "../config";
import { LIVE } from "../names";
import { type Action, type Flow, faultsOf } from "./language";

// All tries together, Connect's bound. RouteCall's own time limit is shorter, so that a second try
// has time.
export const CONNECT_LIMIT_SECONDS = 8;

/** How long the other region's number may ring before the call is served here. */
const TRANSFER_SECONDS = 30;

type Settings = Pick<Config, "account" | "contactFlow">;

export function routeFlow(config: Settings, instance: Instance): Flow {
    const actions = [
        ...asking(config),
        ...closed(config, instance),
        ...serving(instance),
        ...endings(config),
    ];
    const flow: Flow = {
        Version: "2019-10-30",
        StartAction: "log",
        Metadata: metadata(actions),
        Actions: actions,
    };
    const faults = faultsOf(flow);
    if (faults.length > 0) {
        throw new Error(`the contact flow is not valid:\n${faults.join("\n")}`);
    }
    return flow;
}

/** Where the answer's attribute stands in the form that the flow asks for. */
export function attributePath(form: Config["contactFlow"]["answerForm"], name: string): string {
    return form === "JSON" ? `$.External.attributes.${name}` : `$.External.attributes_${name}`;
}

function asking(config: Settings): Action[] {
    const { answerForm, logging, attributes } = config.contactFlow;
    const decision = {
        meridianDecisionId: "$.External.decisionId",
        meridianRuleId: "$.External.ruleId",
        meridianHours: "$.External.hours",
        meridianStale: "$.External.stale",
    };
    // Not in every answer. Apart: whatever becomes of them, the decision is kept.
    const perhaps = Object.fromEntries(
        attributes.map((name) => [name, attributePath(answerForm, name)]),
    );
    const error = { meridianError: attributePath(answerForm, "errorMessage") };
    const keep = (id: string, values: Record<string, string>, next: string) =>
        step(
            id,
            "UpdateContactAttributes",
            { Attributes: values, TargetContact: "Current" },
            next,
            {
                NoMatchingError: next,
            },
        );
    return [
        step(
            "log",
            "UpdateFlowLoggingBehavior",
            { FlowLoggingBehavior: logging ? "Enabled" : "Disabled" },
            "ask-route-call",
        ),
        step(
            "ask-route-call",
            "InvokeLambdaFunction",
            {
                LambdaFunctionARN: `arn:aws:lambda:$.AwsRegion:${config.account}:function:RouteCall:${LIVE}`,
                InvocationTimeLimitSeconds: String(CONNECT_LIMIT_SECONDS),
                InvocationType: "SYNCHRONOUS",
                LambdaInvocationAttributes: { responseType: answerForm },
                ResponseValidation: { ResponseType: answerForm },
            },
            "keep-decision",
            { NoMatchingError: "set-default-queue" },
        ),
        keep("keep-decision", decision, "keep-attributes"),
        keep("keep-attributes", { ...perhaps, ...error }, "served-elsewhere"),
        choice(
            "served-elsewhere",
            "$.External.transferNumber",
            [["TextStartsWith", "+", "transfer-to-region"]],
            "which-hours",
        ),
        step(
            "transfer-to-region",
            "TransferParticipantToThirdParty",
            {
                ThirdPartyPhoneNumber: "$.External.transferNumber",
                ThirdPartyConnectionTimeLimitSeconds: String(TRANSFER_SECONDS),
                ContinueFlowExecution: "True",
            },
            "hang-up",
            {
                CallFailed: "set-default-queue",
                ConnectionTimeLimitExceeded: "set-default-queue",
                NoMatchingError: "set-default-queue",
            },
        ),
        // What is none of the four is no answer of RouteCall's.
        choice(
            "which-hours",
            "$.External.hours",
            [
                ["Equals", "open", "set-queue"],
                ["Equals", "closed", "say-closed"],
                ["Equals", "holiday", "say-closed"],
                ["Equals", "emergency", "say-emergency"],
            ],
            "set-default-queue",
        ),
    ];
}

// The message of an emergency is a sentence of whoever declared it; a holiday's is only its name.
function closed(config: Settings, instance: Instance): Action[] {
    const served = instance.afterHoursFlow === instance.defaultFlow;
    return [
        step(
            "say-emergency",
            "MessageParticipant",
            { Text: "$.External.message" },
            served ? "set-queue" : "has-after-hours-flow",
            {
                NoMatchingError: "say-closed",
            },
        ),
        step(
            "say-closed",
            "MessageParticipant",
            { Text: config.contactFlow.closedMessage },
            served ? "set-queue" : "has-after-hours-flow",
            {
                NoMatchingError: served ? "set-queue" : "has-after-hours-flow",
            },
        ),
        ...(served
            ? []
            : [
                  // The default flow takes open calls; for a closed one it means that nobody said
                  // where it goes.
                  choice(
                      "has-after-hours-flow",
                      "$.External.contactFlowId",
                      [["TextContains", instance.defaultFlow, "hang-up"]],
                      "set-queue",
                  ),
              ]),
    ];
}

function serving(instance: Instance): Action[] {
    return [
        step(
            "set-queue",
            "UpdateContactTargetQueue",
            { QueueId: "$.External.queueId" },
            "enter-flow",
            {
                NoMatchingError: "set-other-queue",
            },
        ),
        step(
            "set-other-queue",
            "UpdateContactTargetQueue",
            { QueueId: instance.defaultQueue },
            "enter-flow",
            {
                NoMatchingError: "enter-flow",
            },
        ),
        step(
            "enter-flow",
            "TransferToFlow",
            { ContactFlowId: "$.External.contactFlowId" },
            "enter-queue",
            {
                NoMatchingError: "enter-queue",
            },
        ),
        step(
            "set-default-queue",
            "UpdateContactTargetQueue",
            { QueueId: instance.defaultQueue },
            "enter-default-flow",
            {
                NoMatchingError: "enter-default-flow",
            },
        ),
        step(
            "enter-default-flow",
            "TransferToFlow",
            { ContactFlowId: instance.defaultFlow },
            "enter-queue",
            {
                NoMatchingError: "enter-queue",
            },
        ),
        step("enter-queue", "TransferContactToQueue", {}, "hang-up", {
            QueueAtCapacity: "say-failure",
            NoMatchingError: "say-failure",
        }),
    ];
}

function endings(config: Settings): Action[] {
    return [
        step(
            "say-failure",
            "MessageParticipant",
            { Text: config.contactFlow.failureMessage },
            "hang-up",
            { NoMatchingError: "hang-up" },
        ),
        { Identifier: "hang-up", Type: "DisconnectParticipant", Parameters: {}, Transitions: {} },
    ];
}

function step(
    id: string,
    type: string,
    parameters: Action["Parameters"],
    next: string,
    errors: Record<string, string> = {},
): Action {
    return {
        Identifier: id,
        Type: type,
        Parameters: parameters,
        Transitions: {
            NextAction: next,
            Errors: Object.entries(errors).map(([ErrorType, NextAction]) => ({
                NextAction,
                ErrorType,
            })),
            Conditions: [],
        },
    };
}

function choice(
    id: string,
    value: string,
    cases: readonly (readonly [string, string, string])[],
    otherwise: string,
): Action {
    return {
        Identifier: id,
        Type: "Compare",
        Parameters: { ComparisonValue: value },
        Transitions: {
            NextAction: otherwise,
            Errors: [{ NextAction: otherwise, ErrorType: "NoMatchingCondition" }],
            Conditions: cases.map(([Operator, operand, NextAction]) => ({
                NextAction,
                Condition: { Operator, Operands: [operand] },
            })),
        },
    };
}

// Where the blocks stand when somebody opens the flow in Connect's designer.
function metadata(actions: readonly Action[]): unknown {
    const position = (index: number) => ({
        position: { x: 160 + 240 * (index % 5), y: 40 + 220 * Math.floor(index / 5) },
    });
    return {
        entryPointPosition: { x: 20, y: 40 },
        ActionMetadata: Object.fromEntries(
            actions.map((action, index) => [action.Identifier, position(index)]),
        ),
    };
}
