// Keeps the counts of a page up to date with what the register publishes. The page is complete without it,
// and all its sentences come from the page.

const PERIOD = 4_000;
const LONGEST_PERIOD = 300_000;

const root = document.querySelector("[data-counts]");
const words = root.dataset;
const plural = new Intl.PluralRules(words.plurals);

const say = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// The form of a word for a number, among the attributes `data-<name>-<form>`.
const form = (name, key) => {
  const attribute = (key) => root.getAttribute(`data-${name}-${key}`);
  return attribute(key) ?? attribute("other");
};

const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, words.group);

const quantity = (name, count) => say(form(name, plural.select(count)), { count: grouped(count) });

function day(parts) {
  const year = say(form("year", parts.year % 20), { year: parts.year });
  return say(form("day", parts.day), { day: parts.day, month: form("month", parts.month), year });
}

function local(date, timeZone) {
  const names = ["year", "month", "day", "hour", "minute"];
  const options = Object.fromEntries(names.map((name) => [name, "numeric"]));
  const parts = new Intl.DateTimeFormat("en", { ...options, hourCycle: "h23", timeZone }).formatToParts(date);
  return Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
}

function moment(date) {
  const parts = local(date, words.timeZone);
  const minute = String(parts.minute).padStart(2, "0");
  return say(form("moment", parts.minute), { date: day(parts), hour: parts.hour, minute });
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
  showDate(item, "crossed", day(local(new Date(crossed), words.timeZone)));
  // A civil date has no time zone: it is the same day everywhere.
  showDate(item, "due", day(local(new Date(due), "UTC")));
}

function refresh(scope, { supports, thresholds }) {
  const text = quantity("count", supports);
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
    write(scope, "missing", quantity("missing", next.supports - supports));
    write(scope, "next", grouped(next.supports));
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
    const { as_of, deposits, voting } = await response.json();
    for (const scope of root.querySelectorAll("[data-deposit]")) {
      const counts = deposits[scope.dataset.deposit];
      if (counts) refresh(scope, counts);
    }
    if (voting) write(root, "voters", quantity("voters", voting.voters));
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
