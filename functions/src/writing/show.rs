//! What was answered and what became of it, as HTML that is safe.

use super::sent::inputs;
use crate::{answer::escape, rich_text};
use domain::{
    deposit::{Actor, Deposit, Move},
    form::{
        Answer, Answers, Choice, Field, Form, Kind,
        condition::reached,
        kinds::Kind::{Amount, Number, Ranking, RichText},
        read::{decimal::written, phone},
        typed::typed_of,
    },
    rulebook::Words,
    similar::Published,
};
use jiff::{Timestamp, tz::TimeZone};
use std::mem;

/// What was answered to the fields that are reached, under their labels; sections have headings of that level.
pub(super) fn answers(form: &Form, answers: &Answers, level: u8, words: &Words) -> String {
    let reached = reached(form, &typed_of(answers, form));
    let (mut html, mut heading, mut is_open) = (String::new(), String::new(), false);
    for (field, _) in form.fields.iter().zip(reached).filter(|(_, reached)| *reached) {
        if field.kind == Kind::Section {
            heading = format!("<h{level}>{}</h{level}>", escape(&field.label));
        } else if field.is_asked() {
            if is_open && !heading.is_empty() {
                html += "</dl>";
                is_open = false;
            }
            html += &mem::take(&mut heading);
            if !is_open {
                html += "<dl class=\"answers\">";
                is_open = true;
            }
            let answer = answers.get(&field.id).map(|answer| answer_html(field, answer, words));
            let answer =
                answer.unwrap_or_else(|| format!("<p>{}</p>", escape(&words.say("answer.none", &[]))));
            html += &format!("<dt>{}</dt><dd dir=\"auto\">{answer}</dd>", escape(&field.label));
        }
    }
    if is_open {
        html += "</dl>";
    }
    html
}

fn answer_html(field: &Field, answer: &Answer, words: &Words) -> String {
    let paragraph = |text: &str| format!("<p>{}</p>", escape(text));
    match (answer, &field.kind) {
        (Answer::Text(text), RichText { .. }) => rich_text::to_html(text),
        (Answer::Text(text), Kind::Phone) => paragraph(&phone::written(text)),
        (Answer::Text(text), _) => paragraphs(text),
        (Answer::Number(units), kind) => {
            let number = written(*units, kind.decimals());
            paragraph(&match kind {
                Amount { .. } => format!("{number}\u{a0}€"),
                Number { unit: Some(unit), .. } => format!("{number}\u{a0}{unit}"),
                _ => number,
            })
        }
        (Answer::Date(date), _) => paragraph(&date.strftime("%d/%m/%Y").to_string()),
        (Answer::Choice(id), kind) => paragraph(label(kind, id)),
        (Answer::Choices(ids), kind) => {
            let tag = if matches!(kind, Ranking { .. }) { "ol" } else { "ul" };
            let items: String =
                ids.iter().map(|id| format!("<li>{}</li>", escape(label(kind, id)))).collect();
            format!("<{tag}>{items}</{tag}>")
        }
        (Answer::Matrix(cells), kind) => {
            let Kind::Matrix { rows, columns } = kind else { return String::new() };
            let label = |id: &str| {
                let column = columns.iter().find(|column| column.id == id);
                escape(column.map_or(id, |column| &column.label))
            };
            let rows = rows.iter().filter_map(|row| Some((row, cells.get(&row.id)?)));
            let items =
                rows.map(|(row, column)| format!("<li>{}\u{a0}: {}</li>", escape(&row.label), label(column)));
            format!("<ul>{}</ul>", items.collect::<String>())
        }
        (Answer::YesNo(yes), _) => paragraph(&words.say(if *yes { "answer.yes" } else { "answer.no" }, &[])),
        (Answer::Files(files), _) => {
            let items = files.iter().map(|file| format!("<li>{}</li>", escape(&file.name)));
            format!("<ul>{}</ul>", items.collect::<String>())
        }
        (Answer::Address { street, postcode, town }, _) => {
            format!("<p>{}<br>{} {}</p>", escape(street), escape(postcode), escape(town))
        }
        (Answer::Place { text, .. }, _) => paragraph(text),
        // Of anywhere, a commune is named or given by its code.
        (Answer::Commune { code, name }, _) => paragraph(if name.is_empty() { code } else { name }),
    }
}

