// Which published texts the form’s own script says are close to others: one line of addresses for each text.
//
//   node similar.mjs CASE.json

import { readFileSync } from "node:fs";
import { closest } from "../../themes/parvis/static/similar.js";

const [known, texts] = JSON.parse(readFileSync(process.argv[2], "utf8"));
const lines = texts.map((text) => closest(known, text, 5).map(({ url }) => url).join(" "));
process.stdout.write(`${lines.join("\n")}\n`);
