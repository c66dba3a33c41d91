//! Telephone numbers.

/// Country code → the first four digits of its numbers as they are written at home. All others are France's, 33.
const OVERSEAS: [(&str, &[&str]); 4] = [
    ("262", &["0262", "0263", "0269", "0639", "0692", "0693"]),
    ("590", &["0590", "0690", "0691"]),
    ("594", &["0594", "0694"]),
    ("596", &["0596", "0696", "0697"]),
];

/// Reads a telephone number as E.164, `+33561000000`: one with its country code (`+` or `00`), or a French one of ten
/// digits. Short numbers are none: who has one has another that can be called from anywhere.
pub fn read(typed: &str) -> Option<String> {
    let is_separator = |c: char| c.is_whitespace() || "./-()‐‑‒–".contains(c);
    let without_separators = |text: &str| text.chars().filter(|c| !is_separator(*c)).collect::<String>();
    let plain = without_separators(typed);
    let number = if plain.starts_with('+') || plain.starts_with("00") {
        // « +33 (0)5 61… »: the zero is for calls within the country.
        let plain = without_separators(&typed.replace("(0)", ""));
        abroad(plain.strip_prefix('+').or_else(|| plain.strip_prefix("00"))?)?
    } else {
        at_home(&plain)?
    };
    Some(format!("+{number}"))
}

/// A number that was read, as it is written in France, `05 61 00 00 00`; one of elsewhere stays as it is.
pub fn written(number: &str) -> String {
    let at_home = match number.strip_prefix("+33") {
        Some(rest) if rest.len() == 9 && is_digits(rest) => format!("0{rest}"),
        _ => return number.to_owned(),
    };
    let separated = at_home.chars().enumerate().flat_map(|(place, digit)| {
        let space = (place > 0 && place % 2 == 0).then_some(' ');
        space.into_iter().chain([digit])
    });
    separated.collect()
}

/// A number after its `+`.
fn abroad(digits: &str) -> Option<String> {
    if !is_digits(digits) || !matches!(digits.len(), 8..=15) || digits.starts_with('0') {
        return None;
    }
    for code in OVERSEAS.iter().map(|(code, _)| *code).chain(["33"]) {
        if let Some(rest) = digits.strip_prefix(code) {
            let rest = rest.strip_prefix('0').unwrap_or(rest);
            return (rest.len() == 9 && !rest.starts_with('0')).then(|| format!("{code}{rest}"));
        }
    }
    Some(digits.to_owned())
}

fn at_home(digits: &str) -> Option<String> {
    let rest = digits
        .strip_prefix('0')
        .filter(|rest| is_digits(rest) && rest.len() == 9 && !rest.starts_with('0'))?;
    let is_overseas = |starts: &[&str]| starts.iter().any(|start| digits.starts_with(start));
    let code = OVERSEAS.iter().find(|(_, starts)| is_overseas(starts)).map_or("33", |(code, _)| code);
    Some(format!("{code}{rest}"))
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_read_is_written_as_it_is_in_france() {
        for (number, expected) in [
            ("+33561001234", "05 61 00 12 34"),
            ("+262692123456", "+262692123456"),
            ("+3225550000", "+3225550000"),
        ] {
            assert_eq!(written(number), expected);
            assert_eq!(read(&written(number)).as_deref(), Some(number));
        }
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for typed in [
            "05 61 00 12 34",
            "0561001234",
            "05.61.00.12.34",
            "05-61-00-12-34",
            "+33 5 61 00 12 34",
            "+33 (0)5 61 00 12 34",
            "+33 05 61 00 12 34",
            "0033561001234",
            "(05) 61 00 12 34",
        ] {
            assert_eq!(read(typed).as_deref(), Some("+33561001234"), "{typed}");
        }
        assert_eq!(read("+32 2 555 12 12").as_deref(), Some("+3225551212"));
    }

    #[test]
    fn numbers_overseas_have_their_own_country_codes() {
        for (typed, expected) in [
            ("0262 12 34 56", "+262262123456"),
            ("0692 12 34 56", "+262692123456"),
            ("0269 12 34 56", "+262269123456"),
            ("0639 12 34 56", "+262639123456"),
            ("0590 12 34 56", "+590590123456"),
            ("0694 12 34 56", "+594694123456"),
            ("0696 12 34 56", "+596696123456"),
        ] {
            assert_eq!(read(typed).as_deref(), Some(expected), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_called_from_anywhere_is_no_number() {
        for typed in [
            "",
            "112",
            "3631",
            "05 61 00 12",
            "05 61 00 12 34 5",
            "00 61 00 12",
            "+33 5 61 00 12",
            "+0561001234",
            "+1234567",
            "+1234567890123456",
            "O5 61 00 12 34",
            "05 61 00 12 34 poste 3",
            "+",
            "00",
            "+33 1 ٢٣ 45 67 89",
        ] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn a_number_that_was_read_is_read_as_it_is(typed in "\\PC{0,20}|[+0 ().-]{0,4}[0-9 .()]{0,20}") {
            if let Some(number) = read(&typed) {
                prop_assert_eq!(read(&number), Some(number));
            }
        }
    }
}
