// What a scenario needs: a browser that watches every page it is shown, and a citizen's gestures.

import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What links of the site lead to besides pages. */
const DOCUMENTS = { pdf: "application/pdf", xml: "text/xml", ics: "text/calendar", csv: "text/csv", json: "application/json", pb: "application/octet-stream" };

const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });

/** Runs the scenarios that the command line asks for, one after another, and prints a line for each. */
export async function run(scenarios) {
  const {
    values: { only, save, pictures },
    positionals: [base],
  } = parseArgs({
    allowPositionals: true,
    options: { only: { type: "string", default: "" }, save: { type: "string" }, pictures: { type: "string" } },
  });
  if (!base) throw new Error("usage: node SCRIPT BASE_URL [--only TEXT] [--save FOLDER] [--pictures FOLDER]");
  for (const folder of [save, pictures].filter(Boolean)) mkdirSync(folder, { recursive: true });
  const browser = await launch();
  for (const { name, options, walk } of scenarios.filter(({ name }) => name.includes(only))) {
    const visit = await Visit.start(browser, { base, save, pictures, options });
    try {
      await walk(visit);
    } catch (error) {
      visit.problems.add(error.message);
    }
    await visit.end();
    const reasons = [...visit.problems].map((problem) => problem.replace(/\s+/g, " ").trim());
    if (reasons.length) process.exitCode = 1;
    console.log(reasons.length ? `FAILED ${name}: ${reasons.join(" | ")}` : `ok ${name}`);
  }
  await browser.close();
}

/** One scenario's browser window, new and empty; whatever goes wrong on its pages is one of its problems. */
class Visit {
  problems = new Set();
  documents = new WeakMap();

  /** Another site to which files are sent. */
  bucket;

  /** What is done when a page warns of leaving it, where that is expected. */
  onWarning;

  static async start(browser, { base, save, pictures, options }) {
    const visit = new Visit();
    Object.assign(visit, { base, save, pictures, options });
    visit.context = await browser.newContext({ baseURL: base, locale: "fr-FR", reducedMotion: "reduce", ...options });
    visit.context.setDefaultTimeout(15_000);
    visit.watch();
    return visit;
  }

  watch() {
    const { origin } = new URL(this.base);
    this.context.on("weberror", (error) => this.problems.add(`error on a page: ${error.error().message}`));
    this.context.on("console", (message) => {
      // Of a response that failed, the response itself tells more.
      const isProblem = ["error", "warning"].includes(message.type()) && !message.text().startsWith("Failed to load");
      if (isProblem) this.problems.add(`console on ${message.location().url}: ${message.text()}`);
    });
    this.context.on("dialog", (dialog) => {
      if (dialog.type() === "beforeunload" && this.onWarning) this.onWarning();
      else this.problems.add(`dialog on ${dialog.page()?.url()}: ${dialog.type()} ${dialog.message()}`);
      return dialog.accept();
    });
    this.context.on("request", (request) => {
      if (![origin, this.bucket].includes(new URL(request.url()).origin)) this.problems.add(`request to another origin: ${request.url()}`);
    });
    this.context.on("response", (response) => {
      const request = response.request();
      if (request.isNavigationRequest()) {
        this.documents.set(request.frame().page(), response);
        const policy = response.headers()["content-security-policy"];
        if (!policy?.startsWith("default-src 'none'")) this.problems.add(`no policy on ${response.url()}`);
      } else if (response.status() >= 400) {
        this.problems.add(`${response.status()} for ${response.url()}`);
      }
    });
  }

  async end() {
    const { cookies, origins } = await this.context.storageState();
    if (cookies.length || origins.length) this.problems.add(`kept in the browser: ${JSON.stringify({ cookies, origins })}`);
    await this.context.close();
  }

  async open(path) {
    const page = await this.context.newPage();
    await this.go(page, path);
    return page;
  }

  async go(page, path, status = 200) {
    await page.goto(path);
    this.expectStatus(page, status);
  }

  expectStatus(page, status) {
    const response = this.documents.get(page);
    check(response.status() === status, `${response.status()} instead of ${status} for ${response.url()}`);
  }

  /** Does what leads to another page, and waits for that. */
  async follow(page, gesture, status = 200) {
    await Promise.all([page.waitForEvent("load"), gesture()]);
    this.expectStatus(page, status);
  }

