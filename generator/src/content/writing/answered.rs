//! A form as it has been answered, beside the page of its process: what is changed in it since must leave the answers
//! readable. `parvis pull` and `parvis serve` keep it, once there is an answer.

use crate::{content::reader::Reader, front_matter::Table, links};
use domain::form::{
    Form,
    version::{self, Breaking},
};
use std::{fs, io};

/// Its name, hidden from those who read the content.
pub(crate) const FILE: &str = ".form.json";

/// The text of the file.
pub(crate) fn write(form: &Form) -> serde_json::Result<String> {
    serde_json::to_string_pretty(form).map(|text| text + "\n")
}

/// The form in a text of the file.
pub(crate) fn read(text: &str) -> serde_json::Result<Form> {
    serde_json::from_str(text)
}

/// Reports the changes of the form in the process at `path` that are not allowed once it has been answered.
pub(super) fn check(form: &Form, path: &str, table: &Table<'_>, reader: &Reader<'_>) {
    let beside = links::in_folder_of(path, FILE);
    let before = match fs::read_to_string(reader.folder.join(&beside)) {
        Ok(text) => read(&text).map_err(io::Error::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return,
        Err(error) => Err(error),
    };
    let before = match before {
        Ok(before) => before,
        Err(error) => {
            let message = format!("content/{beside} ne se lit pas : {error}");
            let help = "remettez ce fichier comme il était : il dit à quel formulaire on a répondu";
            return table.report(table.error(table.header(), message).help(help));
        }
    };
    for change in version::breaking(&before, form) {
        let (message, help) = said(&change);
        table.report(table.error(table.header(), message).help(help));
    }
}

fn said(change: &Breaking) -> (String, &'static str) {
    const ANOTHER: &str = "des personnes ont déjà répondu : ajoutez plutôt un champ, avec un autre `id`";
    match change {
        Breaking::Kind { field } => (format!("le champ `{field}` n’est plus de la même sorte"), ANOTHER),
        Breaking::Choice { field, choice } => (
            format!("le choix `{choice}` du champ `{field}` n’existe plus"),
            "des personnes l’ont peut-être choisi : gardez son `id`, et changez au besoin son `label`",
        ),
        Breaking::Decimals { field } => {
            (format!("le champ `{field}` n’a plus le même nombre de décimales"), ANOTHER)
        }
        Breaking::Grades { field } => (
            format!("les mentions du champ `{field}` ne sont plus dans le même ordre"),
            "des personnes ont déjà répondu dans l’ordre d’avant : remettez-le",
        ),
        Breaking::Visibility { field } => (
            format!("les réponses au champ `{field}` seraient lues par plus de monde"),
            "elles ont été données pour moins de lecteurs : remettez `visibility` comme avant",
        ),
    }
}
