// The part of Amazon Connect's flow language that our flow uses, and its rules.
//
// Source: Amazon Connect API reference, "Amazon Connect Flow language" and its pages of the single
// actions. Beyond them, as Connect answers: a transfer to a number needs its time limit and whether
// the flow goes on; with that "True" it has three errors, with "False" one; operands are never
// empty.

export interface Condition {
    readonly NextAction: string;
    readonly Condition: { readonly Operator: string; readonly Operands: readonly string[] };
}

export interface Action {
    readonly Identifier: string;
    readonly Type: string;
    readonly Parameters: Readonly<Record<string, unknown>>;
    readonly Transitions: {
        readonly NextAction?: string;
        readonly Errors?: readonly { readonly NextAction: string; readonly ErrorType: string }[];
        readonly Conditions?: readonly Condition[];
    };
}

export interface Flow {
    readonly Version: "2019-10-30";
    readonly StartAction: string;
    readonly Metadata: unknown;
    readonly Actions: readonly Action[];
}

interface Rules {
    readonly required: readonly string[];
    readonly errors: readonly string[];
    readonly conditions: boolean;
    /** Ends the flow: nothing comes after it. */
    readonly ends: boolean;
}

const NO_MATCH = ["NoMatchingError"];

export const ACTIONS: Readonly<Record<string, Rules>> = {
    UpdateFlowLoggingBehavior: {
        required: ["FlowLoggingBehavior"],
        errors: [],
        conditions: false,
        ends: false,
    },
    InvokeLambdaFunction: {
        required: ["LambdaFunctionARN", "InvocationTimeLimitSeconds", "ResponseValidation"],
        errors: NO_MATCH,
        conditions: false,
        ends: false,
    },
    UpdateContactAttributes: {
        required: ["Attributes", "TargetContact"],
        errors: NO_MATCH,
        conditions: false,
        ends: false,
    },
    Compare: {
        required: ["ComparisonValue"],
        errors: ["NoMatchingCondition"],
        conditions: true,
        ends: false,
    },
    MessageParticipant: { required: ["Text"], errors: NO_MATCH, conditions: false, ends: false },
    UpdateContactTargetQueue: {
        required: ["QueueId"],
        errors: NO_MATCH,
        conditions: false,
        ends: false,
    },
    TransferContactToQueue: {
        required: [],
        errors: ["QueueAtCapacity", "NoMatchingError"],
        conditions: false,
        ends: false,
    },
    TransferToFlow: {
        required: ["ContactFlowId"],
        errors: NO_MATCH,
        conditions: false,
        ends: false,
    },
    TransferParticipantToThirdParty: {
        required: [
            "ThirdPartyPhoneNumber",
            "ThirdPartyConnectionTimeLimitSeconds",
            "ContinueFlowExecution",
        ],
        errors: ["CallFailed", "ConnectionTimeLimitExceeded", "NoMatchingError"],
        conditions: false,
        ends: false,
    },
    DisconnectParticipant: { required: [], errors: [], conditions: false, ends: true },
};

export const OPERATORS = ["Equals", "TextStartsWith", "TextEndsWith", "TextContains"] as const;

const IDENTIFIER_CHARACTERS_MAX = 50;
const FORBIDDEN_IN_IDENTIFIERS = /[%:(\\/)=$,;[\]{}]/;

export function targets(action: Action): string[] {
    const { NextAction, Errors = [], Conditions = [] } = action.Transitions;
    return [
        ...(NextAction === undefined ? [] : [NextAction]),
        ...Errors.map((each) => each.NextAction),
        ...Conditions.map((each) => each.NextAction),
    ];
}

