//! What citizens can write, as templates receive it: what leads to the form, and the form.

use super::{Viewer, in_alphabetical_order};
use crate::{
    content::{
        process::Process,
        writing::{Aside, WRITE, Writing},
    },
    map::Map,
    markdown::Html,
    picture::Picture,
};
use domain::{
    address::FILES,
    deposit::title_field,
    eligibility::Territory,
    form::{Choice, Field, Kind, Visibility, kinds::Media},
    limits::{CODE_LIFETIME, FILES_IN_A_FORM, FILES_TOGETHER},
    rulebook::{Identity, Purpose, group_digits},
    window::Phase,
};
use serde::Serialize;

/// What leads to the form of a process, on its pages.
#[derive(Clone, Serialize)]
pub(crate) struct Call<'a> {
    url: String,
    button: &'a str,
    state: &'static str,
    state_text: String,
}

/// The form of a process.
#[derive(Serialize)]
pub(crate) struct WritingForm<'a> {
    #[serde(flatten)]
    call: Call<'a>,
    /// Where it is sent.
    action: String,
    purpose: Purpose,
    identity: Identity,
    per_person: u8,
    code_minutes: i64,
    opens_text: String,
    closes_text: String,
    erased_text: String,
    retention_text: String,
    /// Whether there is a form to fill in: after the close, functions alone have one, for what may be revised still.
    is_open: bool,
    sections: Vec<Section<'a>>,
    /// Names to choose from; none when no commune of a list is asked.
    communes: Vec<&'a str>,
    personal: Vec<PersonalField<'a>>,
    /// Where a deposit gets its title: what is close to it is looked for.
    title_name: Option<String>,
    has_private: bool,
    /// Whether a place can be shown on a map.
    has_map: bool,
    has_files: bool,
    /// When its files may be too much for a form to hold wherever it is sent.
    large_files: Option<LargeFiles>,
}

/// How files are sent that a form may not hold.
#[derive(Serialize)]
struct LargeFiles {
    /// Where the script announces one.
    announce: String,
    /// Bytes that a form holds wherever it is sent.
    in_form: u64,
    in_form_text: String,
    together_text: String,
}

/// A page of the form, for those without JavaScript.
#[derive(Serialize)]
struct Section<'a> {
    /// Its title.
    head: Option<AskedField<'a>>,
    fields: Vec<AskedField<'a>>,
}

/// A field, as the functions know it and as it is drawn.
#[derive(Serialize)]
struct AskedField<'a> {
    #[serde(flatten)]
    field: &'a Field,
    name: String,
    /// On what it is shown, for the script.
    condition: Option<String>,
    help_html: Option<&'a Html>,
    /// What its kind and its bounds ask.
    hints: Vec<String>,
    is_required: bool,
    /// Whether others than agents will not read it, where they read the rest.
    is_private: bool,
    /// Whether a browser must not keep it.
    is_personal: bool,
    picture: Option<&'a Picture>,
    /// Where a place can be shown.
    map: Option<&'a Map>,
    /// Whether it is chosen in the list of communes.
    has_list: bool,
    /// Kinds of files.
    accept: String,
    /// Places in an order of preference.
    ranks: Vec<u32>,
}

/// A piece of personal data that the form asks for.
#[derive(Serialize)]
pub(crate) struct PersonalField<'a> {
    pub(crate) label: &'a str,
    pub(crate) purpose: &'a str,
    pub(crate) erased_text: String,
    pub(crate) retention_text: String,
}

