//! Answers that are written.

use super::absent;
use crate::{
    eligibility::{OLDEST, age},
    form::{
        Answer, Field, Kind, Typed,
        read::{
            commune::{self, Commune, NoCommune},
            decimal::{Decimal, LARGEST, Unkept, written},
            phone,
            place::{self, Place},
            register, text,
        },
        typed::part_name,
    },
    identity::{Email, parse_date},
    refusal::Refusal,
    rulebook::group_digits,
};
use jiff::civil::Date;

/// Characters of a street, of a town, of a place.
const LONGEST_LINE: u32 = 200;

/// What is typed in the one input of a field, and is not blank.
pub(super) fn one(field: &Field, typed: &str, today: Date) -> Result<Answer, Refusal> {
    let refused = |rule| Refusal::answer(field, rule);
    match &field.kind {
        Kind::Text { max } => line(field, typed, *max).map(Answer::Text),
        Kind::LongText { min, max } | Kind::RichText { min, max } => {
            let text = text::lines(typed).map_err(|_| refused("characters"))?;
            bounded(field, text, *min, *max).map(Answer::Text)
        }
        Kind::Number { min, max, decimals, unit } => {
            number(field, typed, &Bounds { min: *min, max: *max, decimals: *decimals, unit: unit.as_deref() })
        }
        Kind::Amount { min, max } => {
            number(field, typed, &Bounds { min: Some(*min), max: *max, decimals: 2, unit: Some("€") })
        }
        Kind::Date { min, max } => date(field, typed, *min, *max),
        Kind::BirthDate { min_age, max_age, on } => {
            birth_date(field, typed, (*min_age, *max_age, on.unwrap_or(today)), today)
        }
        Kind::Email => match Email::parse(typed) {
            Ok(email) => Ok(Answer::Text(email.address().to_owned())),
            Err(_) => Err(refused("malformed_email")),
        },
        Kind::Phone => phone::read(typed).map(Answer::Text).ok_or_else(|| refused("malformed_phone")),
        Kind::Siret => register::siret(typed).map(Answer::Text).ok_or_else(|| refused("malformed_siret")),
        Kind::Rna => register::rna(typed).map(Answer::Text).ok_or_else(|| refused("malformed_rna")),
        Kind::Place => {
            let text = line(field, typed, LONGEST_LINE)?;
            let coordinates = match place::read(&text).map_err(|_| refused("malformed_place"))? {
                Place::Coordinates(latitude, longitude) => Some((latitude, longitude)),
                Place::Address => None,
            };
            Ok(Answer::Place { text, coordinates })
        }
        Kind::Commune { territory } => match commune::read(typed, territory) {
            Ok(Commune { code, name }) => Ok(Answer::Commune { code, name }),
            Err(NoCommune::Outside) => Err(refused("outside")),
            Err(NoCommune::Malformed) => Err(refused("malformed_commune")),
        },
        // Chosen, or not answered at all: nobody asks for these here.
        _ => Err(refused("unknown")),
    }
}

/// A postal address: three inputs.
pub(super) fn address(field: &Field, typed: &Typed) -> Result<Option<Answer>, Refusal> {
    let name = |part| part_name(field, part);
    let refused = |rule, part| Err(Refusal::answer(field, rule).at(name(part)));
    let (mut street, mut postcode, mut town) = ("", "", "");
    for (part, value) in typed.parts(field).filter(|(_, value)| !value.is_empty()) {
        match part {
            "street" => street = value,
            "postcode" => postcode = value,
            "town" => town = value,
            _ => return refused("unknown", "street"),
        }
    }
    if [street, postcode, town].iter().all(|part| part.is_empty()) {
        return absent(field, "missing").map_err(|refusal| refusal.at(name("street")));
    }
    if street.is_empty() {
        return refused("missing_street", "street");
    }
    let street = line(field, street, LONGEST_LINE).map_err(|refusal| refusal.at(name("street")))?;
    let postcode: String = postcode.chars().filter(|c| !c.is_whitespace()).collect();
    if postcode.len() != 5 || !postcode.bytes().all(|byte| byte.is_ascii_digit()) {
        return refused("malformed_postcode", "postcode");
    }
    if town.is_empty() {
        return refused("missing_town", "town");
    }
    let town = line(field, town, LONGEST_LINE).map_err(|refusal| refusal.at(name("town")))?;
    Ok(Some(Answer::Address { street, postcode, town }))
}