  async send(page, status) {
    await this.follow(page, () => page.locator("main form button").click(), status);
  }

  /** Looks at a page in one of its states: accessible, in both colour schemes, and no wider than a small phone. */
  async inspect(page, state, schemes = ["dark", "light"]) {
    const response = this.documents.get(page);
    const name = state.replace(/\W+/g, "-");
    const isAnswer = new URL(response.url()).pathname.startsWith("/actes/");
    if (this.save && isAnswer) writeFileSync(join(this.save, `${name}.html`), await response.text());
    const size = page.viewportSize();
    await page.setViewportSize({ width: 320, height: 640 });
    for (const culprit of await page.evaluate(tooWide)) this.problems.add(`${state}: wider than 320 px: ${culprit}`);
    if (this.pictures) await this.take(page, `${name}-320`);
    await page.setViewportSize(size);
    if (this.pictures) await this.take(page, `${name}-${size.width}`);

    // axe needs timers, which do not run without JavaScript. The page is the same, unless it shows one section of its form.
    if (this.options.javaScriptEnabled !== false) return this.audit(page, state, schemes);
    if (!(await page.locator("[data-section][hidden]").count())) return;
    const context = await this.context.browser().newContext({ baseURL: this.base, reducedMotion: "reduce" });
    const copy = await context.newPage();
    const body = (await response.text()).replace(/<script[^>]*><\/script>/g, "");
    await copy.route(response.url(), (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body }));
    await copy.goto(response.url());
    await this.audit(copy, `${state}, one section`, schemes);
    await context.close();
  }

  async take(page, name) {
    const script = this.options.javaScriptEnabled === false ? "without" : "with";
    await page.screenshot({ path: join(this.pictures, `${name}-${script}.png`), fullPage: true });
  }

  async audit(page, state, schemes) {
    await page.evaluate(AXE);
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      for (const { id, nodes } of await page.evaluate(violations)) {
        this.problems.add(`${state}, ${colorScheme}: ${id} at ${nodes.join(", ")}`);
      }
    }
  }

  /** Looks at every page that links lead to, below an address, and sees that all they lead to is there. */
  async inspectAll(starts, within = "/") {
    const page = await this.context.newPage();
    const paths = new Set(starts);
    const ids = new Map();
    const anchors = [];
    const classes = new Set();
    for (const path of paths) {
      if (!path.endsWith("/")) {
        const file = await this.context.request.get(path);
        const type = DOCUMENTS[path.slice(path.lastIndexOf(".") + 1)];
        check(type && file.ok() && file.headers()["content-type"]?.startsWith(type), `${path} is not a document`);
        continue;
      }
      await this.go(page, path);
      // The scheme changes colours alone, and those are the classes': one look at each in the dark is enough.
      const own = await page.locator("[class]").evaluateAll((all) => all.flatMap(({ classList }) => [...classList]));
      const isNew = own.some((name) => !classes.has(name));
      own.forEach((name) => classes.add(name));
      await this.inspect(page, path, isNew ? ["dark", "light"] : ["light"]);
      ids.set(path, new Set(await page.locator("[id]").evaluateAll((all) => all.map(({ id }) => id))));
      const links = await page.locator("a[href]").evaluateAll((all) => all.map((link) => new URL(link.getAttribute("href"), link.baseURI).href));
      for (const { origin, pathname, hash } of links.map((link) => new URL(link))) {
        if (origin !== new URL(this.base).origin || !pathname.startsWith(within)) continue;
        paths.add(pathname);
        if (hash) anchors.push({ from: path, to: pathname, id: hash.slice(1) });
      }
    }
    for (const { from, to, id } of anchors) {
      if (!ids.get(to)?.has(id)) this.problems.add(`${from} links to ${to}#${id}, which is not there`);
    }
  }

  /** The public counts of a process. */
  async counts(process) {
    const response = await this.context.request.get(`/data/${process}.json`);
    return response.json();
  }

  /** The code in the newest mail to an address. */
  async code(address) {
    const isTheirs = ({ to }) => to === address;
    const mail = await until("a mail has come", 10_000, async () => {
      const response = await this.context.request.get("/_outbox/", { headers: { accept: "application/json" } });
      return (await response.json()).find(isTheirs);
    });
    return /\b\d{6}\b/.exec(mail.body)[0];
  }
}

