//! A field of a form: its kind, its bounds, who reads the answer and what for.

use super::condition::Clause;
use crate::{
    content::{map_file, organisation::Organisation},
    front_matter::{self, Decimal, FileSize, Table},
    map::{self, Map},
    markdown::{Html, Markdown, Renderer, Text},
    picture::Picture,
    slug::slugify,
};
use domain::{
    delay::Delay,
    eligibility::Territory,
    form::{Choice, Condition, Field, Kind, Personal, Visibility, kinds::Media},
};
use jiff::civil::Date;
use std::{collections::BTreeSet, ops::RangeInclusive};
use toml::Spanned;

/// How long a line may be, unless the field says otherwise, and at most.
const LINE: [u32; 2] = [200, 500];

/// The same of a text of several lines: what a person writes at once, and what a table's row holds without trouble.
const TEXT: [u32; 2] = [2_000, 20_000];

/// What a file may weigh, unless the field says otherwise.
const FILE_SIZE: FileSize = FileSize(5_000_000);

/// The oldest age that can be asked for: see [`domain::eligibility::OLDEST`].
const OLDEST: u8 = 122;

/// What is shown of a field besides what the functions check.
#[derive(Debug, Clone, Default)]
pub(crate) struct Aside {
    pub(crate) help: Option<Html>,
    pub(crate) picture: Option<Picture>,
    /// Of a place: where it can be shown.
    pub(crate) map: Option<Map>,
}

/// A field as it is written. What could not be read is absent, and has been reported.
pub(super) struct Written {
    pub(super) id: Option<Spanned<String>>,
    pub(super) kind: Option<Kind>,
    pub(super) field: Option<Field>,
    pub(super) aside: Aside,
    /// `Some(None)` when it is wrong.
    pub(super) when: Option<Option<Clause>>,
    /// Present when the field says it.
    pub(super) retention: Option<Spanned<Delay>>,
}

impl Written {
    /// What can be said of a field of which the kind is unknown.
    fn unknown(id: Option<Spanned<String>>) -> Self {
        Self { id, kind: None, field: None, aside: Aside::default(), when: None, retention: None }
    }

    pub(super) fn is_hidden(&self) -> bool {
        self.field.as_ref().is_some_and(|field| field.visibility == Visibility::Hidden)
    }

    /// As [`Field::is_asked`]; so far as it could be read.
    pub(super) fn is_asked(&self) -> bool {
        self.kind.as_ref().is_none_or(|kind| !kind.is_shown_only()) && !self.is_hidden()
    }

    /// The field with its condition; `None` when something of it is wrong.
    pub(super) fn finish(&mut self, when: Option<Condition>) -> Option<(Field, Aside)> {
        let field = self.field.take()?;
        let is_sound = self.when.is_none() || when.is_some();
        is_sound.then(|| (Field { when, ..field }, std::mem::take(&mut self.aside)))
    }
}

/// What a field is called in front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Text,
    LongText,
    RichText,
    Number,
    Amount,
    Date,
    BirthDate,
    Email,
    Phone,
    Choice,
    Choices,
    Ranking,
    Grade,
    Matrix,
    YesNo,
    Files,
    Address,
    Place,
    Commune,
    Siret,
    Rna,
    Consent,
    Section,
    Note,
    Picture,
}

impl front_matter::Choice for Word {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("text", Self::Text),
        ("long-text", Self::LongText),
        ("rich-text", Self::RichText),
        ("number", Self::Number),
        ("amount", Self::Amount),
        ("date", Self::Date),
        ("birth-date", Self::BirthDate),
        ("email", Self::Email),
        ("phone", Self::Phone),
        ("choice", Self::Choice),
        ("choices", Self::Choices),
        ("ranking", Self::Ranking),
        ("grade", Self::Grade),
        ("matrix", Self::Matrix),
        ("yes-no", Self::YesNo),
        ("files", Self::Files),
        ("address", Self::Address),
        ("place", Self::Place),
        ("commune", Self::Commune),
        ("siret", Self::Siret),
        ("rna", Self::Rna),
        ("consent", Self::Consent),
        ("section", Self::Section),
        ("note", Self::Note),
        ("picture", Self::Picture),
    ];
}

impl Word {
    /// Whether such an answer always tells something of a person.
    fn is_personal(self) -> bool {
        matches!(self, Self::BirthDate | Self::Email | Self::Phone | Self::Address)
    }
}

