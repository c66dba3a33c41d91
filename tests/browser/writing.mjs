// What those who write meet, from the first section of a form to the published page:
// `node writing.mjs BASE_URL ROOT DATA PARVIS [--only TEXT] [--save FOLDER]`, as journey.mjs. BASE_URL is a running
// `parvis serve` of the site in ROOT, which has the activities of `tests/suite/writing/site.rs`, on the data folder DATA;
// PARVIS is the command.

import { execFileSync } from "node:child_process";
import { check, expectRefusals, read, run, somebody, tabTo, until } from "./visit.mjs";

const [, , , ROOT, DATA, PARVIS] = process.argv;
const IDEAS = "idees";
const BOX = "boite";
const POLL = "sondage";
const CALL = "candidature";

const page_of = (activity) => `/ma-commune/${activity}/`;
const form_of = (activity) => `${page_of(activity)}ecrire/`;

const scenarios = [];
const scenario = (name, options, walk) => scenarios.push({ name, options, walk });
const withAndWithoutJavaScript = (name, walk) => {
  scenario(`${name}, with JavaScript`, { javaScriptEnabled: true }, walk);
  scenario(`${name}, without JavaScript`, { javaScriptEnabled: false }, walk);
};
const hasScript = (visit) => visit.options.javaScriptEnabled !== false;

const IDEA = { title: "Un banc devant l’école", story: "Pour **s’asseoir** à l’ombre, en attendant les enfants." };

const button = (page, go) => page.locator(`main form button[name=go][value=${go}]`);
const press = (visit, page, go, status) => visit.follow(page, () => button(page, go).click(), status);
const option = (page, field, value) => page.locator(`#f-${field}-${value}`);
const shown = (page, selector) => page.locator(selector).isVisible();
const answers = (page) => read(page.locator("[data-slot-html=answers]"));

/** The headings of the sections that are shown. */
const sections = async (page) => {
  const places = page.locator("[data-section]:not([hidden])");
  return places.evaluateAll((all) => all.map(({ dataset }) => dataset.section).join(" "));
};

/** A form that comes back in less than two seconds was filled in by a program. */
const takeTime = (page) => page.waitForTimeout(2_100);

/** Says who one is, below what one reads once more, and sends it. */
async function identify(visit, page, person) {
  await page.locator("#email").fill(person.email);
  if (await page.locator("#public_name").count()) await page.locator("#public_name").fill(person.public_name);
  await page.locator("#consent").check();
  await takeTime(page);
  await press(visit, page, "send");
}

async function confirm(visit, page, person) {
  await page.locator("#code").fill(await visit.code(person.email));
  await visit.send(page);
}

const author = (changes) => ({ ...somebody(), public_name: "Awa Marie", ...changes });

/** Where the newest mail leads that has a link to one's own page. */
const ownPage = (visit, person) =>
  until("a mail with a link has come", 10_000, async () => {
    const response = await visit.context.request.get("/_outbox/", { headers: { accept: "application/json" } });
    const mails = (await response.json()).filter(({ to }) => to === person.email);
    const link = mails.map(({ body }) => /\/actes\/\S+\/depots\/\S+/.exec(body)).find(Boolean);
    return link?.[0];
  });

/** Writes into the form that is open what an idea needs, and goes on to the preview. */
async function write(visit, page, { title, story }) {
  await page.locator("#f-title").fill(title);
  await option(page, "theme", "eau").check();
  if (!hasScript(visit)) await press(visit, page, "next");
  await page.locator("#f-story").fill(story);
  await press(visit, page, "next");
}

/** What the browser keeps. */
const kept = (page) => page.evaluate(() => Object.entries(localStorage));

/** The activity's cookie, which only those without identity get; then forgets it. */
async function expectToken(visit) {
  const cookies = await visit.context.cookies();
  const [{ name, httpOnly, sameSite } = {}] = cookies;
  check(cookies.length === 1 && name.startsWith("parvis-"), `cookies: ${JSON.stringify(cookies)}`);
  check(httpOnly && sameSite === "Lax", "the token is not protected");
  await visit.context.clearCookies();
}