/// What is typed, as it is, to be copied: under the labels of its fields, then what no field asks any more.
pub(super) fn typed(form: &Form, pairs: &[(&str, &str)], words: &Words) -> String {
    let (mut html, mut asked) = (String::new(), Vec::new());
    for field in form.fields.iter().filter(|field| field.is_asked()) {
        let inputs = inputs(field);
        let own = pairs.iter().filter(|(name, _)| inputs.iter().any(|input| input == name));
        let own: String =
            own.map(|(name, value)| paragraphs(&typed_text(field, name, value, words))).collect();
        if !own.is_empty() {
            html += &format!("<dt>{}</dt><dd dir=\"auto\">{own}</dd>", escape(&field.label));
        }
        asked.extend(inputs);
    }
    if !html.is_empty() {
        html = format!("<dl class=\"answers\">{html}</dl>");
    }
    let others = pairs.iter().filter(|(name, _)| !asked.iter().any(|input| input == name));
    html + &others.map(|(_, value)| paragraphs(value)).collect::<String>()
}

/// What one input of a field holds, in the words of the page where it holds an identifier.
fn typed_text(field: &Field, name: &str, value: &str, words: &Words) -> String {
    if value.trim().is_empty() {
        return String::new();
    }
    let own = field.name();
    let part = name.strip_prefix(&own).and_then(|part| part.strip_prefix('-')).unwrap_or_default();
    let named = |choices: &[Choice], id: &str| {
        choices.iter().find(|choice| choice.id == id).map_or(id, |choice| &choice.label).to_owned()
    };
    match &field.kind {
        Ranking { options, .. } => format!("{value}. {}", named(options, part)),
        Kind::Matrix { rows, columns } => format!("{}\u{a0}: {}", named(rows, part), named(columns, value)),
        Kind::YesNo | Kind::Consent => {
            words.say(if value == "yes" { "answer.yes" } else { "answer.no" }, &[])
        }
        kind => label(kind, value).to_owned(),
    }
}

/// An option's label; its identifier when the form has it no more.
fn label<'a>(kind: &'a Kind, id: &'a str) -> &'a str {
    let options = match kind {
        Kind::Choice { options } | Kind::Choices { options, .. } | Ranking { options, .. } => {
            options.as_slice()
        }
        Kind::Grade { grades } => grades.as_slice(),
        _ => &[],
    };
    options.iter().find(|option| option.id == id).map_or(id, |option| &option.label)
}

fn paragraphs(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| escape(paragraph.trim()).replace('\n', "<br>"));
    paragraphs
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| format!("<p>{paragraph}</p>"))
        .collect()
}

/// Published texts that are close to what is written, each a link; nothing when there is none.
pub(super) fn similar(texts: &[&Published], is_supported: bool, words: &Words) -> String {
    if texts.is_empty() {
        return String::new();
    }
    let advice = if is_supported { "answer.similar_support" } else { "answer.similar_read" };
    let items = texts
        .iter()
        .map(|text| format!("<li><a href=\"{}\">{}</a></li>", escape(&text.url), escape(&text.title)));
    format!(
        "<section class=\"similar\" aria-labelledby=\"proches\"><h2 id=\"proches\">{}</h2><p>{}</p><ul>{}</ul></section>",
        escape(&words.say("answer.similar", &[])),
        escape(&words.say(advice, &[])),
        items.collect::<String>()
    )
}

/// What happened to a deposit, the first first.
pub(super) fn history(deposit: &Deposit, words: &Words, zone: &TimeZone) -> String {
    let lines = deposit.history.iter().map(|moved| {
        let by = match moved.by {
            Actor::Author => "author",
            Actor::Agent(_) => "agent",
            Actor::Rule => "rule",
        };
        let did = words.say(&format!("deposit.move.{}", moved.did.name()), &[]);
        let by = words.say(&format!("deposit.by.{by}"), &[]);
        let why = match &moved.did {
            Move::AskRevision { request: text, .. } | Move::Refuse { reason: text } => text.clone(),
            Move::Hide { reason } => words.say(&format!("deposit.hidden.{}", reason.as_str()), &[]),
            _ => String::new(),
        };
        let why = paragraphs(&why);
        format!("<li>{}\u{a0}: {}, {}.{why}</li>", moment(moved.at, zone), escape(&did), escape(&by))
    });
    format!("<ol>{}</ol>", lines.collect::<String>())
}

/// `21/11/2026, 14:05`
pub(super) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%d/%m/%Y, %H:%M").to_string()
}
