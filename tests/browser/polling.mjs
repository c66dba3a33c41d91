// The gestures of those who vote.

import { check, fill, read } from "./visit.mjs";

/** Presses a button of the ballot: « begin », « review » or « edit ». */
export const press = (visit, page, name, status) =>
  visit.follow(page, () => page.locator(`main button[name=step][value=${name}]`).click(), status);

/** Sends the form by its own button, not by that which leads back. */
export const send = (visit, page, status) =>
  visit.follow(page, () => page.locator("main form button:not([name], [type])").click(), status);

/** An empty ballot of the process at a path. */
export async function begin(visit, process) {
  const page = await visit.open(`${process}voter/`);
  await press(visit, page, "begin");
  return page;
}

/** Says who votes, below the ballot as it is read again. */
export async function identify(page, person) {
  await fill(page, person);
  const links = page.locator("[name=link][type=radio]");
  if (await links.count()) await links.first().check();
  await page.locator("[name=consent]").check();
}

/** The tracking code on the page. */
export const tracking = (page) => read(page.locator("[data-tracking]"));

/** Types the code that was mailed to somebody. */
export async function confirm(visit, page, person, status) {
  await page.locator("#code").fill(await visit.code(person.email));
  await send(visit, page, status);
}

/** Somebody who has voted votes once more, from a mailbox of their own: the page says so, and leads to replacing. */
export async function voteAgain(visit, page, person, state, schemes) {
  const other = { ...person, email: `autre.${person.email}` };
  await identify(page, other);
  await send(visit, page);
  await confirm(visit, page, other, 409);
  await visit.inspect(page, state, schemes);
  check(!(await page.locator("[data-tracking]").count()), "who has voted already gets a tracking code");
  await visit.follow(page, () => page.locator("main a.button[href$='/voter/remplacer/']").click());
  check(await page.locator("#tracking").isVisible(), "who has voted already is not led to replacing");
}
