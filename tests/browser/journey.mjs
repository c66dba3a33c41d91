// Walks the reference site as citizens do, and looks at every page and state on the way.
//
//   node journey.mjs BASE_URL [--only TEXT] [--save FOLDER]
//
// BASE_URL is a running `parvis serve` with an empty data folder. Prints a line for each scenario whose name has
// TEXT in it. FOLDER keeps the HTML of the functions' answers, for the Nu checker.

import { CYCLING, DEPOSITS, PROCESS, forms } from "./site.mjs";
import { check, choose, expectRefusals, fill, number, read, run, somebody, tabTo, until } from "./visit.mjs";

const AT_99 = "ombre-cours-de-college";
const TEXT_FIELDS = ["given_names", "family_name", "email", "birth_date", "commune"];
const FORM_FIELDS = [...TEXT_FIELDS, "link", "consent"];

/** What the site promises: an act is seen by whoever reads the page five seconds later. */
const PROMPT = 5_000;
/** A page that refreshes itself asks every five seconds, and takes a moment to ask. */
const REFRESHED = PROMPT + 1_000;

const scenarios = [];
const scenario = (name, options, walk) => scenarios.push({ name, options, walk });
const withAndWithoutJavaScript = (name, walk) => {
  scenario(`${name}, with JavaScript`, { javaScriptEnabled: true }, walk);
  scenario(`${name}, without JavaScript`, { javaScriptEnabled: false }, walk);
};

const supports = async (visit, deposit) => (await visit.counts(PROCESS)).deposits[deposit]?.supports ?? 0;
const shownCount = (page) => page.locator("[data-count]").first();

/** Fills and sends the form that is open, which brings the page of the code. */
async function identify(visit, page, person) {
  await fill(page, person);
  await visit.send(page);
  check((await read(page.locator("[data-slot=email]"))) === person.email, "the page does not say where the code went");
}

/** Types the code of the mail into the page of the code. */
async function confirm(visit, page, person) {
  await page.locator("#code").fill(await visit.code(person.email));
  await visit.send(page);
}

async function support(visit, page, deposit, person) {
  await visit.go(page, `${DEPOSITS}${deposit}/soutenir/`);
  await choose(page);
  await identify(visit, page, person);
  await confirm(visit, page, person);
}

/** The open page of a deposit comes to show a count: by itself, or each time it is loaded without JavaScript. */
async function expectCount(visit, page, count) {
  const refreshes = visit.options.javaScriptEnabled !== false;
  await until(`the page shows ${count}`, refreshes ? REFRESHED : PROMPT, async () => {
    if (!refreshes) await page.reload();
    return (await number(shownCount(page))) === count;
  });
}

scenario("every page there is", {}, async (visit) => {
  await visit.inspectAll(["/", ...(await forms(visit))]);
});

scenario("a page that is not there", {}, async (visit) => {
  const page = await visit.context.newPage();
  await visit.go(page, "/garennes/nulle-part/", 404);
  await visit.inspect(page, "not found");
  await visit.follow(page, () => page.locator("main a[href='/']").click());
});

withAndWithoutJavaScript("from the home page to a text and its documents", async (visit) => {
  const page = await visit.open("/");
  const click = (link) => visit.follow(page, () => page.locator(link).click());
  await click(`main a[href="/garennes/${PROCESS}/"]`);
  await click(`.tabs a[href="${DEPOSITS}"]`);
  await click(`main a[href="${DEPOSITS}${CYCLING}/"]`);
  check((await number(shownCount(page))) === (await supports(visit, CYCLING)), "not the published count");
  await click("main h3 a[href$='/mediation/']");
  check(await page.locator("main a[href$='.pdf']").count(), "the report has no document");
});

withAndWithoutJavaScript("mistakes in the form", async (visit) => {
  const page = await visit.open(`${DEPOSITS}${CYCLING}/soutenir/`);
  await visit.inspect(page, "support form");

  await visit.send(page, 422);
  await expectRefusals(page, FORM_FIELDS);
  await visit.inspect(page, "support form, nothing typed");

  const year = new Date().getFullYear() - 8;
  const person = somebody({ birth_date: `04/03/${year}`, commune: "Paris <b>20e</b>" });
  await fill(page, person);
  await choose(page);
  await visit.send(page, 422);
  await expectRefusals(page, ["birth_date", "commune"]);
  await visit.inspect(page, "support form, too young and outside");
  for (const field of TEXT_FIELDS) {
    const kept = await page.locator(`#${field}`).inputValue();
    check(kept === person[field], `${field}: ${kept} instead of ${person[field]}`);
  }
  check(await page.locator("[name=link]").first().isChecked(), "the link to the territory is lost");
  check(await page.locator("[name=consent]").isChecked(), "the consent is lost");

  await identify(visit, page, { ...person, birth_date: "4 3 1987", commune: "montgarenne" });
  await visit.inspect(page, "support code");
});

scenario("the examples that the form gives", {}, async (visit) => {
  const page = await visit.open(`${DEPOSITS}${CYCLING}/soutenir/`);
  const person = somebody();
  for (const field of TEXT_FIELDS) {
    const example = /Par exemple : (.+)/.exec(await read(page.locator(`#${field}-hint`)));
    if (example) person[field] = example[1];
  }
  await choose(page);
  await identify(visit, page, person);
});

