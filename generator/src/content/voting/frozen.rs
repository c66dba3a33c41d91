//! What is voted on and how it is counted, beside the page of its process: once the vote is open, none of it changes. `parvis
//! pull` and `parvis serve` keep it, from the opening on.

use super::Voting;
use crate::{
    content::{process::Process, reader::Reader},
    links,
};
use domain::{
    ballot::Method,
    rulebook,
    tally::{Project, Rules},
};
use serde::{Deserialize, Serialize};
use std::{fs, io};

/// Its name, hidden from those who read the content.
pub(crate) const FILE: &str = ".ballot.json";

/// What people have voted on, by which rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Frozen {
    method: Method,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    projects: Vec<Project>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rules: Option<Rules>,
}

impl Frozen {
    /// What people vote on by `voting`.
    pub(crate) fn of(voting: &rulebook::Voting) -> Self {
        let rulebook::Voting { method, projects, rules, .. } = voting;
        Self { method: method.clone(), projects: projects.clone(), rules: rules.clone() }
    }

    /// Whether it is the same vote as `before`, projects withdrawn since aside.
    pub(crate) fn follows(&self, before: &Self) -> bool {
        changes(before, self).is_empty()
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

/// Reports what has changed in the vote of `process` since it opened: `projects` are those of today.
pub(super) fn check(
    voting: &Voting,
    projects: Vec<Project>,
    process: &Process,
    error: &impl Fn(String, &str),
    reader: &Reader<'_>,
) {
    let beside = links::in_folder_of(&process.page.path, FILE);
    let before = match fs::read_to_string(reader.folder.join(&beside)) {
        Ok(text) => read(&text).map_err(io::Error::from),
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => return,
        Err(failure) => Err(failure),
    };
    match before {
        Ok(before) => {
            let rules = voting.counting.as_ref().map(|counting| counting.rules.clone());
            let today = Frozen { method: voting.method.clone(), projects, rules };
            for (message, help) in changes(&before, &today) {
                error(message, help);
            }
        }
        Err(failure) => error(
            format!("content/{beside} ne se lit pas : {failure}"),
            "remettez ce fichier comme il était : il dit sur quoi l’on a voté",
        ),
    }
}

const BACK: &str = "des personnes ont déjà voté : remettez ce qui était écrit à l’ouverture";

/// What differs, and what to do. A project may still be withdrawn: it stays on the account of the vote.
fn changes(before: &Frozen, today: &Frozen) -> Vec<(String, &'static str)> {
    let mut changes = Vec::new();
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
            Some(today) => changes.extend(change(project, today)),
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
    let what = match () {
        () if before.name != today.name => {
            format!("le titre du projet `{id}` a changé depuis l’ouverture du vote : « {} »", before.name)
        }
        () if before.cost != today.cost => {
            format!("le coût du projet `{id}` a changé depuis l’ouverture du vote : {} €", euros(before.cost))
        }
        () if before.withdrawn && !today.withdrawn => {
            format!("le projet `{id}` a été retiré du vote, et ne peut pas y revenir")
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
    format!("{},{:02}", cents / 100, cents % 100)
}