impl front_matter::Choice for Visibility {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("public", Self::Public), ("private", Self::Private), ("hidden", Self::Hidden)];
}

impl front_matter::Choice for Media {
    const CHOICES: &'static [(&'static str, Self)] = &[
        ("jpeg", Self::Jpeg),
        ("png", Self::Png),
        ("webp", Self::Webp),
        ("pdf", Self::Pdf),
        ("odt", Self::Odt),
        ("ods", Self::Ods),
        ("docx", Self::Docx),
        ("xlsx", Self::Xlsx),
    ];
}

/// Which communes can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Territory,
    Any,
}

impl front_matter::Choice for Reach {
    const CHOICES: &'static [(&'static str, Self)] = &[("territory", Self::Territory), ("any", Self::Any)];
}

/// What reading a field needs besides its table.
pub(super) struct Around<'a> {
    pub(super) renderer: &'a Renderer<'a>,
    /// The one that the process belongs to, unless it could not be read.
    pub(super) organisation: Option<&'a Organisation>,
    /// How long personal data is kept, unless the field says otherwise.
    pub(super) retention: Delay,
}

impl Written {
    pub(super) fn read(table: &mut Table<'_>, around: &Around<'_>) -> Self {
        // What other keys may be depends on it.
        let Some(word) = table.require("kind") else {
            let id = read_id(table, false);
            table.pass_over();
            return Self::unknown(id);
        };
        let id = read_id(table, !matches!(word, Word::Section | Word::Note | Word::Picture));
        match word {
            Word::Section => Self::read_section(table, id, around),
            Word::Note => Self::read_note(table, id, around),
            Word::Picture => Self::read_picture(table, id, around),
            _ => Self::read_asked(table, id, word, around),
        }
    }

    fn read_section(table: &mut Table<'_>, id: Option<Spanned<String>>, around: &Around<'_>) -> Self {
        let label: Option<Text> = table.require("label");
        let help = read_help(table, around);
        let written = Self::shown(table, id, label.is_some().then_some(Kind::Section), label);
        Self { aside: Aside { help, ..Aside::default() }, ..written }
    }

    fn read_note(table: &mut Table<'_>, id: Option<Spanned<String>>, around: &Around<'_>) -> Self {
        let text = table.require::<Markdown>("text").map(|text| around.renderer.block(&text));
        let kind = text.map(|text| Kind::Note { html: text.as_str().to_owned() });
        Self::shown(table, id, kind, None)
    }

    fn read_picture(table: &mut Table<'_>, id: Option<Spanned<String>>, around: &Around<'_>) -> Self {
        let src: Option<Spanned<String>> = table.require("src");
        let alt: Option<Text> = table.require("alt");
        let renderer = around.renderer;
        let picture = src.and_then(|src| match renderer.links.picture(renderer.path, src.get_ref()) {
            Ok(picture) => Some(picture),
            Err(broken) => {
                table.report(table.error(src.span(), broken.message).maybe_help(broken.help));
                None
            }
        });
        let kind = picture.as_ref().zip(alt).map(|(picture, alt)| {
            let (width, height) = picture.size();
            let (url, alt) = (picture.url().to_owned(), alt.as_str().to_owned());
            Kind::Picture { url, alt, width, height }
        });
        let written = Self::shown(table, id, kind, None);
        Self { aside: Aside { picture, ..Aside::default() }, ..written }
    }

    /// A field to which nothing is answered.
    fn shown(
        table: &mut Table<'_>,
        id: Option<Spanned<String>>,
        kind: Option<Kind>,
        label: Option<Text>,
    ) -> Self {
        let when = read_when(table);
        let field = kind.clone().map(|kind| Field {
            id: id.as_ref().map(|id| id.get_ref().clone()).unwrap_or_default(),
            label: label.map(|label| label.as_str().to_owned()).unwrap_or_default(),
            kind,
            required: false,
            visibility: Visibility::Public,
            when: None,
            message: None,
            personal: None,
        });
        Self { when, kind, field, ..Self::unknown(id) }
    }