withAndWithoutJavaScript("a support, twice, and its withdrawal", async (visit) => {
  const before = await supports(visit, CYCLING);
  const reader = await visit.open(`${DEPOSITS}${CYCLING}/`);
  await reader.evaluate(() => (window.isStillTheSame = true));
  await expectCount(visit, reader, before);
  const person = somebody();
  const page = await visit.open(`${DEPOSITS}${CYCLING}/soutenir/`);
  await choose(page);
  await identify(visit, page, person);

  await visit.send(page, 422);
  await expectRefusals(page, ["code"]);
  await visit.inspect(page, "support code, nothing typed");
  const wrong = String((Number(await visit.code(person.email)) + 1) % 1e6).padStart(6, "0");
  await page.locator("#code").fill(wrong);
  await visit.send(page, 422);
  await expectRefusals(page, ["code"]);
  check((await page.locator("#code").inputValue()) === wrong, "the code typed is lost");
  await visit.inspect(page, "support code, wrong");

  await confirm(visit, page, person);
  check((await number(page.locator("[data-slot=count]"))) === before + 1, "the answer counts wrong");
  await expectCount(visit, reader, before + 1);
  await visit.inspect(page, "supported");
  const confirmed = await read(page.locator("h1"));

  await support(visit, page, CYCLING, { ...person, family_name: person.family_name.toUpperCase() });
  check((await read(page.locator("h1"))) === confirmed, "a second support is told from the first");

  for (const state of ["withdrawn", "withdrawn again"]) {
    await visit.go(page, `${DEPOSITS}${CYCLING}/retirer/`);
    await identify(visit, page, { ...person, given_names: state === "withdrawn" ? person.given_names : "AWA-MARIE" });
    await visit.inspect(page, `withdrawal code, ${state}`);
    await confirm(visit, page, person);
    check((await number(page.locator("[data-slot=count]"))) === before, "the answer counts wrong");
    await visit.inspect(page, state);
    await expectCount(visit, reader, before);
  }
  if (visit.options.javaScriptEnabled) {
    check(await reader.evaluate(() => window.isStillTheSame), "the page of the text was loaded again");
  }
});

scenario("a withdrawal with mistakes", {}, async (visit) => {
  const page = await visit.open(`${DEPOSITS}${CYCLING}/retirer/`);
  await visit.send(page, 422);
  await expectRefusals(page, ["given_names", "family_name", "email", "birth_date"]);
  await visit.inspect(page, "withdrawal form, nothing typed");
});

scenario("too many wrong codes", {}, async (visit) => {
  const page = await visit.open(`${DEPOSITS}${CYCLING}/soutenir/`);
  const person = somebody();
  await choose(page);
  await identify(visit, page, person);
  const right = await visit.code(person.email);
  for (let tries = 1; tries <= 5; tries++) {
    await page.locator("#code").fill(String((Number(right) + tries) % 1e6).padStart(6, "0"));
    await visit.send(page, 422);
    await expectRefusals(page, ["code"]);
  }
  await visit.inspect(page, "support code, exhausted");
});

scenario("the hundredth support", { javaScriptEnabled: true }, async (visit) => {
  check((await supports(visit, AT_99)) === 99, "the text has not the 99 supports it needs: is the data folder new?");
  const reader = await visit.open(`${DEPOSITS}${AT_99}/`);
  await visit.inspect(reader, "deposit, 99 supports");
  const reached = reader.locator("[data-threshold='100']");
  check(!(await reached.locator("[data-crossed]").isVisible()), "the threshold is crossed already");
  await support(visit, await visit.context.newPage(), AT_99, somebody());
  await expectCount(visit, reader, 100);

  const { as_of, deposits } = await visit.counts(PROCESS);
  const { crossed, due } = deposits[AT_99].thresholds[0];
  check(Math.abs(new Date(as_of) - new Date(crossed)) < 60_000, `crossed at ${crossed}, not now, ${as_of}`);
  const today = new Intl.DateTimeFormat("sv", { timeZone: "Europe/Paris" }).format(new Date(crossed));
  check(due === monthsAfter(today, 3), `crossed on ${today}, the pledge is due on ${due}`);
  for (const when of ["of itself", "built anew"]) {
    if (when === "built anew") await visit.go(reader, `${DEPOSITS}${AT_99}/`);
    const says = await read(reached);
    check(says.includes(`Seuil franchi le ${french(today)}`), `${when}, the page does not say when: ${says}`);
    check(says.includes(french(due)), `${when}, the page does not say by when the pledge is due: ${says}`);
    await visit.inspect(reader, `deposit, threshold crossed, ${when}`);
  }
});

function monthsAfter(day, months) {
  const date = new Date(day);
  const wanted = (date.getUTCMonth() + months) % 12;
  date.setUTCMonth(date.getUTCMonth() + months);
  // The 30 November and three months is the last of February.
  if (date.getUTCMonth() !== wanted) date.setUTCDate(0);
  return date.toISOString().slice(0, 10);
}

