//! Results as open data: CSV (RFC 4180) in UTF-8, in the long form that other programs read best.

use super::{Question, Results};
use csv::Writer;
use domain::form::{Choice, Form, Kind, Visibility};

/// One line for each number: question, row, column, people. A number that is withheld is empty.
pub(super) fn table(results: &Results) -> String {
    let mut lines = vec![["question", "ligne", "colonne", "personnes"].map(str::to_owned)];
    let questions = results.parts.iter().flat_map(|part| &part.questions);
    for Question { id, columns, rows, .. } in questions.chain(&results.crossings) {
        for row in rows {
            for (column, cell) in columns.iter().zip(&row.cells) {
                let digits = |text: &String| text.chars().filter(char::is_ascii_digit).collect();
                let people = cell.as_ref().map(digits).unwrap_or_default();
                lines.push([id.clone(), row.label.clone(), column.clone(), people]);
            }
        }
    }
    written(lines)
}

/// One line for each question, or for each of its options.
pub(super) fn dictionary(form: &Form) -> String {
    let mut lines = vec![["question", "libelle", "type", "option", "libelle_option"].map(str::to_owned)];
    for field in form.fields.iter().filter(|field| field.visibility == Visibility::Public) {
        let (kind, options): (&str, &[Choice]) = match &field.kind {
            Kind::Section | Kind::Note { .. } | Kind::Picture { .. } => continue,
            Kind::Choice { options } => ("un choix", options),
            Kind::Choices { options, .. } => ("plusieurs choix", options),
            Kind::Ranking { options, .. } => ("classement", options),
            Kind::Grade { grades } => ("mention", grades),
            Kind::Matrix { columns, .. } => ("un choix par ligne", columns),
            Kind::YesNo => ("oui ou non", &[]),
            Kind::Number { .. } | Kind::Amount { .. } => ("nombre", &[]),
            _ => ("texte, non publié", &[]),
        };
        let line = |option: &str, label: &str| {
            [field.id.clone(), field.label.clone(), kind.to_owned(), option.to_owned(), label.to_owned()]
        };
        if options.is_empty() {
            lines.push(line("", ""));
        }
        lines.extend(options.iter().map(|option| line(&option.id, &option.label)));
    }
    written(lines)
}

fn written<const N: usize>(lines: Vec<[String; N]>) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    // Nothing in memory refuses to be written.
    let written = lines.iter().try_for_each(|line| writer.write_record(line));
    let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
