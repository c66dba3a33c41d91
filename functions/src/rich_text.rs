//! Text that citizens write in a few marks of Markdown. One rule, [`to_markdown`], says what of it is a mark; the preview
//! shows what it gives, and the published page is made of it.
//!
//! Paragraphs with their lines, emphasis, lists and quotations only. A heading is a strong paragraph: its level would
//! depend on the page. All else, links, pictures, code and HTML, is shown as it was typed.

use ammonia::Builder;
use pulldown_cmark::{Options, Parser, html};
use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// Lists and quotations that begin on one line: deeper ones are read as if they were not so deep.
const DEEPEST: usize = 6;

/// All that may come out, without attributes: a second lock, should the first one ever be left open.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::empty();
    cleaner
        .tags(HashSet::from(["blockquote", "br", "em", "li", "ol", "p", "strong", "ul"]))
        .tag_attributes(HashMap::from([("ol", HashSet::from(["start"]))]))
        .link_rel(None);
    cleaner
});

/// The HTML of what a citizen typed, safe to show.
pub fn to_html(typed: &str) -> String {
    let markdown = to_markdown(typed);
    let mut drawn = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut drawn, Parser::new_ext(&markdown, Options::empty()));
    CLEANER.clean(&drawn).to_string()
}

/// What a citizen typed as Markdown that any reader of Markdown shows as we do: the marks of the subset are as they were,
/// whatever else would be one is escaped.
pub fn to_markdown(typed: &str) -> String {
    let mut written = String::with_capacity(typed.len() + typed.len() / 8);
    let mut before = Line::Blank;
    for line in typed.lines().map(Line::read) {
        written.push_str(match (&before, &line) {
            // A line of a paragraph goes on with the next one: a backslash keeps its end.
            (Line::Text { .. }, Line::Text { marks, .. }) if marks.is_empty() => "\\\n",
            (Line::Heading(_), _) | (_, Line::Heading(_)) => "\n\n",
            _ => "\n",
        });
        line.write(&mut written);
        before = line;
    }
    written.trim_matches('\n').to_owned()
}

/// A line, as far as what begins it goes.
enum Line<'a> {
    Blank,
    /// The text of a heading.
    Heading(&'a str),
    Text {
        /// Spaces before it: they say to which list it belongs.
        indent: usize,
        /// The marks of lists and quotations that it begins with, each with one space after it.
        marks: String,
        text: &'a str,
    },
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Self {
        // More would be code.
        let indent = line.bytes().take_while(|byte| *byte == b' ').count().min(3);
        let mut text = line.trim();
        let hashes = text.bytes().take_while(|byte| *byte == b'#').count();
        if (1..=6).contains(&hashes)
            && let Some(heading) = text[hashes..].strip_prefix(' ').map(str::trim)
            && !heading.is_empty()
        {
            return Self::Heading(heading);
        }
        let mut marks = String::new();
        for deep in 0.. {
            if is_rule(text) {
                break;
            }
            let Some((mark, rest)) = mark(text) else { break };
            if deep < DEEPEST {
                marks.push_str(mark);
                marks.push(' ');
            }
            text = rest;
        }
        match (text, marks.as_str()) {
            ("", "") => Self::Blank,
            _ => Self::Text { indent, marks, text },
        }
    }

    fn write(&self, written: &mut String) {
        match self {
            Self::Blank => {}
            Self::Heading(text) => {
                written.push_str("**");
                text.chars().for_each(|character| write(character, "*_", written));
                written.push_str("**");
            }
            Self::Text { indent, marks, text } => {
                written.extend(std::iter::repeat_n(' ', *indent));
                written.push_str(marks);
                // What would begin a block, or a list of nothing.
                let digits = text.trim_start_matches(|character: char| character.is_ascii_digit());
                let is_block = is_rule(text) || matches!(digits, "+" | "." | ")");
                let also = if is_block { "-+*_.)" } else { "" };
                text.chars().for_each(|character| write(character, also, written));
            }
        }
    }
}

/// The mark of a list or a quotation that a text begins with, and what follows it.
fn mark(text: &str) -> Option<(&str, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let end = match text.as_bytes().get(digits)? {
        b'>' if digits == 0 => return Some((">", text[1..].trim_start())),
        b'-' | b'*' | b'+' if digits == 0 => 1,
        // CommonMark counts no further.
        b'.' | b')' if (1..=9).contains(&digits) => digits + 1,
        _ => return None,
    };
    let rest = text[end..].strip_prefix([' ', '\t'])?.trim_start();
    (!rest.is_empty()).then(|| (&text[..end], rest))
}

/// A line of dashes or stars would be a rule, or make a heading of the line before it.
fn is_rule(text: &str) -> bool {
    let is_of = |mark: char| text.chars().all(|character| character == mark || character.is_whitespace());
    !text.is_empty() && ['-', '*', '_'].into_iter().any(is_of)
}

/// A character that is no mark; `also` are those that are none here either.
fn write(character: char, also: &str, written: &mut String) {
    if "\\`{}[]<>&~|!$^#=".contains(character) || also.contains(character) {
        written.push('\\');
    }
    written.push(character);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_that_are_promised_are_drawn() {
        assert_eq!(
            to_html(
                "# Un banc\nPour **se reposer**, *vraiment*\nà l’ombre.\n\n1. ici\n2. là\n   et là\n\n> disait-elle"
            ),
            "<p><strong>Un banc</strong></p>\n<p>Pour <strong>se reposer</strong>, <em>vraiment</em><br>\nà l’ombre.</p>\n\
             <ol>\n<li>ici</li>\n<li>là<br>\net là</li>\n</ol>\n<blockquote>\n<p>disait-elle</p>\n</blockquote>\n"
        );
        assert_eq!(
            to_html("- a\n  - b\n- c\n\nfin"),
            "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n<li>c</li>\n</ul>\n<p>fin</p>\n"
        );
    }

    #[test]
    fn everything_else_is_shown_as_it_was_typed() {
        for typed in [
            "[le plan](https://exemple.fr/?a=1&b=2)",
            "<https://exemple.fr/>",
            "![un banc](https://exemple.fr/x.png)",
            "[x](javascript:alert(1))",
            "<b>gras</b> &amp; <!-- rien -->",
            "<script>alert(1)</script>",
            "{{ figure(src=\"a\") }} {% callout() %}",
            "```",
            "`code`",
            "a | b",
            "[a]: https://exemple.fr",
            "~~barré~~ [^1] $x$",
            "***",
            "- - -",
            "---",
            "-",
            "1.",
            "#hashtag",
            "==",
        ] {
            let html = to_html(typed);
            let shown =
                html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>\n")).unwrap_or(&html);
            let shown = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
            assert_eq!(shown, typed, "{html}");
        }
        // A line of dashes makes no heading of the one before it.
        assert_eq!(to_html("texte\n---\n===\n-"), "<p>texte<br>\n---<br>\n===<br>\n-</p>\n");
        assert_eq!(to_html("    pas du code"), "<p>pas du code</p>\n");
        assert_eq!(to_html("-      pas du code"), "<ul>\n<li>pas du code</li>\n</ul>\n");
        assert_eq!(to_html("- ***"), "<ul>\n<li>***</li>\n</ul>\n");
    }

    #[test]
    fn the_deepest_text_is_drawn_in_time_and_not_so_deep() {
        for mark in ["> ", "- ", "1. ", "**", "[", "`", "<b>", "![", "_*"] {
            let html = to_html(&mark.repeat(64_000 / mark.len()));
            assert!(html.matches("<blockquote>").count() <= DEEPEST, "{mark}");
        }
    }
}
