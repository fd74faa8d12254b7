// Everything of one region: what it needs to route calls when all other regions are gone.
import { Stack, type StackProps } from "aws-cdk-lib";
import * as lambda from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { functionCode } from "./code";
import type { Config, Region } from "./config";
import type { KeyStack } from "./keys";

export class RegionStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { config: Config; regionConfig: Region; keys: KeyStack }) {
    super(scope, id, props);
    new lambda.Function(this, "RouteCall", {
      functionName: "RouteCall",
      runtime: lambda.Runtime.PROVIDED_AL2023,
      handler: "RouteCall",
      code: functionCode(this, "RouteCall"),
    });
  }
}
