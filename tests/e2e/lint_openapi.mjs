// Lints an OpenAPI document with Redocly's strictest recommended rules; prints what it finds as a JSON array.
import { createConfig, lint } from "@redocly/openapi-core";

const config = await createConfig({ extends: ["recommended-strict"] });
const problems = await lint({ ref: process.argv[2], config });
console.log(
  JSON.stringify(problems.map(({ ruleId, severity, message, location }) => ({ ruleId, severity, message, at: location[0]?.pointer }))),
);
