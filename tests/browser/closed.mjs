// What a citizen sees once the supports are closed: `node closed.mjs BASE_URL [--only TEXT] [--save FOLDER]`, as
// journey.mjs. BASE_URL is a running `parvis serve --at` a moment after the close of the cycling interpellation.

import { CYCLING, DEPOSITS, PROCESS, forms } from "./site.mjs";
import { check, run } from "./visit.mjs";

const everyPage = async (visit) => {
  const process = `/garennes/${PROCESS}/`;
  await visit.inspectAll([process, ...(await forms(visit))], process);
};

const tooLate = (form, act) => async (visit) => {
  const page = await visit.open(`${DEPOSITS}${CYCLING}/${form}/`);
  check(!(await page.locator("main form").count()), "the form is still there");
  // A page that was opened before the close still has it.
  const send = (action) => {
    const form = Object.assign(document.createElement("form"), { method: "post", action });
    document.body.append(form);
    form.submit();
  };
  await visit.follow(page, () => page.evaluate(send, `/actes/${PROCESS}/${CYCLING}/${act}`), 422);
  check(await page.locator("[data-summary-list] li").isVisible(), "the page does not say that it is too late");
  await visit.inspect(page, `${form}, too late`);
};

await run([
  { name: "every page there is, after the close", options: {}, walk: everyPage },
  { name: "a support too late", options: {}, walk: tooLate("soutenir", "soutien") },
  { name: "a withdrawal too late", options: {}, walk: tooLate("retirer", "retrait") },
]);
