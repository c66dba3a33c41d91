//! A published deposit as a page of the content: the same deposit always gives the same text, and nothing of its author
//! but the name they chose.

use super::{escape, files::Joined};
use crate::{map::Coordinates, slug::slugify};
use domain::{
    deposit::{Deposit, Move, State, title_field},
    form::{Answer, Field, Form, Kind, Visibility, read::decimal::written},
    rulebook::Words,
};
use functions::rich_text::to_markdown;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use pulldown_cmark::{Event, Parser, TagEnd};
use std::fmt::Write;

/// What a page says beside the deposit itself.
pub(super) struct Context<'a> {
    pub(super) form: &'a Form,
    pub(super) words: &'a Words,
    pub(super) zone: &'a TimeZone,
    /// Who decides, as the site calls them: agents' own names are not published.
    pub(super) decided_by: &'a str,
    /// Files that lie beside the page.
    pub(super) files: &'a [Joined],
    /// Addresses of the deposits that were merged into this one.
    pub(super) aliases: &'a [String],
    /// Those deposits.
    pub(super) merged: &'a [&'a Deposit],
}

/// The name of its folder.
pub(super) fn folder(deposit: &Deposit) -> String {
    slugify(&deposit.slug)
}

/// The page.
pub(super) fn write(deposit: &Deposit, context: &Context<'_>) -> String {
    let title_field = title_field(context.form);
    let shown: Vec<(&Field, &Answer)> = context
        .form
        .fields
        .iter()
        // A box that everybody ticks tells nothing.
        .filter(|field| field.kind != Kind::Consent)
        .filter(|field| field.visibility == Visibility::Public && field.personal.is_none())
        .filter(|field| title_field.is_none_or(|title| title.id != field.id))
        .filter_map(|field| Some((field, deposit.answers.get(&field.id)?)))
        .collect();
    let mut page = String::from("+++\nkind = \"deposit\"\n");
    // A string refuses nothing that is written to it.
    let mut line = |key: &str, value: &str| {
        let _ = writeln!(page, "{key} = {}", toml_text(value));
    };
    line("title", one_line(deposit.title(context.form)).as_str());
    // A page needs one, and a form may ask for no text.
    let description = Some(description(&shown)).filter(|text| !text.is_empty());
    line("description", &description.unwrap_or_else(|| one_line(deposit.title(context.form))));
    let author = deposit.author.as_ref().map(|author| one_line(&author.public_name));
    line("author", author.as_deref().unwrap_or(&context.words.say("deposit.by.nobody", &[])));
    if let Some(theme) = theme(&shown) {
        line("theme", theme);
    }
    line("reference", &deposit.reference);
    if let Some(coordinates) = coordinates(&shown) {
        let _ = writeln!(page, "coordinates = {coordinates}");
    }
    let _ = writeln!(page, "date = {}", day(published(deposit), context.zone));
    if let Some(archived) = deposit.history.iter().rfind(|moved| moved.did == Move::Archive) {
        let _ = writeln!(page, "archived = {}", day(archived.at, context.zone));
    }
    if !context.aliases.is_empty() {
        let aliases: Vec<String> = context.aliases.iter().map(|alias| toml_text(alias)).collect();
        let _ = writeln!(page, "aliases = [{}]", aliases.join(", "));
    }
    let _ = write!(
        page,
        "\n[decision]\nstate = \"admissible\"\ndate = {}\nby = {}\n",
        day(admitted(deposit), context.zone),
        toml_text(context.decided_by)
    );
    for file in context.files.iter().filter(|file| !file.is_image()) {
        let title = toml_text(&format!("{} ({})", one_line(&file.label), file.name));
        let _ = write!(page, "\n[[documents]]\nfile = \"{}\"\ntitle = {title}\n", file.name);
    }
    page.push_str("+++\n\n");
    page.push_str(&body(&shown, context));
    for other in context.merged {
        page.push_str(&joined(other, context));
    }
    page.push_str(&images(context));
    page
}

/// The place that everybody reads, where it was given by coordinates that a map can show.
fn coordinates(shown: &[(&Field, &Answer)]) -> Option<Coordinates> {
    let given = shown.iter().find_map(|(_, answer)| match answer {
        Answer::Place { coordinates, .. } => *coordinates,
        _ => None,
    });
    let (latitude, longitude) = given?;
    Coordinates::new(longitude, latitude).ok()
}

/// What became of a deposit that was merged into this one, and of its supports.
fn joined(other: &Deposit, context: &Context<'_>) -> String {
    let State::Merged { supports, .. } = &other.state else { return String::new() };
    let title = escape::plain(&one_line(other.title(context.form)));
    let words = context.words;
    let joined = words.say("deposit.carry.joined", &[("title", &title)]);
    let rule = words.say(&format!("deposit.carry.{}", supports.as_str()), &[]);
    format!("\n{joined} {rule}\n")
}

/// Long texts under a heading each; the rest as a list before them.
fn body(shown: &[(&Field, &Answer)], context: &Context<'_>) -> String {
    let is_long = |field: &Field| matches!(field.kind, Kind::LongText { .. } | Kind::RichText { .. });
    let (long, short): (Vec<_>, Vec<_>) = shown.iter().partition(|(field, _)| is_long(field));
    let mut body = String::new();
    for (field, answer) in &short {
        if is_theme(field) || matches!(field.kind, Kind::Files { .. }) {
            continue;
        }
        let label = escape::plain(&field.label);
        let _ = writeln!(body, "- **{label}** : {}", escape::plain(&said(field, answer, context.words)));
    }
    for (field, answer) in &long {
        let Answer::Text(text) = answer else { continue };
        if !body.is_empty() {
            body.push('\n');
        }
        if long.len() > 1 {
            let _ = writeln!(body, "## {}\n", escape::plain(&field.label));
        }
        let text = match field.kind {
            Kind::RichText { .. } => to_markdown(text),
            _ => escape::plain(text),
        };
        let _ = writeln!(body, "{text}");
    }
    body
}

