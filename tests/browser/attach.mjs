// Files, as those who join them meet them: `node attach.mjs BASE_URL FILES ROOT DATA PARVIS [--only TEXT] [--save FOLDER]`.
// FILES is a folder with the files that `tests/suite/attachments.rs` makes; the rest is as for writing.mjs. With
// `node attach.mjs BASE_URL FILES ORIGIN`, BASE_URL is a site of which the large files go to ORIGIN.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { check, expectRefusals, read, run, somebody, until } from "./visit.mjs";

const [, , , FILES, ROOT_OR_ORIGIN, DATA, PARVIS] = process.argv;
const FORM = "/ma-commune/photos/ecrire/";

const hasScript = (visit) => visit.options.javaScriptEnabled !== false;
const press = (visit, page, go, status) => {
  const button = page.locator(`main form button[name=go][value=${go}]`);
  return visit.follow(page, () => button.click(), status);
};
const choose = (page, field, ...names) => page.locator(`#f-${field}`).setInputFiles(names.map((name) => join(FILES, name)));
const joined = (page, field) => read(page.locator(`[data-slot-html=files-${field}]`));
const answers = (page) => read(page.locator("[data-slot-html=answers]"));
const limits = async (page) => (await read(page.locator("main"))).includes("12 Mo au plus");

/** Says what is wrong with a file, and gives it back to be replaced. */
async function refuse(visit, page) {
  await choose(page, "photo", "facade.exe.jpg");
  await press(visit, page, "next", 422);
  await expectRefusals(page, ["f-photo"]);
  const error = await read(page.locator("[data-error=f-photo]"));
  check(error.includes("facade.exe.jpg") && error.includes("quel que soit son nom"), `what is said of a program: ${error}`);
  check(!(await page.locator("[data-slot-html=files-photo] li").count()), "the program was taken");
}

/** Joins a photograph and documents, and goes on to the preview. */
async function joinAll(visit, page, plan) {
  await choose(page, "photo", "photo.jpg");
  if (hasScript(visit)) check(await page.locator("#f-caption").isVisible(), "what depends on a file does not appear");
  await page.locator("#f-caption").fill("La mairie");
  if (!hasScript(visit)) {
    await press(visit, page, "next");
    check((await joined(page, "photo")).includes("photo.jpg"), "the photograph is not said to be joined");
  }
  await choose(page, "plan", plan);
  await choose(page, "proof", "loyer.pdf");
  await press(visit, page, "next");
  const shown = await answers(page);
  for (const name of ["photo.jpg", plan, "loyer.pdf"]) check(shown.includes(name), `${name} is not in the preview: ${shown}`);
}

