//! The results of a questionnaire, as templates receive them: for each question a drawing and the figures behind it.

mod open_data;

use super::Viewer;
use crate::{
    chart::{self, Chart, ChartKind, Table},
    content::{process, writing::Writing},
};
use domain::{
    form::{Choice, Field, Form, Kind, read::decimal::written},
    results::{Bar, Cell, Published, PublishedCrossing, PublishedField, SMALLEST},
    rulebook::group_digits,
};
use serde::Serialize;
use std::ops::Range;

/// The files of open data, in the folder of their process.
const TABLE: &str = "donnees/reponses.csv";
const DICTIONARY: &str = "donnees/dictionnaire.csv";

/// What was answered to a questionnaire.
#[derive(Serialize)]
pub(crate) struct Results {
    /// How many filled it in.
    answers: u64,
    /// Between which days.
    window_text: String,
    /// The smallest number that is published.
    smallest: u64,
    /// In the order of the form.
    parts: Vec<Part>,
    crossings: Vec<Question>,
    table_url: String,
    dictionary_url: String,
}

/// A section of the questionnaire.
#[derive(Serialize)]
struct Part {
    /// Nothing for what comes before the first section.
    title: Option<String>,
    questions: Vec<Question>,
}

/// A question, or two together.
#[derive(Serialize)]
struct Question {
    /// For anchors.
    id: String,
    title: String,
    /// How many answered, in words; nothing when it is withheld.
    answered: Option<String>,
    /// Of the rows without a cell that is withheld; nothing when there is none of them, or nothing to draw.
    chart: Option<Chart>,
    /// Of the numbers; empty for words, of which only the number is told.
    columns: Vec<String>,
    rows: Vec<Row>,
    /// Whether rows have their share of those who answered.
    has_shares: bool,
    /// Whether something is withheld.
    withheld: bool,
}

#[derive(Serialize)]
struct Row {
    label: String,
    /// Nothing where it is withheld.
    cells: Vec<Option<String>>,
    /// Of those who answered, « 35 % »; nothing where it is withheld, or where several numbers make the row.
    share: Option<String>,
}

impl<'a> Viewer<'a> {
    /// The results of a process, when they are published.
    pub(crate) fn results(&self, process: &'a process::Process) -> Option<Results> {
        let published = self.counts.results(process)?;
        let writing: &Writing = process.writing.as_ref()?;
        // The data are the same in all languages.
        Some(self.results_of(&self.original_url(&process.page), writing, published))
    }

    fn results_of(&self, folder: &str, writing: &Writing, published: &Published) -> Results {
        let form = &writing.form;
        let (opens, closes) = self.bounds(writing);
        let part = |range: Range<usize>| {
            let fields = &form.fields[range];
            let head = fields.first().filter(|first| first.kind == Kind::Section);
            let question = |field: &Field| self.question(field, published.fields.get(&field.id)?);
            let title = head.map(|head| head.label.clone());
            Part { title, questions: fields.iter().filter_map(question).collect() }
        };
        let parts = form.sections().into_iter().map(part);
        Results {
            answers: published.answers,
            window_text: self.voice.words.say("results.window", &[("opens", &opens), ("closes", &closes)]),
            smallest: SMALLEST,
            parts: parts.filter(|part| !part.questions.is_empty()).collect(),
            crossings: published
                .crossings
                .iter()
                .filter_map(|crossing| self.crossing(form, crossing))
                .collect(),
            table_url: format!("{folder}{TABLE}"),
            dictionary_url: format!("{folder}{DICTIONARY}"),
        }
    }

    /// The results of a process as open data, by path in the output, when they are published.
    pub(crate) fn open_data(&self, process: &'a process::Process) -> Vec<(String, String)> {
        let (Some(published), Some(writing)) = (self.counts.results(process), &process.writing) else {
            return Vec::new();
        };
        let results = self.results_of(&process.page.url, writing, published);
        let file = |url: &str, text| (url.trim_start_matches('/').to_owned(), text);
        vec![
            file(&results.table_url, open_data::table(&results)),
            file(&results.dictionary_url, open_data::dictionary(&writing.form)),
        ]
    }