impl<'a> Viewer<'a> {
    /// What leads to the form of a process. The form is in the main language only.
    pub(crate) fn call(&self, process: &'a Process) -> Option<Call<'a>> {
        let writing = process.writing.as_ref()?;
        let (opens, closes) = self.bounds(writing);
        let (state, key) = match writing.window.phase(self.site.now) {
            Phase::Before => ("before", "writing.before"),
            Phase::Open => ("open", "writing.open"),
            Phase::After => ("closed", "writing.closed"),
        };
        let button = writing.button.as_ref().map_or_else(
            || {
                self.voice.word(match writing.purpose {
                    Purpose::Deposit => "writing.deposit",
                    Purpose::Application => "writing.application",
                    Purpose::Answer => "writing.answer",
                })
            },
            |button| button.as_str(),
        );
        Some(Call {
            url: format!("{}{WRITE}", self.original_url(&process.page)),
            button,
            state,
            state_text: self.voice.words.say(key, &[("opens", &opens), ("closes", &closes)]),
        })
    }

    /// Its first day and its last one.
    pub(super) fn bounds(&self, writing: &Writing) -> (String, String) {
        let calendar = self.calendar();
        (calendar.first(writing.window.opens()), calendar.last(writing.window.closes()))
    }

    /// The form of a process, sent to `action`.
    pub(crate) fn writing_form(
        &self,
        process: &'a Process,
        writing: &'a Writing,
        action: String,
        is_open: bool,
    ) -> Option<WritingForm<'a>> {
        let fields = &writing.form.fields;
        let sections = writing.form.sections().into_iter().map(|range| {
            let mut drawn: Vec<_> = fields[range.clone()]
                .iter()
                .zip(&writing.asides[range])
                .filter(|(field, _)| field.visibility != Visibility::Hidden)
                .map(|(field, aside)| self.asked_field(writing, field, aside))
                .collect();
            let has_head = drawn.first().is_some_and(|first| first.field.kind == Kind::Section);
            let head = has_head.then(|| drawn.remove(0));
            Section { head, fields: drawn }
        });
        let communes = fields.iter().find_map(|field| match &field.kind {
            Kind::Commune { territory: Territory::Communes(communes) } => Some(communes),
            _ => None,
        });
        let (opens_text, closes_text) = self.bounds(writing);
        Some(WritingForm {
            opens_text,
            closes_text,
            call: self.call(process)?,
            action,
            purpose: writing.purpose,
            identity: writing.identity,
            per_person: writing.per_person,
            code_minutes: CODE_LIFETIME.as_mins(),
            erased_text: self.day_text(writing.erased),
            retention_text: self.calendar().delay(writing.retention),
            is_open,
            sections: sections.collect(),
            communes: communes.map_or_else(Vec::new, |communes| in_alphabetical_order(communes.values())),
            personal: self.personal_fields(writing),
            title_name: title_field(&writing.form)
                .filter(|_| writing.purpose == Purpose::Deposit)
                .map(Field::name),
            has_map: writing.asides.iter().any(|aside| aside.map.is_some()),
            has_private: fields.iter().any(|field| is_private(writing, field)),
            has_files: fields
                .iter()
                .any(|field| field.is_asked() && matches!(field.kind, Kind::Files { .. })),
            large_files: self.large_files(process, fields),
        })
    }

    fn large_files(&self, process: &Process, fields: &[Field]) -> Option<LargeFiles> {
        let most = fields.iter().filter(|field| field.is_asked()).map(|field| match field.kind {
            Kind::Files { max_size, max_count, .. } => max_size.saturating_mul(max_count.into()),
            _ => 0,
        });
        let say = self.voice.say();
        (most.fold(0, u64::saturating_add) > FILES_IN_A_FORM).then(|| LargeFiles {
            announce: format!("/actes/{}/{FILES}", process.id),
            in_form: FILES_IN_A_FORM,
            in_form_text: say.size(FILES_IN_A_FORM),
            together_text: say.size(FILES_TOGETHER),
        })
    }

