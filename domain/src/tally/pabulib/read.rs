//! From the text of a file to what it says.

use super::{
    Fault, File, Recorded,
    amount::decimal,
    digest,
    records::{Record, Records, fields},
    votes::{Places, Votes},
};
use crate::tally::Project;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

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
    let text = text_of(bytes).map_err(|fault| vec![fault])?;
    let mut reader = Reader { lenient, ..Reader::default() };
    if reader.sections(&text).is_some()
        && let Some(file) = reader.file(digest(bytes))
        && reader.faults.is_empty()
    {
        return Ok(file);
    }
    reader.faults.truncate(SAID);
    Err(reader.faults)
}

/// The text of the file; old systems end lines with a carriage return alone.
fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let fault = |line: usize, what: &str| {
        let remedy = "Enregistrez-le en UTF-8, sans changer ses colonnes.".to_owned();
        Fault { line, what: what.to_owned(), remedy }
    };
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes.contains(&0) {
        return Err(fault(1, "le fichier est en UTF-16, ou n’est pas du texte"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() + 1;
        fault(line, "le fichier n’est pas en UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Ok(match text.contains('\n') {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.replace('\r', "\n")),
    })
}

#[derive(Default)]
struct Reader {
    lenient: bool,
    meta: BTreeMap<String, (usize, String)>,
    projects: Vec<Project>,
    /// Project → the line it is on.
    lines: HashMap<String, usize>,
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
    fn name(self) -> &'static str {
        match self {
            Self::Meta => "META",
            Self::Projects => "PROJECTS",
            Self::Votes => "VOTES",
        }
    }

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
        [Self::Meta, Self::Projects, Self::Votes]
            .into_iter()
            .find(|section| name.eq_ignore_ascii_case(section.name()))
    }
}

impl Reader {
    fn fault(&mut self, line: usize, what: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(Fault { line, what: what.into(), remedy: remedy.into() });
    }

    /// Reads the sections, in any order; none when a fault leaves no sense to what follows.
    fn sections(&mut self, text: &str) -> Option<()> {
        let mut opened: Vec<(Section, usize)> = Vec::new();
        let mut columns = None;
        // Votes that come before what is needed to read them.
        let mut early = Vec::new();
        for Record { line, text: record, open } in Records::of(text) {
            self.last = line;
            if open {
                self.fault(
                    line,
                    "un guillemet s’ouvre au début d’un champ et ne se ferme pas",
                    "Fermez-le ; s’il fait partie du texte, doublez-le entre guillemets, comme dans \"le \"\"four\"\"\".",
                );
                return None;
            }
            if record.trim().is_empty() {
                continue;
            }
            if let Some(section) = Section::opened_by(record) {
                if opened.iter().any(|(other, _)| *other == section) {
                    let what = format!("la rubrique {} vient deux fois", section.name());
                    self.fault(line, what, "Réunissez les deux en une.");
                    return None;
                }
                opened.push((section, line));
                columns = None;
                if section == Section::Votes && self.is_ready() {
                    self.open_votes(line)?;
                }
                continue;
            }
            match opened.last() {
                None => {
                    let remedy = "Un fichier .pb commence par une ligne « META ».";
                    self.fault(line, "cette ligne vient avant toute rubrique", remedy);
                    return None;
                }
                Some((Section::Meta, _)) => self.meta_line(line, record),
                Some((Section::Votes, _)) if self.votes.is_none() => early.push((line, record)),
                Some((section, _)) => self.row(*section, &mut columns, line, record)?,
            }
            if self.faults.len() > SAID {
                return None;
            }
        }
        if opened.is_empty() {
            self.fault(
                1,
                "le fichier est vide",
                "Un fichier .pb a trois rubriques : META, PROJECTS et VOTES.",
            );
            return None;
        }
        if let Some(&(section, line)) = opened.iter().find(|(section, _)| *section == Section::Votes)
            && self.votes.is_none()
        {
            self.open_votes(line)?;
            let mut columns = None;
            for (line, record) in early {
                self.row(section, &mut columns, line, record)?;
            }
        }
        Some(())
    }

