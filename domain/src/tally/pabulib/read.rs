//! From the text of a file to what it says.

use super::{
    Fault, File, Recorded,
    amount::decimal,
    digest,
    records::{Records, fields},
    votes::{Places, Votes},
};
use crate::tally::Project;
use std::collections::{BTreeMap, HashMap};

/// Costs that say that a project was withdrawn after it was voted on, by Pabulib's convention.
const WITHDRAWN: &str = "999999999";

/// Faults that are said at once: the rest often follows from them.
const SAID: usize = 20;

/// Reads a file. When `lenient`, a project that comes twice in one vote is counted once, and one that does not exist is
/// left out, each with a notice.
///
/// # Errors
/// What is wrong, line by line.
pub fn read(bytes: &[u8], lenient: bool) -> Result<File, Vec<Fault>> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
            let what = "le fichier n’est pas en UTF-8".to_owned();
            let remedy = "Enregistrez-le dans ce codage.".to_owned();
            return Err(vec![Fault { line, what, remedy }]);
        }
    };
    let mut reader = Reader { lenient, ..Reader::default() };
    reader.sections(text);
    let file = reader.file(digest(bytes));
    if reader.faults.is_empty()
        && let Some(file) = file
    {
        return Ok(file);
    }
    reader.faults.truncate(SAID);
    Err(reader.faults)
}

#[derive(Default)]
struct Reader {
    lenient: bool,
    meta: BTreeMap<String, (usize, String)>,
    projects: Vec<Project>,
    recorded: Vec<Recorded>,
    votes: Option<Votes>,
    notices: Vec<String>,
    faults: Vec<Fault>,
    last: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Meta,
    Projects,
    Votes,
}

impl Section {
    /// The section that a line opens: a line of its name alone.
    fn opened_by(record: &str) -> Option<Self> {
        // Most lines begin with a number.
        if record.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let mut fields = fields(record);
        let name = fields.next()?;
        if fields.any(|field| !field.is_empty()) {
            return None;
        }
        [("meta", Self::Meta), ("projects", Self::Projects), ("votes", Self::Votes)]
            .into_iter()
            .find_map(|(known, section)| name.eq_ignore_ascii_case(known).then_some(section))
    }
}

impl Reader {
    fn fault(&mut self, line: usize, what: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(Fault { line, what: what.into(), remedy: remedy.into() });
    }

    fn sections(&mut self, text: &str) {
        let mut section = None;
        let mut columns: Option<Columns> = None;
        let mut places = None;
        for (line, record) in Records::of(text) {
            self.last = line;
            if record.trim().is_empty() {
                continue;
            }
            if let Some(opened) = Section::opened_by(record) {
                section = Some(opened);
                columns = None;
                if opened == Section::Votes {
                    self.open_votes(line);
                }
                continue;
            }
            match (section, &columns) {
                (None, _) => {
                    self.fault(
                        line,
                        "cette ligne vient avant toute rubrique",
                        "Un fichier .pb commence par une ligne « META ».",
                    );
                    return;
                }
                (Some(Section::Meta), _) => self.meta_line(line, record),
                (Some(section), None) => columns = Some(self.columns(section, line, record)),
                (Some(Section::Projects), Some(columns)) => self.project(columns, line, record),
                (Some(Section::Votes), Some(columns)) => {
                    let places = *places.get_or_insert_with(|| Places::of(columns));
                    if let Some(votes) = &mut self.votes {
                        votes.vote(places, line, record, &mut self.faults);
                    }
                }
            }
            if self.faults.len() > SAID {
                return;
            }
        }
    }

    fn meta_line(&mut self, line: usize, record: &str) {
        let mut fields = fields(record);
        let key = fields.next().unwrap_or_default().to_lowercase();
        let value = fields.next().unwrap_or_default().into_owned();
        if key == "key" && value.eq_ignore_ascii_case("value") {
            return;
        }
        if self.meta.insert(key.clone(), (line, value)).is_some() {
            self.notices.push(format!("META dit deux fois « {key} » : la seconde vaut"));
        }
    }

    fn columns(&mut self, section: Section, line: usize, record: &str) -> Columns {
        let columns = Columns(fields(record).zip(0..).map(|(name, at)| (name.to_lowercase(), at)).collect());
        let (needed, name): (&[&str], &str) = match section {
            Section::Projects => (&["project_id", "cost"], "PROJECTS"),
            _ => (&["vote"], "VOTES"),
        };
        for column in needed {
            if columns.at(&[column]).is_none() {
                self.fault(
                    line,
                    format!("la rubrique {name} n’a pas de colonne « {column} »"),
                    format!("Sa première ligne nomme les colonnes, comme « {} ».", needed.join(";")),
                );
            }
        }
        columns
    }