    /// The personal data that a form asks for.
    pub(crate) fn personal_fields(&self, writing: &'a Writing) -> Vec<PersonalField<'a>> {
        let calendar = self.calendar();
        let asked = writing.form.fields.iter().filter(|field| field.is_asked());
        let personal = asked.filter_map(|field| Some((field, field.personal.as_ref()?)));
        let view = |(field, personal): (&'a Field, &'a domain::form::Personal)| PersonalField {
            label: &field.label,
            purpose: &personal.purpose,
            erased_text: self.day_text(personal.retention.after(writing.window.closes(), calendar.zone)),
            retention_text: calendar.delay(personal.retention),
        };
        personal.map(view).collect()
    }

    fn asked_field(&self, writing: &'a Writing, field: &'a Field, aside: &'a Aside) -> AskedField<'a> {
        let ranks = match &field.kind {
            Kind::Ranking { max, .. } => (1..=*max).collect(),
            _ => Vec::new(),
        };
        let accept = match &field.kind {
            Kind::Files { types, .. } => {
                types.iter().map(|media| accepted(*media)).collect::<Vec<_>>().join(",")
            }
            _ => String::new(),
        };
        AskedField {
            name: field.name(),
            condition: field.when.as_ref().and_then(|when| serde_json::to_string(when).ok()),
            help_html: aside.help.as_ref(),
            hints: self.hints(&field.kind),
            is_required: field.required,
            is_private: is_private(writing, field),
            is_personal: field.personal.is_some() || field.visibility != Visibility::Public,
            picture: aside.picture.as_ref(),
            map: aside.map.as_ref(),
            has_list: matches!(&field.kind, Kind::Commune { territory: Territory::Communes(_) }),
            accept,
            ranks,
            field,
        }
    }

    /// What a kind asks, in words.
    fn hints(&self, kind: &Kind) -> Vec<String> {
        let say = self.voice.say();
        let word = |key: &str| say.text(key, &[]);
        let count = |key: &str, count: u32| say.quantity(key, u64::from(count));
        match kind {
            Kind::LongText { min, max } => self.lengths(*min, *max),
            Kind::RichText { min, max } => {
                let mut hints = self.lengths(*min, *max);
                hints.push(word("field.markdown"));
                hints
            }
            Kind::Number { min, max, decimals, unit } => {
                let number = |units: i64| self.decimal_text(units, *decimals);
                let with_unit = |number: String| match unit {
                    Some(unit) => format!("{number}\u{a0}{unit}"),
                    None => number,
                };
                let (least, most) = (min.map(number), max.map(number));
                match (least, most) {
                    (None, None) => {
                        unit.iter().map(|unit| say.text("field.unit", &[("unit", unit)])).collect()
                    }
                    (Some(least), None) => vec![say.text("field.least", &[("least", &with_unit(least))])],
                    (None, Some(most)) => vec![say.text("field.most", &[("most", &with_unit(most))])],
                    (Some(least), Some(most)) => vec![self.between(&least, &with_unit(most))],
                }
            }
            Kind::Amount { min, max } => {
                let euros = |cents: i64| format!("{}\u{a0}€", self.decimal_text(cents, 2));
                let least = (*min > 0).then(|| euros(*min));
                let bounds = match (least, max.map(euros)) {
                    (None, None) => None,
                    (Some(least), None) => Some(say.text("field.least", &[("least", &least)])),
                    (None, Some(most)) => Some(say.text("field.most", &[("most", &most)])),
                    (Some(least), Some(most)) => Some(self.between(&least, &most)),
                };
                bounds.into_iter().chain([word("field.amount")]).collect()
            }
            Kind::Date { min, max } => {
                let day = |day: &jiff::civil::Date| self.calendar().day(*day);
                let bounds = match (min.as_ref().map(day), max.as_ref().map(day)) {
                    (None, None) => None,
                    (Some(least), None) => Some(say.text("field.since", &[("least", &least)])),
                    (None, Some(most)) => Some(say.text("field.until", &[("most", &most)])),
                    (Some(least), Some(most)) => {
                        Some(say.text("field.days", &[("least", &least), ("most", &most)]))
                    }
                };
                bounds.into_iter().chain([word("field.date")]).collect()
            }
            Kind::BirthDate { min_age, max_age, on } => {
                let age = |age: u8| age.to_string();
                let bounds = match (min_age.map(age), max_age.map(age)) {
                    (None, None) => None,
                    (Some(least), None) => Some(say.text("field.age_least", &[("least", &least)])),
                    (None, Some(most)) => Some(say.text("field.age_most", &[("most", &most)])),
                    (Some(least), Some(most)) => {
                        Some(say.text("field.ages", &[("least", &least), ("most", &most)]))
                    }
                };
                let on = on.filter(|_| bounds.is_some());
                let on = on.map(|day| say.text("field.age_on", &[("day", &self.calendar().day(day))]));
                bounds.into_iter().chain(on).chain([word("field.date")]).collect()
            }
            Kind::Phone => vec![word("field.phone")],
            Kind::Choices { options, min, max } => self.how_many(options, *min, *max),
            Kind::Ranking { min, max, .. } => {
                let some = (min < max).then(|| count("field.rank_least", *min));
                std::iter::once(count("field.rank", *max)).chain(some).collect()
            }
            Kind::Files { types, max_size, max_count } => {
                let types: Vec<&str> = types.iter().map(|media| media.name()).collect();
                let size = say.size(*max_size);
                let each = say.text("field.files", &[("types", &types.join(", ")), ("size", &size)]);
                vec![count("field.file_count", *max_count), each]
            }
            Kind::Place => vec![word("field.place")],
            Kind::Commune { territory: Territory::Communes(_) } => vec![word("field.commune")],
            Kind::Siret => vec![word("field.siret")],
            Kind::Rna => vec![word("field.rna")],
            Kind::Text { .. }
            | Kind::Email
            | Kind::Choice { .. }
            | Kind::Grade { .. }
            | Kind::Matrix { .. }
            | Kind::YesNo
            | Kind::Address
            | Kind::Commune { territory: Territory::Any }
            | Kind::Consent
            | Kind::Section
            | Kind::Note { .. }
            | Kind::Picture { .. } => Vec::new(),
        }
    }

    fn lengths(&self, min: u32, max: u32) -> Vec<String> {
        let say = self.voice.say();
        let least = (min > 0).then(|| say.quantity("field.least_characters", u64::from(min)));
        least.into_iter().chain([say.quantity("field.most_characters", u64::from(max))]).collect()
    }

    fn between(&self, least: &str, most: &str) -> String {
        self.voice.words.say("field.between", &[("least", least), ("most", most)])
    }

    /// How many options are chosen; nothing when it is as many as one likes.
    fn how_many(&self, options: &[Choice], min: u32, max: u32) -> Vec<String> {
        let say = self.voice.say();
        let all = u32::try_from(options.len()).unwrap_or(u32::MAX);
        let quantity = |key: &str, count: u32| vec![say.quantity(key, u64::from(count))];
        match (min, max) {
            (0, max) if max == all => Vec::new(),
            (0, max) => quantity("field.most_choices", max),
            (min, max) if min == max => quantity("field.exact_choices", min),
            (min, max) if max == all => quantity("field.least_choices", min),
            (min, max) => {
                let (min, max) = (min.to_string(), max.to_string());
                vec![say.text("field.choices_between", &[("least", &min), ("most", &max)])]
            }
        }
    }

    /// `125` with one decimal → « 12,5 »
    fn decimal_text(&self, units: i64, decimals: u8) -> String {
        let scale = 10_u64.pow(u32::from(decimals));
        let (whole, rest) = (units.unsigned_abs() / scale, units.unsigned_abs() % scale);
        let sign = if units < 0 { "−" } else { "" };
        let whole = group_digits(whole);
        let fraction = format!("{rest:0width$}", width = usize::from(decimals));
        let fraction = fraction.trim_end_matches('0');
        match fraction.is_empty() {
            true => format!("{sign}{whole}"),
            false => {
                // Cents are said with both their digits.
                let width = if decimals == 2 { 2 } else { fraction.len() };
                format!("{sign}{whole}{}{fraction:0<width$}", self.voice.word("number.decimal"))
            }
        }
    }
}

/// Whether agents alone read the answer, where others read the rest.
fn is_private(writing: &Writing, field: &Field) -> bool {
    writing.purpose == Purpose::Deposit && field.is_asked() && field.visibility == Visibility::Private
}

/// What a browser offers to choose among.
fn accepted(media: Media) -> &'static str {
    match media {
        Media::Jpeg => ".jpg,.jpeg,image/jpeg",
        Media::Png => ".png,image/png",
        Media::Webp => ".webp,image/webp",
        Media::Pdf => ".pdf,application/pdf",
        Media::Odt => ".odt",
        Media::Ods => ".ods",
        Media::Docx => ".docx",
        Media::Xlsx => ".xlsx",
    }
}
