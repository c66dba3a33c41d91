//! Who a person is, however they write it: the canonical forms on which « once per person » rests (I3).

use email_address::{EmailAddress, Options};
use jiff::civil::Date;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The words of a text without case, accents, ligatures or punctuation: « Saint-Élix » → `saint`, `elix`.
pub fn words(text: &str) -> Vec<String> {
    let mut plain = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase) {
        match letter {
            'œ' => plain.push_str("oe"),
            'æ' => plain.push_str("ae"),
            'ß' => plain.push_str("ss"),
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'đ' | 'ð' => plain.push('d'),
            letter if letter.is_alphanumeric() => plain.push(letter),
            _ => plain.push(' '),
        }
    }
    plain.split_whitespace().map(str::to_owned).collect()
}

/// An e-mail address that can be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    address: String,
    canonical: String,
}

/// What was typed is not an e-mail address.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an e-mail address")]
pub struct MalformedEmail;

impl Email {
    /// Reads an address (RFC 5321 syntax, with a full domain name).
    ///
    /// # Errors
    /// [`MalformedEmail`] when it is none.
    pub fn parse(typed: &str) -> Result<Self, MalformedEmail> {
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        let parsed = EmailAddress::parse_with_options(typed.trim(), options).map_err(|_| MalformedEmail)?;
        let domain = idna::domain_to_ascii(parsed.domain()).map_err(|_| MalformedEmail)?;
        // The ends of what the network carries: RFC 5321 §4.5.3.1, and no address outside ASCII before the @, for most
        // servers refuse to carry one. Nor quoted ones, which spell one mailbox in countless ways.
        let local = parsed.local_part();
        if !local.is_ascii() || local.contains(['"', '\\']) || local.len() > 64 || domain.len() > 253 {
            return Err(MalformedEmail);
        }
        let address = format!("{}@{domain}", parsed.local_part());
        let canonical = canonical(parsed.local_part(), &domain);
        Ok(Self { address, canonical })
    }

    /// The address to write to, its domain in ASCII.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// One form for all the spellings that reach the same mailbox: lower case, without `+tag`; at Gmail without
    /// dots and under one domain. What else a provider may take for the same stays distinct.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

fn canonical(local: &str, domain: &str) -> String {
    let local = local.to_lowercase();
    let domain = domain.to_lowercase();
    let mailbox = match local.split_once('+') {
        Some((mailbox, _)) if !mailbox.is_empty() => mailbox,
        _ => &local,
    };
    match domain.as_str() {
        "gmail.com" | "googlemail.com" => format!("{}@gmail.com", mailbox.replace('.', "")),
        _ => format!("{mailbox}@{domain}"),
    }
}

/// A declared civil identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Civil {
    /// Given names as typed.
    pub given_names: String,
    /// Family name as typed.
    pub family_name: String,
    /// Birth date.
    pub birth_date: Date,
}

impl Civil {
    /// One form for all the spellings of a person's names and birth date: without case, accents, hyphens or
    /// apostrophes, names in any order, for many people fill in the two fields the other way round.
    pub fn canonical(&self) -> String {
        let mut names = words(&self.given_names);
        names.extend(words(&self.family_name));
        names.sort();
        format!("{} {}", names.concat(), self.birth_date)
    }
}

/// Whether a text can be a name: at least one letter, no digit, at most a hundred characters, and nothing
/// else than letters, spaces, hyphens, apostrophes, full stops, commas (as identity
/// cards put between given names) and the marks some alphabets need.
pub fn is_name(text: &str) -> bool {
    let allowed = |c: char| {
        c.is_alphabetic() || c == ' ' || c == '\u{a0}' || "-‐’'ʼ.,·".contains(c) || is_combining_mark(c)
    };
    text.chars().count() <= 100 && !words(text).is_empty() && text.chars().all(allowed)
}

