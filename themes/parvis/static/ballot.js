// What a ballot has spent and what is left, as it is filled in. The page is complete without it: the functions say so too.

const form = document.querySelector("[data-ballot]");
const basket = document.querySelector("[data-basket]");
const blank = document.querySelector("#blank");
const method = form.dataset.ballot;
const fields = [...form.querySelectorAll("[name=choice]:not(#blank), [name^='choice.']")];

const say = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, basket.dataset.group);

function written(number) {
  if (basket.dataset.unit !== "money") return grouped(number);
  const cents = number % 100;
  const rest = cents ? basket.dataset.decimal + String(cents).padStart(2, "0") : "";
  return `${grouped(Math.floor(number / 100))}${rest}\u00a0€`;
}

const isChosen = (field) => (field.type === "checkbox" || field.type === "radio" ? field.checked : Boolean(field.value.trim()));

const spentOn = (field) => {
  if (basket.dataset.unit === "money") return Number(field.closest("[data-cost]").dataset.cost);
  return basket.dataset.unit === "points" ? Number.parseInt(field.value, 10) || 0 : 1;
};

function refresh() {
  const chosen = fields.filter(isChosen);
  for (const item of form.querySelectorAll(".voted > li")) {
    item.classList.toggle("chosen", fields.some((field) => item.contains(field) && isChosen(field)));
  }
  if (!basket.dataset.unit) return;
  const spent = chosen.reduce((sum, field) => sum + spentOn(field), 0);
  const left = Number(basket.dataset.most) - spent;
  const text = say(left < 0 ? basket.dataset.over : basket.dataset.text, {
    number: grouped(chosen.length),
    spent: written(spent),
    left: written(left),
    over: written(-left),
  });
  if (basket.textContent !== text) basket.textContent = text;
  basket.classList.toggle("over", left < 0);
}

// A blank ballot chooses nothing, and one that chooses is not blank.
form.addEventListener("input", ({ target }) => {
  if (blank && blank.type === "checkbox") {
    if (target === blank && blank.checked) {
      for (const field of fields) {
        if (field.type === "checkbox" || field.type === "radio") field.checked = false;
        else field.value = "";
      }
    } else if (target !== blank && isChosen(target)) {
      blank.checked = false;
    }
  }
  refresh();
});

// The ranks of a ranking: one given elsewhere is taken from there.
form.addEventListener("change", ({ target }) => {
  if (method !== "ranking" || !target.value) return;
  for (const other of fields) if (other !== target && other.value === target.value) other.value = "";
  refresh();
});

const shown = document.querySelector("[data-shown]");
document.querySelector(".filters")?.addEventListener("change", () => {
  const items = [...form.querySelectorAll(".voted > li")];
  const count = items.filter((item) => getComputedStyle(item).display !== "none").length;
  shown.textContent = say(shown.dataset.shown, { number: grouped(count) });
});

refresh();
