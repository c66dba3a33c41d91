//! Numbers under which public registers know organisations.

/// La Poste's SIREN: its tens of thousands of establishments have SIRETs made by another rule (INSEE).
const LA_POSTE: &str = "356000000";

/// Reads a SIRET: 14 digits, the last of which checks the others.
pub fn siret(typed: &str) -> Option<String> {
    let siret = plain(typed);
    if siret.len() != 14 || !siret.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = || siret.bytes().map(|byte| u32::from(byte - b'0'));
    let is_of_la_poste = siret.starts_with(LA_POSTE) && digits().sum::<u32>().is_multiple_of(5);
    // Luhn: every other digit from the left counts twice, as the sum of the digits of its double.
    let luhn = digits().enumerate().map(|(n, digit)| match digit * if n % 2 == 0 { 2 } else { 1 } {
        double @ 10.. => double - 9,
        digit => digit,
    });
    let is_right = luhn.sum::<u32>().is_multiple_of(10);
    (is_right || is_of_la_poste).then_some(siret)
}

/// Reads an association's number in the Répertoire national des associations: `W`, and nine digits of which the second is
/// a letter in Corsica and overseas (`W2A…`, `W9R…`). It has no check digit.
pub fn rna(typed: &str) -> Option<String> {
    let rna = plain(typed).to_uppercase();
    let is_rna = matches!(rna.as_bytes(), [b'W', first, second, rest @ ..]
        if first.is_ascii_digit()
            && (second.is_ascii_digit() || second.is_ascii_uppercase())
            && rest.len() == 7
            && rest.iter().all(u8::is_ascii_digit));
    is_rna.then_some(rna)
}

fn plain(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_siret_is_known_by_its_check_digit() {
        assert_eq!(siret("732 829 320 00074").as_deref(), Some("73282932000074"));
        assert_eq!(siret("73282932000074").as_deref(), Some("73282932000074"));
        for typed in [
            "",
            "732 829 320",
            "73282932000075",
            "7328293200007",
            "732829320000740",
            "7328293200007X",
            "٧٣٢٨٢٩٣٢٠٠٠٠٧٤",
        ] {
            assert_eq!(siret(typed), None, "{typed}");
        }
    }

    #[test]
    fn la_poste_has_sirets_of_its_own() {
        // Its head office follows Luhn; a post office, the other rule.
        assert_eq!(siret("35600000000048").as_deref(), Some("35600000000048"));
        assert_eq!(siret("35600000049837").as_deref(), Some("35600000049837"));
        assert_eq!(siret("35600000049838"), None);
    }

    #[test]
    fn an_association_is_known_by_its_number() {
        for (typed, expected) in [
            ("W313004421", "W313004421"),
            ("w 313 004 421", "W313004421"),
            ("W9R1011072", "W9R1011072"),
            ("w2b2000123", "W2B2000123"),
        ] {
            assert_eq!(rna(typed).as_deref(), Some(expected), "{typed}");
        }
        for typed in ["", "W31300442", "W3130044210", "313004421", "X313004421", "WA13004421", "W31A004421"] {
            assert_eq!(rna(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn of_a_siret_no_digit_can_be_mistaken(start in "[0-9]{13}", place in 0usize..14, other in 0u8..10) {
            let right = (0..10).filter_map(|last| siret(&format!("{start}{last}"))).find(|siret| !siret.starts_with(LA_POSTE));
            if let Some(right) = right {
                let mut wrong = right.clone().into_bytes();
                wrong[place] = b'0' + other;
                let wrong = String::from_utf8(wrong).expect("digits");
                prop_assert!(wrong == right || wrong.starts_with(LA_POSTE) || siret(&wrong).is_none());
            }
        }

        #[test]
        fn reading_a_number_never_panics(typed in "\\PC{0,20}") {
            let _ = (siret(&typed), rna(&typed));
        }
    }
}
