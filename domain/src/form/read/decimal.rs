//! Numbers and amounts, exact: no floating-point number comes near.

use crate::rulebook::group_digits;

/// The largest number that is kept, and the opposite of the smallest: every reader of JSON holds it exactly.
pub const LARGEST: i64 = (1 << 53) - 1;

/// A number as people write it: « 1 234,50 », « 1234.5 € », « 1.234,50 », « −3 ».
///
/// A comma or a full stop that comes once is the decimal mark. Spaces, or what comes more than once, group the digits by
/// three; digits in other groups are a typing error, and no number. The page's script reads in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    is_negative: bool,
    /// Digits before the mark.
    whole: String,
    /// Digits after the mark, perhaps none.
    fraction: String,
    /// What comes after the number: a unit.
    unit: String,
}

/// A number cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unkept {
    /// It has more decimals than are kept.
    TooPrecise,
    /// It is beyond [`LARGEST`].
    TooLarge,
    /// It is beyond the opposite of [`LARGEST`].
    TooSmall,
}

impl Decimal {
    /// Reads a number, perhaps followed by a unit.
    pub fn read(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        let unsigned = typed.strip_prefix(['-', '+', '−']).unwrap_or(typed).trim_start();
        let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == ',' || c.is_whitespace();
        let end = unsigned.find(|c| !is_part(c)).unwrap_or(unsigned.len());
        let (number, unit) = unsigned.split_at(end);
        let number: String = number.trim().chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
        let (whole, fraction) = at_mark(&number).unwrap_or((&number, ""));
        Some(Self {
            is_negative: typed.starts_with(['-', '−']),
            whole: ungrouped(whole)?,
            fraction: fraction.to_owned(),
            unit: unit.trim().to_owned(),
        })
    }

    /// What comes after the number.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The number in units of 10^-`decimals`.
    ///
    /// # Errors
    /// [`Unkept`] when it cannot be kept so.
    pub fn units(&self, decimals: u8) -> Result<i64, Unkept> {
        let decimals = usize::from(decimals);
        if self.fraction.len() > decimals {
            return Err(Unkept::TooPrecise);
        }
        let digits = format!("{}{:0<decimals$}", self.whole, self.fraction);
        match digits.parse::<i64>() {
            Ok(units) if units <= LARGEST => Ok(if self.is_negative { -units } else { units }),
            _ if self.is_negative => Err(Unkept::TooSmall),
            _ => Err(Unkept::TooLarge),
        }
    }

    /// Its first `decimals` decimals, the rest cut, in units of 10^-`decimals`.
    pub(super) fn cut(mut self, decimals: u8) -> Result<i64, Unkept> {
        self.fraction.truncate(decimals.into());
        self.units(decimals)
    }

    /// The largest whole number that is not above it.
    pub fn floor(&self) -> i128 {
        if self.is_negative { -self.magnitude_up() } else { self.magnitude_down() }
    }

    /// The smallest whole number that is not below it.
    pub fn ceiling(&self) -> i128 {
        if self.is_negative { -self.magnitude_down() } else { self.magnitude_up() }
    }

    fn magnitude_down(&self) -> i128 {
        self.whole.parse().unwrap_or(i128::MAX)
    }

    fn magnitude_up(&self) -> i128 {
        let is_whole = self.fraction.bytes().all(|digit| digit == b'0');
        self.magnitude_down().saturating_add(i128::from(!is_whole))
    }
}

/// What is before and after the decimal mark, if there is one.
fn at_mark(number: &str) -> Option<(&str, &str)> {
    let at = number.rfind(['.', ','])?;
    let (before, mark, after) = (&number[..at], &number[at..=at], &number[at + 1..]);
    let is_digits = !after.is_empty() && after.bytes().all(|byte| byte.is_ascii_digit());
    (is_digits && !before.contains(mark)).then_some((before, after))
}

/// The digits of a whole number, which may be in groups of three.
fn ungrouped(whole: &str) -> Option<String> {
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let groups: Vec<&str> = match whole.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => whole.split(&whole[at..=at]).collect(),
        None => vec![whole],
    };
    let (first, rest) = groups.split_first()?;
    let is_grouped = rest.is_empty() || first.len() <= 3;
    let is_number = !first.is_empty() && is_digits(first) && is_grouped;
    (is_number && rest.iter().all(|group| group.len() == 3 && is_digits(group))).then(|| groups.concat())
}