    fn read_asked(
        table: &mut Table<'_>,
        id: Option<Spanned<String>>,
        word: Word,
        around: &Around<'_>,
    ) -> Self {
        let label: Option<Text> = table.require("label");
        let help = read_help(table, around);
        let required = table.get("required").unwrap_or(false);
        let kind = read_kind(word, table, around);
        let map = if word == Word::Place { map_file::read(table, around.renderer, map::read) } else { None };
        let when = read_when(table);
        let visibility: Option<Visibility> = table.get("visibility");
        let message: Option<Text> = table.get("message");
        let is_personal = word.is_personal() || table.has("purpose");
        let purpose: Option<Text> = table.get("purpose");
        let retention: Option<Spanned<Delay>> = table.get("retention");
        if word.is_personal() && !table.has("purpose") && purpose.is_none() {
            let message = "une donnée personnelle se demande pour une raison : il manque `purpose`";
            let help = "dites à quoi elle sert, par exemple `purpose = \"vous répondre\"`";
            table.lacks("purpose", table.error(table.header(), message).help(help));
        }
        if let Some(retention) = retention.as_ref().filter(|_| !is_personal) {
            let error = table.error(retention.span(), "`retention` ne vaut que pour une donnée personnelle");
            table.report(error.help("ajoutez `purpose`, qui dit à quoi elle sert, ou retirez cette clé"));
        }
        let kept = retention.as_ref().map_or(around.retention, |retention| *retention.get_ref());
        let personal =
            purpose.map(|purpose| Personal { purpose: purpose.as_str().to_owned(), retention: kept });
        let default = if is_personal { Visibility::Private } else { Visibility::Public };
        let field = id.as_ref().zip(label).zip(kind.clone()).map(|((id, label), kind)| Field {
            id: id.get_ref().clone(),
            label: label.as_str().to_owned(),
            kind,
            required,
            visibility: visibility.unwrap_or(default),
            when: None,
            message: message.map(|message| message.as_str().to_owned()),
            personal,
        });
        Self { id, kind, field, aside: Aside { help, map, picture: None }, when, retention }
    }
}

fn read_help(table: &mut Table<'_>, around: &Around<'_>) -> Option<Html> {
    table.get::<Markdown>("help").map(|help| around.renderer.inline(&help))
}

fn read_when(table: &mut Table<'_>) -> Option<Option<Clause>> {
    table.has("when").then(|| table.table("when", Clause::read))
}

/// What answers are kept under.
fn read_id(table: &mut Table<'_>, is_required: bool) -> Option<Spanned<String>> {
    let id: Spanned<String> = if is_required { table.require("id") } else { table.get("id") }?;
    check_id(&id, table).then_some(id)
}

fn check_id(id: &Spanned<String>, table: &Table<'_>) -> bool {
    let is_letter = |letter: u8| letter.is_ascii_lowercase();
    let (first, rest) = id.get_ref().as_bytes().split_at(1.min(id.get_ref().len()));
    let is_good = first.iter().all(|first| is_letter(*first))
        && rest.iter().all(|letter| is_letter(*letter) || letter.is_ascii_digit() || *letter == b'_');
    if !is_good {
        let message = "un identifiant est fait de minuscules sans accent, de chiffres et de `_`, et commence par une lettre";
        let slug = slugify(id.get_ref()).replace('-', "_");
        let first = slug.find(|letter: char| letter.is_ascii_lowercase());
        let help = first.map(|first| format!("écrivez par exemple `id = \"{}\"`", &slug[first..]));
        table.report(table.error(id.span(), message).maybe_help(help));
    }
    is_good
}

