// Writes permissions.md.
import "../lib/quiet";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { INFRA } from "../lib/config";
import { permissionsPage } from "../lib/grants";
import { distinctGrants, sample, synthesise } from "../lib/synthesis";

writeFileSync(
    join(INFRA, "permissions.md"),
    permissionsPage(distinctGrants(synthesise(sample(3)))),
);
