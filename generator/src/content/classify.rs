//! What processes and deposits are classified under without an editor saying so.

use super::{Page, head::Term, organisation::Organisation};
use crate::{markdown::Text, settings::Settings, theme::Voice};
use domain::window::Phase;
use jiff::Timestamp;

/// Classifies what belongs to organisations: by organisation, by sort of territory, by where processes stand, and
/// deposits by their theme; as far as the site has these taxonomies.
pub(super) struct Classifier<'a> {
    pub(super) settings: &'a Settings,
    pub(super) voice: &'a Voice,
    pub(super) now: Timestamp,
}

impl Classifier<'_> {
    pub(super) fn classify(&self, organisation: &mut Organisation) {
        let (name, territory) = (organisation.page.title.clone(), organisation.territory.capitalised());
        for process in &mut organisation.processes {
            let status = match process.period.phase(self.now) {
                Some(Phase::Before) => "phase.before",
                Some(Phase::After) => "phase.after",
                Some(Phase::Open) | None => "phase.open",
            };
            self.add(&mut process.page, "organisation", &name);
            self.add(&mut process.page, "territory", &territory);
            self.add(&mut process.page, "status", &Text::new(self.voice.word(status)));
            for deposit in &mut process.deposits {
                self.add(&mut deposit.page, "organisation", &name);
                if let Some(theme) = &deposit.theme {
                    self.add(&mut deposit.page, "theme", theme);
                }
            }
        }
    }

    fn add(&self, page: &mut Page, taxonomy: &str, title: &Text) {
        let known = self.settings.taxonomy_names.iter().position(|name| name == taxonomy);
        let Some(taxonomy) = known else { return };
        let term = Term { taxonomy, title: title.clone() };
        if !page.terms.contains(&term) {
            page.terms.push(term);
        }
    }
}
