// Where the functions' zips come from: build/package, made by ./package. Without them templates can
// still be looked at: a placeholder stands in, and a rule in the template makes CloudFormation
// refuse to deploy it.
import { Annotations, CfnRule, Fn, Stack } from "aws-cdk-lib";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { INFRA } from "./config";
import type { FunctionName } from "./names";

const PLACEHOLDER = join(INFRA, "placeholder");
export const PACKAGE_FOLDER = join(INFRA, "..", "build", "package");

/** `-c package=FOLDER` names another folder than build/package. */
export function functionCode(stack: Stack, name: FunctionName): lambda.Code {
    const folder = (stack.node.tryGetContext("package") as string | undefined) ?? PACKAGE_FOLDER;
    const zip = join(folder, `${name}.zip`);
    if (existsSync(zip)) {
        return lambda.Code.fromAsset(zip);
    }
    const message = `${zip} is not there: run ./package at the root of the repository before you deploy`;
    Annotations.of(stack).addWarningV2(`meridian:no-package-${name}`, message);
    refuseToDeploy(stack);
    return lambda.Code.fromAsset(PLACEHOLDER);
}

function refuseToDeploy(stack: Stack): void {
    if (stack.node.tryFindChild("FunctionsArePackaged") !== undefined) {
        return;
    }
    new CfnRule(stack, "FunctionsArePackaged", {
        assertions: [
            {
                assert: Fn.conditionEquals("placeholder", "packaged"),
                assertDescription:
                    "The functions are placeholders: run ./package at the root of the repository, then deploy again",
            },
        ],
    });
}
