// What Lighthouse finds on the pages that count most: `node lighthouse.mjs BASE_URL [--performance]`. Accessibility, best
// practices and search engines must have the full mark; performance, which depends on the machine of the moment, is only
// printed, and only when it is asked for.

import lighthouse from "lighthouse";
import { chromium } from "playwright-core";
import { CYCLING, DEPOSITS, PROCESS } from "./site.mjs";

const PAGES = ["/", `/garennes/${PROCESS}/`, `${DEPOSITS}${CYCLING}/`];
const JUDGED = ["accessibility", "best-practices", "seo"];
const PORT = 9333 + (process.pid % 500);

const [base, performance] = process.argv.slice(2);
const onlyCategories = performance ? [...JUDGED, "performance"] : JUDGED;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    `--remote-debugging-port=${PORT}`,
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ],
});
for (const page of PAGES) {
  const { lhr } = await lighthouse(new URL(page, base).href, { port: PORT, logLevel: "error", onlyCategories });
  const marks = Object.entries(lhr.categories).map(([name, { score }]) => [name, Math.round(score * 100)]);
  console.log(page, marks.map(([name, mark]) => `${name} ${mark}`).join(", "));
  for (const [name, mark] of marks) {
    if (mark === 100 || !JUDGED.includes(name)) continue;
    process.exitCode = 1;
    const lost = lhr.categories[name].auditRefs.map(({ id }) => lhr.audits[id]).filter(({ score }) => score !== null && score < 1);
    console.log(`FAILED ${page} ${name}: ${lost.map(({ title }) => title).join(" | ")}`);
  }
}
await browser.close();
