// Searches the index of the site in the reader's browser. Without it the page leads to the list of all pages;
// all its sentences come from the page.

const PAGE_SIZE = 10;
const PAUSE = 300;

const form = document.querySelector("[data-bundle]");
const field = form.elements.q;
const [status, results, more, advice, without] = ["status", "results", "more", "advice", "without"].map((name) =>
  document.querySelector(`[data-${name}]`),
);
const list = results.querySelector("ol");
const words = form.dataset;
const plural = new Intl.PluralRules(words.plurals);

const say = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, words.group);

// « 1 résultat », « 12 résultats »: the form for the number, of those that the language has.
const counted = (count) =>
  form.getAttribute(`data-count-${plural.select(count)}`) ?? form.getAttribute("data-count-other");

function element(name, children, properties) {
  const created = Object.assign(document.createElement(name), properties);
  created.append(...children);
  return created;
}

// The generator sets elisions apart (U+2060 and a space), and Pagefind makes every space a plain one.
const tidy = (text) =>
  text
    .replace(/\u2060 ?/g, "")
    .replace(/« /g, "«\u00a0")
    .replace(/ (?=[:»%€])/g, "\u00a0")
    .replace(/ (?=[;?!])/g, "\u202f");

// An excerpt is text with <mark> around what was found, in which only « < » and « > » are entities.
function excerptOf(html) {
  return html.split(/<mark>(.*?)<\/mark>/).map((part, index) => {
    const text = tidy(part.replaceAll("&lt;", "<").replaceAll("&gt;", ">"));
    return index % 2 ? element("mark", [text]) : text;
  });
}

async function itemOf(match) {
  const { url, meta, excerpt } = await match.data();
  const link = element("a", [tidy(meta.title ?? url)], { href: url });
  const trail = [location.host, ...url.split("/").filter(Boolean)].join(" › ");
  return element("li", [
    element("h3", [link]),
    element("p", [trail], { className: "meta" }),
    element("p", excerptOf(excerpt)),
  ]);
}

const itemsAfter = (matches, shown) => Promise.all(matches.slice(shown, shown + PAGE_SIZE).map(itemOf));

async function load() {
  const pagefind = await import(`${words.bundle}pagefind.js`);
  await pagefind.options({ excerptEllipsis: "…" });
  await pagefind.init();
  return pagefind;
}

let bundle;
const loaded = () => (bundle ??= load());

// « l’école » is looked for as « école ». Few keyboards have « œ »; and of « vélos », « lieux », « loyers »
// Pagefind's stemmer keeps the ending, while « vélo » finds both.
function spellingsOf(query) {
  const plain = query.replace(/(^|\P{L})\p{L}['’]/gu, "$1").replace(/['’]/g, " ");
  const singular = plain.replace(/(\p{L}{2}(?:[aiou]|er))s(?!\p{L})|(\p{L}[eoœ]u)x(?!\p{L})/giu, "$1$2");
  const ligatures = (text) => [text, text.replace(/oe(?=u|il)/gi, "œ"), text.replace(/œ/gi, "oe")];
  return [...new Set([plain, singular].flatMap(ligatures))];
}

const fold = (text) => text.toLowerCase().replaceAll("œ", "oe").normalize("NFD").replace(/\p{M}/gu, "");
const join = (text) => text.replace(/[^\p{L}\p{N}]/gu, "");

// Where no word begins like the one that is wanted, Pagefind takes the longest that it begins with: « à » for
// « aquarium », « sur » for « surface ». Then nothing has been found.
const isMeant = (wanted, word) =>
  word.startsWith(wanted.slice(0, 3)) && !(wanted.startsWith(word) && 2 * word.length <= wanted.length);

function wordsFound({ content, locations }) {
  const words = content.split(/\s+/);
  return locations.flatMap((location) => {
    const word = fold(words[location] ?? "");
    return [join(word), ...word.split(/[^\p{L}\p{N}]+/u)];
  });
}

async function findSpelling(pagefind, spelling) {
  const { results } = await pagefind.search(spelling);
  const first = await Promise.all(results.slice(0, PAGE_SIZE).map((match) => match.data()));
  const found = first.flatMap(wordsFound);
  const wanted = fold(spelling).split(/\s+/).map(join).filter(Boolean);
  return wanted.every((word) => found.some((other) => isMeant(word, other))) ? results : [];
}

async function find(query) {
  const pagefind = await loaded();
  const found = [];
  // One after another: a page's data is one object, that each search marks with its own words.
  for (const spelling of spellingsOf(query)) found.push(...(await findSpelling(pagefind, spelling)));
  const seen = new Set();
  return found.sort((one, other) => other.score - one.score).filter(({ id }) => !seen.has(id) && seen.add(id));
}

let matches = [];

function show(found, items, sentence) {
  matches = found;
  list.replaceChildren(...items);
  results.hidden = !found.length;
  more.hidden = items.length >= found.length;
  status.textContent = sentence;
}

// What `work` gives, unless the reader has asked for something else in the meantime.
let turn = 0;
async function latest(work) {
  const mine = ++turn;
  try {
    const done = await work();
    if (mine === turn) return done;
  } catch {
    if (mine === turn) show([], [], words.failed);
  }
}

let pause;

async function search() {
  clearTimeout(pause);
  const query = field.value.trim();
  history.replaceState(null, "", query ? `?${new URLSearchParams({ q: query })}` : location.pathname);
  advice.hidden = true;
  if (query && !turn) status.textContent = words.loading;
  const answer = await latest(async () => {
    const found = query ? await find(query) : [];
    return { found, items: await itemsAfter(found, 0) };
  });
  if (!answer) return;
  const count = answer.found.length;
  const sentence = count ? counted(count) : words.none;
  show(answer.found, answer.items, query && say(sentence, { count: grouped(count), query }));
  advice.hidden = !query || count > 0;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  search();
});
field.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(search, PAUSE);
});
// What fails here fails again, and is told, when something is looked for.
field.addEventListener("focus", () => loaded().catch(() => {}), { once: true });
more.addEventListener("click", async () => {
  const items = await latest(() => itemsAfter(matches, list.childElementCount));
  if (!items) return;
  list.append(...items);
  items[0].querySelector("a").focus();
  more.hidden = list.childElementCount >= matches.length;
});

without.hidden = true;
const asked = new URLSearchParams(location.search).get("q");
if (asked) {
  field.value = asked;
  search();
}
