//! Markdown means what CommonMark and its usual extensions say, but where we have decided otherwise.

use generator::render_markdown;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};
use serde_json::Value;
use std::collections::BTreeSet;

const EXAMPLES: &str = include_str!("commonmark/examples.json");

/// How many examples each suite has.
const SUITES: [(&str, usize); 7] = [
    ("footnotes", 26),
    ("gfm_strikethrough", 3),
    ("gfm_table", 9),
    ("gfm_tasklist", 2),
    ("spec", 652),
    ("strikethrough", 15),
    ("table", 28),
];

/// Where links may lead that are not to a page of the site.
const SCHEMES: [&str; 4] = ["https:", "mailto:", "tel:", "#"];

struct Example {
    name: String,
    markdown: String,
    html: String,
}

fn examples() -> Vec<Example> {
    let suites: Value = serde_json::from_str(EXAMPLES).expect("JSON");
    let suites = suites.as_object().expect("suites");
    let counted: BTreeSet<(&str, usize)> =
        suites.iter().map(|(suite, examples)| (&**suite, examples.as_array().map_or(0, Vec::len))).collect();
    assert_eq!(counted, SUITES.into());
    let read = |(suite, examples): (&String, &Value)| {
        let pairs: Vec<(String, String)> = serde_json::from_value(examples.clone()).expect("pairs of texts");
        let example = |(number, (markdown, html)): (usize, (String, String))| Example {
            name: format!("{suite} {}", number + 1),
            markdown,
            html,
        };
        pairs.into_iter().enumerate().map(example).collect::<Vec<_>>()
    };
    suites.iter().flat_map(read).collect()
}

/// What a text becomes when nothing is typeset, without what may be seen otherwise, and what is wrong in it.
fn ours(markdown: &str) -> (String, String) {
    let (html, found) = render_markdown(markdown, "en");
    (without_anchors(&html), found.to_string())
}

/// Headings without their anchors.
fn without_anchors(html: &str) -> String {
    let mut plain = String::new();
    for piece in html.split_inclusive('>') {
        let heading = (1..=6).map(|level| format!("<h{level} id=\"")).find(|start| piece.contains(start));
        match heading.and_then(|start| Some((piece.find(&start)?, start.len()))) {
            Some((start, length)) => plain.extend([&piece[..start + length - " id=\"".len()], ">"]),
            None => plain.push_str(piece),
        }
    }
    plain
}

fn is_allowed(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| address.starts_with(scheme))
}

/// What is not as the library has it, for it is refused: raw HTML, links to nowhere, images of other sites.
#[derive(Debug, Default, PartialEq, Eq)]
struct Refused {
    html: usize,
    links: usize,
    images: usize,
}

/// What the library makes of a text, without what we refuse, tasks and alignments said our way.
fn library(markdown: &str) -> (String, Refused) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let mut refused = Refused::default();
    let (mut in_image, mut in_dropped_link) = (0_usize, false);
    let mut events = Vec::new();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Start(Tag::Image { .. }) => {
                refused.images += 1;
                in_image += 1;
            }
            Event::End(TagEnd::Image) => in_image -= 1,
            _ if in_image > 0 => {}
            Event::Start(Tag::Link { link_type, ref dest_url, .. })
                if link_type != pulldown_cmark::LinkType::Email && !is_allowed(dest_url) =>
            {
                refused.links += 1;
                in_dropped_link = true;
            }
            Event::End(TagEnd::Link) if in_dropped_link => in_dropped_link = false,
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => refused.html += 1,
            Event::Html(_) | Event::End(TagEnd::HtmlBlock) => {}
            Event::TaskListMarker(done) => {
                events.push(Event::Text(CowStr::Borrowed(if done { "☑ " } else { "☐ " })));
            }
            other => events.push(other),
        }
    }
    let mut html = String::new();
    html::push_html(&mut html, events.into_iter());
    (with_classes(&html), refused)
}

/// Cells that say by a class how they are aligned.
fn with_classes(html: &str) -> String {
    ["left", "center", "right"].iter().fold(html.to_owned(), |html, side| {
        html.replace(&format!(" style=\"text-align: {side}\""), &format!(" class=\"{side}\""))
    })
}

/// The HTML that a specification expects, written as we write it: links to nowhere are their text, and images none.
fn expected(html: &str) -> String {
    let mut kept = String::new();
    let mut rest = html;
    let mut is_dropped = false;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        kept.push_str(before);
        let (tag, after) = tag.split_at(tag.find('>').map_or(tag.len(), |end| end + 1));
        let address = tag.strip_prefix("<a href=\"").and_then(|tag| tag.split('"').next());
        match address {
            Some(address) if !is_allowed(address) => is_dropped = true,
            _ if tag == "</a>" && is_dropped => is_dropped = false,
            _ if tag.starts_with("<img ") => {}
            _ if tag.starts_with("<input ") => {
                kept.push_str(if tag.contains("checked") { "☑ " } else { "☐ " })
            }
            _ => kept.push_str(tag),
        }
        rest = after;
    }
    kept.push_str(rest);
    let same = [("<br>", "<br />"), ("<hr>", "<hr />"), ("☑ \n", "☑ "), ("☐ \n", "☐ ")];
    let same = same.iter().fold(with_classes(&kept), |html, (from, to)| html.replace(from, to));
    loose(&same)
}

/// Line breaks between tags mean nothing.
fn loose(html: &str) -> String {
    html.replace(">\n<", "><").trim_end().to_owned()
}

#[test]
fn every_example_becomes_what_the_library_makes_of_it() {
    let examples = examples();
    for Example { name, markdown, .. } in &examples {
        assert_eq!(ours(markdown).0, library(markdown).0, "{name}: {markdown:?}");
    }
    assert_eq!(examples.len(), 735);
}

#[test]
fn every_example_without_raw_html_becomes_what_its_specification_says() {
    let (mut compared, mut with_html) = (0, 0);
    for Example { name, markdown, html } in examples() {
        if library(&markdown).1.html > 0 {
            with_html += 1;
        } else {
            assert_eq!(loose(&ours(&markdown).0), expected(&html), "{name}: {markdown:?}");
            compared += 1;
        }
    }
    assert_eq!((compared, with_html), (662, 73));
}

#[test]
fn what_is_refused_is_said() {
    let mut seen = Refused::default();
    for Example { name, markdown, .. } in examples() {
        let ((_, found), (_, refused)) = (ours(&markdown), library(&markdown));
        let says = |message: &str| found.matches(message).count();
        assert_eq!(says("le HTML n’est pas permis") > 0, refused.html > 0, "{name}: {found}");
        seen.html += refused.html;
        seen.links += refused.links;
        seen.images += refused.images;
        if refused.links + refused.images > 0 {
            assert!(found.contains("erreur"), "{name}: {markdown:?}");
        }
    }
    assert_eq!(seen, Refused { html: 92, links: 108, images: 25 });
}

#[test]
fn each_heading_has_an_anchor_of_its_own() {
    for Example { name, markdown, .. } in examples() {
        let html = render_markdown(&markdown, "en").0;
        let headings = (1..=6).map(|level| html.matches(&format!("<h{level}")).count()).sum::<usize>();
        let anchors: Vec<&str> =
            html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let anchors: BTreeSet<&str> = anchors.into_iter().collect();
        assert!(anchors.len() >= headings, "{name}: {html}");
    }
}
