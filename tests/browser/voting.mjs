// What those who vote meet, from the page of a vote to the receipt and the minutes:
// `node voting.mjs BASE_URL [--only TEXT] [--save FOLDER]`, as journey.mjs. BASE_URL is a running `parvis serve` of the
// reference site.

import { begin, confirm, identify, press, send, tracking, voteAgain } from "./polling.mjs";
import { check, read, run, somebody } from "./visit.mjs";

const BUDGET = "/garennes/budget-participatif-2026/";
const QUESTION = "/garennes/votation-route-des-gorges/";
const MINUTES = "/monts-d-auvergne/budget-ecologique-2024/resultats/";

const scenarios = [];
const scenario = (name, options, walk) => scenarios.push({ name, options, walk });
const withAndWithoutJavaScript = (name, walk) => {
  scenario(`${name}, with JavaScript`, { javaScriptEnabled: true }, walk);
  scenario(`${name}, without JavaScript`, { javaScriptEnabled: false }, walk);
  scenario(`${name}, at 320 px`, { viewport: { width: 320, height: 640 } }, walk);
};

const ticks = (page) => page.locator("main [name=choice]:not(#blank)");

/** From the ballot as it is filled in to the receipt of somebody, whose tracking code it gives. */
async function cast(visit, page, person = somebody()) {
  await press(visit, page, "review");
  await visit.inspect(page, "the ballot read again");
  await identify(page, person);
  await send(visit, page);
  await visit.inspect(page, "the code of a ballot");
  await confirm(visit, page, person);
  await visit.inspect(page, "the receipt");
  return tracking(page);
}

withAndWithoutJavaScript("a ballot is filled in, refused, read again, cast and replaced", async (visit) => {
  const page = await begin(visit, BUDGET);
  await visit.inspect(page, "an empty ballot");
  await press(visit, page, "review", 422);
  await visit.inspect(page, "a ballot refused");
  const order = await ticks(page).evaluateAll((all) => all.map(({ value }) => value).join(" "));
  await ticks(page).nth(0).check();
  await ticks(page).nth(1).check();
  await press(visit, page, "review");
  await press(visit, page, "edit");
  check(await ticks(page).nth(0).isChecked(), "what was ticked is lost");
  const again = await ticks(page).evaluateAll((all) => all.map(({ value }) => value).join(" "));
  check(order === again, "the order of the projects has changed");
  const code = await cast(visit, page);
  check(/^([0-9A-Z]{4}-){6}[0-9A-Z]{2}$/.test(code), `not a tracking code: ${code}`);

  await visit.go(page, `${BUDGET}voter/remplacer/`);
  await visit.inspect(page, "where the tracking code is typed");
  await page.locator("#tracking").fill("7K3M");
  await send(visit, page, 422);
  await page.locator("#tracking").fill(code.toLowerCase().replaceAll("-", " "));
  await send(visit, page);
  check((await page.locator("main [name=choice]:checked").count()) === 0, "the old ballot is shown");
  await ticks(page).nth(2).check();
  await press(visit, page, "review");
  check((await page.locator("#email").count()) === 0, "who replaces a ballot is asked who they are");
  await send(visit, page);
  await visit.inspect(page, "a ballot replaced");
  check((await tracking(page)) === code, "another tracking code");
});

withAndWithoutJavaScript("who has voted already is told so, and how to replace their ballot", async (visit) => {
  const person = somebody();
  const page = await begin(visit, BUDGET);
  await ticks(page).nth(0).check();
  await cast(visit, page, person);
  const again = await begin(visit, BUDGET);
  await ticks(again).nth(1).check();
  await press(visit, again, "review");
  await voteAgain(visit, again, person, "already voted");
});

withAndWithoutJavaScript("a question is answered by a blank vote", async (visit) => {
  const page = await begin(visit, QUESTION);
  await visit.inspect(page, "a question");
  await ticks(page).nth(0).check();
  await page.locator("#blank").check();
  await cast(visit, page);
});