/** From a program that is called a photograph to a page that shows the photograph and offers the plan. */
async function publish(visit) {
  const parvis = (...line) =>
    execFileSync(PARVIS, ["--root", ROOT_OR_ORIGIN, ...line, "--data", DATA], { encoding: "utf8", stdio: "pipe" });
  const person = somebody();
  const page = await visit.open(FORM);
  check(await limits(page), "the page does not say how much can be sent");
  await visit.inspect(page, "form with files");
  const title = `Une façade, ${hasScript(visit) ? "avec" : "sans"}`;
  await page.locator("#f-title").fill(title);
  await refuse(visit, page);
  await visit.inspect(page, "a program refused");
  await joinAll(visit, page, "plan.pdf");
  await visit.inspect(page, "preview with files");

  // One of them is taken back.
  await press(visit, page, "edit");
  check((await joined(page, "photo")).includes("photo.jpg"), "the photograph is lost on the way back");
  if (!hasScript(visit)) await press(visit, page, "next");
  await visit.inspect(page, "form with files that are joined");
  await page.getByLabel("Retirer « loyer.pdf »").check();
  await press(visit, page, "next");
  const shown = await answers(page);
  check(shown.includes("plan.pdf") && !shown.includes("loyer.pdf"), `what is left: ${shown}`);
  await page.locator("#email").fill(person.email);
  await page.locator("#public_name").fill("Awa Marie");
  await page.locator("#consent").check();
  await page.waitForTimeout(2_100);
  await press(visit, page, "send");
  await page.locator("#code").fill(await visit.code(person.email));
  await visit.send(page);
  const reference = await read(page.locator("[data-slot=reference]"));
  if (hasScript(visit)) await page.evaluate(() => localStorage.clear());

  for (const decision of ["take", "admissible", "publish"]) parvis("deposits", "decide", reference, decision, "--by", "Ada");
  parvis("pull");
  const path = await until("the deposit is published", 15_000, async () => {
    const list = await (await visit.context.request.get("/ma-commune/photos/depots/")).text();
    return new RegExp(`href="([^"]*${reference.toLowerCase()}/)"`).exec(list)?.[1];
  });
  // In every size and format, which are made after the page.
  await until("the photograph is there", 30_000, async () => {
    const html = await (await visit.context.request.get(path)).text();
    const sources = html.match(/[^"\s,]*\/photo\.[^"\s,]*/g) ?? [];
    const answers = await Promise.all(sources.map((source) => visit.context.request.get(source)));
    return answers.length && answers.every((answer) => answer.ok());
  });
  await visit.go(page, path);
  check((await read(page.locator("h1"))) === title, "the page is another one");
  await visit.inspect(page, "published with files");

  // The photograph is an image, drawn anew; the document is saved, and never opened in the site's name.
  const image = page.locator("main img").first();
  check((await image.evaluate(({ naturalWidth }) => naturalWidth)) > 0, "the photograph is not shown");
  const source = await image.evaluate(({ currentSrc }) => currentSrc);
  const photo = await visit.context.request.get(source);
  check(/^image\//.test(photo.headers()["content-type"]), `the photograph is ${photo.headers()["content-type"]}`);
  check(!(await photo.body()).includes("Rue Secrete"), "the photograph tells where it was taken");
  const link = page.locator("main a[href$='.pdf']");
  check((await link.count()) === 1, "the plan, and only it, is not there");
  const plan = await visit.context.request.get(await link.getAttribute("href"));
  check(plan.headers()["content-disposition"] === "attachment", "the plan is not saved");
  for (const { headers } of [{ headers: photo.headers() }, { headers: plan.headers() }]) {
    check(headers["x-content-type-options"] === "nosniff", "a browser may guess what a file is");
    check(headers["content-security-policy"].startsWith("default-src 'none'"), "a file has no policy");
  }
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  check(download.suggestedFilename().endsWith(".pdf"), `saved as ${download.suggestedFilename()}`);
}

/** With JavaScript, what is more than a form may hold goes ahead to the bucket; without it, the form takes what it can. */
async function sendAhead(visit) {
  visit.bucket = ROOT_OR_ORIGIN;
  const page = await visit.open(FORM);
  const sent = [];
  page.on("request", (request) => {
    const size = request.postDataBuffer()?.length ?? 0;
    sent.push({ method: request.method(), path: new URL(request.url()).pathname, size });
  });
  check(await limits(page), "the page does not say how much can be sent");
  await page.locator("#f-title").fill("Une façade");
  await refuse(visit, page);
  await joinAll(visit, page, hasScript(visit) ? "plan.pdf" : "petit.pdf");
  const ahead = sent.filter(({ method }) => method === "PUT");
  check(ahead.length === (hasScript(visit) ? 3 : 0), `sent ahead: ${ahead.length}`);
  check(ahead.every(({ path }) => path.includes("/attachments/incoming/")), "sent somewhere else");
  const forms = sent.filter(({ path }) => path.endsWith("/ecrire"));
  check(forms.length >= 2 && forms.every(({ size }) => size < 1_000_000), `forms: ${JSON.stringify(forms)}`);
  await press(visit, page, "edit");
  check((await joined(page, "photo")).includes("photo.jpg"), "the photograph is lost on the way back");
  if (!hasScript(visit)) return;

  // What the functions would refuse is told before it is sent, and what was chosen stays chosen.
  const before = sent.length;
  await choose(page, "plan", "lourd.pdf");
  await page.locator("main form button[value=next]").click();
  const error = page.locator("[data-error=f-plan]");
  await error.waitFor({ state: "visible" });
  check((await read(error)).includes("lourd.pdf"), `what is said: ${await read(error)}`);
  check(await page.locator("#f-plan").evaluate(({ files }) => files.length === 1), "what was chosen is lost");
  check(sent.slice(before).every(({ method, path }) => method === "POST" && path.endsWith("/fichiers")), "it was sent");
  await visit.inspect(page, "a file that is not sent");
  visit.problems.forEach((problem) => problem.startsWith("422 for") && visit.problems.delete(problem));
  visit.onWarning = () => {};
  await page.evaluate(() => localStorage.clear());
}

const walk = PARVIS ? publish : sendAhead;
const name = PARVIS ? "files, from a program to a published page" : "files that go ahead of their form";
await run(
  [true, false].map((javaScriptEnabled) => ({
    name: `${name}, ${javaScriptEnabled ? "with" : "without"} JavaScript`,
    options: { javaScriptEnabled },
    walk,
  })),
);
