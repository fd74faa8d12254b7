// All tests in one process, which synthesises each configuration once.
import "./config.test";
import "./flow.test";
import "./openapi.test";
import "./permissions.test";
import "./metrics.test";
import "./stacks.test";
import "./cost.test";
import "./docs.test";
import "./tools.test";
