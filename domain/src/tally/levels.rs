//! Ties of rules that elect whoever costs least, or comes first, round after round.
//!
//! A price only rises, and a moment only comes later, as others are elected. When all of the tied are elected right after one
//! another and at one price, each could pay whoever came first: the order had no consequence, nothing is said of it, and the
//! chain may leave it open.

use super::{Error, Tie};

/// The project of a round, and those it was tied with.
pub(super) struct Choice {
    pub(super) project: usize,
    /// All that were level, `project` among them.
    pub(super) tied: Vec<usize>,
    /// What is said of the tie.
    pub(super) tie: Option<Tie>,
    /// Those of them that the chain leaves level with `project`, itself among them.
    pub(super) level: Vec<usize>,
    /// The error, should it matter who of `level` is elected; none when `project` is alone.
    pub(super) open: Option<Error>,
}

/// Projects that were level, at a price.
struct Level<P> {
    price: P,
    /// Those not yet elected.
    left: Vec<usize>,
    stake: Stake,
}

/// What hangs on whether the order of a level has a consequence.
enum Stake {
    /// Whether the tie is spoken of; its first round.
    Said(usize),
    /// Whether there is a result.
    Open(Error),
}

/// The ties that rounds are in; of each only a part is left to those that come after it.
pub(super) struct Levels<P>(Vec<Level<P>>);

impl<P: Clone + PartialEq> Levels<P> {
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether rounds are in a tie: the exact price of the next one matters.
    pub(super) fn is_open(&self) -> bool {
        !self.0.is_empty()
    }

    /// Says that `choice` is elected in a round, at a price. Gives the round from which on no order had a consequence, once that
    /// is known.
    ///
    /// # Errors
    /// A tie of consequence that the chain leaves open.
    pub(super) fn elect(&mut self, round: usize, choice: &Choice, price: P) -> Result<Option<usize>, Error> {
        let alone = |other: &usize| *other != choice.project;
        self.end_those(|level| level.price != price || !level.left.contains(&choice.project))?;
        self.0.iter_mut().for_each(|level| level.left.retain(alone));
        let idle = self.0.extract_if(.., |level| level.left.is_empty());
        let since = idle.filter_map(|level| match level.stake {
            Stake::Said(since) => Some(since),
            Stake::Open(_) => None,
        });
        let since = since.min();
        let open = choice.open.clone().map(|error| (&choice.level, Stake::Open(error)));
        let begun = [(&choice.tied, Stake::Said(round))].into_iter().chain(open);
        self.0.extend(begun.filter(|(tied, _)| tied.len() > 1).map(|(tied, stake)| Level {
            price: price.clone(),
            left: tied.iter().copied().filter(alone).collect(),
            stake,
        }));
        Ok(since)
    }

    /// Says that `project` can no longer be elected.
    ///
    /// # Errors
    /// As [`Self::elect`].
    pub(super) fn lose(&mut self, project: usize) -> Result<(), Error> {
        self.end_those(|level| level.left.contains(&project))
    }

    /// Says that none of the tied is elected any more.
    ///
    /// # Errors
    /// As [`Self::elect`].
    pub(super) fn end(&mut self) -> Result<(), Error> {
        self.end_those(|_| true)
    }

    /// The order of these levels had a consequence.
    fn end_those(&mut self, have_ended: impl Fn(&Level<P>) -> bool) -> Result<(), Error> {
        let mut ended = self.0.extract_if(.., |level| have_ended(level));
        ended.try_for_each(|level| match level.stake {
            Stake::Said(_) => Ok(()),
            Stake::Open(error) => Err(error),
        })
    }
}
