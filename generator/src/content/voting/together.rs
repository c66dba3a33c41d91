//! A vote and what is voted on: what can be told only once both are known.

use super::{Named, Voting, frozen};
use crate::{
    content::{process::Process, reader::Reader},
    diagnostics::{Diagnostic, suggestion},
};
use domain::{
    ballot::Method,
    tally::{Project, Rules},
    window::Phase,
};
use std::collections::{BTreeMap, BTreeSet};

impl Voting {
    /// What is voted on in `process`, in the order of their ids, as the tally takes it. A deposit that moderation has removed
    /// since the vote opened counts as withdrawn, and has no name any more.
    pub(crate) fn projects(&self, process: &Process) -> Vec<Project> {
        self.with_missing(process, |missing| Project {
            name: missing.id.clone(),
            withdrawn: true,
            ..missing.clone()
        })
    }

    /// What is voted on, and what `of` makes of that which was when the vote opened and is no longer in the content.
    pub(super) fn with_missing(&self, process: &Process, of: impl Fn(&Project) -> Project) -> Vec<Project> {
        let mut projects = self.present(process);
        projects.extend(self.missing(process).map(of));
        if self.is_of_deposits() {
            projects.sort_by(|one, other| one.id.cmp(&other.id));
        }
        projects
    }

    /// What is kept of the texts of what is voted on, by id; of what is missing, as it was.
    pub(super) fn texts(&self, process: &Process) -> BTreeMap<String, String> {
        let options = self.options.iter().filter(|option| !option.text.as_str().is_empty());
        let mut texts: BTreeMap<String, String> =
            options.map(|option| (option.id.clone(), frozen::digest("", option.text.as_str()))).collect();
        let voted = process.deposits.iter().filter(|deposit| deposit.is_voted_on());
        if self.is_of_deposits() {
            texts.extend(
                voted.filter_map(|deposit| Some((deposit.id.clone(), deposit.candidate.text.clone()?))),
            );
            let frozen = self.frozen.iter();
            let kept =
                |missing: &Project| frozen.clone().find_map(|frozen| frozen.texts.get_key_value(&missing.id));
            texts.extend(self.missing(process).filter_map(kept).map(|(id, text)| (id.clone(), text.clone())));
        }
        texts
    }

    fn missing(&self, process: &Process) -> impl Iterator<Item = &Project> {
        let frozen = self.frozen.iter().filter(|_| self.is_of_deposits()).flat_map(|frozen| &frozen.projects);
        frozen.filter(|project| process.deposits.iter().all(|deposit| deposit.id != project.id))
    }

    fn present(&self, process: &Process) -> Vec<Project> {
        if !self.is_of_deposits() {
            let options = self.options.iter().map(|option| Project {
                id: option.id.clone(),
                name: option.title.as_str().to_owned(),
                ..Project::default()
            });
            return options.collect();
        }
        let voted = process.deposits.iter().filter(|deposit| deposit.is_voted_on());
        let projects = voted.map(|deposit| Project {
            id: deposit.id.clone(),
            name: deposit.page.title.as_str().to_owned(),
            cost: deposit.candidate.cost.unwrap_or(0),
            zone: deposit.candidate.zone.as_ref().map(|zone| zone.as_str().to_owned()),
            themes: deposit.theme.iter().map(|theme| theme.as_str().to_owned()).collect(),
            labels: deposit.candidate.labels.iter().map(|label| label.as_str().to_owned()).collect(),
            proposer: deposit.candidate.proposer.as_ref().map(|proposer| proposer.as_str().to_owned()),
            withdrawn: deposit.candidate.withdrawn,
        });
        projects.collect()
    }

    /// Reports what does not go together in `process`, which has this vote.
    pub(in crate::content) fn check(&self, process: &Process, reader: &Reader<'_>) {
        let projects = self.projects(process);
        let report = |diagnostic| reporter(reader, diagnostic);
        let error = |message: String, help: &str| {
            report(Diagnostic::error(&self.place.source, self.place.header.clone(), message).help(help));
        };
        let is_question = matches!(self.method, Method::YesNo { .. });
        if projects.is_empty() && !is_question {
            if self.window.phase(reader.now) != Phase::Before {
                error(
                    "le vote est ouvert, et il n’y a rien à choisir".to_owned(),
                    "ajoutez des dépôts recevables (`[decision]`, `state = \"admissible\"`) ou des `[[voting.choices]]`, ou reportez `opens`",
                );
            }
        } else {
            self.check_least(&projects, &error);
            self.check_names(&projects, &report);
            if let Some(counting) = &self.counting {
                self.check_scopes(&projects, &counting.rules, &report);
                self.check_proposers(&projects, &counting.rules, &report);
            }
        }
        for missing in self.missing(process) {
            let message = format!("le projet `{}` est soumis au vote, et sa page n’est plus là", missing.id);
            let warning = Diagnostic::warning(&self.place.source, self.place.header.clone(), message);
            report(
                warning
                    .help("il compte comme retiré ; si ce n’est pas ce que vous vouliez, remettez sa page"),
            );
        }
        for (message, help) in frozen::changed(self, process, reader.now) {
            error(message, help);
        }
    }