/// The kind that a word means, with its bounds.
fn read_kind(word: Word, table: &mut Table<'_>, around: &Around<'_>) -> Option<Kind> {
    Some(match word {
        Word::Text => Kind::Text { max: read_lengths(table, LINE, false)?.1 },
        Word::LongText => {
            let (min, max) = read_lengths(table, TEXT, true)?;
            Kind::LongText { min, max }
        }
        Word::RichText => {
            let (min, max) = read_lengths(table, TEXT, true)?;
            Kind::RichText { min, max }
        }
        Word::Number => read_number(table)?,
        Word::Amount => {
            let [min, max] = read_decimals(table, 2)?;
            Kind::Amount { min: min.unwrap_or_default(), max }
        }
        Word::Date => {
            let (min, max) = (table.get::<Spanned<Date>>("min"), table.get::<Spanned<Date>>("max"));
            are_in_order(table, ("min", &min), ("max", &max))?;
            Kind::Date { min: min.map(Spanned::into_inner), max: max.map(Spanned::into_inner) }
        }
        Word::BirthDate => {
            let min_age: Option<Spanned<u32>> = read_bound(table, "min_age", 0..=u32::from(OLDEST))?;
            let max_age = read_bound(table, "max_age", 0..=u32::from(OLDEST))?;
            let on = table.get("on");
            are_in_order(table, ("min_age", &min_age), ("max_age", &max_age))?;
            let age = |age: Option<Spanned<u32>>| age.and_then(|age| u8::try_from(age.into_inner()).ok());
            Kind::BirthDate { min_age: age(min_age), max_age: age(max_age), on }
        }
        Word::Email => Kind::Email,
        Word::Phone => Kind::Phone,
        Word::Choice => Kind::Choice { options: read_choices(table, "options", 2)? },
        Word::Choices => {
            let (options, min, max) = read_many(table, 1, 0)?;
            Kind::Choices { options, min, max }
        }
        Word::Ranking => {
            let (options, min, max) = read_many(table, 2, 1)?;
            Kind::Ranking { options, min, max }
        }
        Word::Grade => Kind::Grade { grades: read_choices(table, "grades", 2)? },
        Word::Matrix => {
            let (rows, columns) = (read_choices(table, "rows", 1), read_choices(table, "columns", 2));
            Kind::Matrix { rows: rows?, columns: columns? }
        }
        Word::YesNo => Kind::YesNo,
        Word::Files => read_files(table)?,
        Word::Address => Kind::Address,
        Word::Place => Kind::Place,
        Word::Commune => Kind::Commune { territory: read_territory(table, around)? },
        Word::Siret => Kind::Siret,
        Word::Rna => Kind::Rna,
        Word::Consent => Kind::Consent,
        // Nothing is answered to them: they are read elsewhere.
        Word::Section | Word::Note | Word::Picture => return None,
    })
}

/// `min` and `max` of a text, in characters; `[default, greatest]` are those of `max`.
fn read_lengths(table: &mut Table<'_>, [default, greatest]: [u32; 2], has_min: bool) -> Option<(u32, u32)> {
    let min = if has_min { read_bound(table, "min", 0..=greatest) } else { Some(None) };
    let max = read_bound(table, "max", 1..=greatest);
    let (min, max) = (min?, max?);
    are_in_order(table, ("min", &min), ("max", &max))?;
    if let Some(min) = min.as_ref().filter(|min| max.is_none() && *min.get_ref() > default) {
        let error = table.error(min.span(), format!("`min` dépasse `max`, qui vaut {default}"));
        table.report(error.help("ajoutez `max`"));
        return None;
    }
    Some((min.map_or(0, Spanned::into_inner), max.map_or(default, Spanned::into_inner)))
}

/// A whole number that must lie in a range: `None` when it is wrong, `Some(None)` when it is not given.
fn read_bound<'a>(
    table: &mut Table<'a>,
    key: &'a str,
    range: RangeInclusive<u32>,
) -> Option<Option<Spanned<u32>>> {
    let was_given = table.has(key);
    let given: Option<Spanned<u64>> = table.get(key);
    let Some(given) = given else { return (!was_given).then_some(None) };
    let accepted = u32::try_from(*given.get_ref()).ok().filter(|number| range.contains(number));
    if accepted.is_none() {
        let (low, high) = range.into_inner();
        table.report(table.error(given.span(), format!("`{key}` va de {low} à {high}")));
    }
    accepted.map(|number| Some(Spanned::new(given.span(), number)))
}

/// Whether a lower bound is not above the upper one: `None`, and reported, when it is.
fn are_in_order<T: PartialOrd>(
    table: &Table<'_>,
    (low_key, low): (&str, &Option<Spanned<T>>),
    (high_key, high): (&str, &Option<Spanned<T>>),
) -> Option<()> {
    let (Some(low), Some(high)) = (low, high) else { return Some(()) };
    if low.get_ref() <= high.get_ref() {
        return Some(());
    }
    let error = table.error(low.span(), format!("`{low_key}` dépasse `{high_key}`"));
    table.report(error.help("corrigez l’un des deux"));
    None
}

fn read_number(table: &mut Table<'_>) -> Option<Kind> {
    let given = table.has("decimals");
    let decimals = table.get_within("decimals", 0..=6);
    let unit: Option<Text> = table.get("unit");
    let decimals = if given { decimals? } else { 0 };
    let [min, max] = read_decimals(table, decimals)?;
    Some(Kind::Number { min, max, decimals, unit: unit.map(|unit| unit.as_str().to_owned()) })
}

