//! French typography, for editors who have only a keyboard.

const NO_BREAK: char = '\u{a0}';
const NARROW_NO_BREAK: char = '\u{202f}';

/// The text with the spaces French wants — narrow and unbreakable before `;`, `!` and `?`, unbreakable before
/// `:` and inside « » — and with curved apostrophes. What has no space in front gets one only at the end of a
/// word, so that addresses and times (`https://`, `9:30`) stay as they are.
pub(crate) fn french(text: &str) -> String {
    let mut set = String::with_capacity(text.len() + 8);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\'' if ends_with(&set, char::is_alphanumeric) => set.push('’'),
            ';' | '!' | '?' => push_after(&mut set, NARROW_NO_BREAK, c, characters.peek().copied()),
            ':' => push_after(&mut set, NO_BREAK, c, characters.peek().copied()),
            '»' => {
                trim_spaces(&mut set);
                set.extend([NO_BREAK, c]);
            }
            '«' => {
                while characters.next_if(|next| is_space(*next)).is_some() {}
                set.extend([c, NO_BREAK]);
            }
            _ => set.push(c),
        }
    }
    set
}

/// A mark and the space before it: the one that was written, or one at the end of a word.
fn push_after(set: &mut String, space: char, mark: char, next: Option<char>) {
    let spaced = ends_with(set, is_space);
    let ends_a_word = ends_with(set, |c| c.is_alphanumeric() || matches!(c, ')' | '»' | '%' | '’' | '…'))
        && next.is_none_or(|next| next.is_whitespace() || matches!(next, ')' | '»' | '!' | '?'));
    if spaced {
        trim_spaces(set);
    }
    if spaced || ends_a_word {
        set.push(space);
    }
    set.push(mark);
}

fn trim_spaces(set: &mut String) {
    set.truncate(set.trim_end_matches(is_space).len());
}

fn ends_with(set: &str, test: impl Fn(char) -> bool) -> bool {
    set.chars().next_back().is_some_and(test)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | NO_BREAK | NARROW_NO_BREAK)
}

#[cfg(test)]
mod tests {
    use super::french;

    fn visible(text: &str) -> String {
        french(text).replace('\u{a0}', "~").replace('\u{202f}', "^")
    }

    #[test]
    fn marks_get_their_space() {
        assert_eq!(visible("Quoi ? Non !"), "Quoi^? Non^!");
        assert_eq!(visible("Quoi? Non; ceci: cela"), "Quoi^? Non^; ceci~: cela");
        assert_eq!(visible("Vraiment ?!"), "Vraiment^?!");
        assert_eq!(visible(" ?"), "^?");
    }

    #[test]
    fn quotation_marks_keep_to_their_words() {
        assert_eq!(visible("« ici » et «là»"), "«~ici~» et «~là~»");
        assert_eq!(visible("« Pourquoi ? »"), "«~Pourquoi^?~»");
        assert_eq!(visible("« "), "«~");
    }

    #[test]
    fn apostrophes_are_curved_and_quotes_are_not() {
        assert_eq!(visible("l'eau qu'il 'a'"), "l’eau qu’il 'a’");
    }

    #[test]
    fn addresses_times_and_numbers_stay() {
        for text in ["https://exemple.fr/?a=b;c", "à 9:30", "10 000 soutiens", "(?)"] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn what_is_set_is_left_alone() {
        let once = french("« Quoi ? » : l'eau ; non !");
        assert_eq!(french(&once), once);
    }
}
