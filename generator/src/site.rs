//! A site as of a moment: settings, content and theme, all sound.

use crate::{
    content::Content,
    dates::{Calendar, Moment},
    diagnostics::{Diagnostics, Reporter},
    settings::Settings,
    theme::Theme,
};
use jiff::Timestamp;
use std::{collections::BTreeSet, path::Path};

/// A site that can be built.
pub struct Site {
    pub(crate) settings: Settings,
    pub(crate) theme: Theme,
    pub(crate) content: Content,
    pub(crate) now: Timestamp,
    warnings: Diagnostics,
}

impl Site {
    /// Reads the site at `root` as of `now`: drafts and what is dated later are left out.
    ///
    /// # Errors
    /// All that is wrong in all its files.
    pub fn load(root: &Path, now: Timestamp) -> Result<Self, Diagnostics> {
        let reporter = Reporter::default();
        let settings = Settings::read(root, &reporter);
        let theme = Theme::load(root, settings.as_ref(), &reporter);
        let no_ids = BTreeSet::new();
        let ids = theme.as_ref().map_or(&no_ids, |theme| &theme.ids);
        let content = Content::read(root, settings.as_ref(), ids, now, &reporter);
        let found = reporter.finish();
        match (settings, theme, content) {
            (Some(settings), Some(theme), Some(content)) if !found.has_errors() => {
                Ok(Self { settings, theme, content, now, warnings: found })
            }
            _ => Err(found),
        }
    }

    /// What its editors may want to correct.
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    pub(crate) fn calendar(&self) -> Calendar<'_> {
        Calendar { zone: &self.settings.zone, words: &self.theme.words }
    }
}

/// The instant that `moment` is for the site at `root`: a local time is read in the site's time zone.
///
/// # Errors
/// What is wrong in the settings of the site.
pub fn instant(root: &Path, moment: Moment) -> Result<Timestamp, Diagnostics> {
    let reporter = Reporter::default();
    let settings = Settings::read(root, &reporter);
    settings.map(|settings| moment.at(&settings.zone)).ok_or_else(|| reporter.finish())
}
