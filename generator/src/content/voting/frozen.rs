//! What is voted on and how it is counted, beside the page of its process: once the vote is open, none of it changes. `parvis
//! pull` and `parvis serve` keep it, from the opening on.

use super::Voting;
use crate::{
    content::{process::Process, reader::Reader},
    front_matter::Table,
    links,
};
use domain::{
    ballot::Method,
    form::read::decimal::written,
    tally::{Project, Rules},
    window::Window,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fs, io};

/// Its name, hidden from those who read the content.
pub(crate) const FILE: &str = ".ballot.json";

/// What people have voted on, by which rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Frozen {
    /// What is asked, where one answers it or chooses among options: another question would be another vote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    question: Option<String>,
    window: Window,
    method: Method,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) projects: Vec<Project>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rules: Option<Rules>,
    /// [`digest`] of the text that goes with each project or option, by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) texts: BTreeMap<String, String>,
}

impl Frozen {
    /// What people vote on in `process`, which has this vote. What moderation has removed is as it was.
    pub(crate) fn of(voting: &Voting, process: &Process) -> Self {
        let question = voting.question.as_ref().unwrap_or(&process.page.title);
        Self {
            question: (!voting.is_of_deposits()).then(|| question.as_str().to_owned()),
            window: voting.window,
            method: voting.method.clone(),
            projects: voting.with_missing(process, Project::clone),
            rules: voting.counting.as_ref().map(|counting| counting.rules.clone()),
            texts: voting.texts(process),
        }
    }

    /// Whether it is, at `now`, the same vote as `before`, but for what an editor may still change.
    pub(crate) fn follows(&self, before: &Self, now: Timestamp) -> bool {
        changes(before, self, now).is_empty()
    }
}

/// The text of the file.
pub(crate) fn write(frozen: &Frozen) -> serde_json::Result<String> {
    serde_json::to_string_pretty(frozen).map(|text| text + "\n")
}

/// What a text of the file says.
pub(crate) fn read(text: &str) -> serde_json::Result<Frozen> {
    serde_json::from_str(text)
}

/// The file beside the page at `path`, if there is one that can be read.
pub(super) fn read_beside(path: &str, table: &Table<'_>, reader: &Reader<'_>) -> Option<Frozen> {
    let beside = links::in_folder_of(path, FILE);
    let found = match fs::read_to_string(reader.folder.join(&beside)) {
        Ok(text) => read(&text).map_err(io::Error::from),
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => return None,
        Err(failure) => Err(failure),
    };
    let unreadable = |failure| {
        let error = table.error(table.header(), format!("content/{beside} ne se lit pas\u{a0}: {failure}"));
        table.report(error.help("remettez ce fichier comme il était : il dit sur quoi l’on a voté"));
    };
    found.map_err(unreadable).ok()
}

/// What is kept of the text of a project or an option: its SHA-256, in hexadecimal.
pub(in crate::content) fn digest(description: &str, text: &str) -> String {
    hex::encode(Sha256::digest(format!("{description}\n{}", text.trim())))
}

/// What has changed in the vote of `process` since it opened, and what to do.
pub(super) fn changed(voting: &Voting, process: &Process, now: Timestamp) -> Vec<(String, &'static str)> {
    let before = voting.frozen.as_ref();
    before.map(|before| changes(before, &Frozen::of(voting, process), now)).unwrap_or_default()
}

const BACK: &str = "des personnes ont déjà voté : remettez ce qui était écrit à l’ouverture";

/// What differs, and what to do. Until the close a project may be withdrawn, which stays on the account of the vote, and the
/// vote may be made longer.
fn changes(before: &Frozen, today: &Frozen, now: Timestamp) -> Vec<(String, &'static str)> {
    let mut changes = Vec::new();
    let is_over = now >= before.window.closes();
    if before.window.opens() != today.window.opens() {
        changes.push(("le vote est ouvert, et son ouverture a changé".to_owned(), BACK));
    }
    if is_over && before.window.closes() != today.window.closes() {
        changes.push((
            "le vote est clos, et sa clôture a changé".to_owned(),
            "remettez la clôture qui était écrite : les bulletins sont publiés ; pour voter de nouveau, faites une autre démarche",
        ));
    } else if today.window.closes() < before.window.closes() {
        changes.push((
            "la clôture du vote a été avancée alors qu’il est ouvert".to_owned(),
            "remettez celle qui était annoncée, sur laquelle des personnes comptent ; vous pouvez la reculer",
        ));
    }
    if let Some(question) = before.question.as_ref().filter(|_| before.question != today.question) {
        changes.push((format!("la question a changé depuis l’ouverture du vote : « {question} »"), BACK));
    }
    if before.method != today.method {
        changes.push(("la façon de voter a changé depuis l’ouverture du vote".to_owned(), BACK));
    }
    if before.rules != today.rules {
        changes.push(("la règle de décompte a changé depuis l’ouverture du vote".to_owned(), BACK));
    }
    for project in &before.projects {
        let id = &project.id;
        match today.projects.iter().find(|today| today.id == *id) {
            None => changes.push((
                format!("le projet `{id}` n’est plus soumis au vote, qui est ouvert"),
                "remettez-le, et écrivez `withdrawn = true` dans son en-tête s’il ne doit plus être compté",
            )),
            Some(today) if is_over && today.withdrawn && !project.withdrawn => changes.push((
                format!("le projet `{id}` a été retiré d’un vote qui est clos"),
                "il a été compté, et le résultat est publié : retirez `withdrawn`, et dites dans le suivi ce qu’il devient",
            )),
            Some(today) => changes.extend(change(project, today)),
        }
    }
    // After the close a page goes on: it says what becomes of the project.
    for (id, text) in before.texts.iter().filter(|_| !is_over) {
        if today.texts.get(id).is_some_and(|today| today != text) {
            changes.push((
                format!("le texte de `{id}` a changé depuis l’ouverture du vote"),
                "des personnes ont déjà voté : remettez-le ; si la loi oblige à le changer, ôtez sa ligne de `texts` dans `.ballot.json`",
            ));
        }
    }
    for project in &today.projects {
        if !before.projects.iter().any(|before| before.id == project.id) {
            changes.push((
                format!("le projet `{}` a été ajouté après l’ouverture du vote", project.id),
                "ceux qui ont voté ne l’ont pas vu : écrivez `ballot = false` dans son en-tête",
            ));
        }
    }
    changes
}

/// What differs in a project.
fn change(before: &Project, today: &Project) -> Option<(String, &'static str)> {
    let id = &before.id;
    if before.withdrawn && !today.withdrawn {
        let help = "des personnes ont voté sans le voir : remettez `withdrawn = true` dans son en-tête";
        return Some((format!("le projet `{id}` a été retiré du vote, et ne peut pas y revenir"), help));
    }
    let what = match () {
        () if before.name != today.name => {
            format!("le titre du projet `{id}` a changé depuis l’ouverture du vote : « {} »", before.name)
        }
        () if before.cost != today.cost => {
            format!("le coût du projet `{id}` a changé depuis l’ouverture du vote : {} €", euros(before.cost))
        }
        () if (&before.zone, &before.themes, &before.labels, &before.proposer)
            != (&today.zone, &today.themes, &today.labels, &today.proposer) =>
        {
            format!(
                "le secteur, le thème, les étiquettes ou l’auteur du projet `{id}` ont changé depuis l’ouverture du vote"
            )
        }
        () => return None,
    };
    Some((what, BACK))
}

fn euros(cents: u64) -> String {
    written(i64::try_from(cents).unwrap_or(i64::MAX), 2)
}
