// While a title is being written: the published texts that are close to it. The preview shows them to those without this.

// The same as `domain::similar::closest`, held to it by a test. `known` is what the build writes.
export function closest({ stop, texts }, text, most) {
  const holders = new Map();
  for (const word of texts.flatMap(({ words }) => words)) holders.set(word, (holders.get(word) ?? 0) + 1);
  const weigh = (words) =>
    words.reduce((sum, word) => sum + 32 - Math.clz32(texts.length / (holders.get(word) ?? 1)), 0);
  const own = new Set(read(text).filter((word) => !stop.includes(word)));
  const of = weigh([...own]);
  return texts
    .map((text) => {
      const shared = weigh(text.words.filter((word) => own.has(word)));
      return { text, shared: shared * shared, product: of * weigh(text.words) };
    })
    .filter(({ shared, product }) => shared && shared * 25 >= product)
    .sort((a, b) => b.shared * a.product - a.shared * b.product || (a.text.url < b.text.url ? -1 : 1))
    .slice(0, most)
    .map(({ text }) => text);
}

const LETTERS = { œ: "oe", æ: "ae", ß: "ss", ø: "o", ł: "l", đ: "d", ð: "d" };

const read = (text) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[œæßøłđð]/g, (letter) => LETTERS[letter])
    .match(/[\p{Alphabetic}\p{N}]+/gu) ?? [];

// What follows is for the page, and does nothing elsewhere.
const place = globalThis.document?.querySelector("[data-similar]");
const title = place && document.getElementById(place.dataset.title);
if (title) {
  title.after(place);
  let known, pause;
  title.addEventListener("input", () => {
    known ??= fetch(place.dataset.similar).then((answer) => answer.json());
    clearTimeout(pause);
    pause = setTimeout(async () => {
      const found = closest(await known, title.value, 5);
      const [box] = place.children;
      box.querySelector("ul").replaceChildren(
        ...found.map(({ title, url }) => {
          const link = Object.assign(document.createElement("a"), { href: url, textContent: title, target: "_blank" });
          const item = document.createElement("li");
          item.append(link);
          return item;
        }),
      );
      box.hidden = !found.length;
    }, 700);
  });
}
