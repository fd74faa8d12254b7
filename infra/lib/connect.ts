// What an Amazon Connect instance needs to ask RouteCall: the right to invoke it, the association
// that offers it to flows, and the flow.
import type * as lambda from "aws-cdk-lib/aws-lambda";
import * as connect from "aws-cdk-lib/aws-connect";
import * as iam from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Config, Instance } from "./config";
import { routeFlow } from "./flow/route_flow";
import { instanceArn } from "./names";

export const FLOW_NAME = "Meridian";

export class ConnectInstance extends Construct {
    /** Not of a replica of Global Resiliency: Connect copies the flow there. */
    readonly flow?: connect.CfnContactFlow;

    constructor(
        scope: Construct,
        id: string,
        props: { config: Config; region: string; instance: Instance; routeCall: lambda.Alias },
    ) {
        super(scope, id);
        const { config, instance, routeCall } = props;
        const arn = instanceArn(config.account, props.region, instance.id);
        routeCall.addPermission(`Connect-${instance.id}`, {
            principal: new iam.ServicePrincipal("connect.amazonaws.com"),
            sourceArn: arn,
            sourceAccount: config.account,
        });
        const association = new connect.CfnIntegrationAssociation(this, "RouteCall", {
            instanceId: arn,
            integrationType: "LAMBDA_FUNCTION",
            integrationArn: routeCall.functionArn,
        });
        if (instance.replica) {
            return;
        }
        this.flow = new connect.CfnContactFlow(this, "Flow", {
            instanceArn: arn,
            name: FLOW_NAME,
            description: "Asks Meridian's RouteCall where the call goes, and sends it there",
            type: "CONTACT_FLOW",
            state: "ACTIVE",
            content: JSON.stringify(routeFlow(config, instance)),
        });
        this.flow.addDependency(association);
    }
}