scenario("the basket says what is left, and the receipt is kept on request", {}, async (visit) => {
  const page = await begin(visit, BUDGET);
  const basket = () => read(page.locator("[data-basket]"));
  check((await basket()).endsWith("reste 3"), await basket());
  for (const place of [0, 1, 2, 3]) await ticks(page).nth(place).check();
  check((await basket()).endsWith("1 de trop"), await basket());
  await ticks(page).nth(3).uncheck();
  check((await basket()).endsWith("reste 0"), await basket());
  await page.locator(".filters summary").click();
  const all = await page.locator(".voted > li:visible").count();
  await page.locator(".filters label").nth(1).click();
  check((await page.locator(".voted > li:visible").count()) < all, "the filter hides nothing");
  const code = await cast(visit, page);
  await page.locator("[data-keep]").click();
  await visit.go(page, `${BUDGET}voter/remplacer/`);
  await page.locator("[data-stored] button").click();
  check((await page.locator("#tracking").inputValue()) === code, "the code is not kept");
  // A voter asked for it: nothing else may be kept.
  await page.evaluate(() => localStorage.removeItem("parvis-bulletin:budget-participatif-2026"));
});

withAndWithoutJavaScript("a project is found on the map, by its theme, and chosen from the keyboard", async (visit) => {
  const page = await begin(visit, BUDGET);
  await page.locator(".where summary").press("Enter");
  await visit.inspect(page, "the map of a ballot");
  const discs = page.locator(".where a:visible");
  const all = await discs.count();
  const box = await discs.first().boundingBox();
  check(box.width >= 24 && box.height >= 24, `a disc of ${box.width} by ${box.height}`);
  await page.locator(".filters summary").press("Enter");
  await page.locator(".filters label").nth(1).click();
  const shown = await discs.count();
  check(shown > 0 && shown < all, `${shown} discs of ${all} are shown for one theme`);
  await discs.first().press("Enter");
  const target = page.locator(".voted > li:target");
  check(await target.isVisible(), "the disc leads to no project that is shown");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  check(await target.locator("[name=choice]").isChecked(), "the project that the map leads to is not the next to be chosen");
  const basket = await page.locator(".basket").boundingBox();
  const item = await target.boundingBox();
  check(item.y >= 0 && item.y + item.height <= basket.y, "the project is covered by the basket");
});

withAndWithoutJavaScript("a wrong address is mended from the page of the code", async (visit) => {
  const page = await begin(visit, BUDGET);
  await ticks(page).nth(0).check();
  await press(visit, page, "review");
  const person = somebody();
  await identify(page, { ...person, email: `faux.${person.email}` });
  await send(visit, page);
  await press(visit, page, "review");
  check((await page.locator("#family_name").inputValue()) === person.family_name, "the name must be typed again");
  await page.locator("#email").fill(person.email);
  await send(visit, page);
  await confirm(visit, page, person);
  check(await tracking(page), "the ballot is lost");
});

scenario("ballots that are out of reach are told to who looks for theirs", {}, async (visit) => {
  const page = await visit.open(MINUTES);
  await page.route("**/*.ballots.json", (route) => route.abort());
  await page.locator("[data-find] input").fill("7K3M-7K3M-7K3M-7K3M-7K3M-7K3M-7K");
  await page.locator("[data-find] .button").click();
  const said = page.locator("[data-said]");
  await said.filter({ hasText: /\S/ }).waitFor();
  check((await read(said)) === (await page.locator("[data-find]").getAttribute("data-unreachable")), await read(said));
});

withAndWithoutJavaScript("the minutes are read", async (visit) => {
  const page = await visit.open(MINUTES);
  await visit.inspect(page, "the minutes");
  check(await page.locator(".winners li").count(), "nobody is elected");
});

await run(scenarios);