    /// Reads a line of PROJECTS or VOTES; the first one names the columns.
    fn row(
        &mut self,
        section: Section,
        columns: &mut Option<Columns>,
        line: usize,
        record: &str,
    ) -> Option<()> {
        match (columns, &mut self.votes) {
            (unknown @ None, _) => *unknown = Some(self.columns(section, line, record)?),
            (Some(columns), Some(votes)) if section == Section::Votes => {
                votes.vote(columns.places, line, record, &mut self.faults);
            }
            (Some(columns), _) => self.project(columns, line, record),
        }
        Some(())
    }

    /// Whether what is needed to read votes is known.
    fn is_ready(&self) -> bool {
        !self.projects.is_empty() && self.meta.contains_key("vote_type")
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

    /// The columns that `record` names; none when one that is needed is not there.
    fn columns(&mut self, section: Section, line: usize, record: &str) -> Option<Columns> {
        let columns = Columns::of(record);
        let needed: &[&str] = match (section, &self.votes) {
            (Section::Votes, Some(votes)) if votes.have_points() => &["vote", "points"],
            (Section::Votes, _) => &["vote"],
            _ => &["project_id", "cost"],
        };
        let missing: Vec<&str> =
            needed.iter().copied().filter(|name| columns.at(&[name]).is_none()).collect();
        let separator = [(',', "virgules"), ('\t', "tabulations")]
            .into_iter()
            .find(|(separator, _)| !record.contains(';') && record.contains(*separator));
        let Some(first) = missing.first() else { return Some(columns) };
        let name = section.name();
        match separator {
            Some((_, separators)) => self.fault(
                line,
                format!("les colonnes de la rubrique {name} sont séparées par des {separators}"),
                "Séparez-les par des points-virgules, dans tout le fichier.",
            ),
            None => self.fault(
                line,
                format!("la rubrique {name} n’a pas de colonne « {first} »"),
                format!("Sa première ligne nomme les colonnes, comme « {} ».", needed.join(";")),
            ),
        }
        None
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
        if let Some(before) = self.lines.insert(id.clone(), line) {
            self.fault(
                line,
                format!("le projet « {id} » figure deux fois dans PROJECTS, la première ligne {before}"),
                "Donnez à chaque projet son identifiant.",
            );
        }
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

    fn open_votes(&mut self, line: usize) -> Option<()> {
        if self.projects.is_empty() {
            self.fault(line, "il n’y a pas de projet", "Donnez-les dans la rubrique PROJECTS.");
            return None;
        }
        let kind = self.meta.get("vote_type").cloned();
        let (at, kind) = kind.unwrap_or((line, String::new()));
        match Votes::new(&kind, &self.meta, &self.projects, self.lenient) {
            Ok(votes) => {
                self.votes = Some(votes);
                Some(())
            }
            Err(what) => {
                self.fault(
                    at,
                    what,
                    "Écrivez dans META une ligne « vote_type;… » : approval, ordinal, cumulative, scoring ou choose-1.",
                );
                None
            }
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
pub(super) struct Columns {
    names: Vec<(String, usize)>,
    /// Those that votes need.
    places: Places,
}

impl Columns {
    fn of(record: &str) -> Self {
        let names: Vec<_> = fields(record).zip(0..).map(|(name, at)| (name.to_lowercase(), at)).collect();
        let at = |name: &str| names.iter().find(|(known, _)| known == name).map(|(_, at)| *at);
        let places = Places { voter: at("voter_id"), vote: at("vote"), points: at("points") };
        Self { names, places }
    }

    /// Where the first of these columns is that there is.
    fn at(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.names.iter().find(|(known, _)| known == name).map(|(_, at)| *at))
    }
}
