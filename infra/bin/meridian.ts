// What `cdk` runs. `-c config=FILE` names another configuration than meridian.config.json.
import "../lib/quiet";
import { App } from "aws-cdk-lib";
import { buildDeployment } from "../lib/app";
import { ConfigError, loadConfig, SAMPLE } from "../lib/config";

const app = new App();
try {
    buildDeployment(
        app,
        loadConfig((app.node.tryGetContext("config") as string | undefined) ?? SAMPLE),
    );
} catch (error) {
    if (!(error instanceof ConfigError)) {
        throw error;
    }
    console.error(error.message);
    process.exit(1);
}