withAndWithoutJavaScript("an idea, from mistakes to its withdrawal", async (visit) => {
  const person = author();
  const page = await visit.open(form_of(IDEAS));
  check((await sections(page)) === (hasScript(visit) ? "0 1" : "0"), `sections shown: ${await sections(page)}`);
  // Without JavaScript it is shown, and says on what it depends.
  check((await shown(page, "#f-other")) !== hasScript(visit), "whether a field with a condition is shown");
  check((await shown(page, "[data-field=other] [data-depends]")) !== hasScript(visit), "what a field depends on");
  await visit.inspect(page, "form");

  await press(visit, page, "next", 422);
  await expectRefusals(page, hasScript(visit) ? ["f-title", "f-theme", "f-story"] : ["f-title", "f-theme"]);
  await visit.inspect(page, "form, nothing typed");

  await page.locator("#f-title").fill(IDEA.title);
  await option(page, "theme", "autre").check();
  if (hasScript(visit)) {
    check(await shown(page, "#f-other"), "the field of the condition does not appear");
    await page.locator("#f-other").fill("La nuit");
    await option(page, "theme", "eau").check();
    check(!(await shown(page, "#f-other")), "the field of the condition stays");
    await option(page, "theme", "autre").check();
    check((await page.locator("#f-other").inputValue()) === "La nuit", "what was typed in it is lost");
    await page.locator("#f-other").fill("");
    await page.locator("#f-story").fill(IDEA.story);
  }
  await press(visit, page, "next", 422);
  await expectRefusals(page, ["f-other"]);
  check((await page.locator("#f-title").inputValue()) === IDEA.title, "the title is lost");
  check(await option(page, "theme", "autre").isChecked(), "the choice is lost");
  await visit.inspect(page, "form, a field that the answer asks for");
  await page.locator("#f-other").fill("La nuit");

  if (!hasScript(visit)) {
    await press(visit, page, "next");
    check((await sections(page)) === "1", `sections shown: ${await sections(page)}`);
    await visit.inspect(page, "form, second section");
  }
  // As people write it.
  const wrong = { story: "court <b>", cost: "beaucoup", phone: "17" };
  for (const [field, value] of Object.entries(wrong)) await page.locator(`#f-${field}`).fill(value);
  await page.locator("#f-order-velo").selectOption("1");
  await page.locator("#f-order-bus").selectOption("1");
  await press(visit, page, "next", 422);
  const refused = await page.locator("[data-summary-list] a").evaluateAll((all) => all.map(({ hash }) => hash.slice(1)));
  for (const field of ["f-story", "f-cost", "f-order", "f-phone"]) {
    check(refused.includes(field), `${field} is not in the summary: ${refused.join()}`);
    check(await shown(page, `[data-error=${field}]`), `${field}: nothing beside it`);
    await page.locator(`[data-summary-list] a[href="#${field}"]`).click();
    const focused = await page.evaluate(() => document.activeElement.id);
    check(focused === field, `the link of ${field} leads to ${focused}`);
  }
  for (const [field, value] of Object.entries(wrong)) {
    check((await page.locator(`#f-${field}`).inputValue()) === value, `${field} is lost`);
  }
  await visit.inspect(page, "form, mistakes of every kind");

  await page.locator("#f-story").fill(IDEA.story);
  await page.locator("#f-cost").fill("1 500,50");
  await page.locator("#f-phone").fill("05 61 00 12 34");
  await page.locator("#f-order-bus").selectOption("2");
  await page.locator("#f-table-rues-oui").check();
  await page.locator("#f-table-parcs-non").check();
  if (hasScript(visit)) {
    check((await sections(page)) === "0 1 2", "the section of the condition does not appear");
  } else {
    await press(visit, page, "next");
    check((await sections(page)) === "2", `sections shown: ${await sections(page)}`);
    await visit.inspect(page, "form, third section");
    await press(visit, page, "back");
    check((await sections(page)) === "1", `sections shown: ${await sections(page)}`);
    check((await page.locator("#f-story").inputValue()) === IDEA.story, "the text is lost on the way back");
    await press(visit, page, "next");
  }
  await option(page, "quote", "no").check();
  await press(visit, page, "next");

  const first = await answers(page);
  for (const text of [IDEA.title, "La nuit", "1 500,50 €", "Rues : Oui", "05 61 00 12 34"]) {
    check(first.includes(text), `« ${text} » is not in the preview: ${first}`);
  }
  check((await read(page.locator("[data-slot-html=answers] strong"))) === "s’asseoir", "no emphasis in the preview");
  await visit.inspect(page, "preview");

  await press(visit, page, "edit");
  await page.locator("#f-title").fill("Deux bancs devant l’école");
  for (let more = hasScript(visit) ? 1 : 3; more; more--) await press(visit, page, "next");
  check((await answers(page)) === first.replace(IDEA.title, "Deux bancs devant l’école"), "another preview");

  await press(visit, page, "send", 422);
  await expectRefusals(page, ["email", "public_name", "consent"]);
  await visit.inspect(page, "preview, nothing said of oneself");
  await identify(visit, page, person);
  check((await read(page.locator("[data-slot=email]"))) === person.email, "the page does not say where the code went");
  await visit.inspect(page, "code");
  await visit.send(page, 422);
  await expectRefusals(page, ["code"]);
  await visit.inspect(page, "code, nothing typed");
  await confirm(visit, page, person);
  const reference = await read(page.locator("[data-slot=reference]"));
  check(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/.test(reference), `the reference: ${reference}`);
  check(!(await kept(page)).length, "the draft is still kept");
  await visit.inspect(page, "receipt");

  await visit.go(page, await ownPage(visit, person));
  check((await read(page.locator("[data-slot=reference]"))) === reference, "another reference");
  check((await read(page.locator("h1"))) === "Deux bancs devant l’école", "another title");
  await visit.inspect(page, "author’s page");
  await press(visit, page, "edit");
  check((await page.locator("#f-story").inputValue()) === IDEA.story, "the text is not there to be edited");
  await visit.inspect(page, "form, to edit");
  await page.locator("#f-title").fill("Trois bancs devant l’école");
  for (let more = hasScript(visit) ? 1 : 3; more; more--) await press(visit, page, "next");
  check(!(await page.locator("#email").count()), "the author is asked again who they are");
  await visit.inspect(page, "preview, edited");
  await takeTime(page);
  await press(visit, page, "send");
  check((await read(page.locator("main"))).includes(reference), "what was edited is not shown");
  check(!(await kept(page)).length, "what was edited is kept in the browser");
  await visit.inspect(page, "edited");

  await visit.go(page, await ownPage(visit, person));
  check((await read(page.locator("h1"))) === "Trois bancs devant l’école", "the edited title is not shown");
  await press(visit, page, "withdraw");
  check(!(await page.locator("main form button:visible").count()), "what is withdrawn can still be changed");
  check(/retiré/i.test(await read(page.locator("[data-slot=state]"))), "the page does not say that it is withdrawn");
  await visit.inspect(page, "withdrawn");
});