/// Reads a date as people in France write it (`21/11/1980`, `21 11 1980`, `21.11.1980`, `21-11-1980`), as the number
/// pads without a slash let them (`21111980`), or as browsers fill it in (`1980-11-21`).
pub fn parse_date(typed: &str) -> Option<Date> {
    let is_separator = |c: char| c.is_whitespace() || "/.-".contains(c);
    let parts: Vec<&str> = typed.split(is_separator).filter(|part| !part.is_empty()).collect();
    if !parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let (year, month, day) = match parts[..] {
        [year, month, day] if year.len() == 4 => (year, month, day),
        [day, month, year] if year.len() == 4 => (year, month, day),
        [all] if all.len() == 8 => (&all[4..], &all[2..4], &all[..2]),
        _ => return None,
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn canonical_email(typed: &str) -> String {
        Email::parse(typed).expect("an address").canonical().to_owned()
    }

    fn person(given_names: &str, family_name: &str) -> String {
        let birth_date = date(1980, 3, 14);
        Civil { given_names: given_names.into(), family_name: family_name.into(), birth_date }.canonical()
    }

    #[test]
    fn spellings_of_one_mailbox_are_one() {
        assert_eq!(canonical_email(" Jeanne.Marchal+petition@Gmail.com "), "jeannemarchal@gmail.com");
        assert_eq!(canonical_email("jeanne.marchal@googlemail.com"), "jeannemarchal@gmail.com");
        assert_eq!(canonical_email("Jeanne+a@Exemple.FR"), "jeanne@exemple.fr");
        assert_eq!(canonical_email("jeanne@éxemple.fr"), canonical_email("jeanne@xn--xemple-9ua.fr"));
        assert_ne!(canonical_email("jeanne.marchal@exemple.fr"), canonical_email("jeannemarchal@exemple.fr"));
    }

    #[test]
    fn what_is_not_an_address_is_refused() {
        for typed in [
            "",
            "jeanne",
            "jeanne@",
            "@exemple.fr",
            "jeanne@exemple",
            "j@e@f.fr",
            "a b@c.fr",
            "jeanne@[127.0.0.1]",
            "Jeanne <j@e.fr>",
            "\"jeanne\"@exemple.fr",
            "\"\\j e\"@exemple.fr",
        ] {
            assert_eq!(Email::parse(typed), Err(MalformedEmail), "{typed}");
        }
    }

    #[test]
    fn spellings_of_one_person_are_one() {
        let expected = person("Jean-Noël", "d’Œuvray");
        for (given_names, family_name) in
            [("jean noel", "D'OEUVRAY"), ("JEAN  NOËL", "d Oeuvray"), ("d'Œuvray", "Jean-Noël")]
        {
            assert_eq!(person(given_names, family_name), expected, "{given_names} {family_name}");
        }
        assert_ne!(person("Jean", "Oeuvray"), expected);
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        for typed in [
            "14/03/1980",
            "14 3 1980",
            "14.03.1980",
            "14-03-1980",
            "1980-03-14",
            " 14 / 03 / 1980 ",
            "14031980",
        ] {
            assert_eq!(parse_date(typed), Some(date(1980, 3, 14)), "{typed}");
        }
        for typed in [
            "",
            "14/03",
            "14/03/80",
            "31/02/1980",
            "mars 1980",
            "14/03/1980/2",
            "14 mars 1980",
            "140380",
            "14,03,1980",
        ] {
            assert_eq!(parse_date(typed), None, "{typed}");
        }
    }

    #[test]
    fn names_of_the_world_are_names() {
        for name in [
            "Zoé",
            "Jean-Pierre",
            "O’Brien",
            "D'Artagnan",
            "Nguyễn Thị",
            "Владимир",
            "王",
            "M. de la Tour",
            "Marie, Jeanne",
        ] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", " ", "-", "R2D2", "<b>", "a@b.fr"] {
            assert!(!is_name(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn canonical_forms_are_stable(given in "[A-Za-zÀ-ÿ '-]{1,20}", family in "[A-Za-zÀ-ÿ '-]{1,20}") {
            prop_assert_eq!(person(&given, &family), person(&given.to_uppercase(), &family.to_lowercase()));
            prop_assert_eq!(person(&given, &family), person(&family, &given));
        }

        #[test]
        fn a_tag_never_makes_a_new_mailbox(local in "[a-z]{1,10}", tag in "[a-z0-9]{0,8}", domain in "[a-z]{2,10}") {
            let plain = canonical_email(&format!("{local}@{domain}.fr"));
            prop_assert_eq!(canonical_email(&format!("{local}+{tag}@{domain}.fr")), plain);
        }

        #[test]
        fn parsing_never_panics(typed in "\\PC{0,40}") {
            let _ = (Email::parse(&typed), parse_date(&typed), is_name(&typed), words(&typed));
        }
    }
}