/// Images, under the label of their field.
fn images(context: &Context<'_>) -> String {
    let alt = toml_text(&context.words.say("files.picture", &[]));
    let (mut written, mut label) = (String::new(), "");
    for file in context.files.iter().filter(|file| file.is_image()) {
        if label != file.label {
            label = &file.label;
            let _ = write!(written, "\n{}\n", escape::plain(&one_line(label)));
        }
        let _ = write!(written, "\n{{{{ figure(src=\"{}\", alt={alt}) }}}}\n", file.name);
    }
    written
}

/// What classifies deposits: the first choice that everybody reads, when it is called so.
fn is_theme(field: &Field) -> bool {
    matches!(field.id.as_str(), "theme" | "category") && matches!(field.kind, Kind::Choice { .. })
}

fn theme<'a>(shown: &[(&'a Field, &Answer)]) -> Option<&'a str> {
    let (field, answer) = shown.iter().find(|(field, _)| is_theme(field))?;
    let (Kind::Choice { options }, Answer::Choice(chosen)) = (&field.kind, answer) else { return None };
    options.iter().find(|option| option.id == *chosen).map(|option| option.label.as_str())
}

/// An answer in a line.
pub(super) fn said(field: &Field, answer: &Answer, words: &Words) -> String {
    let label = |options: &[domain::form::Choice], id: &str| {
        options.iter().find(|option| option.id == id).map_or_else(|| id.to_owned(), |o| o.label.clone())
    };
    let options = match &field.kind {
        Kind::Choice { options } | Kind::Choices { options, .. } | Kind::Ranking { options, .. } => {
            &options[..]
        }
        Kind::Grade { grades } => &grades[..],
        _ => &[],
    };
    match (answer, &field.kind) {
        (Answer::Number(cents), Kind::Amount { .. }) => format!("{} €", written(*cents, 2)),
        (Answer::Number(number), Kind::Number { decimals, unit, .. }) => {
            let unit = unit.as_ref().map(|unit| format!("\u{a0}{unit}")).unwrap_or_default();
            format!("{}{unit}", written(*number, *decimals))
        }
        (Answer::Number(number), _) => number.to_string(),
        (Answer::Text(text), _) => one_line(text),
        (Answer::Date(date), _) => date.strftime("%d/%m/%Y").to_string(),
        (Answer::Choice(id), _) => label(options, id),
        (Answer::Choices(ids), Kind::Ranking { .. }) => {
            let ranked = ids.iter().enumerate().map(|(n, id)| format!("{}. {}", n + 1, label(options, id)));
            ranked.collect::<Vec<_>>().join(" ; ")
        }
        (Answer::Choices(ids), _) => ids.iter().map(|id| label(options, id)).collect::<Vec<_>>().join(", "),
        (Answer::Matrix(cells), Kind::Matrix { rows, columns }) => {
            let rows = rows.iter().filter_map(|row| Some((&row.label, cells.get(&row.id)?)));
            let cells = rows.map(|(row, column)| format!("{} : {}", row, label(columns, column)));
            cells.collect::<Vec<_>>().join(" ; ")
        }
        (Answer::Matrix(_), _) => String::new(),
        (Answer::YesNo(yes), _) => words.say(if *yes { "answer.yes" } else { "answer.no" }, &[]),
        (Answer::Files(files), _) => {
            files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ")
        }
        (Answer::Address { street, postcode, town }, _) => format!("{street}, {postcode} {town}"),
        (Answer::Place { text, .. }, _) => text.clone(),
        // Of anywhere, a commune is named or given by its code.
        (Answer::Commune { code, name }, _) => if name.is_empty() { code } else { name }.clone(),
    }
}

/// The first words of the first long text, for lists and search engines.
fn description(shown: &[(&Field, &Answer)]) -> String {
    const LONGEST: usize = 200;
    let mut texts = shown.iter().filter_map(|(field, answer)| match (answer, &field.kind) {
        (Answer::Text(text), Kind::LongText { .. }) => Some(one_line(text)),
        (Answer::Text(text), Kind::RichText { .. }) => Some(one_line(&without_marks(text))),
        _ => None,
    });
    let text = texts.next().unwrap_or_default();
    if text.chars().count() <= LONGEST {
        return text;
    }
    let cut: String = text.chars().take(LONGEST).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', ';', ':', '.', ' ']))
}

/// The words of a text in Markdown.
fn without_marks(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for event in Parser::new(&to_markdown(text)) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                words.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::CodeBlock) => {
                words.push(' ');
            }
            _ => {}
        }
    }
    words
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn toml_text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn day(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned(zone.clone()).date()
}

fn published(deposit: &Deposit) -> Timestamp {
    first(deposit, |did| matches!(did, Move::Publish))
}

fn admitted(deposit: &Deposit) -> Timestamp {
    first(deposit, |did| matches!(did, Move::Admit))
}

fn first(deposit: &Deposit, is: impl Fn(&Move) -> bool) -> Timestamp {
    deposit.history.iter().find(|moved| is(&moved.did)).map_or(deposit.at, |moved| moved.at)
}