scenario("an idea whose form is all at once, in its forms on paper and on a phone", {}, async (visit) => {
  for (const activity of [IDEAS, BOX, POLL, CALL, "photos"]) {
    const page = await visit.open(form_of(activity));
    await visit.inspect(page, `form, ${activity}`);
  }
});

withAndWithoutJavaScript("a form on paper", async (visit) => {
  const page = await visit.open(form_of(IDEAS));
  await page.emulateMedia({ media: "print" });
  for (const section of await page.locator("[data-section]").all()) {
    check(await section.isVisible(), `section ${await section.getAttribute("data-section")} is not on paper`);
  }
  for (const input of await page.locator("main form [name^=f-]:not([type=file])").all()) {
    check(await input.isVisible(), `${await input.getAttribute("id")} is not on paper`);
  }
  check(!(await button(page, "next").isVisible()), "there are buttons on paper");
  check(await shown(page, ".on-paper"), "the paper does not say where it goes");
  const width = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(width <= 0, `the paper is ${width} px too wide`);
});

scenario("a draft is kept in the browser until it is sent", {}, async (visit) => {
  const page = await visit.open(form_of(IDEAS));
  const leaves = await countWarnings(visit, page);
  await page.locator("#f-title").fill(IDEA.title);
  await option(page, "theme", "autre").check();
  await page.locator("#f-other").fill("La nuit");
  await page.locator("[data-kept]").waitFor();
  await visit.inspect(page, "form, draft kept");
  await visit.follow(page, () => page.reload());
  check(leaves() === 0, "what is kept is said to get lost");

  check(await shown(page, "[data-draft]"), "the page does not tell of the draft");
  check((await page.locator("#f-title").inputValue()) === IDEA.title, "the title was not kept");
  check(await option(page, "theme", "autre").isChecked(), "the choice was not kept");
  check((await page.locator("#f-other").inputValue()) === "La nuit", "the field of the condition was not kept");
  await visit.inspect(page, "form, draft restored");

  // What tells of a person is not kept, and said to get lost.
  await page.locator("#f-phone").fill("05 61 00 12 34");
  await page.waitForTimeout(1_000);
  check(!JSON.stringify(await kept(page)).includes("05 61"), "the telephone number is kept in the browser");
  await visit.follow(page, () => page.reload());
  check(leaves() === 1, "leaving what is not kept gives no warning");
  check((await page.locator("#f-phone").inputValue()) === "", "the telephone number was kept");

  await page.locator("[data-forget]").click();
  check((await page.locator("#f-title").inputValue()) === "", "the draft is not forgotten");
  check(!(await kept(page)).length, "the draft is forgotten but kept");
  check(!(await shown(page, "#f-other")), "a field is shown whose condition does not hold any more");

  // At once, before it could be kept.
  await page.locator("#f-title").fill("Un banc");
  await visit.follow(page, () => page.reload());
  check(leaves() === 2 || (await page.locator("#f-title").inputValue()) === "Un banc", "the last words are lost");

  const person = author();
  await page.locator("#f-phone").fill("05 61 00 12 34");
  await write(visit, page, IDEA);
  const warned = leaves();
  await visit.go(page, form_of(IDEAS));
  check((await page.locator("#f-story").inputValue()) === IDEA.story, "the draft is lost before it was sent");
  await press(visit, page, "next");
  await identify(visit, page, person);
  await confirm(visit, page, person);
  check(!(await kept(page)).length, "the draft is still kept");
  await visit.go(page, form_of(IDEAS));
  check(!(await shown(page, "[data-draft]")), "there is still a draft");
  check(leaves() === warned, "leaving what was sent gives a warning");
});

