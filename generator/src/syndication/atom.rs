//! Feeds, as Atom has them (RFC 4287).

use super::{push_xml, rfc3339};
use jiff::Timestamp;

/// A feed. Addresses are absolute.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    /// What the feed stays known by, whatever becomes of its address: an address too, never to change.
    pub(crate) id: String,
    pub(crate) title: String,
    /// May be empty.
    pub(crate) subtitle: String,
    /// The page that shows the same entries.
    pub(crate) url: String,
    /// The feed itself.
    pub(crate) self_url: String,
    /// The last change of an entry; without entries, of the page.
    pub(crate) updated: Timestamp,
    /// As HTML has it: `fr`.
    pub(crate) language: String,
    /// Of all entries that name none.
    pub(crate) author: String,
    pub(crate) entries: Vec<Entry>,
}

/// A page in a feed.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// The page's absolute address, by which readers know the entry again.
    pub(crate) url: String,
    pub(crate) title: String,
    /// Plain text. May be empty.
    pub(crate) summary: String,
    /// The page's text, where it shall be read without coming to the site. Its relative links count from `url`.
    pub(crate) html: Option<String>,
    pub(crate) published: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) categories: Vec<String>,
    pub(crate) author: Option<String>,
}

/// A feed as the text of its file. Entries stay in the order they have.
pub(crate) fn feed(feed: &Feed) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    element(&mut out, "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"", &feed.language, "\">\n");
    element(&mut out, "<id>", &feed.id, "</id>\n");
    element(&mut out, "<title>", &feed.title, "</title>\n");
    if !feed.subtitle.is_empty() {
        element(&mut out, "<subtitle>", &feed.subtitle, "</subtitle>\n");
    }
    element(&mut out, "<link rel=\"alternate\" type=\"text/html\" href=\"", &feed.url, "\"/>\n");
    element(&mut out, "<link rel=\"self\" type=\"application/atom+xml\" href=\"", &feed.self_url, "\"/>\n");
    element(&mut out, "<updated>", &rfc3339(feed.updated), "</updated>\n");
    element(&mut out, "<author><name>", &feed.author, "</name></author>\n");
    for entry in &feed.entries {
        push_entry(&mut out, entry);
    }
    out.push_str("</feed>\n");
    out
}

fn push_entry(out: &mut String, entry: &Entry) {
    out.push_str("<entry>\n");
    element(out, "<id>", &entry.url, "</id>\n");
    element(out, "<title>", &entry.title, "</title>\n");
    element(out, "<link rel=\"alternate\" type=\"text/html\" href=\"", &entry.url, "\"/>\n");
    element(out, "<published>", &rfc3339(entry.published), "</published>\n");
    element(out, "<updated>", &rfc3339(entry.updated), "</updated>\n");
    if let Some(author) = &entry.author {
        element(out, "<author><name>", author, "</name></author>\n");
    }
    for category in &entry.categories {
        element(out, "<category term=\"", category, "\"/>\n");
    }
    if !entry.summary.is_empty() {
        element(out, "<summary>", &entry.summary, "</summary>\n");
    }
    if let Some(html) = &entry.html {
        element(out, "<content type=\"html\" xml:base=\"", &entry.url, "\">");
        element(out, "", html, "</content>\n");
    }
    out.push_str("</entry>\n");
}

/// `text` between markup.
fn element(out: &mut String, before: &str, text: &str, after: &str) {
    out.push_str(before);
    push_xml(out, text);
    out.push_str(after);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn sample() -> Feed {
        Feed {
            id: "https://participer.garennes.example/".to_owned(),
            title: "Actualités & débats".to_owned(),
            subtitle: "Ce qui se passe\u{a0}: tout".to_owned(),
            url: "https://participer.garennes.example/actualites/".to_owned(),
            self_url: "https://participer.garennes.example/actualites/atom.xml".to_owned(),
            updated: at("2026-05-02T08:00:00.123456Z"),
            language: "fr".to_owned(),
            author: "Département des Garennes".to_owned(),
            entries: vec![
                Entry {
                    url: "https://participer.garennes.example/actualites/pistes/?a=1&b=2".to_owned(),
                    title: "Pistes cyclables\u{202f}: « 3 < 4 »".to_owned(),
                    summary: "Un\u{b} plan".to_owned(),
                    html: Some("<p>L'été <a href=\"/plan/\">le plan</a> &amp; la suite]]></p>".to_owned()),
                    published: at("2026-05-01T08:00:00Z"),
                    updated: at("2026-05-02T08:00:00Z"),
                    categories: vec!["Mobilités".to_owned(), "Vélo \"électrique\"".to_owned()],
                    author: Some("Mairie d’Aubeville".to_owned()),
                },
                Entry {
                    url: "https://participer.garennes.example/actualites/budget/".to_owned(),
                    title: "Budget".to_owned(),
                    summary: String::new(),
                    html: None,
                    published: at("2026-04-01T08:00:00Z"),
                    updated: at("2026-04-01T08:00:00Z"),
                    categories: vec![],
                    author: None,
                },
            ],
        }
    }

    #[test]
    fn a_feed_with_everything_and_with_little() {
        let expected = r#"<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">
<id>https://participer.garennes.example/</id>
<title>Actualités &amp; débats</title>
<subtitle>Ce qui se passe : tout</subtitle>
<link rel="alternate" type="text/html" href="https://participer.garennes.example/actualites/"/>
<link rel="self" type="application/atom+xml" href="https://participer.garennes.example/actualites/atom.xml"/>
<updated>2026-05-02T08:00:00Z</updated>
<author><name>Département des Garennes</name></author>
<entry>
<id>https://participer.garennes.example/actualites/pistes/?a=1&amp;b=2</id>
<title>Pistes cyclables : « 3 &lt; 4 »</title>
<link rel="alternate" type="text/html" href="https://participer.garennes.example/actualites/pistes/?a=1&amp;b=2"/>
<published>2026-05-01T08:00:00Z</published>
<updated>2026-05-02T08:00:00Z</updated>
<author><name>Mairie d’Aubeville</name></author>
<category term="Mobilités"/>
<category term="Vélo &quot;électrique&quot;"/>
<summary>Un plan</summary>
<content type="html" xml:base="https://participer.garennes.example/actualites/pistes/?a=1&amp;b=2">&lt;p&gt;L&apos;été &lt;a href=&quot;/plan/&quot;&gt;le plan&lt;/a&gt; &amp;amp; la suite]]&gt;&lt;/p&gt;</content>
</entry>
<entry>
<id>https://participer.garennes.example/actualites/budget/</id>
<title>Budget</title>
<link rel="alternate" type="text/html" href="https://participer.garennes.example/actualites/budget/"/>
<published>2026-04-01T08:00:00Z</published>
<updated>2026-04-01T08:00:00Z</updated>
</entry>
</feed>
"#;
        let expected = expected.replace("passe : tout", "passe\u{a0}: tout");
        let expected = expected.replace("cyclables :", "cyclables\u{202f}:");
        assert_eq!(feed(&sample()), expected);
    }

    #[test]
    fn a_feed_without_entries_has_its_date_and_author() {
        let written = feed(&Feed { entries: vec![], subtitle: String::new(), ..sample() });
        assert!(written.contains("<updated>2026-05-02T08:00:00Z</updated>"));
        assert!(written.contains("<author><name>Département des Garennes</name></author>\n</feed>\n"));
        assert!(!written.contains("subtitle"));
    }
}
