// What an editor sees of a page while writing it: `node live.mjs BASE_URL FOLDER [--only TEXT]`. BASE_URL is a running
// `parvis serve` of the new site in FOLDER, as `parvis init` makes it.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { check, read, run, until } from "./visit.mjs";

const root = process.argv[3];
const NEWS = "/ma-commune/actualites/le-site-est-ouvert/";
const NEWS_FILE = join(root, "content/ma-commune/actualites/le-site-est-ouvert.md");
const SETTINGS = join(root, "site.toml");

/** A build, and a page that hears of it. */
const SOON = 15_000;

const notice = (page) => page.locator("#parvis-live");

/** Edits a file, and gives back what it said. */
function edit(file, change) {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, change(text));
  return text;
}

const mark = (page) => page.evaluate(() => void (window.isStillTheSame = true));
const isStillTheSame = (page) => page.evaluate(() => window.isStillTheSame === true);

const renewed = async (visit) => {
  const page = await visit.open(NEWS);
  await page.setViewportSize({ width: 600, height: 400 });
  await page.evaluate(() => scrollTo(0, 300));
  await mark(page);
  const before = edit(NEWS_FILE, (text) => `${text}\n## Ajouté\n\nUn paragraphe de plus.\n`);
  await until("the page shows the edit", SOON, () => page.locator("#ajoute").count());
  await until("the page is where its reader was", SOON, async () => (await page.evaluate(() => scrollY)) === 300);
  check(!(await page.evaluate(() => sessionStorage.length)), "the place is kept in the browser");
  const other = await visit.open("/ma-commune/ma-petition/reglement/");
  await mark(other);
  writeFileSync(NEWS_FILE, before);
  // The next scenario begins with the site at rest: a page that is loading has no heading either.
  const served = async () => (await visit.context.request.get(NEWS)).text();
  await until("the edit is taken back", SOON, async () => !(await served()).includes("ajoute"));
  await until("the page shows it", SOON, async () => !(await page.locator("#ajoute").count()));
  check(await isStillTheSame(other), "a page that the edit does not change was loaded again");
};

const restyled = async (visit) => {
  const page = await visit.open(NEWS);
  await mark(page);
  const font = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--font"));
  const before = edit(SETTINGS, (text) => text.replace(/^# font = .*$/m, 'font = "Georgia"'));
  await until("the style is the new one", SOON, async () => (await font()).includes("Georgia"));
  check(await isStillTheSame(page), "the page was loaded again");
  writeFileSync(SETTINGS, before);
  await until("the style is the first one", SOON, async () => !(await font()).includes("Georgia"));
  const styles = page.locator("link[rel=stylesheet][href^='/assets/']");
  await until("the page has one style", SOON, async () => (await styles.count()) === 1);
};

const broken = async (visit) => {
  const page = await visit.open(NEWS);
  await mark(page);
  await page.locator("main a").first().focus();
  const before = edit(NEWS_FILE, (text) => text.replace("title =", "titel ="));
  await notice(page).waitFor();
  const said = await read(notice(page));
  check(said.includes("clé inconnue `titel`") && said.includes("vouliez-vous dire `title` ?"), `not the mistake: ${said}`);
  check((await notice(page).getAttribute("role")) === "alert", "the mistake is not announced");
  check(await page.evaluate(() => document.activeElement.matches("main a")), "the focus was taken");
  await visit.inspect(page, "what is wrong");

  const late = await visit.open("/");
  await notice(late).waitFor();
  await late.close();
  await notice(page).getByRole("button").click();
  check(!(await notice(page).count()), "what is wrong cannot be closed");
  edit(NEWS_FILE, (text) => text.replace("titel =", "tittle ="));
  await notice(page).waitFor();
  writeFileSync(NEWS_FILE, before);
  await notice(page).waitFor({ state: "detached" });
  check(await isStillTheSame(page), "the page was loaded again though it is the same");
};

await run([
  { name: "a page that is edited is renewed where its reader was", options: {}, walk: renewed },
  { name: "a style that is edited is changed in place", options: {}, walk: restyled },
  { name: "a mistake is told on the page until it is corrected", options: {}, walk: broken },
]);
