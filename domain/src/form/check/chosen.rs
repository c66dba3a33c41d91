//! Answers that are chosen among others.

use super::absent;
use crate::{
    form::{Answer, Choice, Field, Files, Typed, typed::part_name},
    refusal::Refusal,
};
use std::collections::BTreeMap;

type Checked = Result<Option<Answer>, Refusal>;

/// One of some.
pub(super) fn one(field: &Field, options: &[Choice], typed: &Typed) -> Checked {
    match typed.of(field) {
        "" => absent(field, "missing_choice"),
        chosen => Ok(Some(Answer::Choice(known(field, options, chosen)?))),
    }
}

/// Between so many and so many, in the order of the form.
pub(super) fn some(field: &Field, options: &[Choice], bounds: (u32, u32), typed: &Typed) -> Checked {
    let name = field.name();
    for chosen in typed.all(&name) {
        known(field, options, chosen)?;
    }
    let is_chosen = |option: &&Choice| typed.all(&name).any(|chosen| chosen == option.id);
    let chosen: Vec<String> = options.iter().filter(is_chosen).map(|option| option.id.clone()).collect();
    counted(field, chosen, bounds)
}

/// Options with the ranks 1, 2, 3…
pub(super) fn ranking(field: &Field, options: &[Choice], bounds: (u32, u32), typed: &Typed) -> Checked {
    let mut ranked = Vec::new();
    for (option, rank) in parts(field, typed) {
        let rank = rank.parse().ok().filter(|rank| (1..=options.len()).contains(rank));
        ranked.push((rank.ok_or_else(|| Refusal::answer(field, "unknown"))?, known(field, options, option)?));
    }
    ranked.sort();
    for (expected, (rank, _)) in (1..).zip(&ranked) {
        if *rank < expected {
            return Err(Refusal::answer(field, "ranking_twice").with("rank", rank));
        }
        if *rank > expected {
            return Err(Refusal::answer(field, "ranking_gap").with("rank", expected));
        }
    }
    counted(field, ranked.into_iter().map(|(_, option)| option).collect(), bounds)
}

/// For each row a column; for every row, when an answer is required.
pub(super) fn matrix(field: &Field, rows: &[Choice], columns: &[Choice], typed: &Typed) -> Checked {
    let cell = |(row, column)| Ok((known(field, rows, row)?, known(field, columns, column)?));
    let cells = parts(field, typed).map(cell).collect::<Result<BTreeMap<_, _>, _>>()?;
    if cells.is_empty() {
        return absent(field, "missing_choice");
    }
    match rows.iter().find(|row| field.required && !cells.contains_key(&row.id)) {
        Some(row) => {
            let refusal = Refusal::answer(field, "missing_row").with("row", &row.label);
            Err(refusal.at(part_name(field, &row.id)))
        }
        None => Ok(Some(Answer::Matrix(cells))),
    }
}

/// Yes or no.
pub(super) fn yes_or_no(field: &Field, typed: &Typed) -> Checked {
    match typed.of(field) {
        "" => absent(field, "missing_choice"),
        "yes" => Ok(Some(Answer::YesNo(true))),
        "no" => Ok(Some(Answer::YesNo(false))),
        _ => Err(Refusal::answer(field, "unknown")),
    }
}

/// A box to tick.
pub(super) fn consent(field: &Field, typed: &Typed) -> Checked {
    match typed.of(field) {
        "" => absent(field, "missing_consent"),
        "yes" => Ok(Some(Answer::YesNo(true))),
        _ => Err(Refusal::answer(field, "unknown")),
    }
}

/// Files, which were looked into when they came.
pub(super) fn files(field: &Field, max_count: u32, files: &Files) -> Checked {
    match files.get(&field.id) {
        Some(files) if count(files) > max_count => {
            Err(Refusal::answer(field, "too_many_files").with("max", max_count))
        }
        Some(files) if !files.is_empty() => Ok(Some(Answer::Files(files.clone()))),
        _ => absent(field, "missing_files"),
    }
}

fn counted(field: &Field, chosen: Vec<String>, (min, max): (u32, u32)) -> Checked {
    match count(&chosen) {
        0 => absent(field, "missing_choice"),
        count if count > max => Err(Refusal::answer(field, "too_many").with("max", max)),
        count if count < min => Err(Refusal::answer(field, "too_few").with("min", min)),
        _ => Ok(Some(Answer::Choices(chosen))),
    }
}

fn count<T>(things: &[T]) -> u32 {
    u32::try_from(things.len()).unwrap_or(u32::MAX)
}

/// The parts of a field that hold something.
fn parts<'a>(field: &Field, typed: &'a Typed) -> impl Iterator<Item = (&'a str, &'a str)> {
    typed.parts(field).filter(|(_, value)| !value.is_empty())
}

fn known(field: &Field, options: &[Choice], chosen: &str) -> Result<String, Refusal> {
    let found = options.iter().find(|option| option.id == chosen);
    found.map(|option| option.id.clone()).ok_or_else(|| Refusal::answer(field, "unknown"))
}
