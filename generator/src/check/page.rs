//! What is seen of a page as readers get it.

use crate::output::brotli;
use lol_html::{HtmlRewriter, Settings, element, html_content::Element};
use std::collections::BTreeSet;

/// What is seen of a page.
#[derive(Default)]
pub(super) struct Page {
    /// Where it is read; `None` when it only answers in place of others.
    url: Option<String>,
    ids: BTreeSet<String>,
    pub(super) repeated_ids: BTreeSet<String>,
    /// Links to pages and files of the site.
    pub(super) links: BTreeSet<String>,
    /// Links to other sites.
    pub(super) outside: BTreeSet<String>,
    /// Images that say nothing to who does not see them.
    pub(super) undescribed: BTreeSet<String>,
    /// Levels, in order.
    pub(super) headings: Vec<u8>,
    pub(super) styles: BTreeSet<String>,
    pub(super) scripts: BTreeSet<String>,
    /// In bytes of brotli.
    pub(super) size: usize,
}

impl Page {
    /// Reads a page of the site at `base_url`.
    pub(super) fn read(html: &[u8], base_url: &str, url: Option<String>) -> Self {
        let mut page = Self { url, size: brotli(html).map_or(0, |small| small.len()), ..Self::default() };
        let look = element!("*", |element| {
            page.look(element, base_url);
            Ok(())
        });
        let settings = Settings::new().append_element_content_handler(look).with_strict(false);
        let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
        // What cannot be read as HTML is for the checker of HTML to say.
        let _ = rewriter.write(html).and_then(|()| rewriter.end());
        page
    }

    fn look(&mut self, element: &Element<'_, '_>, base_url: &str) {
        let name = element.tag_name();
        let value = |attribute: &str| element.get_attribute(attribute).map(|value| decode(&value));
        if let Some(id) = value("id").filter(|id| !self.ids.insert(id.clone())) {
            self.repeated_ids.insert(id);
        }
        let (href, src) = (value("href").or_else(|| value("xlink:href")), value("src"));
        match &*name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.headings.push(name.as_bytes()[1] - b'0'),
            "img" if element.get_attribute("alt").is_none() => {
                self.undescribed.insert(src.clone().unwrap_or_default());
            }
            "script" => self.scripts.extend(src.clone()),
            "link" => match (value("rel").as_deref(), &href) {
                (Some("stylesheet"), Some(href)) => {
                    self.styles.insert(href.clone());
                }
                (Some("modulepreload"), Some(href)) => {
                    self.scripts.insert(href.clone());
                }
                _ => {}
            },
            _ => {}
        }
        if name == "a" {
            let outside =
                href.as_deref().filter(|href| href.starts_with("https://") || href.starts_with("http://"));
            self.outside.extend(outside.filter(|href| inside(href, base_url).is_none()).map(str::to_owned));
        }
        let candidates = value("srcset").unwrap_or_default();
        let candidates = candidates.split(',').filter_map(|candidate| candidate.split_whitespace().next());
        let written = href.iter().chain(&src).map(String::as_str).chain(candidates);
        self.links.extend(written.filter_map(|link| inside(link, base_url)).map(str::to_owned));
    }

    /// The file of the site that a link leads to, itself when `None`, and the place in it.
    pub(super) fn target<'l>(&self, link: &'l str) -> (Option<String>, Option<&'l str>) {
        let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
        let path = path.split('?').next().unwrap_or_default();
        if path.is_empty() {
            return (None, anchor);
        }
        let folder =
            self.url.as_deref().and_then(|url| url.rsplit_once('/')).map_or("", |(folder, _)| folder);
        let whole = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
        let mut segments: Vec<&str> = Vec::new();
        for segment in whole.split('/').skip(1) {
            match segment {
                ".." => {
                    segments.pop();
                }
                "." => {}
                other => segments.push(other),
            }
        }
        let file = segments.join("/");
        let is_folder = file.is_empty() || file.ends_with('/');
        (Some(if is_folder { format!("{file}index.html") } else { file }), anchor)
    }

    /// Whether a link can lead to this place of the page.
    pub(super) fn has(&self, anchor: &str) -> bool {
        anchor.is_empty() || anchor == "top" || anchor.starts_with(":~:") || self.ids.contains(anchor)
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.ids.iter().map(String::as_str)
    }
}

/// The link as seen from the site, if it leads there.
fn inside<'l>(link: &'l str, base_url: &str) -> Option<&'l str> {
    let own = link.strip_prefix(base_url).filter(|rest| rest.is_empty() || rest.starts_with(['/', '#', '?']));
    if let Some(own) = own {
        return Some(if own.is_empty() { "/" } else { own });
    }
    let is_outside =
        link.starts_with("//") || link.split(['/', '?', '#']).next().is_some_and(|start| start.contains(':'));
    (!is_outside).then_some(link)
}

/// The value of an attribute, as it was before it was escaped.
fn decode(value: &str) -> String {
    const ENTITIES: [(&str, &str); 6] =
        [("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    if !value.contains('&') {
        return value.to_owned();
    }
    ENTITIES.iter().fold(value.to_owned(), |value, (entity, character)| value.replace(entity, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://participer.example";

    fn read(html: &str) -> Page {
        Page::read(html.as_bytes(), BASE, Some("/sault/".to_owned()))
    }

    #[test]
    fn a_link_leads_to_a_file_of_the_site_or_outside() {
        let target = |link: &str| read("").target(link).0;
        assert_eq!(target("/a/?q=x#y").as_deref(), Some("a/index.html"));
        assert_eq!(target("/").as_deref(), Some("index.html"));
        assert_eq!(target("plan.pdf#page=2").as_deref(), Some("sault/plan.pdf"));
        assert_eq!(target("../b/./c/").as_deref(), Some("b/c/index.html"));
        assert_eq!(target("#y"), None);
        assert_eq!(inside("https://participer.example", BASE), Some("/"));
        assert_eq!(inside("https://participer.example/a/", BASE), Some("/a/"));
        assert_eq!(inside("https://participer.example.org/a/", BASE), None);
        assert_eq!(inside("mailto:a@example.fr", BASE), None);
        assert_eq!(inside("a/?x=b:c", BASE), Some("a/?x=b:c"));
    }

    #[test]
    fn what_readers_get_is_seen() {
        let page = read(
            "<link rel=stylesheet href=/assets/a.css><script src=/assets/a.js></script>\
             <h1 id=a>A</h1><h3 id=a>B</h3><img src=/x.svg><img alt='' src=/y.svg srcset='/y-1.webp 1x, /y-2.webp 2x'>\
             <svg><use href='#b'/></svg><a href='https://example.org/?a=1&amp;b=2'>x</a>",
        );
        assert_eq!(page.headings, [1, 3]);
        assert_eq!(Vec::from_iter(&page.repeated_ids), ["a"]);
        assert_eq!(Vec::from_iter(&page.undescribed), ["/x.svg"]);
        assert_eq!(Vec::from_iter(&page.outside), ["https://example.org/?a=1&b=2"]);
        let links = ["#b", "/assets/a.css", "/assets/a.js", "/x.svg", "/y-1.webp", "/y-2.webp", "/y.svg"];
        assert_eq!(Vec::from_iter(&page.links), links);
        assert!(page.styles.contains("/assets/a.css") && page.scripts.contains("/assets/a.js"));
    }
}
