// The site that the other tools build, as Eleventy's guide has it: Nunjucks for the layouts, Markdown alone in the pages.
import { readFileSync } from "node:fs";

const PER_PAGE = 20;
const sections = JSON.parse(readFileSync(new URL("_data/sections.json", import.meta.url)));
const day = new Intl.DateTimeFormat("fr", { dateStyle: "long", timeZone: "UTC" });
const slug = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

export default function (config) {
  config.addPassthroughCopy({ "style.css": "style.css" });
  config.addFilter("dateText", (date) => day.format(date));
  config.addFilter("dateIso", (date) => date.toISOString().slice(0, 10));
  config.addFilter("termsOf", (terms) =>
    Object.keys(LABELS).flatMap((name) => terms[name].map((title) => ({ title, url: termUrl(name, title) }))),
  );

  // Headings have an id in the other tools; markdown-it gives none.
  config.amendLibrary("md", (markdown) => {
    markdown.core.ruler.push("heading-ids", ({ tokens }) => {
      const seen = new Map();
      tokens.forEach((token, index) => {
        if (token.type !== "heading_open") return;
        const id = slug(tokens[index + 1].content);
        const count = seen.get(id) ?? 0;
        seen.set(id, count + 1);
        token.attrSet("id", count ? `${id}-${count}` : id);
      });
    });
  });

  // Once for all lists: asking the collection anew for each would be quadratic.
  let sorted, bySection, neighbours;
  const prepare = (api) => {
    if (sorted) return;
    sorted = api.getFilteredByGlob("content/section-*/*.md").sort((a, b) => b.date - a.date);
    bySection = new Map(sections.map((section) => [section.name, []]));
    for (const page of sorted) bySection.get(page.filePathStem.split("/")[1]).push(page);
    neighbours = new Map();
    for (const pages of bySection.values()) {
      pages.forEach((page, index) => neighbours.set(page.inputPath, { previous: pages[index + 1], next: pages[index - 1] }));
    }
  };
  const collection = (name, make) => config.addCollection(name, (api) => (prepare(api), make()));
  config.on("eleventy.before", () => (sorted = undefined));
  config.addFilter("neighbours", (inputPath) => neighbours.get(inputPath));
  collection("newestFirst", () => sorted);
  collection("sectionPagers", () =>
    sections.flatMap((section) => pagers(`/${section.name}/`, bySection.get(section.name), { section })),
  );
  collection("taxonomies", () => taxonomies(sorted));
  collection("termPagers", () =>
    taxonomies(sorted).flatMap((taxonomy) =>
      taxonomy.terms.flatMap((term) => pagers(term.url, term.pages, { taxonomy, term })),
    ),
  );
  return {
    dir: { input: "content", includes: "../_includes", data: "../_data", output: "public" },
    markdownTemplateEngine: false,
    htmlTemplateEngine: "njk",
  };
}

const LABELS = {
  theme: "Thèmes",
  territory: "Territoires",
  status: "États",
  organisation: "Organisations",
  public: "Publics",
};

function termUrl(taxonomy, term) {
  return `/${taxonomy}/${slug(term)}/`;
}

function taxonomies(pages) {
  return Object.entries(LABELS).map(([name, label]) => {
    const terms = new Map();
    for (const page of pages) {
      for (const title of page.data.terms[name]) {
        if (!terms.has(title)) terms.set(title, []);
        terms.get(title).push(page);
      }
    }
    const titles = [...terms.keys()].sort((a, b) => a.localeCompare(b, "fr"));
    const term = (title) => ({ title, url: termUrl(name, title), pages: terms.get(title) });
    return { name, label, url: `/${name}/`, terms: titles.map(term) };
  });
}

function pagers(url, pages, rest) {
  const count = Math.max(1, Math.ceil(pages.length / PER_PAGE));
  const address = (number) => (number === 1 ? url : `${url}page/${number}/`);
  return Array.from({ length: count }, (_, index) => ({
    ...rest,
    pages: pages.slice(index * PER_PAGE, (index + 1) * PER_PAGE),
    number: index + 1,
    count,
    url: address(index + 1),
    previous: index > 0 ? address(index) : undefined,
    next: index + 1 < count ? address(index + 2) : undefined,
  }));
}
