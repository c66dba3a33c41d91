//! Giving and withdrawing support: what is asked, what is refused and why, and who counts as the same person.

use crate::{
    eligibility::{Eligibility, Link, OLDEST, Territory, age},
    identity::{Civil, Email, is_name, parse_date},
    refusal::Refusal,
    rulebook::{Deposit, Process},
    secret::{Key, Pseudonym},
    window::Phase,
};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// A field of the forms, named as in HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Given names.
    GivenNames,
    /// Family name.
    FamilyName,
    /// E-mail address.
    Email,
    /// Birth date.
    BirthDate,
    /// Commune.
    Commune,
    /// Link to the territory.
    Link,
    /// Consent to the use of the data.
    Consent,
    /// The six-digit code.
    Code,
}

impl Field {
    /// The name in HTML and in the keys of messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GivenNames => "given_names",
            Self::FamilyName => "family_name",
            Self::Email => "email",
            Self::BirthDate => "birth_date",
            Self::Commune => "commune",
            Self::Link => "link",
            Self::Consent => "consent",
            Self::Code => "code",
        }
    }
}

/// What the support form holds, as typed. A field that was not sent is empty. The withdrawal form has the first
/// four.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// Given names.
    pub given_names: String,
    /// Family name.
    pub family_name: String,
    /// E-mail address.
    pub email: String,
    /// Birth date.
    pub birth_date: String,
    /// Commune, by name or code.
    pub commune: String,
    /// Link to the territory.
    pub link: String,
    /// `yes` when ticked.
    pub consent: String,
}

impl Form {
    /// Names in HTML and what was typed, in the order of the form.
    pub fn fields(&self) -> [(&'static str, &str); 7] {
        let Self { given_names, family_name, email, birth_date, commune, link, consent } = self;
        [
            ("given_names", given_names),
            ("family_name", family_name),
            ("email", email),
            ("birth_date", birth_date),
            ("commune", commune),
            ("link", link),
            ("consent", consent),
        ]
    }
}

/// What the person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wish {
    /// To give support.
    Support,
    /// To take it back.
    Withdrawal,
}

impl Wish {
    /// A word for it in keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Withdrawal => "withdrawal",
        }
    }
}

/// A person whose form passed every rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Where the code goes.
    pub email: Email,
    /// Who they say they are.
    pub civil: Civil,
}

/// Whether the deposit accepts supports and withdrawals at `now` (I1, I2).
///
/// # Errors
/// The refusal that says since or from when.
pub fn check_open(deposit: &Deposit, now: Timestamp) -> Result<(), Refusal> {
    match deposit.window.phase(now) {
        Phase::Open => Ok(()),
        Phase::Before => Err(Refusal::general("before").with("opens", &deposit.opens_text)),
        Phase::After => Err(Refusal::general("closed").with("closes", &deposit.closes_text)),
    }
}

