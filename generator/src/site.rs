//! A site as of a moment: settings, content and theme, all sound.

use crate::{
    content::{Content, Context},
    dates::{Calendar, Moment},
    diagnostics::{Diagnostic, Diagnostics, Reporter},
    memory::Memory,
    settings::Settings,
    theme::{Fingerprint, Theme},
};
use jiff::Timestamp;
use std::{env, fs, path::Path, sync::Arc};

/// A site that can be built.
pub struct Site {
    pub(crate) settings: Settings,
    pub(crate) theme: Theme,
    /// One for each language, the main one first.
    pub(crate) contents: Vec<Content>,
    pub(crate) now: Timestamp,
    warnings: Diagnostics,
}

impl Site {
    /// Reads the site at `root` as of `now`: drafts and what is dated later are left out.
    ///
    /// # Errors
    /// All that is wrong in all its files.
    pub fn load(root: &Path, now: Timestamp) -> Result<Self, Diagnostics> {
        Self::remember(root, now, false, &mut Memory::default())
    }

    /// The same, with drafts and what is dated later.
    ///
    /// # Errors
    /// As [`Site::load`].
    pub fn load_drafts(root: &Path, now: Timestamp) -> Result<Self, Diagnostics> {
        Self::remember(root, now, true, &mut Memory::default())
    }

    /// The same, without reading again what `memory` knows; it forgets what is no longer true.
    pub(crate) fn remember(
        root: &Path,
        now: Timestamp,
        drafts: bool,
        memory: &mut Memory,
    ) -> Result<Self, Diagnostics> {
        let reporter = Reporter::default();
        let settings = Settings::read(root, &reporter);
        let theme = Theme::load(root, settings.as_ref(), &reporter);
        memory.enter(world(root, settings.as_ref(), theme.as_ref()));
        if let Some(settings) = &settings {
            warn_of_missing_law(settings, &reporter);
        }
        let contents = Content::read_all(Context {
            root,
            settings: settings.as_ref(),
            theme: theme.as_ref(),
            now,
            drafts,
            memory,
            reporter: &reporter,
        });
        let found = reporter.finish();
        match (settings, theme, contents) {
            (Some(settings), Some(theme), Some(contents)) if !found.has_errors() => {
                Ok(Self { settings, theme, contents, now, warnings: found })
            }
            _ => Err(found),
        }
    }

    /// What its editors may want to correct.
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    /// The content in the main language.
    pub(crate) fn content(&self) -> &Content {
        &self.contents[0]
    }

    /// In the main language.
    pub(crate) fn calendar(&self) -> Calendar<'_> {
        Calendar { zone: &self.settings.zone, say: self.theme.voice(0).say() }
    }
}

/// What all that is remembered depends on: this command, the settings, the theme.
fn world(root: &Path, settings: Option<&Settings>, theme: Option<&Theme>) -> u128 {
    let mut world = Fingerprint::default();
    let command = env::current_exe().and_then(fs::metadata);
    if let Ok(command) = command {
        world.value(&crate::memory::Stat::of(&command));
    }
    world.bytes(root.as_os_str().as_encoded_bytes());
    world.bytes(settings.map_or(&[][..], |settings| settings.source.text.as_bytes()));
    if let Some(theme) = theme {
        theme.keys().for_each(|key| world.key(key));
    }
    world.finish()
}

/// Says what the law asks a public site to say, and the settings do not.
fn warn_of_missing_law(settings: &Settings, reporter: &Reporter) {
    let missing = &settings.legal.missing;
    if missing.is_empty() {
        return;
    }
    let source: &Arc<_> = &settings.source;
    let message = format!("mentions légales incomplètes : il manque {}", missing.join(", "));
    let warning = Diagnostic::warning(source, settings.legal.place.clone(), message);
    reporter.report(warning.help(format!("ajoutez à `[legal]` par exemple `{} = \"…\"`", missing[0])));
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
