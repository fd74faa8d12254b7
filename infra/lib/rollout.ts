// CodeDeploy, which moves the functions' aliases to new versions: one application a region, and
// what it may do.
import { type Stack } from "aws-cdk-lib";
import * as codedeploy from "aws-cdk-lib/aws-codedeploy";
import * as iam from "aws-cdk-lib/aws-iam";
import type { Config } from "./config";
import { FUNCTIONS, LIVE } from "./names";

export interface Rollouts {
    readonly application: codedeploy.LambdaApplication;
    readonly role: iam.IRole;
}

/** `alarms`: the names of those that stop a roll-out. */
export function makeRollouts(stack: Stack, config: Config, alarms: readonly string[]): Rollouts {
    const functions = FUNCTIONS.map(
        (name) => `arn:aws:lambda:${stack.region}:${config.account}:function:${name}`,
    );
    const role = new iam.Role(stack, "RolloutRole", {
        assumedBy: new iam.ServicePrincipal("codedeploy.amazonaws.com"),
        description: "What CodeDeploy may do with Meridian's functions",
        inlinePolicies: {
            // AWSCodeDeployRoleForLambdaLimited, narrowed to these functions and these alarms,
            // without hooks and S3.
            does: new iam.PolicyDocument({
                statements: [
                    new iam.PolicyStatement({
                        sid: "MoveAliases",
                        actions: [
                            "lambda:GetAlias",
                            "lambda:UpdateAlias",
                            "lambda:GetProvisionedConcurrencyConfig",
                        ],
                        resources: functions.flatMap((arn) => [arn, `${arn}:${LIVE}`]),
                    }),
                    new iam.PolicyStatement({
                        sid: "ReadAlarms",
                        actions: ["cloudwatch:DescribeAlarms"],
                        resources: alarms.map(
                            (name) =>
                                `arn:aws:cloudwatch:${stack.region}:${config.account}:alarm:${name}`,
                        ),
                    }),
                ],
            }),
        },
    });
    const application = new codedeploy.LambdaApplication(stack, "Rollouts", {
        applicationName: "meridian",
    });
    // Not mutable: the construct would add AWS's own, wider policy.
    return {
        application,
        role: iam.Role.fromRoleArn(stack, "RolloutRoleAsIs", role.roleArn, { mutable: false }),
    };
}
