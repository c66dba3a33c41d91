//! What citizens vote on in a process, and how it is counted: the table `[voting]`.

pub(crate) mod frozen;
mod method;
mod rule;
mod together;

use super::{
    map_file,
    organisation::Organisation,
    petition::{self, Asked, Participants},
    reader::Reader,
    step::Period,
};
use crate::{
    diagnostics::Source,
    front_matter::{Decimal, Table},
    map::Ground,
    markdown::{Html, Markdown, Renderer, Text},
    slug::is_slug,
};
use domain::{ballot::Method, delay::Delay, rulebook::VotedOn, tally::Rules, window::Window};
use frozen::Frozen;
use jiff::Timestamp;
use std::{collections::BTreeSet, ops::Range, sync::Arc};
use toml::Spanned;

/// Where one votes, after the address of its process.
pub(crate) const VOTE: &str = "voter/";

/// Where one replaces one's ballot, after [`VOTE`].
pub(crate) const REPLACE: &str = "remplacer/";

/// The activity in which citizens vote.
pub(crate) struct Voting {
    pub(crate) window: Window,
    /// How long after the close the roll is kept.
    pub(crate) retention: Delay,
    /// When the roll is erased.
    pub(crate) erased: Timestamp,
    pub(crate) method: Method,
    /// The question, where it is not the title of the process.
    pub(crate) question: Option<Text>,
    /// What is chosen from; nothing when deposits are, or when one answers by yes or no.
    pub(crate) options: Vec<VoteOption>,
    /// How ballots are counted.
    pub(crate) counting: Option<Counting>,
    /// Where projects are, if it is shown.
    pub(crate) ground: Option<Ground>,
    pub(crate) registered: Option<u64>,
    pub(crate) demonstration: Option<u64>,
    /// Who may vote; nothing where it is who may support.
    pub(crate) participants: Option<Participants>,
    /// What was voted on when the vote opened, once it has.
    frozen: Option<Frozen>,
    /// Where the table is, for what can be told only once deposits are known.
    place: Place,
}

/// An option of a votation.
pub(crate) struct VoteOption {
    pub(crate) id: String,
    pub(crate) title: Text,
    pub(crate) text: Html,
}

/// How ballots are counted, and what envelopes are called.
pub(crate) struct Counting {
    pub(crate) rules: Rules,
    /// In the order of the envelopes.
    pub(crate) envelope_titles: Vec<Text>,
}

/// Where a table is, and the names in it that are those of projects, or of what projects have.
struct Place {
    source: Arc<Source>,
    header: Range<usize>,
    names: Vec<(Named, Spanned<String>)>,
}

/// What a name in the table is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Zone,
    Theme,
    Label,
    Project,
}

impl Voting {
    /// Reads `[voting]` of the process at `path`, of that period, whose deposits `supporters` support; `organisation` is
    /// the one it belongs to, unless that could not be read.
    pub(super) fn read(
        table: &mut Table<'_>,
        period: Period,
        is_supported: bool,
        renderer: &Renderer<'_>,
        organisation: Option<&Organisation>,
        reader: &Reader<'_>,
    ) -> Option<Self> {
        let window = period.within(table, reader);
        let retention = table.get("retention").unwrap_or(petition::HALF_A_YEAR);
        let method = method::read(table);
        let question = table.get("question");
        let options = read_options(table, method.as_ref(), renderer);
        let has_options = options.as_ref().is_some_and(|options| !options.is_empty());
        let mut place =
            Place { source: table.file().source.clone(), header: table.header(), names: Vec::new() };
        let counting = method.as_ref().map(|method| rule::read(table, method, has_options, &mut place));
        let ground = read_ground(table, method.as_ref(), has_options, renderer);
        let registered = table.get("registered");
        let demonstration = read_demonstration(table, reader);
        let participants = read_participants(table, is_supported, organisation);
        let (Some(method), Some(counting)) = (method, counting) else {
            // What else may be said depends on the method.
            table.pass_over();
            return None;
        };
        let window = window?;
        Some(Self {
            erased: retention.after(window.closes(), reader.zone),
            window,
            retention,
            method,
            question,
            options: options?,
            counting: counting?,
            ground,
            registered,
            demonstration,
            participants: participants?,
            frozen: frozen::read_beside(renderer.path, table, reader),
            place,
        })
    }

    /// What is voted on.
    pub(crate) fn voted_on(&self) -> VotedOn {
        match self.method {
            Method::YesNo { .. } => VotedOn::Options,
            _ if self.options.is_empty() => VotedOn::Deposits,
            _ => VotedOn::Options,
        }
    }

    /// Whether deposits are voted on.
    pub(crate) fn is_of_deposits(&self) -> bool {
        self.voted_on() == VotedOn::Deposits
    }