    fn question(&self, field: &Field, counted: &PublishedField) -> Option<Question> {
        let people = vec![self.voice.word("results.people").to_owned()];
        let (kind, answered, columns, rows) = match counted {
            PublishedField::Options { answered, options } => {
                let labels = |id: &str| self.label(&field.kind, id);
                match &field.kind {
                    Kind::Grade { .. } => {
                        let (ids, cells): (Vec<_>, Vec<_>) = options.iter().cloned().unzip();
                        let columns = ids.iter().map(|id| labels(id)).collect();
                        (ChartKind::Grades, answered, columns, vec![(field.label.clone(), cells)])
                    }
                    _ => {
                        let rows = options.iter().map(|(id, cell)| (labels(id), vec![*cell]));
                        (ChartKind::Bars, answered, people, rows.collect())
                    }
                }
            }
            PublishedField::Rows { answered, rows } => {
                let Kind::Matrix { rows: of_rows, columns } = &field.kind else { return None };
                let lines = rows.iter().map(|(row, cells)| {
                    (label_among(of_rows, row), cells.iter().map(|(_, cell)| *cell).collect())
                });
                let columns = columns.iter().map(|column| column.label.clone()).collect();
                (ChartKind::Scale, answered, columns, lines.collect())
            }
            PublishedField::Numbers { answered, bars } => {
                let rows = bars.iter().map(|bar| (self.span(&field.kind, bar), vec![Some(bar.people)]));
                (ChartKind::Bars, answered, people, rows.collect())
            }
            PublishedField::Texts { answered } => {
                (ChartKind::Bars, answered, Vec::new(), Vec::<(String, Vec<Cell>)>::new())
            }
        };
        let whole =
            answered.filter(|answered| *answered > 0 && kind == ChartKind::Bars && !columns.is_empty());
        let share = |(_, cells): &(String, Vec<Cell>)| Some(self.share((*cells.first()?)?, whole?));
        let shares: Vec<Option<String>> = rows.iter().map(share).collect();
        let said = answered.map(|answered| {
            let key = if columns.is_empty() { "results.words" } else { "results.answered" };
            self.voice.quantity(key, answered)
        });
        let mut question = drawn(field.id.clone(), field.label.clone(), said, kind, columns, rows);
        question.has_shares = whole.is_some();
        for (row, share) in question.rows.iter_mut().zip(shares) {
            row.share = share;
        }
        Some(question)
    }

    /// « 35 % »
    fn share(&self, people: u64, answered: u64) -> String {
        let percent = match (people.saturating_mul(100) + answered / 2) / answered.max(1) {
            0 if people > 0 => "<\u{a0}1".to_owned(),
            percent => percent.to_string(),
        };
        self.voice.words.say("results.percent", &[("percent", &percent)])
    }

    fn crossing(&self, form: &Form, crossing: &PublishedCrossing) -> Option<Question> {
        let (rows, columns) = (form.field(&crossing.rows)?, form.field(&crossing.columns)?);
        let ids = |field: &Field| domain::results::closed_options(&field.kind);
        let labels = |field: &Field| -> Option<Vec<String>> {
            Some(ids(field)?.iter().map(|id| self.label(&field.kind, id)).collect())
        };
        let lines = labels(rows)?.into_iter().zip(crossing.cells.iter().cloned()).collect();
        let title = self
            .voice
            .words
            .say("results.crossing", &[("rows", rows.label.as_str()), ("columns", columns.label.as_str())]);
        let id = format!("{}-{}", rows.id, columns.id);
        let kind = match &columns.kind {
            Kind::Grade { .. } => ChartKind::Scale,
            _ => ChartKind::Stacked,
        };
        Some(drawn(id, title, None, kind, labels(columns)?, lines))
    }

    /// What an option is called.
    fn label(&self, kind: &Kind, id: &str) -> String {
        match kind {
            Kind::Choice { options } | Kind::Choices { options, .. } | Kind::Ranking { options, .. } => {
                label_among(options, id)
            }
            Kind::Grade { grades } => label_among(grades, id),
            Kind::YesNo => self.voice.word(if id == "yes" { "answer.yes" } else { "answer.no" }).to_owned(),
            _ => id.to_owned(),
        }
    }

    /// « de 10 à 19 km »
    fn span(&self, kind: &Kind, bar: &Bar) -> String {
        let (decimals, unit) = match kind {
            Kind::Amount { .. } => (2, Some("€")),
            Kind::Number { decimals, unit, .. } => (*decimals, unit.as_deref()),
            _ => (0, None),
        };
        let written = |number: i64| written(number, decimals);
        let unit = unit.map(|unit| format!("\u{a0}{unit}")).unwrap_or_default();
        if bar.from == bar.to {
            return format!("{}{unit}", written(bar.from));
        }
        let (from, to) = (written(bar.from), format!("{}{unit}", written(bar.to)));
        self.voice.words.say("results.span", &[("from", &from), ("to", &to)])
    }
}

fn label_among(choices: &[Choice], id: &str) -> String {
    choices.iter().find(|choice| choice.id == id).map_or_else(|| id.to_owned(), |choice| choice.label.clone())
}

/// Draws what is known: a row stands for itself, so one with a cell that is withheld is in the table alone.
fn drawn(
    id: String,
    title: String,
    answered: Option<String>,
    kind: ChartKind,
    columns: Vec<String>,
    rows: Vec<(String, Vec<Cell>)>,
) -> Question {
    let known: Vec<(String, Vec<f64>)> = rows
        .iter()
        .filter_map(|(label, cells)| {
            let cells = cells.iter().map(|cell| cell.map(|people| people as f64)).collect::<Option<_>>()?;
            Some((label.clone(), cells))
        })
        .collect();
    let withheld = known.len() < rows.len();
    let chart = chart::draw(kind, &Table { columns: columns.clone(), rows: known }, None).ok();
    let cells = |cells: Vec<Cell>| cells.into_iter().map(|cell| cell.map(group_digits)).collect();
    Question {
        id,
        title,
        answered,
        chart,
        columns,
        has_shares: false,
        withheld,
        rows: rows.into_iter().map(|(label, row)| Row { label, cells: cells(row), share: None }).collect(),
    }
}