/// `min` and `max` in units of 10^-`decimals`.
fn read_decimals(table: &mut Table<'_>, decimals: u8) -> Option<[Option<i64>; 2]> {
    let bounds = ["min", "max"].map(|key| {
        let was_given = table.has(key);
        let given: Option<Spanned<Decimal>> = table.get(key);
        let Some(given) = given else { return (!was_given).then_some(None) };
        let units = given.get_ref().in_units(decimals);
        if units.is_none() {
            let message = format!("`{key}` a trop de décimales : {decimals} au plus ici");
            table.report(table.error(given.span(), message));
        }
        units.map(|units| Some(Spanned::new(given.span(), units)))
    });
    let [Some(min), Some(max)] = bounds else { return None };
    are_in_order(table, ("min", &min), ("max", &max))?;
    Some([min.map(Spanned::into_inner), max.map(Spanned::into_inner)])
}

/// At least `least` things to choose, each with an identifier of its own.
fn read_choices<'a>(table: &mut Table<'a>, key: &'a str, least: usize) -> Option<Vec<Choice>> {
    let example = format!(
        "écrivez par exemple `{key} = [{{ id = \"eau\", label = \"L’eau\" }}, {{ id = \"air\", label = \"L’air\" }}]`"
    );
    if !table.has(key) {
        let error = table.error(table.header(), format!("il manque la clé `{key}`"));
        table.lacks(key, error.help(&*example));
    }
    let was_given = table.has(key);
    let (mut ids, mut written) = (BTreeSet::new(), 0);
    let choices = table.tables(key, |table| {
        written += 1;
        let id: Option<Spanned<String>> = read_id(table, true);
        let label: Option<Text> = table.require("label");
        let id = id?;
        if !ids.insert(id.get_ref().clone()) {
            let message = format!("`{}` est déjà l’identifiant d’une autre réponse", id.get_ref());
            table.report(table.error(id.span(), message).help("donnez à chacune le sien"));
        }
        Some(Choice { id: id.into_inner(), label: label?.as_str().to_owned() })
    });
    if was_given && written < least {
        let message = format!("`{key}` : il en faut au moins {least}");
        table.report(table.error(table.header(), message).help(example));
    }
    (choices.len() == written && written >= least).then_some(choices)
}

/// Options, of which between `min` and `max` are chosen.
fn read_many(table: &mut Table<'_>, least: usize, default: u32) -> Option<(Vec<Choice>, u32, u32)> {
    let options = read_choices(table, "options", least);
    let (min, max) = (read_bound(table, "min", 0..=u32::MAX), read_bound(table, "max", 1..=u32::MAX));
    let (options, min, max) = (options?, min?, max?);
    are_in_order(table, ("min", &min), ("max", &max))?;
    let count = u32::try_from(options.len()).unwrap_or(u32::MAX);
    for (key, bound) in [("min", &min), ("max", &max)] {
        if let Some(bound) = bound.as_ref().filter(|bound| *bound.get_ref() > count) {
            let error = table.error(bound.span(), format!("`{key}` dépasse le nombre d’options : {count}"));
            table.report(error.help("ajoutez des options, ou baissez ce nombre"));
            return None;
        }
    }
    let min = min.map_or(default, Spanned::into_inner);
    Some((options, min, max.map_or(count, Spanned::into_inner)))
}

fn read_files(table: &mut Table<'_>) -> Option<Kind> {
    let types: Option<Spanned<Vec<Media>>> = table.require("types");
    let max_size = table.get("max_size").unwrap_or(FILE_SIZE);
    let max_count = read_bound(table, "max_count", 1..=20)?;
    let types = types?;
    if types.get_ref().is_empty() {
        let error = table.error(types.span(), "`types` est vide : aucun fichier ne serait accepté");
        table.report(error.help("écrivez par exemple `types = [\"pdf\", \"jpeg\", \"png\"]`"));
        return None;
    }
    let types: BTreeSet<Media> = types.into_inner().into_iter().collect();
    let types = types.into_iter().collect();
    Some(Kind::Files { types, max_size: max_size.0, max_count: max_count.map_or(1, Spanned::into_inner) })
}

fn read_territory(table: &mut Table<'_>, around: &Around<'_>) -> Option<Territory> {
    if table.get("territory").unwrap_or(Reach::Territory) == Reach::Any {
        return Some(Territory::Any);
    }
    let organisation = around.organisation?;
    if organisation.communes.is_none() {
        let error = table.error(table.header(), "la collectivité n’a pas de liste de communes");
        let path = &organisation.page.path;
        table.report(error.help(format!(
            "ajoutez `communes = \"communes.csv\"` à content/{path}, ou `territory = \"any\"` ici"
        )));
    }
    organisation.communes.clone()
}
