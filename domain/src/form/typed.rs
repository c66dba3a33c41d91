//! What a form sends: names and values as typed, in order, a name perhaps more than once.

use super::{
    Answer, Answers, Field, Files, Form, Kind, name,
    read::{commune::read, decimal::written, phone},
};

/// What a form sends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed(pub Vec<(String, String)>);

impl Typed {
    /// The first value under a name in HTML, without the spaces around it; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// Every value under a name that is not blank, without the spaces around it.
    pub fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        let values = self.0.iter().filter(move |(known, _)| known == name);
        values.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The first value of a field's one input.
    pub fn of(&self, field: &Field) -> &str {
        self.get(&field.name())
    }

    /// With the names of the files that came, as the page sees them too, in place of what a browser does not send.
    #[must_use]
    pub fn with_files(mut self, form: &Form, files: &Files) -> Self {
        for field in form.fields.iter().filter(|field| matches!(field.kind, Kind::Files { .. })) {
            let own = field.name();
            self.0.retain(|(name, _)| *name != own);
            let names =
                files.get(&field.id).into_iter().flatten().map(|file| (own.clone(), file.name.clone()));
            self.0.extend(names);
        }
        self
    }

    /// The first value of a part of a field, e.g. a row of a matrix.
    pub fn part(&self, field: &Field, part: &str) -> &str {
        self.get(&part_name(field, part))
    }

    /// The parts of a field that were sent, and the first value of each.
    pub fn parts(&self, field: &Field) -> impl Iterator<Item = (&str, &str)> {
        let prefix = part_name(field, "");
        let mut seen = Vec::new();
        let parts =
            self.0.iter().filter_map(move |(name, value)| Some((name.strip_prefix(&prefix)?, value.trim())));
        parts.filter(move |(part, _)| {
            let is_first = !seen.contains(part);
            seen.push(part);
            is_first
        })
    }
}

/// The name in HTML of a part of a field.
pub(crate) fn part_name(field: &Field, part: &str) -> String {
    format!("{}-{part}", name(&field.id))
}

/// What one would type to answer so: fills the form again, for those who change what they wrote.
pub fn typed_of(answers: &Answers, form: &Form) -> Typed {
    let answered = form.fields.iter().filter_map(|field| Some((field, answers.get(&field.id)?)));
    Typed(answered.flat_map(|(field, answer)| retyped(field, answer)).collect())
}

fn retyped(field: &Field, answer: &Answer) -> Vec<(String, String)> {
    let one = |value: String| vec![(field.name(), value)];
    let part = |part: &str, value: &str| (part_name(field, part), value.to_owned());
    match answer {
        Answer::Text(text) if field.kind == Kind::Phone => one(phone::written(text)),
        Answer::Text(text) | Answer::Choice(text) | Answer::Place { text, .. } => one(text.clone()),
        Answer::Number(units) => one(written(*units, field.kind.decimals())),
        Answer::Date(date) => one(date.strftime("%d/%m/%Y").to_string()),
        Answer::Choices(ids) if matches!(field.kind, Kind::Ranking { .. }) => {
            ids.iter().zip(1..).map(|(id, rank)| part(id, &rank.to_string())).collect()
        }
        Answer::Choices(ids) => ids.iter().map(|id| (field.name(), id.clone())).collect(),
        Answer::Matrix(cells) => cells.iter().map(|(row, column)| part(row, column)).collect(),
        Answer::YesNo(yes) => one(if *yes { "yes" } else { "no" }.to_owned()),
        Answer::Files(files) => files.iter().map(|file| (field.name(), file.name.clone())).collect(),
        Answer::Address { street, postcode, town } => {
            vec![part("street", street), part("postcode", postcode), part("town", town)]
        }
        Answer::Commune { code, name } => one(commune(&field.kind, code, name)),
    }
}

/// Its name, unless that would be read as another commune.
fn commune(kind: &Kind, code: &str, name: &str) -> String {
    let is_told_by_name = match kind {
        Kind::Commune { territory } => read(name, territory).is_ok_and(|found| found.code == code),
        _ => true,
    };
    if is_told_by_name { name } else { code }.to_owned()
}