/// Checks a form against every rule, at `now` in the authority's time zone.
///
/// # Errors
/// Every refusal, in the order of the fields.
pub fn check(
    wish: Wish,
    form: &Form,
    process: &Process,
    deposit: &Deposit,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Person, Vec<Refusal>> {
    check_open(deposit, now).map_err(|refusal| vec![refusal])?;
    let eligibility = match wish {
        Wish::Support => Some(&process.eligibility),
        Wish::Withdrawal => None,
    };
    check_person(form, eligibility, now, zone)
}

/// Checks who somebody says they are, at `now` in the authority's time zone; and, unless they only take back what they
/// did, whether they may take part.
///
/// # Errors
/// Every refusal, in the order of the fields.
pub fn check_person(
    form: &Form,
    eligibility: Option<&Eligibility>,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Person, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut keep = |result: Result<(), Refusal>| refusals.extend(result.err());

    keep(check_name(Field::GivenNames, &form.given_names));
    keep(check_name(Field::FamilyName, &form.family_name));
    let email = read_email(&form.email).map_err(|refusal| keep(Err(refusal)));
    let today = now.to_zoned(zone.clone()).date();
    let minimum_age = eligibility.map_or(0, |eligibility| eligibility.minimum_age);
    let birth_date =
        read_birth_date(&form.birth_date, today, minimum_age).map_err(|refusal| keep(Err(refusal)));
    if let Some(eligibility) = eligibility {
        keep(check_commune(&form.commune, &eligibility.territory));
        keep(check_link(&form.link, &eligibility.links));
        keep(if form.consent.is_empty() { Err(Refusal::of(Field::Consent, "missing")) } else { Ok(()) });
    }
    match (email, birth_date) {
        (Ok(email), Ok(birth_date)) if refusals.is_empty() => Ok(Person {
            email,
            civil: Civil {
                given_names: form.given_names.trim().to_owned(),
                family_name: form.family_name.trim().to_owned(),
                birth_date,
            },
        }),
        _ => Err(refusals),
    }
}

fn check_name(field: Field, typed: &str) -> Result<(), Refusal> {
    match typed.trim() {
        "" => Err(Refusal::of(field, "missing")),
        name if !is_name(name) => Err(Refusal::of(field, "malformed")),
        _ => Ok(()),
    }
}

fn read_email(typed: &str) -> Result<Email, Refusal> {
    if typed.trim().is_empty() {
        return Err(Refusal::of(Field::Email, "missing"));
    }
    Email::parse(typed).map_err(|_| Refusal::of(Field::Email, "malformed"))
}

fn read_birth_date(
    typed: &str,
    today: jiff::civil::Date,
    minimum_age: u8,
) -> Result<jiff::civil::Date, Refusal> {
    if typed.trim().is_empty() {
        return Err(Refusal::of(Field::BirthDate, "missing"));
    }
    let born = parse_date(typed).ok_or_else(|| Refusal::of(Field::BirthDate, "malformed"))?;
    if born > today || age(born, today) > OLDEST {
        return Err(Refusal::of(Field::BirthDate, "impossible"));
    }
    if age(born, today) < i16::from(minimum_age) {
        return Err(Refusal::of(Field::BirthDate, "too_young").with("age", minimum_age));
    }
    Ok(born)
}

fn check_commune(typed: &str, territory: &Territory) -> Result<(), Refusal> {
    match territory {
        Territory::Any => Ok(()),
        Territory::Communes(_) if typed.trim().is_empty() => Err(Refusal::of(Field::Commune, "missing")),
        Territory::Communes(_) if territory.find(typed).is_none() => {
            Err(Refusal::of(Field::Commune, "outside").with("commune", typed.trim()))
        }
        Territory::Communes(_) => Ok(()),
    }
}

fn check_link(typed: &str, links: &[Link]) -> Result<(), Refusal> {
    if links.iter().any(|link| link.as_str() == typed) {
        Ok(())
    } else {
        Err(Refusal::of(Field::Link, "missing"))
    }
}

/// The pseudonyms by which a person is told again within one deposit, or one vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Of names and birth date: one support, or one ballot, each.
    pub civil: Pseudonym,
    /// Of the canonical e-mail address.
    pub mailbox: Pseudonym,
    /// Of the e-mail address with the birth date.
    pub birth: Pseudonym,
}

impl Person {
    /// The person's pseudonyms under the key of one deposit's supports, or of one vote.
    pub fn claims(&self, key: &Key) -> Claims {
        let mailbox = self.email.canonical();
        Claims {
            civil: key.pseudonym(&["civil", &self.civil.canonical()]),
            mailbox: key.pseudonym(&["mailbox", mailbox]),
            birth: key.pseudonym(&["birth", mailbox, &self.civil.birth_date.to_string()]),
        }
    }
}

/// Who holds a slot of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupant {
    /// See [`Claims::civil`].
    pub civil: Pseudonym,
    /// See [`Claims::birth`].
    pub birth: Pseudonym,
}

