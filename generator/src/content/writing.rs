//! What citizens can write in a process: the table `[writing]`, and its form.

pub(crate) mod answered;
mod condition;
mod field;

pub(crate) use field::Aside;

use super::{organisation::Organisation, petition, process::Preset, reader::Reader, step::Period};
use crate::{
    front_matter::{Choice, Table},
    markdown::{Renderer, Text},
};
use domain::{
    delay::Delay,
    form::{Field, Form, Kind, Visibility},
    results::{self, Crossing},
    rulebook::{Archive, Identity, Purpose},
    window::Window,
};
use field::{Around, Written};
use jiff::{Timestamp, civil::date};
use std::collections::BTreeSet;
use toml::Spanned;

/// Where the form is, after the address of its process.
pub(crate) const WRITE: &str = "ecrire/";

/// The activity in which citizens write.
pub(crate) struct Writing {
    pub(crate) purpose: Purpose,
    pub(crate) window: Window,
    pub(crate) identity: Identity,
    /// How many a person may write.
    pub(crate) per_person: u8,
    /// How long after the close personal data is kept.
    pub(crate) retention: Delay,
    /// When personal data is erased.
    pub(crate) erased: Timestamp,
    /// What leads to the form, and heads it.
    pub(crate) button: Option<Text>,
    /// When what few support is archived.
    pub(crate) archive: Option<Archive>,
    /// Questions whose answers are counted together.
    pub(crate) crossings: Vec<Crossing>,
    /// How many fictitious answers there are.
    pub(crate) demonstration: Option<u64>,
    pub(crate) form: Form,
    /// Of each field of the form, in order.
    pub(crate) asides: Vec<Aside>,
}

impl Choice for Purpose {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("deposit", Self::Deposit), ("application", Self::Application), ("answer", Self::Answer)];
}

impl Choice for Identity {
    const CHOICES: &'static [(&'static str, Self)] = &[("email", Self::Email), ("none", Self::None)];
}

/// What becomes of what is written, unless the process says otherwise.
fn usual_purpose(preset: Preset) -> Purpose {
    match preset {
        Preset::Petition
        | Preset::Budget
        | Preset::Call
        | Preset::Ideas
        | Preset::Questions
        | Preset::Debate
        | Preset::Map => Purpose::Deposit,
        Preset::Matching | Preset::Consultation => Purpose::Application,
        Preset::Questionnaire | Preset::Votation => Purpose::Answer,
    }
}

impl Writing {
    /// Reads `[writing]` of the process at `path`, of that preset and period; `organisation` is the one it belongs to, unless that
    /// could not be read.
    pub(super) fn read(
        path: &str,
        table: &mut Table<'_>,
        preset: Preset,
        period: Period,
        renderer: &Renderer<'_>,
        organisation: Option<&Organisation>,
        reader: &Reader<'_>,
    ) -> Option<Self> {
        let purpose = table.get("purpose").unwrap_or_else(|| usual_purpose(preset));
        let window = period.within(table, reader);
        let usual = if purpose == Purpose::Answer { Identity::None } else { Identity::Email };
        let identity = table.get("identity").unwrap_or(usual);
        let per_person = table.get_within("per_person", 1..=99);
        let retention = table.get("retention").unwrap_or(petition::HALF_A_YEAR);
        let button = table.get("button");
        let archive = table.section("archive", read_archive);
        let demonstration = read_demonstration(table, purpose, reader);
        let crossings = read_crossings(table, purpose);
        let fields = read_fields(table, &Around { renderer, organisation, retention });
        let (window, fields) = (window?, fields?);
        let erased = retention.after(window.closes(), reader.zone);
        let (fields, asides): (Vec<Field>, Vec<Aside>) = fields.into_iter().unzip();
        let form = Form { fields };
        check_form(&form, purpose, table);
        answered::check(&form, path, table, reader);
        let crossings = known_crossings(crossings, &form, table);
        Some(Self {
            purpose,
            window,
            identity,
            per_person: per_person.unwrap_or(if purpose == Purpose::Deposit { 3 } else { 1 }),
            retention,
            erased,
            button,
            archive,
            crossings,
            demonstration,
            form,
            asides,
        })
    }
}