fn line(field: &Field, typed: &str, max: u32) -> Result<String, Refusal> {
    let text = text::line(typed).map_err(|_| Refusal::answer(field, "characters"))?;
    bounded(field, text, 0, max)
}

/// Characters are counted, not bytes: who writes in another alphabet has as many.
fn bounded(field: &Field, text: String, min: u32, max: u32) -> Result<String, Refusal> {
    let count = text.chars().count() as u64;
    let refused = |rule, name, bound: u32| {
        let refusal = Refusal::answer(field, rule).with(name, group_digits(bound.into()));
        Err(refusal.with("count", group_digits(count)))
    };
    if count > max.into() {
        refused("too_long", "max", max)
    } else if count < min.into() {
        refused("too_short", "min", min)
    } else {
        Ok(text)
    }
}

/// Bounds of a number, in units of 10^-`decimals`.
struct Bounds<'a> {
    min: Option<i64>,
    max: Option<i64>,
    decimals: u8,
    unit: Option<&'a str>,
}

fn number(field: &Field, typed: &str, bounds: &Bounds<'_>) -> Result<Answer, Refusal> {
    let malformed = || match field.kind {
        Kind::Amount { .. } => Refusal::answer(field, "malformed_amount"),
        _ => Refusal::answer(field, "malformed_number").with("example", example(bounds.decimals)),
    };
    let min = bounds.min.unwrap_or(-LARGEST);
    let max = bounds.max.unwrap_or(LARGEST);
    let said = |bound| {
        let unit = bounds.unit.map(|unit| format!("\u{a0}{unit}")).unwrap_or_default();
        format!("{}{unit}", written(bound, bounds.decimals))
    };
    let read = Decimal::read(typed).ok_or_else(malformed)?;
    if !is_unit(read.unit(), bounds.unit) {
        return Err(malformed());
    }
    match read.units(bounds.decimals) {
        Err(Unkept::TooPrecise) => Err(malformed()),
        Err(Unkept::TooSmall) => Err(Refusal::answer(field, "too_small").with("min", said(min))),
        Err(Unkept::TooLarge) => Err(Refusal::answer(field, "too_large").with("max", said(max))),
        Ok(units) if units < min => Err(Refusal::answer(field, "too_small").with("min", said(min))),
        Ok(units) if units > max => Err(Refusal::answer(field, "too_large").with("max", said(max))),
        Ok(units) => Ok(Answer::Number(units)),
    }
}

/// Whether what follows a number may follow it.
fn is_unit(typed: &str, unit: Option<&str>) -> bool {
    let typed = typed.to_lowercase();
    match unit {
        _ if typed.is_empty() => true,
        Some("€") => matches!(typed.as_str(), "€" | "euro" | "euros" | "eur"),
        Some(unit) => typed == unit.to_lowercase(),
        None => false,
    }
}

/// A number with so many decimals.
fn example(decimals: u8) -> String {
    match usize::from(decimals) {
        0 => "12".to_owned(),
        decimals => format!("12,{:0<decimals$}", 5),
    }
}

fn date(field: &Field, typed: &str, min: Option<Date>, max: Option<Date>) -> Result<Answer, Refusal> {
    let said = |day: Date| day.strftime("%d/%m/%Y");
    let day = parse_date(typed).ok_or_else(|| Refusal::answer(field, "malformed_date"))?;
    match (min, max) {
        (Some(min), _) if day < min => Err(Refusal::answer(field, "too_early").with("min", said(min))),
        (_, Some(max)) if day > max => Err(Refusal::answer(field, "too_late").with("max", said(max))),
        _ => Ok(Answer::Date(day)),
    }
}

/// A birth date, of which the age on a day lies between two bounds.
fn birth_date(
    field: &Field,
    typed: &str,
    (min_age, max_age, on): (Option<u8>, Option<u8>, Date),
    today: Date,
) -> Result<Answer, Refusal> {
    let born = parse_date(typed).ok_or_else(|| Refusal::answer(field, "malformed_birth_date"))?;
    if born > today || age(born, today) > OLDEST {
        return Err(Refusal::answer(field, "impossible"));
    }
    let reached = age(born, on);
    match (min_age, max_age) {
        (Some(least), _) if reached < i16::from(least) => {
            Err(Refusal::answer(field, "too_young").with("age", least))
        }
        (_, Some(most)) if reached > i16::from(most) => {
            Err(Refusal::answer(field, "too_old").with("age", most))
        }
        _ => Ok(Answer::Date(born)),
    }
}
