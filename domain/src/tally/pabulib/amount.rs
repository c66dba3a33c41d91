//! Numbers as they are written in files: `1000000`, `400000.0`, `12500,50`, `1 000 000`, `1.5e+06`.

/// A decimal number, exactly: `digits` × 10^-`decimals`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) digits: i128,
    pub(super) decimals: u32,
}

/// More digits than any amount has, few enough to compute with.
const DIGITS: usize = 24;

/// The number that `text` writes, a point or a comma being the decimal sign.
pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let point = decimal_sign(mantissa);
    let (mut digits, mut decimals, mut seen) = (0_i128, 0_i32, 0);
    for (at, character) in mantissa.char_indices() {
        match character {
            '0'..='9' => {
                seen += 1;
                digits = digits * 10 + i128::from(character as u8 - b'0');
                decimals += i32::from(point.is_some_and(|point| at > point));
            }
            '.' | ',' => {}
            ' ' | '\u{a0}' | '\u{202f}' if seen > 0 => {}
            _ => return None,
        }
    }
    if seen == 0 || seen > DIGITS {
        return None;
    }
    decimals -= exponent;
    while decimals > 0 && digits % 10 == 0 {
        digits /= 10;
        decimals -= 1;
    }
    while decimals < 0 {
        digits = digits.checked_mul(10).filter(|_| decimals > -40)?;
        decimals += 1;
    }
    let decimals = u32::try_from(decimals).ok().filter(|&decimals| decimals <= DIGITS as u32)?;
    Some(Decimal { digits: if negative { -digits } else { digits }, decimals })
}

/// Where the decimal sign is: a point or a comma that is alone of its kind, and the last.
fn decimal_sign(text: &str) -> Option<usize> {
    let last = text.rfind(['.', ','])?;
    let sign = &text[last..=last];
    (text.matches(sign).count() == 1).then_some(last)
}

impl Decimal {
    /// 10^decimals.
    pub(super) fn unit(self) -> u64 {
        10_u64.checked_pow(self.decimals).unwrap_or(u64::MAX)
    }

    /// In hundredths, and whether that is the same number; none when it is negative or too large.
    pub(super) fn cents(self) -> Option<(u64, bool)> {
        let hundredths = self.digits.checked_mul(100)?;
        let unit = 10_i128.checked_pow(self.decimals)?;
        let cents = (hundredths + unit / 2).div_euclid(unit);
        Some((u64::try_from(cents).ok()?, hundredths % unit == 0))
    }
}

/// `number`/`unit`, a unit being a power of ten: `12`, `12.5`.
pub fn shown(number: i64, unit: u32) -> String {
    let (sign, number) = (if number < 0 { "-" } else { "" }, number.unsigned_abs());
    let (whole, rest) = (number / u64::from(unit.max(1)), number % u64::from(unit.max(1)));
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let decimals = unit.ilog10() as usize;
    let fraction = format!("{rest:0decimals$}");
    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_however_they_are_written() {
        for (text, cents) in [
            ("1000000", 100_000_000),
            ("400000.0", 40_000_000),
            ("12500,50", 1_250_050),
            ("1 000 000", 100_000_000),
            ("1.5e+06", 150_000_000),
            ("1,000,000", 100_000_000),
            ("1.234,56", 123_456),
            ("1,234.5", 123_450),
            ("0.1", 10),
        ] {
            assert_eq!(decimal(text).and_then(Decimal::cents), Some((cents, true)), "{text}");
        }
        assert_eq!(decimal("3.333333").and_then(Decimal::cents), Some((333, false)));
        for text in ["", "-", "nan", "12 €", "1e999", "--1", "1e-99999999"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