scenario("words that a browser cannot keep", {}, async (visit) => {
  const page = await visit.context.newPage();
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await visit.go(page, form_of(IDEAS));
  const leaves = await countWarnings(visit, page);
  await page.locator("#f-title").fill(IDEA.title);
  await page.waitForTimeout(1_000);
  check(!(await shown(page, "[data-kept]")), "the page says that it kept a draft");
  await visit.follow(page, () => page.reload());
  check(leaves() === 1, "leaving gives no warning");
});

/** Where the newest link to a draft leads. */
const linkToDraft = (visit, person) =>
  until("a mail with the link has come", 10_000, async () => {
    const response = await visit.context.request.get("/_outbox/", { headers: { accept: "application/json" } });
    const mails = (await response.json()).filter(({ to }) => to === person.email);
    return mails.map(({ body }) => /\/actes\/\S+\/brouillon\?\S+/.exec(body)).find(Boolean)?.[0];
  });

/** Has what is typed in the form that is open kept, and its link sent. */
async function keepDraft(visit, page, person) {
  await press(visit, page, "draft");
  await page.locator("#email").fill(person.email);
  await takeTime(page);
  await press(visit, page, "keep");
}

withAndWithoutJavaScript("a draft that a mailed link leads to", async (visit) => {
  const person = author();
  const page = await visit.open(form_of(IDEAS));
  await press(visit, page, "draft", 422);
  check((await read(page.locator("[data-summary-list]"))).includes("rien à garder"), "an empty draft is not refused");
  await visit.inspect(page, "draft, nothing typed");

  await page.locator("#f-title").fill(IDEA.title);
  await press(visit, page, "draft");
  await visit.inspect(page, "draft, where the link is to go");
  await takeTime(page);
  await press(visit, page, "keep", 422);
  await expectRefusals(page, ["email"]);
  await visit.inspect(page, "draft, no address");
  await page.locator("#email").fill(person.email);
  await press(visit, page, "keep");
  check((await read(page.locator("[data-slot=email]"))) === person.email, "the page does not say where the link went");
  await visit.inspect(page, "draft, link sent");
  await press(visit, page, "edit");
  check((await page.locator("#f-title").inputValue()) === IDEA.title, "the title is not in the form any more");

  // Elsewhere: nothing is in that browser.
  await page.evaluate(() => localStorage.clear());
  const link = await linkToDraft(visit, person);
  await visit.go(page, link);
  check((await page.locator("#f-title").inputValue()) === IDEA.title, "the title is not in the draft");
  check(await shown(page, "[data-may=draft-opened]"), "the page does not say until when the draft is kept");
  await visit.inspect(page, "draft, opened");
  if (hasScript(visit)) {
    // What is not kept yet is said to get lost, and takes the place of no other draft in this browser.
    const leaves = await countWarnings(visit, page);
    await option(page, "theme", "eau").check();
    await page.waitForTimeout(1_000);
    check(!(await kept(page)).length && !(await shown(page, "[data-kept]")), "the draft is kept in the browser as well");
    await visit.follow(page, () => page.reload());
    check(leaves() === 1, "leaving what is not kept gives no warning");
  }
  await option(page, "theme", "eau").check();
  await press(visit, page, "draft");
  check(await shown(page, "[data-may=draft-kept]"), "the page does not say that the draft is kept again");
  await visit.inspect(page, "draft, kept again");
  await visit.go(page, link);
  check(await option(page, "theme", "eau").isChecked(), "what was added is not in the draft");

  await write(visit, page, IDEA);
  await identify(visit, page, person);
  await confirm(visit, page, person);
  check(await shown(page, "[data-slot=reference]"), "the draft cannot be sent");
  check(!(await kept(page)).length, "what was sent is kept in the browser");
  await visit.go(page, link, 404);
  check((await read(page.locator("[data-summary-list]"))).includes("envoyé ou jeté"), "the page does not tell why there is no draft");
  await visit.inspect(page, "draft, gone");
});

