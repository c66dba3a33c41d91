//! Text that citizens write in a few marks of Markdown, as HTML that is safe to show.
//!
//! Paragraphs, emphasis, lists and quotations only. A heading is a strong paragraph, a link is its text and its address
//! to be read, a picture its description, HTML the text it is written in.

use ammonia::Builder;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, html};
use std::{
    collections::{HashMap, HashSet},
    mem,
    sync::LazyLock,
};

/// Lists and quotations within each other: deeper ones are drawn as if they were not so deep.
const DEEPEST: usize = 6;

/// All that may come out, without attributes: a second lock, should the first one ever be left open.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::empty();
    cleaner
        .tags(HashSet::from(["blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"]))
        .tag_attributes(HashMap::from([("ol", HashSet::from(["start"]))]))
        .link_rel(None);
    cleaner
});

/// The HTML of a text in Markdown.
pub fn to_html(markdown: &str) -> String {
    let mut drawn = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut drawn, safe(markdown).into_iter());
    CLEANER.clean(&drawn).to_string()
}

fn safe(markdown: &str) -> Vec<Event<'_>> {
    let mut events = Vec::new();
    let mut links = Vec::new();
    let mut depth = 0_usize;
    for event in Parser::new_ext(markdown, Options::empty()) {
        match event {
            Event::Start(Tag::List(_) | Tag::BlockQuote(_)) if depth >= DEEPEST => depth += 1,
            Event::End(TagEnd::List(_) | TagEnd::BlockQuote(_)) if depth > DEEPEST => depth -= 1,
            Event::Start(Tag::Item) | Event::End(TagEnd::Item) if depth > DEEPEST => {}
            Event::Start(Tag::List(_) | Tag::BlockQuote(_)) => {
                depth += 1;
                events.push(event);
            }
            Event::End(TagEnd::List(_) | TagEnd::BlockQuote(_)) => {
                depth -= 1;
                events.push(event);
            }
            Event::Start(Tag::Heading { .. }) => {
                events.extend([Event::Start(Tag::Paragraph), Event::Start(Tag::Strong)]);
            }
            Event::End(TagEnd::Heading(_)) => {
                events.extend([Event::End(TagEnd::Strong), Event::End(TagEnd::Paragraph)]);
            }
            Event::Start(Tag::Link { dest_url, .. }) => links.push((dest_url, events.len())),
            Event::End(TagEnd::Link) => {
                if let Some((address, start)) = links.pop()
                    && text_of(&events[start..]) != address.trim_start_matches("mailto:")
                {
                    events.push(Event::Text(format!(" ({address})").into()));
                }
            }
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
            Event::Start(Tag::HtmlBlock) => events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => events.push(Event::End(TagEnd::Paragraph)),
            Event::Html(text) | Event::InlineHtml(text) => events.push(Event::Text(text)),
            Event::Rule => {}
            Event::SoftBreak => events.push(Event::HardBreak),
            Event::Start(Tag::CodeBlock(_)) => {
                events.push(Event::Start(Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Indented)));
            }
            event @ (Event::Text(_)
            | Event::Code(_)
            | Event::HardBreak
            | Event::Start(Tag::Paragraph | Tag::Item | Tag::Emphasis | Tag::Strong)
            | Event::End(
                TagEnd::Paragraph | TagEnd::Item | TagEnd::Emphasis | TagEnd::Strong | TagEnd::CodeBlock,
            )) => events.push(event),
            // Nothing else is parsed without options.
            _ => {}
        }
    }
    mem::take(&mut events)
}

fn text_of(events: &[Event<'_>]) -> String {
    let texts = events.iter().filter_map(|event| match event {
        Event::Text(text) | Event::Code(text) => Some(&**text),
        _ => None,
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_that_are_promised_are_drawn() {
        assert_eq!(
            to_html(
                "# Un banc\n\nPour **se reposer**, *vraiment*\nà l’ombre.\n\n1. ici\n2. là\n\n> disait-elle"
            ),
            "<p><strong>Un banc</strong></p>\n<p>Pour <strong>se reposer</strong>, <em>vraiment</em><br>\nà l’ombre.</p>\n\
             <ol>\n<li>ici</li>\n<li>là</li>\n</ol>\n<blockquote>\n<p>disait-elle</p>\n</blockquote>\n"
        );
    }

    #[test]
    fn a_link_is_shown_with_its_address_and_leads_nowhere() {
        assert_eq!(
            to_html("[le plan](https://exemple.fr/?a=1&b=2) et <https://exemple.fr/>"),
            "<p>le plan (https://exemple.fr/?a=1&amp;b=2) et https://exemple.fr/</p>\n"
        );
        assert_eq!(to_html("[x](javascript:alert(1))"), "<p>x (javascript:alert(1))</p>\n");
        assert_eq!(to_html("![un banc](https://exemple.fr/x.png)"), "<p>un banc</p>\n");
    }

    #[test]
    fn html_is_the_text_it_is_written_in() {
        assert_eq!(to_html("<b>gras</b>"), "<p>&lt;b&gt;gras&lt;/b&gt;</p>\n");
        let hostile =
            "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n<!-- --><svg/onload=alert(1)>";
        let html = to_html(hostile);
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<svg"), "{html}");
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
    }

    #[test]
    fn the_deepest_text_is_drawn_in_time_and_not_so_deep() {
        for mark in ["> ", "- ", "1. ", "**", "[", "`", "<b>", "![", "_*"] {
            let html = to_html(&mark.repeat(64_000 / mark.len()));
            assert!(html.matches("<blockquote>").count() <= DEEPEST, "{mark}");
        }
    }
}
