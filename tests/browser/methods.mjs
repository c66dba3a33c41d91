// Every method of voting: `node methods.mjs BASE_URL VOTES [--only TEXT] [--save FOLDER]`, as journey.mjs. BASE_URL is a
// running `parvis serve` of the site of `tests/suite/voting/methods.rs`; VOTES, in JSON, tells what is given in each vote and
// what is wrong.

import { readFileSync } from "node:fs";
import { begin, confirm, identify, press, send, tracking, voteAgain } from "./polling.mjs";
import { check, read, run, somebody, tabTo } from "./visit.mjs";

// Taken away, so that only what `run` knows is left on the command line.
const [path] = process.argv.splice(3, 1);
const VOTES = JSON.parse(readFileSync(path, "utf8"));

const folder = (vote) => `/ville/${vote.process}/`;

/** What a page has of a ballot: names and values, in their order. */
async function filled(page) {
  const pairs = await page.locator("form[data-ballot]").evaluate((form) => [...new FormData(form)].filter(([name]) => /^(choice|blank)/.test(name)));
  // A field that is left empty says nothing; the radio of a blank vote has no value.
  return pairs.filter(([name, value]) => value || name === "choice").map((pair) => pair.join("=")).sort();
}

const control = (page, name, value) => page.locator(`form[data-ballot] [name="${name}"]:is(select, :not([type]), [value="${value}"])`);

/** Gives exactly this, whatever was given before. */
async function give(page, given) {
  const ticked = page.locator("form[data-ballot] [type=checkbox]:checked");
  while (await ticked.count()) await ticked.first().uncheck();
  for (const text of await page.locator("form[data-ballot] input:not([type])").all()) await text.fill("");
  for (const list of await page.locator("form[data-ballot] select").all()) await list.selectOption("");
  for (const [name, value] of given) {
    const input = control(page, name, value);
    const kind = await input.evaluate(({ tagName, type }) => (tagName === "SELECT" ? tagName : type));
    if (kind === "SELECT") await input.selectOption(value);
    else if (kind === "text") await input.fill(value);
    else await input.check();
  }
}

/** The same by keyboard alone. */
async function giveByKeyboard(page, given) {
  const order = await page.locator("form[data-ballot] [name]").evaluateAll((all) => all.map(({ name, value, type }) => (type === "checkbox" ? `${name}=${value}` : name)));
  const place = ([name, value]) => order.findIndex((known) => known === name || known === `${name}=${value}`);
  for (const [name, value] of given.toSorted((one, other) => place(one) - place(other))) {
    const input = control(page, name, value);
    const kind = await input.evaluate(({ tagName, type }) => (tagName === "SELECT" ? tagName : type));
    if (kind === "checkbox") await tabTo(page, `[name="${name}"][value="${value}"]`);
    else await tabTo(page, `[name="${name}"]`);
    if (kind === "text" || kind === "SELECT") await page.keyboard.type(value);
    else await page.keyboard.press("Space");
    // Among radios, the arrows lead from one to the next.
    for (let presses = 0; kind === "radio" && !(await input.isChecked()); presses++) {
      check(presses < 10, `the arrows do not lead to ${name}=${value}`);
      await page.keyboard.press("ArrowDown");
    }
  }
}

const sorted = (given) => given.map((pair) => pair.join("=")).sort();

async function expectFilled(page, given) {
  const found = await filled(page);
  check(found.join() === sorted(given).join(), `filled in: ${found.join()} instead of ${sorted(given).join()}`);
}

async function expectBasket(visit, page, basket) {
  if (basket === null || visit.options.javaScriptEnabled === false) return;
  const said = await read(page.locator("[data-basket]"));
  check(said === basket, `the basket says « ${said} » instead of « ${basket} »`);
}

/** The page says what is wrong: in the summary, which has the focus and whose links lead there, and beside each field. */
async function expectRefused(page, says) {
  check(/^Erreur\s:/.test(await page.title()), `the title does not say that something is wrong: ${await page.title()}`);
  check(await page.evaluate(() => document.activeElement.matches("[data-summary]")), "the summary has not the focus");
  const links = page.locator("[data-summary-list] a");
  check((await links.count()) === says.length, `refused: ${await links.allInnerTexts()}`);
  for (const link of await links.all()) {
    const field = await link.evaluate(({ hash }) => hash.slice(1));
    const expected = says.find(([name]) => name === field || (name.endsWith("*") && field.startsWith(name.slice(0, -1))));
    check(expected, `${field} is refused`);
    const message = await read(link);
    for (const words of expected[1]) check(message.includes(words), `${field}: « ${words} » is not in « ${message} »`);
    check((await read(page.locator(`[data-error="${field}"]`))) === message, `${field}: not the message of the summary`);
    await link.click();
    const reached = await page.evaluate(() => document.activeElement.id);
    check(reached === field, `the link of ${field} leads to ${reached}`);
  }
}

