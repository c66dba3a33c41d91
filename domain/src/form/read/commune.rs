//! Communes.

use crate::{eligibility::Territory, identity::is_name};

/// A commune, by its official code, its name, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commune {
    /// Official code; empty when only the name is known.
    pub code: String,
    /// Name; empty when only the code is known.
    pub name: String,
}

/// What was typed is no commune.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCommune {
    /// It is none of the territory.
    #[error("not of the territory")]
    Outside,
    /// It can be no commune anywhere.
    #[error("no commune")]
    Malformed,
}

/// Reads a commune. Of a territory, both its code and its name are known. Of anywhere, there is no list to look into: an
/// official code is kept as one, and a text that can be a name as the name, neither compared with anything.
///
/// # Errors
/// [`NoCommune`].
pub fn read(typed: &str, territory: &Territory) -> Result<Commune, NoCommune> {
    match territory {
        Territory::Communes(communes) => {
            let code = territory.find(typed).ok_or(NoCommune::Outside)?;
            let name = communes.get(code).cloned().unwrap_or_default();
            Ok(Commune { code: code.to_owned(), name })
        }
        Territory::Any if is_code(&typed.trim().to_uppercase()) => {
            Ok(Commune { code: typed.trim().to_uppercase(), name: String::new() })
        }
        Territory::Any => {
            let name =
                super::text::line(typed).ok().filter(|name| is_name(name)).ok_or(NoCommune::Malformed)?;
            Ok(Commune { code: String::new(), name })
        }
    }
}

/// Five digits that begin with a département, of which Corsica's two have a letter.
fn is_code(typed: &str) -> bool {
    let (department, digits) = match typed.strip_prefix("2A").or_else(|| typed.strip_prefix("2B")) {
        Some(rest) => (20, rest),
        None => (typed.get(..2).and_then(|start| start.parse().ok()).unwrap_or(0), typed),
    };
    let is_of_a_department = match department {
        20 => digits.len() == 3,
        1..=95 | 97 | 98 => digits.len() == 5,
        _ => false,
    };
    is_of_a_department && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_commune_of_the_territory_has_its_code_and_its_name() {
        let communes = BTreeMap::from([("99001".to_owned(), "Saint-Élix".to_owned())]);
        let territory = Territory::Communes(communes);
        let found = Ok(Commune { code: "99001".into(), name: "Saint-Élix".into() });
        assert_eq!(read("st elix", &territory), found);
        assert_eq!(read(" 99001 ", &territory), found);
        assert_eq!(read("Toulouse", &territory), Err(NoCommune::Outside));
    }

    #[test]
    fn a_commune_of_anywhere_is_a_code_or_a_name() {
        for code in ["31555", "2A004", "97411"] {
            let expected = Commune { code: code.into(), name: String::new() };
            assert_eq!(read(&code.to_lowercase(), &Territory::Any), Ok(expected), "{code}");
        }
        let expected = Commune { code: String::new(), name: "L’Haÿ-les-Roses".into() };
        assert_eq!(read(" L’Haÿ-les-Roses ", &Territory::Any), Ok(expected));
        for typed in ["", "3155", "315555", "00123", "20001", "2C001", "96001", "+1234", "<b>", "Lyon 3e"] {
            assert_eq!(read(typed, &Territory::Any), Err(NoCommune::Malformed), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn reading_a_commune_never_panics(typed in "\\PC{0,12}") {
            let _ = read(&typed, &Territory::Any);
        }
    }
}