withAndWithoutJavaScript("a draft that is thrown away", async (visit) => {
  const person = author();
  const page = await visit.open(form_of(CALL));
  await page.locator("#f-reason").fill("Aider mes voisins");
  await keepDraft(visit, page, person);
  const link = await linkToDraft(visit, person);
  await visit.go(page, link);
  // The other one stands beside what is shown once the form is closed.
  await visit.follow(page, () => page.locator("main form button[value=discard]:visible").click());
  check(await shown(page, "[data-may=draft-discarded]"), "the page does not say that the draft is erased");
  check((await page.locator("#f-reason").inputValue()) === "Aider mes voisins", "a slip of the hand loses the text");
  await visit.inspect(page, "draft, thrown away");
  await visit.go(page, link, 404);
  await page.evaluate(() => localStorage.clear());
});

/** How often leaving the page was warned of; it is left all the same. */
async function countWarnings(visit, page) {
  let count = 0;
  visit.onWarning = () => count++;
  // Browsers ask only those who have touched the page.
  await page.locator("h1").click();
  return () => count;
}

withAndWithoutJavaScript("a questionnaire without identity, once", async (visit) => {
  const page = await visit.open(form_of(POLL));
  const says = await read(page.locator("main"));
  check(says.includes("Personne ne vous demande qui vous êtes"), "the page does not say that nobody is asked who they are");
  check(!(await page.locator("main form [name=email]").count()), "the form asks for an address");
  await visit.inspect(page, "questionnaire");
  await press(visit, page, "next", 422);
  await expectRefusals(page, ["f-grade"]);
  await visit.inspect(page, "questionnaire, nothing typed");

  const answer = async () => {
    await option(page, "grade", "bien").check();
    await page.locator("#f-why").fill("Les bancs sont à l’ombre.");
    await press(visit, page, "next");
    check(!(await page.locator("#email").count()), "the preview asks who answers");
    await takeTime(page);
  };
  await answer();
  await visit.inspect(page, "questionnaire, preview");
  await press(visit, page, "send");
  check((await read(page.locator("h1"))) === "Votre réponse est comptée", "the answer is not said to be counted");
  check(!(await page.locator("[data-slot=reference]").count()), "there is a reference");
  await visit.inspect(page, "questionnaire, receipt");

  await visit.go(page, form_of(POLL));
  await answer();
  await press(visit, page, "send", 422);
  const twice = await read(page.locator("[data-summary-list]"));
  check(/déjà/.test(twice), `a second answer is told: ${twice}`);
  await visit.inspect(page, "questionnaire, twice");
  await page.evaluate(() => localStorage.clear());
  await expectToken(visit);
});