/** The ballot as it is read again says what was given, and nothing else. */
async function expectReviewed(page, { given, reviewed, left }) {
  const items = page.locator("main .voted > li");
  const said = (await Promise.all((await items.all()).map(read))).join(" | ");
  check((await items.count()) === reviewed.length, `read again: ${said}`);
  for (const words of reviewed) {
    const matching = words.reduce((found, text) => found.filter({ hasText: text }), items);
    check((await matching.count()) === 1, `« ${words.join(" ")} » is not read again: ${said}`);
  }
  const isBlank = given.some(([name, value]) => name === "blank" || !value);
  check((await page.locator("[data-may=blank]").isVisible()) === isBlank, "blank, or not");
  check((await page.locator("[data-may=left]").count()) === (left ? 1 : 0), "what was spent is said");
  if (!left) return;
  for (const slot of ["spent", "left"]) {
    const text = await read(page.locator(`[data-slot=${slot}]`));
    check(text === left[slot === "spent" ? 0 : 1], `${slot}: ${text}`);
  }
}

/** Pages that are alike in every vote are looked at in one of the colour schemes. */
const ALIKE = ["light"];

/** From an empty ballot, with every mistake there is, to the ballot as it is read again. */
async function fillIn(visit, page, vote, filledIn, state, schemes) {
  check((await filled(page)).length === 0, "the ballot is not empty");
  for (const [place, { given, says, basket, is_prevented }] of vote.wrong.entries()) {
    if (is_prevented && visit.options.javaScriptEnabled !== false) continue;
    await give(page, given);
    await expectBasket(visit, page, basket);
    await press(visit, page, "review", 422);
    await expectFilled(page, given);
    await expectBasket(visit, page, basket);
    await expectRefused(page, says);
    await visit.inspect(page, `${state}, refused ${place + 1}`, schemes);
  }
  await give(page, filledIn.given);
  await expectBasket(visit, page, filledIn.basket);
  await press(visit, page, "review");
  await expectReviewed(page, filledIn);
  await press(visit, page, "edit");
  await expectFilled(page, filledIn.given);
  await press(visit, page, "review");
  await expectReviewed(page, filledIn);
  await visit.inspect(page, `${state}, read again`, schemes);
}

/** From the empty ballot to the receipt, and a second vote of the same person that is none. */
async function cast(visit, vote) {
  const page = await begin(visit, folder(vote));
  await visit.inspect(page, `${vote.process}, empty`);
  await fillIn(visit, page, vote, vote.first, vote.process);
  await send(visit, page, 422);
  await expectReviewed(page, vote.first);
  await visit.inspect(page, `${vote.process}, nobody`, ALIKE);
  const person = somebody();
  await identify(page, person);
  await send(visit, page);
  await visit.inspect(page, `${vote.process}, code`, ALIKE);
  await page.locator("#code").fill("12345");
  await send(visit, page, 422);
  await visit.inspect(page, `${vote.process}, code refused`, ALIKE);
  await confirm(visit, page, person);
  await visit.inspect(page, `${vote.process}, receipt`, ALIKE);
  const code = await tracking(page);

  const again = await begin(visit, folder(vote));
  await give(again, vote.second.given);
  await press(visit, again, "review");
  await voteAgain(visit, again, person, `${vote.process}, already voted`, ALIKE);
  return { page: again, code };
}

/** And replaces it by another one. */
async function replace(visit, vote) {
  const { page, code } = await cast(visit, vote);
  await page.locator("#tracking").fill(code);
  await send(visit, page);
  await visit.inspect(page, `${vote.process}, empty, to replace`, ALIKE);
  await fillIn(visit, page, vote, vote.second, `${vote.process}, to replace`, ALIKE);
  check((await page.locator("#email").count()) === 0, "who replaces a ballot is asked who they are");
  await send(visit, page);
  check((await tracking(page)) === code, "another tracking code");
  await visit.inspect(page, `${vote.process}, replaced`, ALIKE);
}

/** Tab, Space, Enter and letters, from the page of the vote to the receipt. */
async function castByKeyboard(visit, vote) {
  const page = await visit.open(`${folder(vote)}voter/`);
  const enter = async (selector) => {
    await tabTo(page, selector);
    await visit.follow(page, () => page.keyboard.press("Enter"));
  };
  await enter("button[value=begin]");
  await giveByKeyboard(page, vote.first.given);
  await expectFilled(page, vote.first.given);
  await enter("button[value=review]");
  const person = somebody();
  for (const name of ["given_names", "family_name", "email", "birth_date"]) {
    await tabTo(page, `#${name}`);
    await page.keyboard.type(person[name]);
  }
  await tabTo(page, "#consent");
  await page.keyboard.press("Space");
  await enter("form button:not([name])");
  await tabTo(page, "#code");
  await page.keyboard.type(await visit.code(person.email));
  await visit.follow(page, () => page.keyboard.press("Enter"));
  check(/^([0-9A-Z]{4}-){6}[0-9A-Z]{2}$/.test(await tracking(page)), "no receipt");
}

await run(
  VOTES.flatMap((vote) => [
    { name: `${vote.process}, with JavaScript`, options: {}, walk: (visit) => replace(visit, vote) },
    { name: `${vote.process}, without JavaScript`, options: { javaScriptEnabled: false }, walk: (visit) => replace(visit, vote) },
    { name: `${vote.process}, at 320 px`, options: { viewport: { width: 320, height: 640 } }, walk: (visit) => cast(visit, vote) },
    { name: `${vote.process}, by keyboard`, options: {}, walk: (visit) => castByKeyboard(visit, vote) },
  ]),
);
