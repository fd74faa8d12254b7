// Other people's tools over our templates, where this machine has them: cfn-lint is Python's, and
// in no Debian package.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { CONFIGURATIONS, configuration } from "./configurations";

const absent =
    spawnSync("cfn-lint", ["--version"]).status === 0 ? false : "there is no cfn-lint here";

// Every template of the sample; of other configurations one region, and what differs by more than
// the region's name.
function templates(): string[] {
    const seen = new Set<string>();
    const all = CONFIGURATIONS.flatMap((name) => {
        const { folder, config } = configuration(name);
        return readdirSync(folder)
            .filter((file) => file.endsWith(".template.json"))
            .map((file) => join(folder, file))
            .filter((file) => {
                const text = config.regions.reduce(
                    (all, region) =>
                        all
                            .replaceAll(region.name, "{region}")
                            .replaceAll(region.name.replaceAll("-", ""), "{region}"),
                    readFileSync(file, "utf8"),
                );
                const shape = text.replace(
                    /[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-F]{8}|[0-9a-f]{32,}/g,
                    "",
                );
                return !seen.has(shape) && seen.add(shape);
            });
    });
    const { folder } = configuration("three regions");
    return all.filter(
        (file) => file.startsWith(folder) || !/Meridian-(eu-west|ap-southeast)/.test(file),
    );
}

// Runs beside the other tests.
const linting =
    absent === false
        ? promisify(execFile)("cfn-lint", [
              "--non-zero-exit-code",
              "error",
              "--format",
              "parseable",
              ...templates(),
          ])
        : undefined;

test("cfn-lint has no error, for one, two and three regions", { skip: absent }, async () => {
    await linting?.catch((error: { stdout: string; stderr: string }) =>
        assert.fail(error.stdout + error.stderr),
    );
});