    /// A ballot that must name more projects than there are would never be valid.
    fn check_least(&self, projects: &[Project], error: &impl Fn(String, &str)) {
        let (Method::Approval { least, .. } | Method::Ranking { least, .. }) = &self.method else { return };
        let standing = projects.iter().filter(|project| !project.withdrawn).count();
        if *least as usize > standing {
            error(
                format!("un bulletin a au moins {least} projets, et il n’y en a que {standing}"),
                "diminuez `least` : aucun bulletin ne serait valable",
            );
        }
    }

    /// Zones, themes and labels are those of some project, exclusions are of projects.
    fn check_names(&self, projects: &[Project], report: &impl Fn(Diagnostic)) {
        for (named, name) in &self.place.names {
            let known: BTreeSet<&str> = projects.iter().flat_map(|project| named.of(project)).collect();
            if known.contains(name.get_ref().as_str()) {
                continue;
            }
            let (what, key) = named.said();
            let message = format!("aucun projet soumis au vote n’a {what} « {} »", name.get_ref());
            let help = match suggestion(name.get_ref(), known.iter().copied()) {
                Some(meant) => format!("vouliez-vous dire « {meant} » ?"),
                None if known.is_empty() => format!("donnez la clé `{key}` aux projets, ou retirez celle-ci"),
                None => format!("ceux des projets : {}", known.into_iter().collect::<Vec<_>>().join(", ")),
            };
            report(Diagnostic::error(&self.place.source, name.span(), message).help(help));
        }
    }

    /// A project that no envelope is for cannot win: its author would like to know.
    fn check_scopes(&self, projects: &[Project], rules: &Rules, report: &impl Fn(Diagnostic)) {
        let out = projects.iter().filter(|project| {
            !project.withdrawn && !rules.envelopes.iter().any(|envelope| envelope.scope.holds(project))
        });
        let out: Vec<&str> = out.map(|project| project.id.as_str()).collect();
        if !out.is_empty() {
            let message =
                format!("aucune enveloppe n’est pour ces projets soumis au vote : {}", out.join(", "));
            let warning = Diagnostic::warning(&self.place.source, self.place.header.clone(), message);
            report(warning.help("ils ne pourraient pas être élus : élargissez une enveloppe, ou écrivez `ballot = false` dans ces dépôts"));
        }
    }

    /// Whose projects these are must be said, where a proposer has one elected at most: names of authors are not enough, for
    /// several people have the same, or give none.
    fn check_proposers(&self, projects: &[Project], rules: &Rules, report: &impl Fn(Diagnostic)) {
        let unsaid = projects.iter().filter(|project| {
            self.is_of_deposits()
                && rules.one_per_proposer
                && !project.withdrawn
                && project.proposer.is_none()
        });
        let unsaid: Vec<&str> = unsaid.map(|project| project.id.as_str()).collect();
        if !unsaid.is_empty() {
            let message = format!(
                "`one_per_proposer` ne sait pas qui porte ces projets soumis au vote : {}",
                unsaid.join(", ")
            );
            let warning = Diagnostic::warning(&self.place.source, self.place.header.clone(), message);
            report(warning.help("écrivez dans leur en-tête `proposer = \"…\"`, le même texte pour tous les projets d’une même personne ou association : sans lui, un projet compte comme le seul de son porteur"));
        }
    }
}

fn reporter(reader: &Reader<'_>, diagnostic: Diagnostic) {
    // What is read in each language is told once.
    if reader.edition == 0 {
        reader.reporter.report(diagnostic);
    }
}

impl Named {
    /// The names of this kind that `project` has.
    fn of(self, project: &Project) -> Vec<&str> {
        match self {
            Self::Zone => project.zone.as_deref().into_iter().collect(),
            Self::Theme => project.themes.iter().map(String::as_str).collect(),
            Self::Label => project.labels.iter().map(String::as_str).collect(),
            Self::Project => vec![&project.id],
        }
    }

    /// As it is said, and the key that says it.
    fn said(self) -> (&'static str, &'static str) {
        match self {
            Self::Zone => ("pour secteur", "zone"),
            Self::Theme => ("pour thème", "theme"),
            Self::Label => ("l’étiquette", "labels"),
            Self::Project => ("pour identifiant", "id"),
        }
    }
}
