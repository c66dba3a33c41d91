// Which fields of forms the page’s own script says are reached: one line of 0 and 1 for each case of a file of
// [fields, typed].
//
//   node conditions.mjs CASES.json

import { readFileSync } from "node:fs";
import { reached } from "../../themes/parvis/static/form.js";

const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
const lines = cases.map(([fields, typed]) => reached(fields, typed).map(Number).join(""));
process.stdout.write(`${lines.join("\n")}\n`);
