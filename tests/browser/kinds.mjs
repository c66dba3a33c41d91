// Every kind of field, as it is filled in: `node kinds.mjs BASE_URL FORM FILES [--only TEXT]`, as journey.mjs. BASE_URL is
// a running `parvis serve` of the site of `tests/suite/kinds.rs`; FORM, in JSON, tells what is typed in its fields and what
// is said of it; FILES is the folder of what is joined.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check, read, run, somebody, tabTo } from "./visit.mjs";

const [, , , FORM, FILES] = process.argv;
const FIELDS = JSON.parse(readFileSync(FORM, "utf8"));

const nameOf = ({ id }, part) => `f-${id}${part && `-${part}`}`;
const squeezed = (text) => text.replace(/\s/g, "");
const holder = (page, { id }) => page.locator(`[data-field="${id}"]`);
const kindOf = (page, field) => holder(page, field).getAttribute("data-kind");

/** Kinds of which one ticks or chooses what is proposed. */
const CHOSEN = ["choice", "choices", "grade", "yes-no", "consent"];
const option = (page, field, value) => holder(page, field).locator(`input[value="${value}"]`);

const press = (visit, page, go, status) =>
  visit.follow(page, () => page.locator(`main form button[name=go][value=${go}]`).click(), status);

/** Types what a field is given, in place of what it held. Ranks and cells are given by keyboard. */
async function type(page, field, typed) {
  const kind = await kindOf(page, field);
  if (kind === "files") return joinFiles(page, field, typed);
  if (kind === "ranking") return rank(page, field, typed);
  if (kind === "matrix") return fillMatrix(page, field, typed);
  for (const box of await holder(page, field).locator("input[type=checkbox]").all()) await box.setChecked(false);
  for (const line of await holder(page, field).locator("input[type=text]").all()) await line.fill("");
  for (const [part, value] of typed) {
    if (CHOSEN.includes(kind)) await option(page, field, value).check();
    else await page.locator(`#${nameOf(field, part)}`).fill(value);
  }
}

/** A file stays joined when the form comes back. */
async function joinFiles(page, field, typed) {
  for (const [part, value] of typed) {
    const joined = await read(page.locator(`[data-slot-html="files-${field.id}"]`));
    if (!joined.includes(value)) await page.locator(`#${nameOf(field, part)}`).setInputFiles(join(FILES, value));
  }
}

async function rank(page, field, typed) {
  await page.locator(`#${nameOf(field, "")}`).focus();
  for (const list of await holder(page, field).locator("select").all()) {
    const id = await list.getAttribute("id");
    await tabTo(page, `#${id}`);
    await page.keyboard.press("Home");
    const [, place] = typed.find(([part]) => nameOf(field, part) === id) ?? ["", "0"];
    for (let presses = Number(place); presses; presses--) await page.keyboard.press("ArrowDown");
  }
}

/** Cells are the radio buttons of a line: Space takes the first, the arrows those beside it. */
async function fillMatrix(page, field, typed) {
  await page.locator(`#${nameOf(field, "")}`).focus();
  for (const [part, value] of typed) {
    const name = nameOf(field, part);
    await tabTo(page, `[name="${name}"]`);
    await page.keyboard.press("Space");
    const columns = await page.locator(`[name="${name}"]`).evaluateAll((all) => all.map(({ value }) => value));
    const at = () => page.evaluate(() => document.activeElement.value);
    for (const _ of columns) if ((await at()) !== value) await page.keyboard.press("ArrowRight");
    check(await page.locator(`#${name}-${value}`).isChecked(), `${name}: the arrows do not lead to ${value}`);
  }
}

/** What was typed is still there. */
async function expectKept(page, field, typed) {
  const kind = await kindOf(page, field);
  if (kind === "files") return;
  for (const [part, value] of typed) {
    const name = nameOf(field, part);
    const cell = kind === "matrix" ? page.locator(`#${name}-${value}`) : option(page, field, value);
    const isChosen = kind === "matrix" || CHOSEN.includes(kind);
    const kept = isChosen ? await cell.isChecked() : (await page.locator(`#${name}`).inputValue()) === value;
    check(kept, `${name}: « ${value} » is lost`);
  }
}

/** The page says of exactly these fields what is wrong: in the summary, whose links lead there, and beside each. */
async function expectRefused(page, refused) {
  check(/^Erreur\s:/.test(await page.title()), `the title does not say that something is wrong: ${await page.title()}`);
  check(await page.evaluate(() => document.activeElement.matches("[data-summary]")), "the summary has not the focus");
  const links = page.locator("[data-summary-list] a");
  const told = await links.evaluateAll((all) => all.map(({ hash }) => hash.slice(1)));
  const expected = refused.map(({ field, wrong }) => nameOf(field, wrong.part));
  check(told.join() === expected.join(), `refused: ${told.join()} instead of ${expected.join()}`);
  for (const [place, { field, wrong }] of refused.entries()) {
    const name = nameOf(field, wrong.part);
    const beside = squeezed(await page.locator(`[data-error="${nameOf(field, "")}"]`).innerText());
    check(beside.includes(squeezed(wrong.says)), `${name}: beside it is said ${beside}`);
    const marked = holder(page, field).locator("[aria-invalid=true]");
    check(await marked.count(), `${name}: nothing is marked as invalid`);
    await links.nth(place).click();
    const focused = await page.evaluate(() => document.activeElement.id);
    check(focused === name, `the link of ${name} leads to ${focused}`);
  }
}

