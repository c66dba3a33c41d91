//! Site maps, as sitemaps.org has them, with the languages of a page as Google reads them.

use super::{When, push_xml, rfc3339};

/// What one file holds at most.
#[derive(Clone, Copy)]
struct Limits {
    urls: usize,
    octets: usize,
}

/// As the protocol has them.
const LIMITS: Limits = Limits { urls: 50_000, octets: 50 * 1024 * 1024 };

const URLSET: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n",
    "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" ",
    "xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n"
);
const URLSET_END: &str = "</urlset>\n";

/// A page.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Absolute.
    pub(crate) url: String,
    /// The last change of its text, if it is known. A date that a build made up is worse than none.
    pub(crate) updated: Option<When>,
    /// Every edition of the page, this one among them; none when there is no other.
    pub(crate) alternates: Vec<Alternate>,
}

/// An edition of a page.
#[derive(Debug, Clone)]
pub(crate) struct Alternate {
    /// As HTML has it: `fr`; or `x-default`.
    pub(crate) language: String,
    /// Absolute.
    pub(crate) url: String,
}

/// The site map of `entries` as files, each a name at the site's root and a text: `sitemap.xml`, and where one
/// does not hold them all, an index of that name and `sitemap-1.xml` and so on. `base_url` is the site's address,
/// without path.
pub(crate) fn sitemaps(base_url: &str, entries: &[Entry]) -> Vec<(String, String)> {
    within(LIMITS, base_url, entries)
}

fn within(limits: Limits, base_url: &str, entries: &[Entry]) -> Vec<(String, String)> {
    let mut parts = vec![];
    let mut part = URLSET.to_owned();
    let mut urls = 0;
    let mut piece = String::new();
    for entry in entries {
        piece.clear();
        push_entry(&mut piece, entry);
        let octets = part.len() + piece.len() + URLSET_END.len();
        if urls == limits.urls || (urls > 0 && octets > limits.octets) {
            parts.push(part + URLSET_END);
            part = URLSET.to_owned();
            urls = 0;
        }
        part.push_str(&piece);
        urls += 1;
    }
    part.push_str(URLSET_END);
    if parts.is_empty() {
        return vec![("sitemap.xml".to_owned(), part)];
    }
    parts.push(part);
    let parts = (1..).zip(parts).map(|(number, part)| (format!("sitemap-{number}.xml"), part));
    let parts: Vec<(String, String)> = parts.collect();
    let mut files = vec![("sitemap.xml".to_owned(), index(base_url.trim_end_matches('/'), &parts))];
    files.extend(parts);
    files
}

fn index(base_url: &str, parts: &[(String, String)]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    out.push_str("<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (name, _) in parts {
        out.push_str("<sitemap><loc>");
        push_xml(&mut out, base_url);
        out.push('/');
        out.push_str(name);
        out.push_str("</loc></sitemap>\n");
    }
    out.push_str("</sitemapindex>\n");
    out
}

fn push_entry(out: &mut String, entry: &Entry) {
    out.push_str("<url><loc>");
    push_xml(out, &entry.url);
    out.push_str("</loc>");
    if let Some(updated) = entry.updated {
        out.push_str("<lastmod>");
        out.push_str(&match updated {
            When::Day(day) => day.to_string(),
            When::Instant(instant) => rfc3339(instant),
        });
        out.push_str("</lastmod>");
    }
    for alternate in &entry.alternates {
        out.push_str("<xhtml:link rel=\"alternate\" hreflang=\"");
        push_xml(out, &alternate.language);
        out.push_str("\" href=\"");
        push_xml(out, &alternate.url);
        out.push_str("\"/>");
    }
    out.push_str("</url>\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil;

    const BASE: &str = "https://participer.garennes.example";

    fn page(path: &str) -> Entry {
        Entry { url: format!("{BASE}{path}"), updated: None, alternates: vec![] }
    }

    fn names(files: &[(String, String)]) -> Vec<&str> {
        files.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn a_map_tells_addresses_dates_and_languages() {
        let alternates = ["fr", "en"].map(|language| Alternate {
            language: language.to_owned(),
            url: format!("{BASE}/{language}/?a=1&b=2"),
        });
        let entries = [
            page("/"),
            Entry { updated: Some(When::Day(civil::date(2026, 5, 1))), ..page("/a/") },
            Entry {
                updated: Some(When::Instant("2026-05-01T08:00:00.9Z".parse().expect("an instant"))),
                alternates: alternates.to_vec(),
                ..page("/fr/?a=1&b=2")
            },
        ];
        let expected = r#"<?xml version="1.0" encoding="utf-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
<url><loc>https://participer.garennes.example/</loc></url>
<url><loc>https://participer.garennes.example/a/</loc><lastmod>2026-05-01</lastmod></url>
<url><loc>https://participer.garennes.example/fr/?a=1&amp;b=2</loc><lastmod>2026-05-01T08:00:00Z</lastmod><xhtml:link rel="alternate" hreflang="fr" href="https://participer.garennes.example/fr/?a=1&amp;b=2"/><xhtml:link rel="alternate" hreflang="en" href="https://participer.garennes.example/en/?a=1&amp;b=2"/></url>
</urlset>
"#;
        assert_eq!(sitemaps(BASE, &entries), [("sitemap.xml".to_owned(), expected.to_owned())]);
    }

    #[test]
    fn what_one_file_cannot_hold_goes_into_several() {
        let entries: Vec<Entry> = (0..5).map(|number| page(&format!("/{number}/"))).collect();
        let two = within(Limits { urls: 2, ..LIMITS }, "https://participer.garennes.example/", &entries);
        assert_eq!(names(&two), ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]);
        assert_eq!(two[0].1.matches("<sitemap>").count(), 3);
        assert!(two[0].1.contains("<loc>https://participer.garennes.example/sitemap-3.xml</loc>"));
        let pages: Vec<usize> = two[1..].iter().map(|(_, text)| text.matches("<url>").count()).collect();
        assert_eq!(pages, [2, 2, 1]);

        let octets =
            URLSET.len() + URLSET_END.len() + 3 * "<url><loc></loc></url>\n".len() + 3 * (BASE.len() + 3);
        let by_size = within(Limits { octets, ..LIMITS }, BASE, &entries);
        assert_eq!(names(&by_size), ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml"]);
        assert_eq!(by_size[1].1.len(), octets);
    }

    #[test]
    fn fifty_thousand_are_one_file_and_one_more_makes_two() {
        let mut entries = vec![page("/"); LIMITS.urls];
        assert_eq!(names(&sitemaps(BASE, &entries)), ["sitemap.xml"]);
        entries.push(page("/a/"));
        assert_eq!(names(&sitemaps(BASE, &entries)), ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml"]);
    }

    #[test]
    fn an_empty_site_has_an_empty_map() {
        assert_eq!(sitemaps(BASE, &[]), [("sitemap.xml".to_owned(), format!("{URLSET}{URLSET_END}"))]);
    }
}
