// A form: which fields are reached by what is typed. The page is complete without it, and the functions decide.

// The same rule as `domain::form::condition::reached`, held to it by a test. `fields` are in the order of the form, each
// with its `id`, its `kind` and, if any, its condition `when` (an object) and its `visibility`; `typed` are pairs of
// a name and a value, as `[...new FormData(form)]` has them. Gives a boolean for each field.
export function reached(fields, typed) {
  const first = new Map();
  for (const [name, value] of typed) if (!first.has(name)) first.set(name, read(value));
  const known = new Map();
  let inSection = true;

  const values = ({ id, kind }) => {
    const own = `f-${id}`;
    if (kind === "choices") return typed.filter(([name]) => name === own).map(([, value]) => read(value));
    if (!PARTS.includes(kind)) return [first.get(own)];
    return [...first].filter(([name]) => name.startsWith(`${own}-`)).map(([, value]) => value);
  };

  // What is typed in a field that is not reached counts as nothing.
  const given = (id) => (known.has(id) ? values(known.get(id)).filter(Boolean) : []);

  const holds = (condition) => {
    const [[rule, what]] = Object.entries(condition);
    switch (rule) {
      case "all":
        return what.every(holds);
      case "any":
        return what.some(holds);
      case "not":
        return !holds(what);
      case "answered":
        return given(what.field).length > 0;
      case "is":
        return !PARTS.includes(known.get(what.field)?.kind) && given(what.field).includes(what.value);
    }
    const bounds = number(given(what.field)[0] ?? "");
    return bounds !== undefined && (rule === "at-least" ? bounds[0] >= what.value : bounds[1] <= what.value);
  };

  return fields.map((field) => {
    const own = field.visibility !== "hidden" && (!field.when || holds(field.when));
    if (field.kind === "section") inSection = own;
    if (own && inSection) known.set(field.id, field);
    return own && inSection;
  });
}

// The kinds with an input for each part.
const PARTS = ["address", "matrix", "ranking"];

// A file counts by its name. JavaScript’s own `trim` has another idea of what is a space than Unicode.
const read = (value) => (value.name ?? value).replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");

// The whole numbers just below and just above a number as people write it, « 1 234,50 € » or « 1.234,5 »; exact, for a
// floating-point number is not. Digits may be grouped by three.
function number(text) {
  const [, sign, digits] = /^([-+−]?)\p{White_Space}*([\d.,\p{White_Space}]*)/u.exec(text);
  const plain = digits.replace(/\p{White_Space}/gu, " ").trim();
  const [, before, mark, after] = /^(.*)([.,])(\d+)$/.exec(plain) ?? [];
  const [whole, fraction] = mark && !before.includes(mark) ? [before, after] : [plain, ""];
  if (!/^(\d+|\d{1,3}([ .,])\d{3}(\2\d{3})*)$/.test(whole)) return undefined;
  const below = BigInt(whole.replace(/\D/g, ""));
  const above = below + (/[1-9]/.test(fraction) ? 1n : 0n);
  return sign && sign !== "+" ? [-above, -below] : [below, above];
}

// What follows is for the page, and does nothing elsewhere.
const form = globalThis.document?.querySelector("[data-form]");
if (form) enhance();

// What was kept of a form is not needed once it is sent.
const sent = globalThis.document?.querySelector("[data-sent]")?.dataset.sent;
if (sent) keep(sent, null);

// Keeps a draft in this browser, or forgets it; whether it could.
function keep(action, draft) {
  try {
    if (draft?.length) localStorage.setItem(action, JSON.stringify(draft));
    else localStorage.removeItem(action);
    return true;
  } catch {
    return false;
  }
}

function enhance() {
  const action = form.getAttribute("action");
  const marked = [...form.querySelectorAll("[data-field]")];
  const fields = marked.map(({ dataset: { field, kind, when } }) => ({
    id: field,
    kind,
    when: when && JSON.parse(when),
  }));
  const show = () => {
    // A file that was joined on an earlier page counts as well.
    const typed = [...new FormData(form)].map(([name, value]) => [name.replace(/^files-/, "f-"), value]);
    const shown = reached(fields, typed);
    marked.forEach((element, n) => (element.hidden = !shown[n]));
    for (const section of sections) section.hidden = !section.querySelector("[data-field]:not([hidden])");
  };

  // All sections are one page here.
  const sections = [...form.querySelectorAll("[data-section]")];
  for (const note of form.querySelectorAll("[data-depends]")) note.hidden = true;
  form.elements.at.value = sections.length - 1;
  form.querySelector("[data-back]").hidden = true;

  // What tells of a person, or changes what was sent, is not kept here.
  // One draft does not take the place of another.
  const isOther = () => form.elements.deposit.value || form.elements.draft.value;
  const isKept = (input) => !isOther() && !input.closest("[data-personal]");
  const inputs = () => [...form.elements].filter((input) => input.name.startsWith("f-") && isKept(input));
  const isChoice = ({ type }) => type === "radio" || type === "checkbox";
  const isGiven = (input) => (isChoice(input) ? input.checked : input.value && input.type !== "file");
  const draft = () => inputs().filter(isGiven).map(({ name, value }) => [name, value]);

  // An answer of the functions, at an address of theirs, has what was typed already.
  if (!location.pathname.startsWith("/actes/")) {
    let kept = [];
    try {
      kept = JSON.parse(localStorage.getItem(action)) ?? [];
    } catch {}
    for (const input of inputs()) {
      const values = kept.filter(([name]) => name === input.name).map(([, value]) => value);
      if (isChoice(input)) input.checked ||= values.includes(input.value);
      else if (input.type !== "file") input.value ||= values[0] ?? "";
    }
    const notice = form.querySelector("[data-draft]");
    notice.hidden = !kept.length;
    form.querySelector("[data-forget]").addEventListener("click", () => {
      form.reset();
      form.elements.at.value = sections.length - 1;
      save();
      isTyped = isPersonal = false;
      notice.hidden = true;
      show();
    });
  }

  // Whether something was typed here, and whether some of it is not kept.
  let isTyped = false;
  let isPersonal = false;
  let pause;
  const save = () => {
    clearTimeout(pause);
    const isSaved = isKept(form.elements.at) && keep(action, draft());
    form.querySelector("[data-kept]").hidden = !isSaved;
    return isSaved;
  };
  const plurals = new Intl.PluralRules(form.dataset.language);
  form.addEventListener("input", ({ target }) => {
    show();
    isTyped = true;
    isPersonal ||= !isKept(target) || target.type === "file";
    // Not at each key: screen readers say it.
    clearTimeout(pause);
    pause = setTimeout(() => {
      save();
      const place = target.parentElement.querySelector("[data-left]");
      if (!place) return;
      const left = target.maxLength - target.value.length;
      const { leftOther, [`left${capital(plurals.select(left))}`]: words = leftOther } = form.dataset;
      place.textContent = words.replace("{count}", left);
    }, 700);
  });
  form.addEventListener("submit", () => {
    save();
    isTyped = isPersonal = false;
  });
  addEventListener("beforeunload", (event) => {
    if (isTyped && (!save() || isPersonal)) event.preventDefault();
  });
  show();
}

function capital(word) {
  return word[0].toUpperCase() + word.slice(1);
}