const french = (day) =>
  new Intl.DateTimeFormat("fr", { dateStyle: "long", timeZone: "UTC" }).format(new Date(day)).replace(/^1 /, "1er ");

withAndWithoutJavaScript("by keyboard alone", async (visit) => {
  const page = await visit.open(`${DEPOSITS}${CYCLING}/`);
  const press = (key) => page.keyboard.press(key);
  const enter = (status) => visit.follow(page, () => press("Enter"), status);
  const type = async (field, value) => {
    await tabTo(page, `#${field}`);
    await press("Control+A");
    await page.keyboard.type(value);
  };

  await tabTo(page, "a.skip");
  await press("Enter");
  await tabTo(page, "main a[href$='/soutenir/']");
  await enter();
  await tabTo(page, "main form button");
  await enter(422);
  await tabTo(page, "[data-summary-list] a");
  await press("Enter");
  check(await page.evaluate(() => document.activeElement.name === "given_names"), "the link does not lead to its field");
  await press("Shift+Tab");

  const person = somebody();
  // In the order of the page, which is the order of Tab.
  for (const field of await page.locator("main form input").evaluateAll((all) => all.map(({ id }) => id))) {
    if (field in person) await type(field, person[field]);
  }
  await tabTo(page, "[name=link]");
  await press("Space");
  await tabTo(page, "[name=consent]");
  await press("Space");
  await tabTo(page, "main form button");
  await enter();
  await type("code", await visit.code(person.email));
  await enter();
  check(await page.locator("[data-slot=count]").isVisible(), "the support is not confirmed");
});

withAndWithoutJavaScript("a place is shown on the map of a form, or typed", async (visit) => {
  const page = await visit.open("/garennes/idees/ecrire/");
  const hasScript = visit.options.javaScriptEnabled !== false;
  const map = page.locator("[data-map=f-place]");
  if (!hasScript) {
    await page.locator("#f-title").fill("Un banc");
    await page.locator("#f-category-nature").check();
    await page.locator("#f-story").fill("Pour s’asseoir à l’ombre, en attendant le car du samedi soir.");
    await visit.follow(page, () => page.locator("main form button[value=next]").click());
    check(await map.locator("figure svg").isVisible(), "the map is not there to be read");
    check(!(await map.locator("[data-help]").isVisible()), "the page tells to click on a map that does not listen");
    check(!(await page.locator("[role=application]").count()), "the map says that it listens");
    return visit.inspect(page, "map of a form");
  }
  await page.locator("#f-scope-lieu").check();
  const drawing = map.locator("[role=application]");
  const field = page.locator("#f-place");
  const near = (a, b, most) => a.every((number, axis) => Math.abs(number - b[axis]) <= most);
  const marker = async () => {
    const moved = await drawing.locator(".pin").getAttribute("transform");
    return moved?.match(/[-\d.]+/g).map(Number);
  };
  const typed = async () => (await field.inputValue()).split(", ").map(Number);

  // The first town of the map, where the file says that it is: the build drew it, the script finds it again.
  const [town, place] = await Promise.all([
    drawing.locator("circle").first().evaluate(({ cx, cy }) => [cx.baseVal.value, cy.baseVal.value]),
    field.fill("44,0 ; 1,9").then(marker),
  ]);
  check(near(place, town, 1), `the marker is at ${place}, the town at ${town}`);
  await visit.inspect(page, "map of a form");

  await drawing.focus();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowLeft");
  check(near(await typed(), [44, 1.9], 0.00002), `arrows there and back lead to ${await typed()}`);
  await page.keyboard.press("ArrowUp");
  check((await typed())[0] > 44, "the arrow upwards does not lead to the north");

  const frame = await drawing.boundingBox();
  await page.mouse.click(frame.x + frame.width / 2, frame.y + frame.height / 2);
  const size = await drawing.evaluate(({ viewBox }) => [viewBox.baseVal.width, viewBox.baseVal.height]);
  check(near(await marker(), [size[0] / 2, size[1] / 2], 2), `a click in the middle put the marker at ${await marker()}`);

  await field.fill("12 rue de l’Église");
  check(!(await drawing.locator(".pin").isVisible()), "the marker is at a place that is no longer said");
  await page.evaluate(() => localStorage.clear());
});

withAndWithoutJavaScript("the results of a questionnaire", async (visit) => {
  const results = "/garennes/evaluation-du-droit-d-interpellation/reponses/";
  const page = await visit.open(results);
  await until("the results are drawn", 60_000, async () => {
    await visit.go(page, results);
    return page.locator(".result svg").count();
  });
  check((await read(page.locator(".results .lead"))).startsWith("214 personnes ont répondu."), "how many answered");
  check(await page.locator(".results td", { hasText: "secret" }).count(), "no small number is withheld");
  for (const file of await page.locator(".results a[href$='.csv']").all()) {
    const response = await visit.context.request.get(await file.getAttribute("href"));
    check(response.ok(), "a file of open data is not there");
  }
  await visit.inspect(page, "results of a questionnaire");
});

await run(scenarios);
