//! What citizens wrote, as a table for agents: without what tells who they are, unless it is asked for (I7).

use super::{Desk, DeskError, page};
use csv::Writer;
use domain::{
    deposit::Deposit,
    form::{Answer, Answers, Form},
    rulebook::Purpose,
};
use functions::questionnaire;

impl Desk {
    /// The deposits of a process, or the answers to its questionnaire, as CSV in UTF-8 (RFC 4180): a line each, a column for
    /// each field under its identifier. With `contacts`, also personal data: addresses, and fields that say they are.
    ///
    /// # Errors
    /// [`DeskError::NoWriting`] when nobody can write in that process.
    pub async fn export(&self, process: &str, contacts: bool) -> Result<String, DeskError> {
        let found = self.writings().find(|(id, _)| *id == process);
        let (_, writing) = found.ok_or_else(|| DeskError::NoWriting(process.to_owned()))?;
        let fields: Vec<&str> = exported(&writing.form, contacts).map(|(id, _)| id).collect();
        let mut lines: Vec<Vec<String>> = Vec::new();
        if writing.purpose == Purpose::Answer {
            lines.push(fields.iter().map(|id| (*id).to_owned()).collect());
            for row in questionnaire::rows(&*self.table, process, self.now).await? {
                lines.push(self.cells(&writing.form, &row.answers, contacts));
            }
        } else {
            let contact = ["email"].into_iter().filter(|_| contacts);
            let head = ["reference", "state", "at", "revision", "public_name"].into_iter().chain(contact);
            lines.push(head.chain(fields.iter().copied()).map(str::to_owned).collect());
            for filed in self.list(Some(process)).await? {
                let deposit = &filed.stored.deposit;
                let mut line = self.head(deposit, contacts);
                line.extend(self.cells(&writing.form, &deposit.answers, contacts));
                lines.push(line);
            }
        }
        let mut writer = Writer::from_writer(Vec::new());
        // Nothing in memory refuses to be written.
        let written = lines.iter().try_for_each(|line| writer.write_record(line));
        let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
        Ok(String::from_utf8(bytes).unwrap_or_default())
    }

    fn head(&self, deposit: &Deposit, contacts: bool) -> Vec<String> {
        let author = deposit.author.as_ref();
        let of_author = |read: fn(&domain::deposit::Author) -> &String| {
            author.map(|author| safe(read(author))).unwrap_or_default()
        };
        let mut head = vec![
            deposit.reference.clone(),
            deposit.state.name().to_owned(),
            deposit.at.to_string(),
            deposit.revision.to_string(),
            of_author(|author| &author.public_name),
        ];
        if contacts {
            head.push(of_author(|author| &author.email));
        }
        head
    }

    fn cells(&self, form: &Form, answers: &Answers, contacts: bool) -> Vec<String> {
        let cell = |(id, field)| match answers.get(id) {
            Some(Answer::Text(text)) => safe(text),
            Some(answer) => safe(&page::said(field, answer, &self.rulebook.words)),
            None => String::new(),
        };
        exported(form, contacts).map(cell).collect()
    }
}

fn exported(form: &Form, contacts: bool) -> impl Iterator<Item = (&str, &domain::form::Field)> {
    let answered = form.fields.iter().filter(|field| !field.kind.is_shown_only());
    answered.filter(move |field| contacts || field.personal.is_none()).map(|field| (field.id.as_str(), field))
}

/// A cell that a spreadsheet takes for a text and not for a formula (OWASP, « CSV injection »).
fn safe(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_computes_nothing_that_a_citizen_wrote() {
        assert_eq!(safe("=HYPERLINK(\"https://x.example\")"), "'=HYPERLINK(\"https://x.example\")");
        assert_eq!(safe("+33612345678"), "'+33612345678");
        assert_eq!(safe("Un banc"), "Un banc");
    }
}