/** The fields that are shown and asked, in order. */
async function askedOn(page) {
  const ids = await page.locator("[data-field]:visible").evaluateAll((all) => all.map(({ dataset }) => dataset.field));
  return FIELDS.filter(({ id }) => id && ids.includes(id));
}

/** The mistakes that can be made in a browser: it lets nobody type more than a field holds. */
async function possible(page, field) {
  const longest = await page.locator(`#f-${field.id}[maxlength]`).evaluateAll(([line]) => line?.maxLength ?? Infinity);
  return field.wrong.filter(({ typed }) => typed.every(([, value]) => value.length <= longest));
}

/** Fills in what is shown: with every mistake there is, one after the other, then rightly. */
async function fillIn(visit, page, state) {
  const mistakes = new Map();
  for (const field of FIELDS) mistakes.set(field, await possible(page, field));
  for (let round = 1; ; round++) {
    const wrongs = new Map();
    const typed = (field) => wrongs.get(field)?.typed ?? field.right;
    const fill = async (field) => {
      // What was just typed may have taken it away.
      if (!(await holder(page, field).isVisible())) return;
      wrongs.set(field, mistakes.get(field).shift());
      await type(page, field, typed(field));
    };
    for (const field of await askedOn(page)) await fill(field);
    // Those that what was just typed lets appear.
    for (const field of await askedOn(page)) if (!wrongs.has(field)) await fill(field);
    const asked = await askedOn(page);
    const refused = asked.map((field) => ({ field, wrong: wrongs.get(field) })).filter(({ wrong }) => wrong);
    if (!refused.length) return press(visit, page, "next");
    await press(visit, page, "next", 422);
    await expectRefused(page, refused);
    for (const field of asked) await expectKept(page, field, typed(field));
    await visit.inspect(page, `${state}, mistakes ${round}`);
  }
}

async function walk(visit) {
  const page = await visit.open("/ville/idees/ecrire/");
  check(!(await page.locator("[name^=f-notes]").count()), "what is for agents alone is asked");
  await visit.inspect(page, "form");
  for (let section = 0; await page.locator("[data-section]").count(); section++) {
    check(section <= FIELDS.length, "the form does not end");
    await fillIn(visit, page, `section ${section}`);
  }

  const answers = squeezed(await page.locator("[data-slot-html=answers]").innerText());
  for (const { id, shown } of FIELDS.filter(({ shown }) => shown)) {
    check(answers.includes(squeezed(shown)), `${id}: « ${shown} » is not in ${answers}`);
  }
  check((await read(page.locator("[data-slot-html=answers] strong"))) === "raisons", "rich text is read without its marks");
  check((await page.locator("[data-slot-html=answers] ol li").allInnerTexts())[0] === "À pied", "the order of preference");
  check(!answers.includes(squeezed("Ni l’un ni l’autre")), "what is not asked is read again");
  await visit.inspect(page, "preview");

  const person = somebody();
  await page.locator("#email").fill(person.email);
  await page.locator("#public_name").fill("Awa Marie");
  await page.locator("#consent").check();
  await page.waitForTimeout(2_100);
  await press(visit, page, "send");
  await page.locator("#code").fill(await visit.code(person.email));
  await visit.send(page);
  check(await page.locator("[data-slot=reference]").isVisible(), "the idea is not deposited");
}

/** Fields appear and disappear as what they depend on is typed. */
async function conditions(visit) {
  const page = await visit.open("/ville/idees/ecrire/");
  const expect = async (expected) => {
    const shown = await page.locator("#f-both:visible, #f-either:visible, #f-neither:visible").evaluateAll((all) => all.map(({ id }) => id));
    check(shown.join() === expected.join(), `shown: ${shown.join()} instead of ${expected.join()}`);
  };
  await expect(["f-neither"]);
  await page.locator("#f-theme-air").check();
  await expect(["f-either", "f-neither"]);
  await page.locator("#f-quote-yes").check();
  await expect(["f-either"]);
  await page.locator("#f-theme-eau").check();
  await page.locator("#f-people").fill("99");
  await expect(["f-either"]);
  await page.locator("#f-people").fill("100");
  await expect(["f-both", "f-either"]);
  await visit.inspect(page, "form, conditions");
  await page.locator("[data-kept]").waitFor();
  await page.evaluate(() => localStorage.clear());
}

await run([
  { name: "every kind of field, with JavaScript", options: { javaScriptEnabled: true }, walk },
  { name: "every kind of field, without JavaScript", options: { javaScriptEnabled: false }, walk },
  { name: "fields that depend on others", options: {}, walk: conditions },
]);
