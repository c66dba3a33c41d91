//! Citizens' text as Markdown that shows it and does nothing else: no link, image, tag, shortcode or code.

/// Plain text: every line as it was written, none of it markup.
pub(super) fn plain(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let mut written = String::with_capacity(text.len() + text.len() / 8);
    let mut is_open = false;
    for line in lines {
        if line.is_empty() {
            written.push('\n');
        } else {
            // A line of a paragraph goes on with the next one: a backslash keeps its end.
            written.push_str(if is_open {
                "\\\n"
            } else if written.is_empty() {
                ""
            } else {
                "\n"
            });
            line_of(line, &mut written);
        }
        is_open = !line.is_empty();
    }
    written.trim().to_owned()
}

/// A line, of which nothing is markup.
fn line_of(line: &str, written: &mut String) {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    for (position, character) in line.char_indices() {
        let begins_block = match character {
            '#' | '+' | '-' | '=' | ':' => position == 0,
            '.' | ')' => digits > 0 && position == digits,
            _ => false,
        };
        if begins_block || "\\`*_{}[]<>&~|!$^\"".contains(character) && character != '"' {
            written.push('\\');
        }
        written.push(character);
    }
}

/// The subset of Markdown that citizens may write: emphasis, lists, quotes, headings, which become the third of the
/// page. Everything else is shown as it was typed.
pub(super) fn rich(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        let line = line.trim();
        // Deeper would be code.
        written.push_str(&" ".repeat(indent.min(3)));
        let marks = line.bytes().take_while(|byte| *byte == b'#').count();
        let line = match line[marks..].strip_prefix(' ') {
            Some(heading) if (1..=6).contains(&marks) => {
                written.push_str("### ");
                heading
            }
            _ => line,
        };
        // A line of dashes under a text would make it a heading.
        let dashes = line.trim_start_matches(['>', ' ']);
        let is_rule = !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-');
        for character in line.chars() {
            if "\\`{}[]<&~|!$^#=".contains(character) || is_rule && character == '-' {
                written.push('\\');
            }
            written.push(character);
        }
        written.push('\n');
    }
    written.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn html(markdown: &str) -> String {
        crate::render_markdown(markdown, "en").0
    }

    /// Only what the subset makes.
    fn tags(html: &str) -> Vec<&str> {
        html.split('<')
            .skip(1)
            .map(|rest| rest.split(['>', ' ']).next().unwrap_or_default().trim_start_matches('/'))
            .collect()
    }

    const HOSTILE: &[&str] = &[
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "![a](https://x.example/a.png)",
        "<https://x.example>",
        "{{ figure(src=\"a\") }}",
        "{% callout() %}\nx\n{% end %}",
        "# titre",
        "    code",
        "```\ncode\n```",
        "a | b\n--|--\n1 | 2",
        "- a\n- b",
        "1. a\n2) b",
        "texte\n===",
        "texte\n---",
        "[^1]\n\n[^1]: note",
        "[a]: https://x.example\n\n[a]",
        "> cite",
        "&lt;b&gt; &amp;amp;",
        "a\\\nb",
        "***",
        "~~barré~~",
        "- [x] fait",
        "@/garennes/_index.md",
        ": définition",
    ];

    #[test]
    fn plain_text_becomes_paragraphs_and_nothing_else() {
        for text in HOSTILE {
            let html = html(&plain(text));
            for tag in tags(&html) {
                assert!(matches!(tag, "p" | "br"), "{text:?} gives {html}");
            }
        }
    }

    #[test]
    fn rich_text_becomes_the_subset_and_nothing_else() {
        for text in HOSTILE {
            let html = html(&rich(text));
            for tag in tags(&html) {
                let subset = ["p", "em", "strong", "ul", "ol", "li", "blockquote", "h2", "h3", "hr"];
                assert!(subset.contains(&tag), "{text:?} gives {html}");
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_shown_as_it_is(text in "[ -~éà«»\n]{0,80}") {
            let html = html(&plain(&text));
            prop_assert!(tags(&html).iter().all(|tag| matches!(*tag, "p" | "br")), "{html}");
            let shown: String = html
                .replace("<p>", "").replace("</p>", "").replace("<br />", "")
                .replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().concat();
            prop_assert_eq!(words(&shown), words(&text));
        }

        #[test]
        fn no_text_makes_a_link_an_image_or_a_tag(text in "[ -~\n]{0,80}") {
            let html = html(&rich(&text));
            for tag in tags(&html) {
                let subset = ["p", "em", "strong", "ul", "ol", "li", "blockquote", "h2", "h3", "hr"];
                prop_assert!(subset.contains(&tag), "{}", html);
            }
        }
    }
}