/** Everything that is wrong with a flow; empty: nothing. */
export function faultsOf(flow: Flow): string[] {
    const byId = new Map(flow.Actions.map((action) => [action.Identifier, action]));
    const faults = flow.Actions.flatMap((action) => [
        ...faultsOfAction(action),
        ...danglingTargets(action, byId),
    ]);
    if (byId.size !== flow.Actions.length) {
        faults.push("two actions have one identifier");
    }
    if (!byId.has(flow.StartAction)) {
        faults.push(`the start action ${flow.StartAction} does not exist`);
        return faults;
    }
    const reached = reachable(flow.StartAction, byId);
    faults.push(
        ...flow.Actions.filter((each) => !reached.has(each.Identifier)).map(
            (each) => `${each.Identifier} is never reached`,
        ),
    );
    faults.push(
        ...[...reached]
            .filter((id) => !canEnd(id, byId))
            .map((id) => `no way leads from ${id} to an end`),
    );
    return faults;
}

function faultsOfAction(action: Action): string[] {
    const at = action.Identifier;
    const rules = ACTIONS[action.Type];
    if (rules === undefined) {
        return [`${at} has the unknown type ${action.Type}`];
    }
    const { NextAction, Errors = [], Conditions = [] } = action.Transitions;
    const handled = Errors.map((each) => each.ErrorType);
    const faults = [
        ...rules.required
            .filter((name) => !(name in action.Parameters))
            .map((name) => `${at} has no parameter ${name}`),
        ...rules.errors
            .filter((name) => !handled.includes(name))
            .map((name) => `${at} does not handle ${name}`),
        ...handled
            .filter((name) => !rules.errors.includes(name))
            .map((name) => `${at} handles ${name}, which ${action.Type} does not have`),
        ...emptyTexts(action.Parameters).map((name) => `${at} has the empty parameter ${name}`),
    ];
    if (
        at.length === 0 ||
        at.length > IDENTIFIER_CHARACTERS_MAX ||
        FORBIDDEN_IN_IDENTIFIERS.test(at)
    ) {
        faults.push(`${at} is no identifier`);
    }
    if (new Set(handled).size !== handled.length) {
        faults.push(`${at} handles an error twice`);
    }
    if (rules.conditions !== Conditions.length > 0) {
        faults.push(rules.conditions ? `${at} has no conditions` : `${at} cannot have conditions`);
    }
    // A comparison's "otherwise" is its error.
    if (!rules.ends && !rules.conditions && NextAction === undefined) {
        faults.push(`${at} has nothing after it`);
    }
    if (rules.ends && targets(action).length > 0) {
        faults.push(`${at} ends the flow and goes on`);
    }
    return [...faults, ...faultsOfConditions(at, Conditions)];
}

function faultsOfConditions(at: string, conditions: readonly Condition[]): string[] {
    return conditions.flatMap(({ Condition: { Operator, Operands } }) => [
        ...((OPERATORS as readonly string[]).includes(Operator)
            ? []
            : [`${at} has the unknown operator ${Operator}`]),
        ...(Operands.length === 1 && Operands[0] !== ""
            ? []
            : [`${at} has a condition without one operand`]),
    ]);
}

function emptyTexts(value: Readonly<Record<string, unknown>>): string[] {
    return Object.entries(value).flatMap(([name, each]) => {
        if (each === "") {
            return [name];
        }
        return typeof each === "object" && each !== null
            ? emptyTexts(each as Record<string, unknown>)
            : [];
    });
}

function danglingTargets(action: Action, byId: ReadonlyMap<string, Action>): string[] {
    return targets(action)
        .filter((id) => !byId.has(id))
        .map((id) => `${action.Identifier} goes to ${id}, which does not exist`);
}

function reachable(start: string, byId: ReadonlyMap<string, Action>): Set<string> {
    const seen = new Set<string>();
    const waiting = [start];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        const action = byId.get(id);
        if (action !== undefined && !seen.has(id)) {
            seen.add(id);
            waiting.push(...targets(action));
        }
    }
    return seen;
}

function canEnd(id: string, byId: ReadonlyMap<string, Action>): boolean {
    return [...reachable(id, byId)].some(
        (each) => ACTIONS[byId.get(each)?.Type ?? ""]?.ends === true,
    );
}