withAndWithoutJavaScript("an idea without identity, and its page", async (visit) => {
  const page = await visit.open(form_of(BOX));
  await page.locator("#f-title").fill(IDEA.title);
  await page.locator("#f-story").fill(IDEA.story);
  await press(visit, page, "next");
  await visit.inspect(page, "box, preview");
  await takeTime(page);
  await press(visit, page, "send");
  await visit.inspect(page, "box, receipt");
  await visit.follow(page, () => page.locator("[data-link=own]").click());
  check((await read(page.locator("h1"))) === IDEA.title, "another title");
  await visit.inspect(page, "box, author’s page");
  await expectToken(visit);
});

const HOSTILE = {
  title: `<script>alert("titre")</script>"><img src=x onerror=alert(1)>`,
  other: `'"><svg onload=alert(2)>`,
  story: [
    "</textarea></script><script>alert(3)</script> [un lien](javascript:alert(4)) <a href='javascript:alert(5)'>ici</a>",
    `![image](x"onerror="alert(6)) <iframe srcdoc="<script>alert(7)</script>"></iframe> {{ 7 * 7 }} {% include "x" %}`,
  ].join("\n\n"),
};
/** A name that an author may choose. */
const NAME = `<b onmouseover=alert(8)>Awa`;

/** Nothing that was typed is more than text: no element, no attribute, no address that runs. */
async function expectHarmless(page, state, texts = []) {
  const flaws = await page.evaluate(() => {
    const made = "main :is(img, iframe, object, embed, base, meta, style, link, svg:not(.icon, .gauge, .place), main b[onmouseover])";
    const found = [...document.querySelectorAll(`${made}, script:not([src], [type="application/ld+json"])`)];
    for (const element of document.querySelectorAll("*")) {
      const runs = ({ name, value }) => name.startsWith("on") || /^\s*javascript:/i.test(value);
      const isTyped = ({ name }) => element.matches("input") && name === "value";
      if ([...element.attributes].some((attribute) => runs(attribute) && !isTyped(attribute))) found.push(element);
    }
    for (const { textContent } of document.querySelectorAll('[type="application/ld+json"]')) JSON.parse(textContent);
    return found.map(({ outerHTML }) => outerHTML.slice(0, 120));
  });
  check(!flaws.length, `${state}: ${flaws.join(" ; ")}`);
  const said = (await page.locator("body").innerText()).replace(/\s+/g, " ");
  for (const text of texts) check(said.includes(text), `${state}: « ${text} » is not shown as it was typed: ${said}`);
}

const parvis = (...line) => execFileSync(PARVIS, ["--root", ROOT, ...line, "--data", DATA], { encoding: "utf8", stdio: "pipe" });