    /// Whether what is voted on has a cost.
    pub(crate) fn needs_costs(&self) -> bool {
        let counting = self.counting.iter();
        let mut envelopes = counting.flat_map(|counting| &counting.rules.envelopes);
        self.is_of_deposits() && envelopes.any(|envelope| envelope.amount.is_some())
    }
}

/// The tables `[[voting.choices]]`; `None` when something is wrong in one.
fn read_options(
    table: &mut Table<'_>,
    method: Option<&Method>,
    renderer: &Renderer<'_>,
) -> Option<Vec<VoteOption>> {
    if matches!(method, Some(Method::YesNo { .. })) {
        table.refuse(
            "choices",
            || "une question à laquelle on répond par oui ou non n’a pas de choix".to_owned(),
            "retirez `choices`, ou donnez une autre `method` : « one » pour n’en choisir qu’un",
        );
        return Some(Vec::new());
    }
    let is_written = table.has("choices");
    let mut known = BTreeSet::new();
    let mut count = 0;
    let options = table.tables("choices", |table| {
        count += 1;
        let id = read_id(table, &mut known, "choix");
        let title = table.require("title");
        let text = table.get::<Markdown>("text").map(|text| renderer.inline(&text)).unwrap_or_default();
        Some(VoteOption { id: id?, title: title?, text })
    });
    if is_written && count < 2 {
        let error = table.error(table.header(), "il faut au moins deux choix pour qu’il y ait un vote");
        table.report(error.help("ajoutez une table `[[voting.choices]]`, ou écrivez `method = \"yes-no\"`"));
    }
    (options.len() == count).then_some(options)
}

/// The map of what is voted on, where that is deposits.
fn read_ground(
    table: &mut Table<'_>,
    method: Option<&Method>,
    has_options: bool,
    renderer: &Renderer<'_>,
) -> Option<Ground> {
    if has_options || matches!(method, Some(Method::YesNo { .. })) {
        table.refuse(
            "map",
            || "une carte montre où sont des projets, et ce vote n’en a pas".to_owned(),
            "retirez `map`",
        );
        return None;
    }
    map_file::read(table, renderer, Ground::read)
}

/// An identifier that no other has.
fn read_id(table: &mut Table<'_>, known: &mut BTreeSet<String>, what: &str) -> Option<String> {
    let id: Spanned<String> = table.require("id")?;
    let refuse = |message: String, help: &str| table.report(table.error(id.span(), message).help(help));
    if !is_slug(id.get_ref()) {
        let message = format!("`{}` ne peut pas être un identifiant", id.get_ref());
        refuse(message, "écrivez-le en minuscules sans accent, avec des chiffres et des tirets");
        return None;
    }
    if !known.insert(id.get_ref().clone()) {
        let message = format!("`{}` est déjà l’identifiant d’un autre {what}", id.get_ref());
        refuse(message, "donnez à chacun le sien");
        return None;
    }
    Some(id.into_inner())
}

/// Fictitious ballots, only where everyone is fictitious.
fn read_demonstration(table: &mut Table<'_>, reader: &Reader<'_>) -> Option<u64> {
    let ballots: Spanned<u64> = table.get("demonstration")?;
    if !reader.fictitious {
        let error = table.error(ballots.span(), "des bulletins fictifs sur un site qui ne l’est pas");
        table.report(error.help("retirez `demonstration`, ou écrivez `fictitious = true` dans site.toml"));
    }
    Some(ballots.into_inner())
}

/// Who may vote: `Some(None)` where it is who may support; `None` when something is wrong.
fn read_participants(
    table: &mut Table<'_>,
    is_supported: bool,
    organisation: Option<&Organisation>,
) -> Option<Option<Participants>> {
    if !is_supported {
        let asked = Asked::read(table);
        return asked.among("voting", organisation, table).map(Some);
    }
    for key in Asked::KEYS {
        table.refuse(
            key,
            || format!("`{key}` est déjà dit par `[support]` : qui peut soutenir peut voter"),
            "retirez cette clé d’ici",
        );
    }
    Some(None)
}

/// A sum in euros, in cents; `None` when it is absent, or wrong and reported.
pub(super) fn read_euros<'a>(table: &mut Table<'a>, key: &'a str) -> Option<Spanned<u64>> {
    let written: Spanned<Decimal> = table.get(key)?;
    let cents = written.get_ref().in_units(2).and_then(|cents| u64::try_from(cents).ok());
    if cents.is_none() {
        let error = table.error(written.span(), format!("`{key}` n’est pas une somme en euros"));
        table.report(error.help(format!(
            "écrivez un nombre positif, avec deux décimales au plus : `{key} = 12500` ou `{key} = 12500.50`"
        )));
    }
    Some(Spanned::new(written.span(), cents?))
}
