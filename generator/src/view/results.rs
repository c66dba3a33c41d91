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

/// The files of open data, in the folder of their process.
const TABLE: &str = "donnees/reponses.csv";
const DICTIONARY: &str = "donnees/dictionnaire.csv";

/// What was answered to a questionnaire.
#[derive(Serialize)]
pub(crate) struct Results {
    /// How many filled it in.
    answers: u64,
    /// The smallest number that is published.
    smallest: u64,
    questions: Vec<Question>,
    crossings: Vec<Question>,
    table_url: String,
    dictionary_url: String,
}

/// A question, or two together.
#[derive(Serialize)]
struct Question {
    /// For anchors.
    id: String,
    title: String,
    /// How many answered, in words; nothing when it is withheld.
    answered: Option<String>,
    /// Nothing when figures are withheld that a drawing would have to tell, or there is nothing to draw.
    chart: Option<Chart>,
    /// Of the numbers; empty for words, of which only the number is told.
    columns: Vec<String>,
    rows: Vec<Row>,
    /// Whether something is withheld.
    withheld: bool,
}

#[derive(Serialize)]
struct Row {
    label: String,
    /// Nothing where it is withheld.
    cells: Vec<Option<String>>,
}

impl<'a> Viewer<'a> {
    /// The results of a process, when they are published.
    pub(crate) fn results(&self, process: &'a process::Process) -> Option<Results> {
        let published = self.counts.results(process)?;
        let writing: &Writing = process.writing.as_ref()?;
        Some(self.results_of(&process.page.url, &writing.form, published))
    }

    fn results_of(&self, folder: &str, form: &Form, published: &Published) -> Results {
        let question = |field: &Field| self.question(field, published.fields.get(&field.id)?);
        Results {
            answers: published.answers,
            smallest: SMALLEST,
            questions: form.fields.iter().filter_map(question).collect(),
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
        let results = self.results_of(&process.page.url, &writing.form, published);
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
                (ChartKind::Stacked, answered, columns, lines.collect())
            }
            PublishedField::Numbers { answered, bars } => {
                let rows = bars.iter().map(|bar| (self.span(&field.kind, bar), vec![Some(bar.people)]));
                (ChartKind::Bars, answered, people, rows.collect())
            }
            PublishedField::Texts { answered } => {
                (ChartKind::Bars, answered, Vec::new(), Vec::<(String, Vec<Cell>)>::new())
            }
        };
        let answered = answered.map(|answered| self.voice.quantity("results.answered", answered));
        Some(drawn(field.id.clone(), field.label.clone(), answered, kind, columns, rows))
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
        Some(drawn(id, title, None, ChartKind::Stacked, labels(columns)?, lines))
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

/// Draws figures where none is withheld, and where they can be drawn.
fn drawn(
    id: String,
    title: String,
    answered: Option<String>,
    kind: ChartKind,
    columns: Vec<String>,
    rows: Vec<(String, Vec<Cell>)>,
) -> Question {
    let whole: Option<Vec<(String, Vec<f64>)>> = rows
        .iter()
        .map(|(label, cells)| {
            let cells = cells.iter().map(|cell| cell.map(|people| people as f64)).collect::<Option<_>>()?;
            Some((label.clone(), cells))
        })
        .collect();
    // Bars stand each for themselves: those that are known can be drawn without the others.
    let known = match kind {
        ChartKind::Bars => Some(
            rows.iter()
                .filter_map(|(label, cells)| Some((label.clone(), vec![(*cells.first()?)? as f64])))
                .collect(),
        ),
        _ => whole.clone(),
    };
    let table = known.map(|rows| Table { columns: columns.clone(), rows });
    let chart = table.and_then(|table| chart::draw(kind, &table, None).ok());
    let cells = |cells: Vec<Cell>| cells.into_iter().map(|cell| cell.map(group_digits)).collect();
    Question {
        id,
        title,
        answered,
        chart,
        columns,
        withheld: whole.is_none(),
        rows: rows.into_iter().map(|(label, row)| Row { label, cells: cells(row) }).collect(),
    }
}
