//! The register: the public log of acts, and the one way to count them (I8, I10).

use crate::{
    counts::{DepositCounts, ThresholdState},
    threshold::{self, Threshold},
};
use jiff::{Timestamp, TimestampRound, Unit, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Entries in a bundle, as in C2SP tlog-tiles.
pub const BUNDLE: u64 = 256;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// A support was given.
    Support,
    /// A support was withdrawn.
    Withdrawal,
}

/// An entry of the log. Published: nothing in it tells a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What was done.
    pub act: Act,
    /// On which deposit.
    pub deposit: String,
    /// When, cut to the minute so that an entry cannot be matched with a mail's or a request's time.
    pub at: Timestamp,
    /// Commitment to the receipt of the support ([`crate::secret::commitment`]); a withdrawal repeats that of the
    /// support it takes back.
    pub receipt: String,
}

impl Entry {
    /// An entry for an act done at `at`, which is cut to the minute.
    pub fn new(act: Act, deposit: &str, at: Timestamp, receipt: String) -> Self {
        Self { act, deposit: deposit.to_owned(), at: to_the_minute(at), receipt }
    }
}

/// The minute in which an instant lies: as much as is published.
pub fn to_the_minute(at: Timestamp) -> Timestamp {
    let minute = TimestampRound::new().smallest(Unit::Minute).mode(jiff::RoundMode::Trunc);
    at.round(minute).unwrap_or(at)
}

/// The count of one deposit's supports, as entries are read in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Supports given and not withdrawn.
    pub supports: u64,
    /// Required number → when it was first reached, for good.
    pub crossed: BTreeMap<u64, Timestamp>,
}

impl Tally {
    /// Counts one act.
    pub fn count(&mut self, act: Act, at: Timestamp, thresholds: &[Threshold]) {
        match act {
            Act::Support => self.supports += 1,
            Act::Withdrawal => self.supports = self.supports.saturating_sub(1),
        }
        // All that are reached, not those between before and after: a threshold may be added below the count.
        for required in threshold::reached(thresholds, self.supports) {
            self.crossed.entry(required).or_insert(at);
        }
    }

    /// The public state of the count.
    pub fn counts(&self, thresholds: &[Threshold], zone: &TimeZone) -> DepositCounts {
        let state = |threshold: &Threshold| {
            let supports = threshold.quorum.required();
            let crossed = self.crossed.get(&supports).copied();
            ThresholdState { supports, crossed, due: crossed.map(|crossed| threshold.due(crossed, zone)) }
        };
        DepositCounts { supports: self.supports, thresholds: thresholds.iter().map(state).collect() }
    }
}

/// Recounts a whole log: deposit id → tally.
pub fn recount<'a>(
    entries: impl IntoIterator<Item = &'a Entry>,
    thresholds: &[Threshold],
) -> BTreeMap<String, Tally> {
    let mut tallies = BTreeMap::<String, Tally>::new();
    for entry in entries {
        tallies.entry(entry.deposit.clone()).or_default().count(entry.act, entry.at, thresholds);
    }
    tallies
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{delay::Delay, threshold::Quorum};
    use proptest::prelude::*;

    fn thresholds() -> Vec<Threshold> {
        [3, 5].map(|n| Threshold { quorum: Quorum::Supports(n), due: Delay { months: 3, days: 0 } }).into()
    }

    fn minute(n: i64) -> Timestamp {
        Timestamp::from_second(n * 60).expect("in range")
    }

    proptest! {
        #[test]
        fn i8_a_recount_is_what_was_counted_act_by_act(acts in proptest::collection::vec(any::<bool>(), 0..60)) {
            let mut tally = Tally::default();
            let mut entries = Vec::new();
            for (n, support) in acts.into_iter().enumerate() {
                let act = if support || tally.supports == 0 { Act::Support } else { Act::Withdrawal };
                let at = minute(n as i64);
                tally.count(act, at, &thresholds());
                entries.push(Entry::new(act, "a", at, String::new()));
            }
            let recount = recount(&entries, &thresholds()).remove("a").unwrap_or_default();
            prop_assert_eq!(&recount, &tally);
            let given = entries.iter().filter(|entry| entry.act == Act::Support).count();
            prop_assert_eq!(tally.supports as usize, 2 * given - entries.len());
        }
    }

    proptest! {
        #[test]
        fn each_threshold_is_reached_by_the_support_that_makes_its_number(supports in 0u64..8) {
            let mut tally = Tally::default();
            for n in 1..=supports {
                tally.count(Act::Support, minute(n as i64), &thresholds());
            }
            let expected: BTreeMap<u64, Timestamp> =
                [3, 5].into_iter().filter(|&n| n <= supports).map(|n| (n, minute(n as i64))).collect();
            prop_assert_eq!(tally.crossed, expected);
        }
    }

    #[test]
    fn a_threshold_once_reached_stays_so() {
        let mut tally = Tally::default();
        for n in 1..=3 {
            tally.count(Act::Support, minute(n), &thresholds());
        }
        tally.count(Act::Withdrawal, minute(4), &thresholds());
        tally.count(Act::Support, minute(5), &thresholds());
        let counts = tally.counts(&thresholds(), &TimeZone::UTC);
        assert_eq!(counts.supports, 3);
        assert_eq!(counts.thresholds[0].crossed, Some(minute(3)));
        assert_eq!(counts.thresholds[0].due.map(|due| due.to_string()), Some("1970-04-01".to_owned()));
        assert_eq!(counts.thresholds[1].crossed, None);
    }

    #[test]
    fn a_threshold_that_is_added_below_the_count_is_reached_at_the_next_act() {
        let mut tally = Tally { supports: 4, ..Tally::default() };
        tally.count(Act::Withdrawal, minute(7), &thresholds());
        assert_eq!(tally.crossed, BTreeMap::from([(3, minute(7))]));
    }

    #[test]
    fn an_entry_tells_the_minute_and_no_more() {
        let at = "2026-11-21T14:59:59.999Z".parse().expect("an instant");
        assert_eq!(Entry::new(Act::Support, "a", at, String::new()).at.to_string(), "2026-11-21T14:59:00Z");
    }
}