withAndWithoutJavaScript("what citizens type is never executed", async (visit) => {
  const person = author({ public_name: NAME });
  const page = await visit.open(form_of(IDEAS));
  const typed = async () => {
    await page.locator("#f-title").fill(HOSTILE.title);
    await option(page, "theme", "autre").check();
  };
  await typed();
  await press(visit, page, "next", 422);
  check((await page.locator("#f-title").inputValue()) === HOSTILE.title, "the title is another");
  await expectHarmless(page, "form again");
  await page.locator("#f-other").fill(HOSTILE.other);
  if (!hasScript(visit)) await press(visit, page, "next");
  await page.locator("#f-story").fill(HOSTILE.story);
  await page.locator("#f-cost").fill("beaucoup");
  await press(visit, page, "next", 422);
  check((await page.locator("#f-story").inputValue()) === HOSTILE.story, "the text is another");
  await expectHarmless(page, "form again, with a text");
  await visit.inspect(page, "hostile, form");
  await page.locator("#f-cost").fill("");
  await press(visit, page, "next");
  await expectHarmless(page, "preview", [HOSTILE.title, HOSTILE.other, "javascript:alert(4)", "<iframe srcdoc="]);
  const previewed = await read(page.locator("dt:text-is('Votre idée') + dd"));
  await visit.inspect(page, "hostile, preview");
  await identify(visit, page, person);
  await confirm(visit, page, person);
  await expectHarmless(page, "receipt");
  const reference = await read(page.locator("[data-slot=reference]"));

  await visit.go(page, await ownPage(visit, person));
  await expectHarmless(page, "author’s page", [HOSTILE.title, HOSTILE.other]);
  await visit.inspect(page, "hostile, author’s page");

  for (const decision of ["take", "admissible", "publish"]) parvis("deposits", "decide", reference, decision, "--by", "<i>Ada</i>");
  parvis("pull");
  const path = await until("the text is published", 15_000, async () => {
    await page.goto(`${page_of(IDEAS)}depots/`);
    const links = page.locator(`main a[href$="-${reference.toLowerCase()}/"]`);
    return (await links.count()) && links.first().getAttribute("href");
  });
  await expectHarmless(page, "list of published texts", [HOSTILE.title]);
  await visit.go(page, path);
  await expectHarmless(page, "published page", [HOSTILE.title, "javascript:alert(4)", NAME]);
  const published = await read(page.locator("main"));
  check(published.includes(previewed), `the preview shows « ${previewed} », the page « ${published} »`);
  await visit.inspect(page, "hostile, published");

  // Who writes the same is shown the published text.
  await visit.go(page, form_of(IDEAS));
  await typed();
  if (hasScript(visit)) {
    await page.locator("[data-similar] a").first().waitFor();
    await expectHarmless(page, "similar texts");
    await visit.inspect(page, "hostile, similar texts");
  }
  await page.locator("#f-other").fill(HOSTILE.other);
  if (!hasScript(visit)) await press(visit, page, "next");
  await page.locator("#f-story").fill(HOSTILE.story);
  await press(visit, page, "next");
  check(await page.locator(`[data-slot-html=similar] a[href="${path}"]`).count(), "the preview does not tell of the same text");
  await expectHarmless(page, "preview with similar texts");
  await visit.inspect(page, "hostile, preview with similar texts");
  await page.evaluate(() => localStorage.clear());
});

withAndWithoutJavaScript("an idea by keyboard alone", async (visit) => {
  const page = await visit.open(page_of(IDEAS));
  const key = (name) => page.keyboard.press(name);
  const enter = (status) => visit.follow(page, () => key("Enter"), status);
  const type = async (selector, text) => {
    await tabTo(page, selector);
    await page.keyboard.type(text);
  };
  await tabTo(page, `main a[href="${form_of(IDEAS)}"]`);
  await enter();
  await tabTo(page, "main form button[value=next]");
  await enter(422);
  await tabTo(page, "[data-summary-list] a");
  await key("Enter");
  check(await page.evaluate(() => document.activeElement.id === "f-title"), "the link does not lead to its field");
  await page.keyboard.type(IDEA.title);
  await tabTo(page, "[name=f-theme]");
  await key("Space");
  if (!hasScript(visit)) {
    await tabTo(page, "main form button[value=next]");
    await enter();
  }
  await type("#f-story", IDEA.story);
  await tabTo(page, "#f-table-rues-oui");
  await key("Space");
  await tabTo(page, "main form button[value=next]");
  await enter();
  const person = author();
  await type("#email", person.email);
  await type("#public_name", person.public_name);
  await tabTo(page, "#consent");
  await key("Space");
  await takeTime(page);
  await tabTo(page, "main form button[value=send]");
  await enter();
  await type("#code", await visit.code(person.email));
  await enter();
  check(await shown(page, "[data-slot=reference]"), "the idea is not deposited");
});

// The return key in a line of text is the first button of the form.
scenario("the return key goes on", {}, async (visit) => {
  const page = await visit.open(form_of(BOX));
  await page.locator("#f-title").fill(IDEA.title);
  await visit.follow(page, () => page.locator("#f-title").press("Enter"));
  check((await answers(page)).includes(IDEA.title), "it does not lead to the preview");
  await press(visit, page, "edit");
  await visit.follow(page, () => page.locator("#f-title").press("Enter"));
  check((await answers(page)).includes(IDEA.title), "it does not lead to the preview again");
  await page.evaluate(() => localStorage.clear());
  await visit.context.clearCookies();
});

await run(scenarios);