    fn project(&mut self, columns: &Columns, line: usize, record: &str) {
        let values: Vec<_> = fields(record).collect();
        let text = |names: &[&str]| {
            let value = values.get(columns.at(names)?)?;
            (!value.is_empty() && !value.eq_ignore_ascii_case("none")).then(|| value.clone().into_owned())
        };
        let list = |names: &[&str]| -> Vec<String> {
            let text = text(names).unwrap_or_default();
            text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
        };
        let Some(id) = text(&["project_id"]) else {
            self.fault(
                line,
                "ce projet n’a pas d’identifiant",
                "Donnez-en un dans la colonne « project_id ».",
            );
            return;
        };
        let written = text(&["cost"]).unwrap_or_default();
        let cost = self.money(line, &format!("le coût du projet « {id} »"), &written);
        let withdrawn = decimal(&written) == decimal(WITHDRAWN);
        if withdrawn {
            self.notices.push(format!(
                "le projet « {id} » coûte {WITHDRAWN} : par convention il a été retiré après le vote, il n’est pas compté"
            ));
        }
        let project = Project {
            name: text(&["name"]).unwrap_or_default(),
            cost: cost.unwrap_or(0),
            zone: text(&["neighborhood", "district", "subunit"]),
            themes: list(&["category", "categories"]),
            labels: list(&["beneficiaries", "target", "targets"]),
            proposer: text(&["proposer"]),
            withdrawn,
            id,
        };
        let (votes, score, selected) = (text(&["votes"]), text(&["score"]), text(&["selected"]));
        self.recorded.push(Recorded { votes, score, selected });
        self.projects.push(project);
    }

    fn money(&mut self, line: usize, what: &str, written: &str) -> Option<u64> {
        let Some((cents, exact)) = decimal(written).and_then(super::amount::Decimal::cents) else {
            self.fault(
                line,
                format!("{what} est « {written} », ce qui n’est pas un montant"),
                "Écrivez un nombre, comme 12500 ou 12500.50.",
            );
            return None;
        };
        if !exact {
            self.notices
                .push(format!("ligne {line} : {what} a plus de deux décimales, il est arrondi au centime"));
        }
        Some(cents)
    }

    fn open_votes(&mut self, line: usize) {
        let mut index: HashMap<&str, u32> = HashMap::with_capacity(self.projects.len());
        let mut twice = Vec::new();
        for (project, at) in self.projects.iter().zip(0..) {
            if index.insert(&project.id, at).is_some() {
                twice.push(project.id.clone());
            }
        }
        for id in twice {
            self.fault(
                line,
                format!("le projet « {id} » figure deux fois dans PROJECTS"),
                "Donnez à chaque projet son identifiant.",
            );
        }
        if self.projects.is_empty() {
            self.fault(line, "les votes viennent avant les projets", "Mettez PROJECTS avant VOTES.");
        }
        let kind = self.meta.get("vote_type").cloned();
        let (at, kind) = kind.unwrap_or((line, String::new()));
        match Votes::new(&kind, &self.meta, &self.projects, self.lenient) {
            Ok(votes) => self.votes = Some(votes),
            Err(what) => self.fault(
                at,
                what,
                "Écrivez dans META une ligne « vote_type;… » : approval, ordinal, cumulative, scoring ou choose-1.",
            ),
        }
    }

    fn file(&mut self, digest: [u8; 32]) -> Option<File> {
        let last = self.last;
        let budget = match self.meta.get("budget").cloned() {
            Some((line, written)) => self.money(line, "le budget", &written),
            None => {
                self.fault(last, "le budget n’est pas dit", "Écrivez dans META une ligne « budget;500000 ».");
                None
            }
        };
        let Some(votes) = self.votes.take() else {
            if self.faults.is_empty() {
                self.fault(last, "il n’y a pas de rubrique VOTES", "Vérifiez que le fichier est entier.");
            }
            return None;
        };
        let profile = votes.finish(&mut self.notices);
        for (key, counted) in [("num_votes", profile.ballots()), ("num_projects", self.projects.len() as u64)]
        {
            if let Some((_, said)) = self.meta.get(key)
                && said.parse() != Ok(counted)
            {
                self.notices.push(format!("META dit « {key};{said} », le fichier en contient {counted}"));
            }
        }
        for key in ["budget_per_category", "budget_per_neighborhood"] {
            if self.meta.contains_key(key) {
                self.notices.push(format!("« {key} » n’est pas appliqué : le format ne dit pas comment"));
            }
        }
        Some(File {
            meta: std::mem::take(&mut self.meta).into_iter().map(|(key, (_, value))| (key, value)).collect(),
            budget: budget?,
            projects: std::mem::take(&mut self.projects),
            profile,
            recorded: std::mem::take(&mut self.recorded),
            notices: std::mem::take(&mut self.notices),
            digest,
        })
    }
}

/// Names of the columns of a section, in lower case, and where they are.
pub(super) struct Columns(Vec<(String, usize)>);

impl Columns {
    /// Where the first of these columns is that there is.
    pub(super) fn at(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.0.iter().find(|(known, _)| known == name).map(|(_, at)| *at))
    }
}
