// While a site is being edited: shows each page as it is built anew, where its reader was, and what keeps the site
// from being built.
const SCROLL = "parvis-scroll";
const make = (name, properties) => Object.assign(document.createElement(name), properties);
const pause = () => new Promise((done) => setTimeout(done, 1000));
const ask = async (query) => (await fetch(`/_live${query}`)).json();
const said = (page) => page.querySelector('script[src="/_live.js"]')?.dataset ?? {};
const styles = (page) => [...page.querySelectorAll('link[rel="stylesheet"][href^="/assets/"]')];

let notice;
let { version: seen, page: shown } = said(document);
returnToScroll();
for (let query = ""; ; query = `?version=${seen}`) {
  try {
    await visible();
    const { version, diagnostics } = await ask(query);
    if (query && String(version) === seen) continue;
    tell(diagnostics);
    if (!diagnostics && String(version) !== seen) await renew();
    seen = String(version);
  } catch {
    await pause();
  }
}

/** A browser keeps few connections to a site: those of pages that nobody sees are for the others. */
async function visible() {
  while (document.hidden) {
    await new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));
  }
}

/** Shows the page as it is now: only its style sheets may be others. */
async function renew() {
  const answer = await fetch(location.href, { cache: "no-store" });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [before, after] = [styles(document), styles(fresh)];
  if (said(fresh).page !== shown || before.length !== after.length) return reload();
  for (const [index, { href }] of after.entries()) {
    const old = before[index];
    if (old.href === href) continue;
    const style = Object.assign(old.cloneNode(), { href });
    style.addEventListener("load", () => old.remove());
    old.after(style);
  }
}

/** The browser's own memory of the scroll is lost when the page has another height. */
function reload() {
  sessionStorage.setItem(SCROLL, scrollY);
  history.scrollRestoration = "manual";
  location.reload();
}

function returnToScroll() {
  const top = sessionStorage.getItem(SCROLL);
  if (top === null) return;
  sessionStorage.removeItem(SCROLL);
  const back = () => scrollTo({ top, behavior: "instant" });
  back();
  addEventListener("load", () => {
    back();
    history.scrollRestoration = "auto";
  });
}

/** Says what is wrong, without taking the focus from who is typing. */
function tell(diagnostics) {
  notice?.remove();
  notice = undefined;
  if (!diagnostics) return;
  if (!document.querySelector('link[href="/_live.css"]')) {
    document.head.append(make("link", { rel: "stylesheet", href: "/_live.css" }));
  }
  notice = make("section", { id: "parvis-live", lang: "fr", role: "alert" });
  document.body.append(notice);
  const close = make("button", { type: "button", textContent: "Fermer" });
  close.addEventListener("click", () => tell(null));
  notice.addEventListener("keydown", ({ key }) => key === "Escape" && tell(null));
  notice.append(
    make("p", { textContent: "Le site ne se construit plus : cette page est la dernière qui tenait." }),
    close,
    make("pre", { textContent: diagnostics, tabIndex: 0 }),
  );
}