/// The table `[writing.archive]`, which has both keys when it has one.
fn read_archive(table: &mut Table<'_>) -> Option<Archive> {
    if !table.has("below") && !table.has("after") {
        return None;
    }
    let (below, after) = (table.require("below"), table.require("after"));
    Some(Archive { below: below?, after: after? })
}

/// Fictitious answers, only where everyone is fictitious and answers are counted.
fn read_demonstration(table: &mut Table<'_>, purpose: Purpose, reader: &Reader<'_>) -> Option<u64> {
    let answers: Spanned<u64> = table.get("demonstration")?;
    let refuse = |message: &str, help: &str| table.report(table.error(answers.span(), message).help(help));
    if !reader.fictitious {
        let help = "retirez `demonstration`, ou écrivez `fictitious = true` dans site.toml";
        refuse("des réponses fictives sur un site qui ne l’est pas", help);
    }
    if purpose != Purpose::Answer {
        let help = "retirez `demonstration` : elle n’a de sens que pour des réponses qui sont comptées";
        refuse("des réponses fictives à un formulaire dont rien n’est compté", help);
    }
    Some(answers.into_inner())
}

/// The tables `[[writing.crossings]]`: the fields of the rows and of the columns.
fn read_crossings(table: &mut Table<'_>, purpose: Purpose) -> Vec<(Spanned<String>, Spanned<String>)> {
    if purpose != Purpose::Answer {
        return Vec::new();
    }
    table.tables("crossings", |table| {
        let (rows, columns) = (table.require("rows"), table.require("columns"));
        Some((rows?, columns?))
    })
}

/// Those of two different closed questions that everybody reads; the others are reported.
fn known_crossings(
    written: Vec<(Spanned<String>, Spanned<String>)>,
    form: &Form,
    table: &Table<'_>,
) -> Vec<Crossing> {
    let is_closed = |field: &Field| {
        field.visibility == Visibility::Public && results::closed_options(&field.kind).is_some()
    };
    let known = |id: &Spanned<String>| {
        let is_known = form.field(id.get_ref()).is_some_and(is_closed);
        if !is_known {
            let closed = form.fields.iter().filter(|field| is_closed(field)).map(|field| field.id.as_str());
            let help = format!("questions fermées du formulaire : {}", closed.collect::<Vec<_>>().join(", "));
            let message = format!("`{}` n’est pas une question fermée de ce formulaire", id.get_ref());
            table.report(table.error(id.span(), message).help(help));
        }
        is_known
    };
    let mut crossings = Vec::new();
    for (rows, columns) in written {
        let (knows_rows, knows_columns) = (known(&rows), known(&columns));
        if rows == columns {
            let error = table.error(columns.span(), "une question ne se croise pas avec elle-même");
            table.report(error.help("donnez deux questions différentes"));
        } else if knows_rows && knows_columns {
            crossings.push(Crossing { rows: rows.into_inner(), columns: columns.into_inner() });
        }
    }
    crossings
}

/// The fields, with what is shown beside them; `None` when something is wrong in one.
fn read_fields(table: &mut Table<'_>, around: &Around<'_>) -> Option<Vec<(Field, Aside)>> {
    if !table.has("fields") {
        let error = table.error(table.header(), "le formulaire n’a pas de champs");
        let help = "ajoutez une table `[[writing.fields]]` avec `id`, `kind` et `label`";
        table.lacks("fields", error.help(help));
    }
    let has_fields = table.has("fields");
    let mut written = table.tables("fields", |table| Some(Written::read(table, around)));
    check_ids(&written, table);
    let conditions: Vec<_> = (0..written.len())
        .map(|place| {
            let clause = written[place].when.as_ref()?.as_ref()?;
            clause.resolve(place, &written, table)
        })
        .collect();
    check_retentions(&written, around.retention, table);
    let fields: Vec<_> = written.iter_mut().zip(conditions).map(|(field, when)| field.finish(when)).collect();
    let mut fields: Vec<_> = fields.into_iter().collect::<Option<_>>()?;
    name_the_nameless(&mut fields);
    has_fields.then_some(fields)
}

