//! Ties of rules that elect whoever costs least, or comes first, round after round.
//!
//! A price only rises, and a moment only comes later, as others are elected. When all of the tied are elected right after one
//! another and at one price, each could pay whoever came first: the order had no consequence, and nothing is said of it.

use super::{Error, Tie};

/// The project of a round, and those it was tied with.
pub(super) struct Choice {
    pub(super) project: usize,
    /// All that were level, `project` among them.
    pub(super) tied: Vec<usize>,
    /// What is said of the tie.
    pub(super) tie: Option<Tie>,
    /// The error, should the order have a consequence: the chain leaves several level.
    pub(super) open: Option<Error>,
}

/// Projects that were level, at a price.
struct Level<P> {
    price: P,
    /// Those not yet elected.
    left: Vec<usize>,
    /// The round of the first.
    since: usize,
    open: Option<Error>,
}

/// The tie that rounds are in.
pub(super) struct Levels<P>(Option<Level<P>>);

impl<P: PartialEq> Levels<P> {
    pub(super) fn new() -> Self {
        Self(None)
    }

    /// Whether rounds are in a tie: the exact price of the next one matters.
    pub(super) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Says that `choice` is elected in a round, at a price. Gives the round from which on no order had a consequence, once that
    /// is known.
    ///
    /// # Errors
    /// A tie of consequence that the chain leaves open.
    pub(super) fn elect(&mut self, round: usize, choice: &Choice, price: P) -> Result<Option<usize>, Error> {
        let alone = |other: &usize| *other != choice.project;
        if let Some(level) = self.0.as_mut().filter(|level| level.price == price)
            && level.left.contains(&choice.project)
        {
            level.left.retain(alone);
            level.open = level.open.take().or_else(|| choice.open.clone());
            let is_idle = level.left.is_empty();
            return Ok(if is_idle { self.0.take().map(|level| level.since) } else { None });
        }
        self.end()?;
        let left: Vec<usize> = choice.tied.iter().copied().filter(alone).collect();
        if !left.is_empty() {
            self.0 = Some(Level { price, left, since: round, open: choice.open.clone() });
        }
        Ok(None)
    }

    /// Says that `project` can no longer be elected.
    ///
    /// # Errors
    /// As [`Self::elect`].
    pub(super) fn lose(&mut self, project: usize) -> Result<(), Error> {
        if self.0.as_ref().is_some_and(|level| level.left.contains(&project)) { self.end() } else { Ok(()) }
    }

    /// Says that none of the tied is elected any more.
    ///
    /// # Errors
    /// As [`Self::elect`].
    pub(super) fn end(&mut self) -> Result<(), Error> {
        self.0.take().and_then(|level| level.open).map_or(Ok(()), Err)
    }
}
