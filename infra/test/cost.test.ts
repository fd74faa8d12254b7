import assert from "node:assert/strict";
import { test } from "node:test";
import { estimate, total } from "../lib/cost/estimate";
import { PRICES } from "../lib/cost/prices";
import { configuration } from "./configurations";

const LOAD = { callsPerDay: 50_000, editsPerDay: 100, tableGb: 0.1 };

function monthOf(name: string, change: Partial<typeof LOAD> = {}): number {
    const { config, templates } = configuration(name);
    return total(estimate(config, templates.values(), { ...LOAD, ...change }));
}

test("more calls, more regions and more options cost more", () => {
    assert.ok(monthOf("three regions", { callsPerDay: 500_000 }) > monthOf("three regions"));
    assert.ok(monthOf("three regions") > monthOf("two regions"));
    assert.ok(monthOf("two regions") > monthOf("one region"));
    assert.ok(monthOf("one region") > monthOf("one region, nothing optional"));
});

test("calls are reckoned by hand: a million calls are 13 million reads, a million invocations", () => {
    const { config, templates } = configuration("one region");
    const of = (callsPerDay: number) =>
        new Map(
            estimate(config, templates.values(), { ...LOAD, callsPerDay }).map((line) => [
                line.what,
                line.usd,
            ]),
        );
    const [none, million] = [of(0), of(1e6 / 30)];
    const more = (what: string) => (million.get(what) ?? 0) - (none.get(what) ?? 0);
    assert.ok(Math.abs(more("Tables: reads and writes") - 13 * 0.125) < 1e-6);
    assert.ok(Math.abs(more("Functions") - (0.2 + 1e6 * 0.015 * 0.25 * 0.0000166667)) < 1e-6);
});

test("every price names its page", () => {
    for (const price of Object.values(PRICES)) {
        assert.match(price.source, /^https:\/\/aws\.amazon\.com\//);
        assert.ok(price.usd > 0);
    }
});
