// Keeps the counts of a page up to date with what the register publishes. The page is complete without it,
// and all its sentences come from the page.

const PERIOD = 4_000;
const LONGEST_PERIOD = 300_000;

const root = document.querySelector("[data-counts]");
const words = root.dataset;
const language = document.documentElement.lang;
const plural = new Intl.PluralRules(language);
const number = new Intl.NumberFormat(language);

const say = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const quantity = (count, one, other) =>
  say(plural.select(count) === "one" ? one : other, { count: number.format(count) });

function day(date, timeZone) {
  const parts = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone }).formatToParts(date);
  const isFirst = ({ type, value }) => type === "day" && value === "1";
  return parts.map((part) => (isFirst(part) ? say(words.first, { day: 1 }) : part.value)).join("");
}

function moment(date) {
  const clock = { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: words.timeZone };
  const parts = new Intl.DateTimeFormat(language, clock).formatToParts(date);
  const part = (type) => parts.find((candidate) => candidate.type === type).value;
  return say(words.instant, { date: day(date, words.timeZone), hour: Number(part("hour")), minute: part("minute") });
}

// Text that has not changed is left alone, so that a screen reader is told only of what has.
function write(scope, name, text) {
  for (const element of scope.querySelectorAll(`[data-${name}]`)) {
    if (element.textContent !== text) element.textContent = text;
  }
}

function show(scope, name, shown) {
  for (const element of scope.querySelectorAll(`[data-${name}]`)) element.hidden = !shown;
}

function showDate(item, name, text) {
  show(item, name, true);
  item.querySelector(`[data-${name}] [data-date]`).textContent = text;
}

function showCrossed(item, { crossed, due }) {
  item.classList.add("reached");
  show(item, "pending", false);
  showDate(item, "crossed", day(new Date(crossed), words.timeZone));
  // A civil date has no time zone: it is the same day everywhere.
  showDate(item, "due", day(new Date(due), "UTC"));
}

function refresh(scope, { supports, thresholds }) {
  const text = quantity(supports, words.one, words.other);
  if (scope.querySelector("[data-count]")?.textContent !== text) {
    write(scope, "count", text);
    write(scope, "announce", text);
  }

  const next = thresholds.find(({ crossed }) => !crossed);
  const percent = next ? Math.floor((100 * supports) / next.supports) : 100;
  scope.querySelector("[data-gauge]")?.setAttribute("width", percent);
  const title = scope.querySelector(".gauge title");
  if (title) title.textContent = next ? say(words.gaugeTitle, { percent }) : scope.querySelector("[data-done]").textContent;
  show(scope, "ahead", next);
  show(scope, "done", !next);
  if (next) {
    write(scope, "missing", quantity(next.supports - supports, words.missingOne, words.missingOther));
    write(scope, "next", number.format(next.supports));
  }

  for (const threshold of thresholds.filter(({ crossed }) => crossed)) {
    const item = scope.querySelector(`[data-threshold="${threshold.supports}"]`);
    if (item) showCrossed(item, threshold);
  }
}

let period = PERIOD;
let timer;

async function update() {
  try {
    const response = await fetch(words.counts, { cache: "no-cache" });
    if (!response.ok) throw new Error(response.statusText);
    const { as_of, deposits } = await response.json();
    for (const scope of root.querySelectorAll("[data-deposit]")) {
      const counts = deposits[scope.dataset.deposit];
      if (counts) refresh(scope, counts);
    }
    write(root, "as-of", moment(new Date(as_of)));
    period = PERIOD;
  } catch {
    // Offline, or not published yet: what the page says stays true, and it asks less and less often.
    period = Math.min(2 * period, LONGEST_PERIOD);
  }
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(update, period);
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  if (!document.hidden) update();
});

if (!document.hidden) update();
