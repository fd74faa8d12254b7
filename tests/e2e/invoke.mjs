// Calls RouteCall as an application with the AWS SDK for JavaScript does; everything else comes from the environment.
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";

const client = new LambdaClient({});
const invoke = (options) => client.send(new InvokeCommand({ FunctionName: "RouteCall", Payload: process.argv[2], ...options }));

const answer = await invoke({});
const unknown = await invoke({ FunctionName: "NoSuchFunction" }).catch((error) => error.name);
console.log(
  JSON.stringify({
    answer: JSON.parse(Buffer.from(answer.Payload).toString()),
    event: (await invoke({ InvocationType: "Event" })).StatusCode,
    dryRun: (await invoke({ InvocationType: "DryRun" })).StatusCode,
    unknown,
  }),
);