/// Answers are kept under the identifiers of their fields.
fn check_ids(fields: &[Written], table: &Table<'_>) {
    let mut known = BTreeSet::new();
    for id in fields.iter().filter_map(|field| field.id.as_ref()) {
        if !known.insert(id.get_ref()) {
            let message = format!("`{}` est déjà l’identifiant d’un autre champ", id.get_ref());
            table.report(table.error(id.span(), message).help("donnez à chaque champ le sien"));
        }
    }
}

/// All that the activity keeps of people is erased when its own personal data is: nothing of it can be kept longer.
fn check_retentions(fields: &[Written], longest: Delay, table: &Table<'_>) {
    let end = |delay: Delay| delay.after_date(date(2001, 1, 1));
    for retention in fields.iter().filter_map(|field| field.retention.as_ref()) {
        if end(*retention.get_ref()) > end(longest) {
            let error = table.error(retention.span(), "plus long que la `retention` de `[writing]`");
            let help = "allongez celle de `[writing]`, ou retirez celle-ci";
            table.report(error.help(help));
        }
    }
}

/// Gives identifiers to the fields that are only shown and have none: no answer is kept under them.
fn name_the_nameless(fields: &mut [(Field, Aside)]) {
    let mut known: BTreeSet<String> = fields.iter().map(|(field, _)| field.id.clone()).collect();
    for (field, _) in fields.iter_mut().filter(|(field, _)| field.id.is_empty()) {
        let word = match field.kind {
            Kind::Section => "section",
            Kind::Picture { .. } => "picture",
            _ => "note",
        };
        let free = (1..).map(|number| format!("{word}_{number}")).find(|id| !known.contains(id));
        field.id = free.unwrap_or_default();
        known.insert(field.id.clone());
    }
}

/// What a form of that purpose needs, so that what is written can be shown and erased.
fn check_form(form: &Form, purpose: Purpose, table: &Table<'_>) {
    let error = |message: String, help: &str| {
        table.report(table.error(table.header(), message).help(help));
    };
    if !form.fields.iter().any(Field::is_asked) {
        error(
            "le formulaire ne demande rien".to_owned(),
            "ajoutez un champ auquel on répond, par exemple `kind = \"long-text\"`",
        );
        return;
    }
    match purpose {
        Purpose::Deposit => check_title(form, &error),
        Purpose::Answer => {
            for field in form.fields.iter().filter(|field| field.personal.is_some()) {
                error(
                    format!(
                        "`{}` est une donnée personnelle, et ce qui est seulement compté n’est jamais effacé",
                        field.id
                    ),
                    "retirez ce champ, ou écrivez `purpose = \"application\"` dans `[writing]`",
                );
            }
            let files = |field: &&Field| matches!(field.kind, Kind::Files { .. });
            for field in form.fields.iter().filter(files) {
                error(
                    format!(
                        "`{}` demande des fichiers, que personne ne lit dans ce qui est seulement compté",
                        field.id
                    ),
                    "retirez ce champ, ou écrivez `purpose = \"application\"` dans `[writing]`",
                );
            }
        }
        Purpose::Application => {}
    }
}

/// The title of a deposit is the answer to its first line of text that everybody reads.
fn check_title(form: &Form, error: &impl Fn(String, &str)) {
    let is_title =
        |field: &Field| matches!(field.kind, Kind::Text { .. }) && field.visibility == Visibility::Public;
    let Some(place) = form.fields.iter().position(is_title) else {
        let help = "ajoutez un champ `kind = \"text\"` que tout le monde lit : le premier sert de titre";
        return error("un dépôt publié a besoin d’un titre".to_owned(), help);
    };
    let section = form.sections().into_iter().find(|section| section.contains(&place));
    let head = section.and_then(|section| form.fields.get(section.start));
    let title = &form.fields[place];
    let is_conditional = title.when.is_some() || head.is_some_and(|head| head.when.is_some());
    if !title.required || is_conditional {
        let message = format!("`{}` sert de titre au dépôt : il en faut un toujours", title.id);
        error(message, "ajoutez-y `required = true`, et retirez `when`, de sa section aussi");
    }
}
