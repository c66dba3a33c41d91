//! Text: one spelling of each character, and nothing that cannot be seen or turns what is around it.

use unicode_normalization::UnicodeNormalization;

/// A text holds characters that are not text, or none that can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a text")]
pub struct NotText;

/// Reads several lines: composed (NFC), lines ended by `\n` alone.
///
/// # Errors
/// [`NotText`] for a control character, for one that overrides or isolates the direction of what follows (with which a
/// text can be made to read otherwise than it is), and for a text nothing of which is seen.
pub fn lines(typed: &str) -> Result<String, NotText> {
    let composed: String = typed.trim().replace("\r\n", "\n").nfc().collect();
    let text: String = composed.chars().map(|c| if is_line_end(c) { '\n' } else { c }).collect();
    let text = text.trim().to_owned();
    if text.chars().any(is_refused) || (!text.is_empty() && text.chars().all(is_unseen)) {
        return Err(NotText);
    }
    Ok(text)
}

/// Reads one line: lines are joined by a space, and a tabulation is one.
///
/// # Errors
/// As [`lines`].
pub fn line(typed: &str) -> Result<String, NotText> {
    let text = lines(typed)?.replace('\t', " ");
    Ok(text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" "))
}

/// Word processors put some of these between lines.
fn is_line_end(c: char) -> bool {
    matches!(c, '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_refused(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && c != '\n' && c != '\t')
}

/// Spaces, and the characters that Unicode would have shown as nothing.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_end_in_one_way_and_letters_are_composed() {
        assert_eq!(
            lines(" Un\r\nde\u{301}but\rdeux\u{2028}trois\u{b}quatre \n"),
            Ok("Un\ndébut\ndeux\ntrois\nquatre".into())
        );
        assert_eq!(lines("a\n\n\tb"), Ok("a\n\n\tb".into()));
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line("Un banc \r\n\r\n devant\tl’école"), Ok("Un banc devant l’école".into()));
    }

    #[test]
    fn what_cannot_be_seen_or_turns_the_text_round_is_refused() {
        for typed in [
            "a\0b",
            "a\u{1b}[0m",
            "a\u{7f}",
            "a\u{9f}",
            "a\u{202e}b",
            "a\u{2066}b",
            "\u{200b}",
            "\u{3164}\u{feff}",
        ] {
            assert_eq!(lines(typed), Err(NotText), "{typed:?}");
        }
        for typed in ["", "👩‍🌾", "می‌خواهم", "שלום\u{200f}!", "a\u{ad}b"] {
            assert!(lines(typed).is_ok(), "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn a_text_that_was_read_is_read_as_it_is(typed in any::<String>()) {
            for read in [lines, line] {
                if let Ok(text) = read(&typed) {
                    prop_assert_eq!(read(&text), Ok(text.clone()));
                    prop_assert_eq!(text.trim(), &text);
                }
            }
        }
    }
}
