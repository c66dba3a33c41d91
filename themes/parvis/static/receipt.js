// The tracking code: printed, kept in this browser on request, and used to find one's ballot among those published.
// The code never leaves the browser here: ballots are fetched all together.

const place = (process) => `parvis-bulletin:${process}`;

function stored(process) {
  try {
    return localStorage.getItem(place(process));
  } catch {
    return null;
  }
}

const receipt = document.querySelector("[data-tracking]");
if (receipt) {
  const { process } = receipt.dataset;
  const code = receipt.textContent.trim();
  const keep = document.querySelector("[data-keep]");
  const said = document.querySelector("[data-said]");
  const [offer, forget] = [keep.textContent, keep.dataset.forget];
  document.querySelector("[data-receipt]").hidden = false;
  document.querySelector("[data-print]").addEventListener("click", () => print());
  const show = () => {
    keep.textContent = stored(process) === code ? forget : offer;
  };
  keep.addEventListener("click", () => {
    try {
      if (stored(process) === code) localStorage.removeItem(place(process));
      else localStorage.setItem(place(process), code);
    } catch {
      keep.hidden = true;
    }
    show();
    said.textContent = stored(process) === code ? keep.dataset.kept : "";
  });
  show();
}

const input = document.querySelector("#tracking");
const offer = document.querySelector("[data-stored]");
if (offer && stored(offer.dataset.stored)) {
  offer.hidden = false;
  offer.querySelector("button").addEventListener("click", () => {
    input.value = stored(offer.dataset.stored);
    input.focus();
  });
}

// As it is written on the receipt: groups of four, upper case, no letter that is read as a digit.
function canonical(typed) {
  const digits = typed.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(digits) ? digits.match(/.{1,4}/g).join("-") : null;
}

async function slotOf(code) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What a ballot says, line by line.
function lines(ballot, { projects = [], method }, words) {
  const name = (id) => projects.find((project) => project.id === id)?.name || id;
  const grade = (id) => method.grades?.find((grade) => grade.id === id)?.label ?? id;
  const { approval, points, ranking, grades, one } = ballot;
  if (ballot === "blank") return [words.blank];
  if (ballot["yes-no"]) return [ballot["yes-no"] === "yes" ? words.yes : words.no];
  if (approval) return approval.map(name);
  if (ranking) return ranking.map((id, place) => `${place + 1}. ${name(id)}`);
  if (points) return Object.entries(points).map(([id, points]) => `${name(id)}${words.colon}${points}`);
  if (grades) return Object.entries(grades).map(([id, given]) => `${name(id)}${words.colon}${grade(given)}`);
  return [name(one)];
}

// All ballots with their rules; nothing when they do not come.
async function fetched(url) {
  try {
    const response = await fetch(url);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

const find = document.querySelector("[data-find]");
if (find && globalThis.crypto?.subtle) {
  const words = find.dataset;
  const said = find.querySelector("[data-said]");
  find.hidden = false;
  find.addEventListener("submit", async (event) => {
    event.preventDefault();
    const code = canonical(input.value);
    if (!code) {
      said.textContent = words.malformed;
      return;
    }
    const box = await fetched(words.find);
    if (!box) {
      said.textContent = words.unreachable;
      return;
    }
    const slot = await slotOf(code);
    const mine = box.ballots.find((ballot) => ballot.slot === slot);
    const text = document.createElement("p");
    text.textContent = mine ? words.found : words.missing;
    const list = document.createElement("ul");
    for (const line of mine ? lines(mine.ballot, box, words) : []) {
      const item = document.createElement("li");
      item.textContent = line;
      list.append(item);
    }
    said.replaceChildren(text, ...(mine ? [list] : []));
  });
}
