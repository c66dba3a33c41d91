//! When something may be done (invariant I1).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A half-open span of time, `[opens, closes)`, in UTC instants.
///
/// The time zone in which an editor wrote the bounds has been applied before a `Window` exists; a window
/// that closes before it opens cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Bounds", into = "Bounds")]
pub struct Window {
    opens: Timestamp,
    closes: Timestamp,
}

/// Where an instant lies with regard to a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Not open yet.
    Before,
    /// Acts are accepted.
    Open,
    /// Closed for good.
    After,
}

/// The window would close before, or when, it opens.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the window closes ({closes}) before it opens ({opens})")]
pub struct EmptyWindow {
    opens: Timestamp,
    closes: Timestamp,
}

impl Window {
    /// The window `[opens, closes)`.
    ///
    /// # Errors
    /// [`EmptyWindow`] unless `opens < closes`.
    pub fn new(opens: Timestamp, closes: Timestamp) -> Result<Self, EmptyWindow> {
        if opens < closes { Ok(Self { opens, closes }) } else { Err(EmptyWindow { opens, closes }) }
    }

    /// First instant at which acts are accepted.
    pub fn opens(&self) -> Timestamp {
        self.opens
    }

    /// First instant at which acts are refused again.
    pub fn closes(&self) -> Timestamp {
        self.closes
    }

    /// Where `now` lies. The one place that decides whether something is open.
    pub fn phase(&self, now: Timestamp) -> Phase {
        if now < self.opens {
            Phase::Before
        } else if now < self.closes {
            Phase::Open
        } else {
            Phase::After
        }
    }

    /// Whether acts are accepted at `now`.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.phase(now) == Phase::Open
    }
}

#[derive(Serialize, Deserialize)]
struct Bounds {
    opens: Timestamp,
    closes: Timestamp,
}

impl TryFrom<Bounds> for Window {
    type Error = EmptyWindow;
    fn try_from(bounds: Bounds) -> Result<Self, EmptyWindow> {
        Self::new(bounds.opens, bounds.closes)
    }
}

impl From<Window> for Bounds {
    fn from(window: Window) -> Self {
        Self { opens: window.opens, closes: window.closes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).expect("in range")
    }

    proptest! {
        #[test]
        fn i1_a_window_is_half_open(opens in -1_000_000_000_000i64..4_000_000_000_000, length in 1i64..1_000_000_000_000) {
            let window = Window::new(at(opens), at(opens + length)).expect("opens before it closes");
            let ms = SignedDuration::from_millis(1);
            prop_assert_eq!(window.phase(window.opens() - ms), Phase::Before);
            prop_assert!(window.is_open(window.opens()));
            prop_assert!(window.is_open(window.closes() - ms));
            prop_assert_eq!(window.phase(window.closes()), Phase::After);
        }

        #[test]
        fn a_window_that_closes_before_it_opens_cannot_be_made(opens in 0i64..1_000_000, back in 0i64..1_000_000) {
            prop_assert!(Window::new(at(opens), at(opens - back)).is_err());
        }
    }
}