/// A number in units of 10^-`decimals` as the site writes it, `1 234,50`, which [`Decimal::read`] reads again. A whole number
/// has no decimals.
pub fn written(units: i64, decimals: u8) -> String {
    let width = usize::from(decimals);
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = width + 1);
    let (whole, fraction) = digits.split_at(digits.len() - width);
    // What is kept fits, whatever the number of decimals.
    let whole = group_digits(whole.parse().unwrap_or(u64::MAX));
    let sign = if units < 0 { "-" } else { "" };
    match fraction.bytes().all(|digit| digit == b'0') {
        true => format!("{sign}{whole}"),
        false => format!("{sign}{whole},{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cents(typed: &str) -> Option<i64> {
        Decimal::read(typed)?.units(2).ok()
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for typed in [
            "1234,50",
            "1234,5",
            "1234.5",
            "1 234,50",
            "1\u{202f}234,50",
            "1\u{a0}234.50",
            "1.234,50",
            "1,234.50",
            "+1234,5",
            " 1234,50 € ",
            "01234,5",
        ] {
            assert_eq!(cents(typed), Some(123_450), "{typed}");
        }
        for (typed, expected) in
            [("0", 0), ("-0", 0), ("− 3,2", -320), ("1.234.567", 123_456_700), ("1 234 567,8", 123_456_780)]
        {
            assert_eq!(cents(typed), Some(expected), "{typed}");
        }
    }

    #[test]
    fn what_is_no_number_or_could_be_two_is_not_read() {
        for typed in [
            "",
            "-",
            "€",
            "douze",
            ",5",
            "5,",
            "1,2,3",
            "12 34",
            "1 2345",
            "1234 567",
            "1.234 567",
            "1,5 0",
            "١٢",
            "--5",
        ] {
            assert_eq!(cents(typed), None, "{typed}");
        }
        assert_eq!(Decimal::read("1.234").expect("a number").units(2), Err(Unkept::TooPrecise));
        assert_eq!(Decimal::read("1.234").expect("a number").units(3), Ok(1234));
    }

    #[test]
    fn a_number_beyond_what_is_kept_is_told_from_no_number() {
        let read = |typed: &str| Decimal::read(typed).expect("a number").units(2);
        assert_eq!(read("90071992547409,91"), Ok(LARGEST));
        assert_eq!(read("90071992547409,92"), Err(Unkept::TooLarge));
        assert_eq!(read("-90071992547409,92"), Err(Unkept::TooSmall));
        assert_eq!(read(&"9".repeat(10_000)), Err(Unkept::TooLarge));
        assert_eq!(Decimal::read("0").expect("a number").units(255), Ok(0));
    }

    #[test]
    fn what_follows_a_number_is_its_unit() {
        assert_eq!(Decimal::read("12,5 m²").expect("a number").unit(), "m²");
        assert_eq!(Decimal::read("12").expect("a number").unit(), "");
    }

    #[test]
    fn the_whole_numbers_around_a_number_are_exact() {
        for (typed, floor, ceiling) in [
            ("9,99999999999999999999", 9, 10),
            ("-1,5", -2, -1),
            ("3,00", 3, 3),
            ("9007199254740993", 9_007_199_254_740_993, 9_007_199_254_740_993),
        ] {
            let number = Decimal::read(typed).expect("a number");
            assert_eq!((number.floor(), number.ceiling()), (floor, ceiling), "{typed}");
        }
    }

    #[test]
    fn whole_numbers_are_written_without_decimals() {
        assert_eq!(written(100_000, 2), "1\u{202f}000");
        assert_eq!(written(-5, 2), "-0,05");
        assert_eq!(written(125, 1), "12,5");
        assert_eq!(
            written(i64::MIN, 0),
            "-9\u{202f}223\u{202f}372\u{202f}036\u{202f}854\u{202f}775\u{202f}808"
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(units in -LARGEST..=LARGEST, decimals in 0u8..20) {
            prop_assert_eq!(Decimal::read(&written(units, decimals)).expect("a number").units(decimals), Ok(units));
        }

        #[test]
        fn reading_a_number_never_panics(typed in "\\PC{0,40}|[-−+0-9., \u{202f}€]{0,40}") {
            if let Some(number) = Decimal::read(&typed) {
                prop_assert!(number.floor() <= number.ceiling());
                let _ = (number.units(2), number.units(255));
            }
        }
    }
}
