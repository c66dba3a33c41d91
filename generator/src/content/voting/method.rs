//! How one votes: the key `method`, and those that it calls for.

use crate::{
    front_matter::{Choice, Table},
    markdown::Text,
    slug::is_slug,
};
use domain::ballot::{Grade, Method, Missing};
use std::collections::BTreeSet;
use toml::Spanned;

/// What `method` may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Approval,
    Points,
    Ranking,
    Grades,
    Knapsack,
    YesNo,
    One,
}

impl Choice for Word {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("approval", Self::Approval),
        ("points", Self::Points),
        ("ranking", Self::Ranking),
        ("grades", Self::Grades),
        ("knapsack", Self::Knapsack),
        ("yes-no", Self::YesNo),
        ("one", Self::One),
    ];
}

/// What a key of a method calls for.
const FITTING: [(&str, &[Word], &str); 6] = [
    ("least", &[Word::Approval, Word::Ranking], "`method = \"approval\"` ou `method = \"ranking\"`"),
    ("most", &[Word::Approval, Word::Ranking], "`method = \"approval\"` ou `method = \"ranking\"`"),
    ("total", &[Word::Points], "`method = \"points\"`"),
    ("per_project", &[Word::Points], "`method = \"points\"`"),
    ("grades", &[Word::Grades], "`method = \"grades\"`"),
    ("missing", &[Word::Grades], "`method = \"grades\"`"),
];

/// The method; `None` when something is wrong and reported.
pub(super) fn read(table: &mut Table<'_>) -> Option<Method> {
    let word: Word = table.require("method")?;
    for (key, _, with) in FITTING.into_iter().filter(|(_, words, _)| !words.contains(&word)) {
        let message = || format!("`{key}` n’a pas de sens avec cette façon de voter");
        table.refuse(key, message, &format!("retirez cette clé, ou écrivez {with}"));
    }
    let blank = table.get("blank").unwrap_or(false);
    match word {
        Word::Approval => {
            let (least, most) = read_bounds(table)?;
            Some(Method::Approval { least, most, blank })
        }
        Word::Ranking => {
            let (least, most) = read_bounds(table)?;
            Some(Method::Ranking { least, most, blank })
        }
        Word::Points => read_points(table, blank),
        Word::Grades => read_grades(table, blank),
        Word::Knapsack => Some(Method::Knapsack { blank }),
        Word::YesNo => Some(Method::YesNo { blank }),
        Word::One => Some(Method::One { blank }),
    }
}

/// A number from 1; `None` when it is absent, or wrong and reported.
fn read_number<'a>(table: &mut Table<'a>, key: &'a str) -> Option<Spanned<u32>> {
    let written: Spanned<u64> = table.get(key)?;
    let number = u32::try_from(*written.get_ref()).ok().filter(|number| *number > 0);
    if number.is_none() {
        let error = table.error(written.span(), format!("`{key}` est au moins 1, et raisonnable"));
        table.report(error.help(format!("écrivez par exemple `{key} = 3`")));
    }
    Some(Spanned::new(written.span(), number?))
}

/// `least`, which is one unless it is said, and `most`; `None` when they contradict each other.
fn read_bounds(table: &mut Table<'_>) -> Option<(u32, Option<u32>)> {
    let (has_least, has_most) = (table.has("least"), table.has("most"));
    let (least, most) = (read_number(table, "least"), read_number(table, "most"));
    if has_least && least.is_none() || has_most && most.is_none() {
        return None;
    }
    let number = least.as_ref().map_or(1, |least| *least.get_ref());
    if let Some(most) = most.as_ref().filter(|most| *most.get_ref() < number) {
        let message = format!("`most` ({}) est inférieur à `least` ({number})", most.get_ref());
        let error = table.error(most.span(), message);
        table.report(error.help("aucun bulletin ne serait valable : augmentez `most`, ou diminuez `least`"));
        return None;
    }
    Some((number, most.map(Spanned::into_inner)))
}

fn read_points(table: &mut Table<'_>, blank: bool) -> Option<Method> {
    for key in ["total", "per_project"].into_iter().filter(|key| !table.has(key)).collect::<Vec<_>>() {
        let error = table.error(table.header(), format!("il manque la clé `{key}`"));
        table.lacks(
            key,
            error.help("les points se comptent : `total` en tout, `per_project` au plus pour un projet"),
        );
    }
    let (total, per_project) = (read_number(table, "total"), read_number(table, "per_project"));
    let (total, per_project) = (total?, per_project?);
    if per_project.get_ref() > total.get_ref() {
        let message =
            format!("`per_project` ({}) dépasse `total` ({})", per_project.get_ref(), total.get_ref());
        let error = table.error(per_project.span(), message);
        table.report(
            error.help("personne n’aurait assez de points : diminuez `per_project`, ou augmentez `total`"),
        );
        return None;
    }
    Some(Method::Points { total: total.into_inner(), per_project: per_project.into_inner(), blank })
}

/// Grades, the best first.
fn read_grades(table: &mut Table<'_>, blank: bool) -> Option<Method> {
    if !table.has("grades") {
        let error = table.error(table.header(), "il manque les mentions");
        let help = "ajoutez une table `[[voting.grades]]` avec `id` et `label` pour chacune, de la meilleure à la pire";
        table.lacks("grades", error.help(help));
    }
    let is_written = table.has("grades");
    let mut known = BTreeSet::new();
    let mut count = 0;
    let grades = table.tables("grades", |table| {
        count += 1;
        let id: Option<Spanned<String>> = table.require("id");
        let label: Option<Text> = table.require("label");
        let id = id?;
        if !is_slug(id.get_ref()) || !known.insert(id.get_ref().clone()) {
            let message = format!("`{}` ne peut pas être l’identifiant de cette mention", id.get_ref());
            let help = "donnez à chacune le sien, en minuscules sans accent, avec des chiffres et des tirets";
            table.report(table.error(id.span(), message).help(help));
            return None;
        }
        Some(Grade { id: id.into_inner(), label: label?.as_str().to_owned() })
    });
    if is_written && !(2..=7).contains(&count) {
        let error = table.error(table.header(), format!("{count} mentions : il en faut de deux à sept"));
        table.report(error.help("au-delà de sept, on ne sait plus les comparer"));
        return None;
    }
    let missing = read_missing(table, &grades);
    (is_written && grades.len() == count).then_some(Method::Grades { grades, missing: missing?, blank })
}

/// What a project has that was given no grade.
fn read_missing(table: &mut Table<'_>, grades: &[Grade]) -> Option<Missing> {
    let missing: Spanned<String> = table.require("missing")?;
    match missing.get_ref().as_str() {
        "refuse" => Some(Missing::Refuse),
        "worst" => Some(Missing::Worst),
        id if grades.iter().any(|grade| grade.id == id) => Some(Missing::Grade(id.to_owned())),
        id => {
            let ids: Vec<&str> = grades.iter().map(|grade| grade.id.as_str()).collect();
            let error = table.error(missing.span(), format!("`{id}` n’est pas une mention de ce vote"));
            table.report(error.help(format!(
                "écrivez \"refuse\" (tout projet doit en avoir une), \"worst\" (la pire) ou l’une de celles-ci : {}",
                ids.join(", ")
            )));
            None
        }
    }
}