/// The rule for people who share a mailbox: as many as the process allows, `people` (two unless it says otherwise, as
/// for a couple), provided that their birth dates differ, so that spelling one's name another way gives no
/// second support.
///
/// `slots` are the mailbox's slots in order, each free or held, as far as any is held; more than `people` when the rule
/// allowed more. Gives the first free one, or `None` when this person cannot use the mailbox.
pub fn free_slot(slots: &[Option<Occupant>], people: u8, claims: &Claims) -> Option<usize> {
    let taken = |slot: &Option<Occupant>| {
        slot.as_ref().is_some_and(|occupant| occupant.civil == claims.civil || occupant.birth == claims.birth)
    };
    if slots.iter().any(taken) {
        return None;
    }
    (0..usize::from(people)).find(|&slot| slots.get(slot).is_none_or(Option::is_none))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{secret::Secret, window::Window};
    use std::collections::BTreeMap;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn deposit() -> Deposit {
        Deposit {
            title: "Un réseau cyclable".into(),
            path: "/a/".into(),
            window: Window::new(at("2026-05-02T00:00:00+02:00"), at("2026-12-01T00:00:00+01:00"))
                .expect("a window"),
            opens_text: "2 mai 2026".into(),
            closes_text: "1er décembre 2026".into(),
            erased: at("2027-06-01T00:00:00Z"),
            demonstration: None,
        }
    }

    fn process() -> Process {
        Process {
            title: "Interpellation".into(),
            contact: "contact@exemple.fr".into(),
            eligibility: Eligibility {
                minimum_age: 11,
                links: vec![Link::Resident, Link::Worker],
                territory: Territory::Communes(BTreeMap::from([("99001".into(), "Valgarenne".into())])),
            },
            people_per_mailbox: 2,
            thresholds: Vec::new(),
            deposits: BTreeMap::new(),
            published: BTreeMap::new(),
            writing: None,
            voting: None,
        }
    }

    fn form() -> Form {
        Form {
            given_names: "Jeanne".into(),
            family_name: "Marchal".into(),
            email: "jeanne@exemple.fr".into(),
            birth_date: "14/03/1980".into(),
            commune: "valgarenne".into(),
            link: "worker".into(),
            consent: "yes".into(),
        }
    }

    fn keys(wish: Wish, form: &Form, now: &str) -> Vec<String> {
        let zone = TimeZone::get("Europe/Paris").expect("bundled");
        match check(wish, form, &process(), &deposit(), at(now), &zone) {
            Ok(_) => Vec::new(),
            Err(refusals) => refusals.iter().map(Refusal::key).collect(),
        }
    }

    const NOON: &str = "2026-11-21T12:00:00+01:00";

    #[test]
    fn a_complete_form_is_accepted() {
        assert!(keys(Wish::Support, &form(), NOON).is_empty());
    }

    #[test]
    fn i2_the_window_is_asked_at_the_millisecond() {
        assert_eq!(keys(Wish::Support, &form(), "2026-05-01T23:59:59.999+02:00"), ["refusal.before"]);
        assert!(keys(Wish::Support, &form(), "2026-05-02T00:00:00+02:00").is_empty());
        assert!(keys(Wish::Support, &form(), "2026-11-30T23:59:59.999+01:00").is_empty());
        assert_eq!(keys(Wish::Support, &form(), "2026-12-01T00:00:00+01:00"), ["refusal.closed"]);
        assert_eq!(keys(Wish::Withdrawal, &form(), "2026-12-01T00:00:00+01:00"), ["refusal.closed"]);
    }

    #[test]
    fn i11_every_mistake_is_named_at_once_in_the_order_of_the_fields() {
        assert_eq!(
            keys(Wish::Support, &Form::default(), NOON),
            [
                "refusal.given_names.missing",
                "refusal.family_name.missing",
                "refusal.email.missing",
                "refusal.birth_date.missing",
                "refusal.commune.missing",
                "refusal.link.missing",
                "refusal.consent.missing"
            ]
        );
    }

    #[test]
    fn a_child_becomes_old_enough_on_the_birthday_in_the_authoritys_time_zone() {
        let child = Form { birth_date: "22/11/2015".into(), ..form() };
        assert_eq!(
            keys(Wish::Support, &child, "2026-11-21T23:59:59+01:00"),
            ["refusal.birth_date.too_young"]
        );
        assert!(keys(Wish::Support, &child, "2026-11-22T00:00:00+01:00").is_empty());
    }

    #[test]
    fn impossible_birth_dates_are_told_from_malformed_ones() {
        for (typed, rule) in
            [("01/01/1850", "impossible"), ("22/11/2026", "impossible"), ("31/02/1980", "malformed")]
        {
            let form = Form { birth_date: typed.into(), ..form() };
            assert_eq!(keys(Wish::Support, &form, NOON), [format!("refusal.birth_date.{rule}")], "{typed}");
        }
    }

    #[test]
    fn a_withdrawal_asks_only_who_one_is() {
        let form = Form { commune: String::new(), link: String::new(), consent: String::new(), ..form() };
        assert!(keys(Wish::Withdrawal, &form, NOON).is_empty());
    }

    #[test]
    fn two_people_born_on_different_days_may_share_a_mailbox() {
        let key = Secret::new([1; 32]).key(&["support"]);
        let claims = |given_names: &str, birth_date| {
            let civil = Civil { given_names: given_names.into(), family_name: "Marchal".into(), birth_date };
            Person { email: Email::parse("marchal@exemple.fr").expect("an address"), civil }.claims(&key)
        };
        let held =
            |claims: &Claims| Some(Occupant { civil: claims.civil.clone(), birth: claims.birth.clone() });
        let jeanne = claims("Jeanne", jiff::civil::date(1980, 3, 14));
        let respelt = claims("Jeanne Marie", jiff::civil::date(1980, 3, 14));
        let paul = claims("Paul", jiff::civil::date(1979, 1, 2));
        let zoe = claims("Zoé", jiff::civil::date(2010, 7, 1));
        assert_eq!(free_slot(&[], 2, &jeanne), Some(0));
        assert_eq!(free_slot(&[held(&jeanne)], 2, &respelt), None);
        assert_eq!(free_slot(&[held(&jeanne)], 2, &paul), Some(1));
        assert_eq!(free_slot(&[held(&jeanne)], 1, &paul), None);
        assert_eq!(free_slot(&[held(&jeanne), held(&paul)], 2, &zoe), None);
        assert_eq!(free_slot(&[None, held(&paul)], 2, &zoe), Some(0));
    }
}
