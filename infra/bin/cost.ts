// npm run cost -- --calls-per-day 50000 [--edits-per-day 100] [--table-gb 0.1] [--config FILE]
// npm run cost -- --table    several loads side by side, as docs/deploying.md has them
import "../lib/quiet";
import { parseArgs } from "node:util";
import { ConfigError, loadConfig, SAMPLE } from "../lib/config";
import { estimate, type Line, type Load, total } from "../lib/cost/estimate";
import { PRICES_AS_OF } from "../lib/cost/prices";
import { synthesise } from "../lib/synthesis";

const LOADS = [1_000, 10_000, 50_000, 500_000, 5_000_000];

function main(): void {
    const { values } = parseArgs({
        options: {
            "calls-per-day": { type: "string", default: "10000" },
            "edits-per-day": { type: "string", default: "100" },
            "table-gb": { type: "string", default: "0.1" },
            config: { type: "string", default: SAMPLE },
            table: { type: "boolean", default: false },
        },
    });
    const load = (calls: number): Load => ({
        callsPerDay: calls,
        editsPerDay: number(values["edits-per-day"], "--edits-per-day"),
        tableGb: number(values["table-gb"], "--table-gb"),
    });
    const config = loadConfig(values.config);
    const templates = [...synthesise(config).templates.values()];
    const of = (calls: number) => estimate(config, templates, load(calls));
    if (values.table) {
        printTable(LOADS.map((calls) => ({ calls, lines: of(calls) })));
        return;
    }
    const lines = of(number(values["calls-per-day"], "--calls-per-day"));
    for (const line of [...lines, { what: "A month", usd: total(lines) }]) {
        console.log(`${line.usd.toFixed(2).padStart(12)}  ${line.what}`);
    }
    console.log(
        `US dollars, list prices of US East (N. Virginia) as of ${PRICES_AS_OF}, ${config.regions.length} regions; without Amazon Connect and telephony.`,
    );
}

function printTable(columns: readonly { calls: number; lines: readonly Line[] }[]): void {
    const row = (cells: string[]) => console.log(`| ${cells.join(" | ")} |`);
    row([
        "a month, US$",
        ...columns.map(({ calls }) => `${calls.toLocaleString("en")} calls a day`),
    ]);
    row(["---", ...columns.map(() => "---:")]);
    for (const what of new Set(columns.flatMap(({ lines }) => lines.map((line) => line.what)))) {
        row([
            what,
            ...columns.map(({ lines }) =>
                (lines.find((line) => line.what === what)?.usd ?? 0).toFixed(2),
            ),
        ]);
    }
    row(["**all**", ...columns.map(({ lines }) => `**${total(lines).toFixed(2)}**`)]);
}

function number(text: string, option: string): number {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || value < 0) {
        throw new RangeError(`${option} is a number of at least 0, not '${text}'`);
    }
    return value;
}

try {
    main();
} catch (error) {
    if (!(
        error instanceof ConfigError ||
        error instanceof RangeError ||
        (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS")
    )) {
        throw error;
    }
    console.error((error as Error).message);
    process.exit(2);
}
