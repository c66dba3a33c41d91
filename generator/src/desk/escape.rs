//! Citizens' plain text as Markdown that shows it and does nothing else: no link, image, tag, shortcode or code. (That
//! with marks is `functions::rich_text`.)

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

#[cfg(test)]
mod tests {
    use super::*;
    use functions::rich_text::{to_html, to_markdown};
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

    /// What the preview shows and what the page shows, without what the two write differently.
    fn preview_and_page(typed: &str) -> (String, String) {
        let page = html(&to_markdown(typed)).replace("<br />", "<br>").replace("&quot;", "\"");
        (to_html(typed).replace('\u{a0}', "&nbsp;"), page.replace('\u{a0}', "&nbsp;"))
    }

    #[test]
    fn the_page_shows_rich_text_as_the_preview_did() {
        for typed in HOSTILE {
            let (preview, page) = preview_and_page(typed);
            assert_eq!(preview, page, "{typed:?}");
        }
        let (preview, page) = preview_and_page(&HOSTILE.join("\n"));
        assert_eq!(preview, page);
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
        fn the_page_shows_any_rich_text_as_the_preview_did(
            typed in prop_oneof!["[ -~\n]{0,80}", "[-*_+>#=|`~.()0-9ab\\\\ \n\t]{0,40}"]
        ) {
            let (preview, page) = preview_and_page(&typed);
            prop_assert_eq!(&preview, &page);
            for tag in tags(&page) {
                let subset = ["p", "br", "em", "strong", "ul", "ol", "li", "blockquote"];
                prop_assert!(subset.contains(&tag), "{}", page);
            }
        }

        #[test]
        fn all_that_is_typed_is_shown(typed in "[-*_+>#=|`~.()0-9ab\\\\ \n]{0,40}") {
            let letters = |text: &str| text.chars().filter(|c| "ab=|`~#\\".contains(*c)).collect::<String>();
            let shown: String = html(&to_markdown(&typed)).split('<').enumerate()
                .map(|(n, part)| if n == 0 { part } else { part.split_once('>').map_or("", |(_, text)| text) })
                .collect();
            // The marks of a heading are not shown.
            prop_assume!(!typed.contains('#'));
            prop_assert_eq!(letters(&shown), letters(&typed));
        }
    }
}