function tooWide() {
  const { clientWidth, scrollWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const isTooWide = (element) => element.getBoundingClientRect().right > clientWidth;
  return [...document.body.querySelectorAll("*")].filter(isTooWide).map((element) => element.outerHTML.slice(0, 80));
}

async function violations() {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ target }) => target.join(" ")) }));
}

/** Fails the scenario unless something holds. */
export function check(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

/** Asks again until the answer is yes, and gives it. */
export async function until(what, milliseconds, ask) {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    check(Date.now() < deadline, `not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The text a reader sees, with plain spaces. */
export const read = async (locator) => (await locator.innerText()).replace(/\s+/g, " ").trim();

/** The number in a text such as « 1 024 soutiens ». */
export const number = async (locator) => Number((await locator.innerText()).replace(/\D/g, ""));

/** Somebody whom the site has never met. */
export function somebody(changes) {
  const name = [...randomBytes(12)].map((byte) => String.fromCharCode(97 + (byte % 26))).join("");
  return {
    given_names: "Awa Marie",
    family_name: name,
    birth_date: "04/03/1987",
    email: `${name}@exemple.fr`,
    commune: "Montgarenne",
    ...changes,
  };
}

/** Writes into the fields of the form those of a person that it asks for. */
export async function fill(page, person) {
  for (const [name, value] of Object.entries(person)) {
    const field = page.locator(`main form [name=${name}]`);
    if (await field.count()) await field.fill(value);
  }
}

/** Makes the choices of the support form. */
export async function choose(page) {
  await page.locator("[name=link]").first().check();
  await page.locator("[name=consent]").check();
}

/** The page says of exactly these fields what is wrong, in a summary that has the focus and beside each of them. */
export async function expectRefusals(page, fields) {
  check(/^Erreur\s:/.test(await page.title()), `the title does not say that something is wrong: ${await page.title()}`);
  const focused = await page.evaluate(() => document.activeElement.matches("[data-summary]"));
  check(focused, "the summary of errors has not the focus");

  const links = page.locator("[data-summary-list] a");
  const refused = await links.evaluateAll((all) => all.map(({ hash }) => hash.slice(1)));
  check(refused.join() === fields.join(), `refused: ${refused.join()} instead of ${fields.join()}`);
  for (const [index, field] of fields.entries()) {
    const message = await read(page.locator(`[data-error=${field}]`));
    check(message && message === (await read(links.nth(index))), `${field}: not the message of the summary: ${message}`);
    const flaws = await page.locator(`[name=${field}]`).evaluateAll(flawsOfRefused, field);
    check(!flaws.length, `${field}: ${flaws.join(", ")}`);
    await links.nth(index).click();
    const reached = await page.evaluate((name) => {
      const { id, name: own } = document.activeElement;
      return own === name || id === name;
    }, field);
    check(reached, `${field}: its link in the summary does not lead to it`);
  }
  const invalid = await page.locator("[aria-invalid]").evaluateAll((all) => [...new Set(all.map(({ name }) => name))]);
  check(invalid.every((name) => fields.includes(name)), `marked as invalid: ${invalid.join()}`);
}

function flawsOfRefused(controls, field) {
  const flaws = [];
  for (const control of controls) {
    const describing = [control, control.closest("fieldset")].map((element) => element?.getAttribute("aria-describedby"));
    if (!describing.join(" ").split(" ").includes(`${field}-error`)) flaws.push("not described by its message");
    if (control.getAttribute("aria-invalid") !== "true") flaws.push("not marked as invalid");
  }
  return flaws;
}

/** Presses Tab until the focus is on something, and sees that it shows. */
export async function tabTo(page, selector) {
  for (let presses = 0; presses < 100; presses++) {
    await page.keyboard.press("Tab");
    const { reached, shown } = await page.evaluate((wanted) => {
      const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement);
      return { reached: document.activeElement.matches(wanted), shown: outlineStyle !== "none" || boxShadow !== "none" };
    }, selector);
    if (reached) return check(shown, `the focus on ${selector} cannot be seen`);
  }
  throw new Error(`Tab does not lead to ${selector}`);
}
