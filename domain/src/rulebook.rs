//! What the site's build hands to the functions: the rules of every process, and the words to say them in.

use crate::{
    ballot::Method,
    delay::Delay,
    eligibility::Eligibility,
    form::Form,
    results::Crossing,
    tally::{Project, Rules},
    threshold::Threshold,
    window::Window,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap};

/// The rules in force, as built from the content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rulebook {
    /// First sixteen hexadecimal digits of the SHA-256 of the rest, so that two builds of the same content
    /// agree and a function can say by which rules it decided.
    pub version: String,
    /// Title of the site, used in mails.
    pub site: String,
    /// Address of the site, without a final slash, e.g. `https://participer.example`.
    pub base_url: String,
    /// IANA time zone in which ages and due dates are reckoned, e.g. `Europe/Paris`.
    pub time_zone: String,
    /// `From:` of the mails, e.g. `Parvis <ne-pas-repondre@participer.example>`.
    pub sender: String,
    /// Words of the theme for refusals and mails.
    pub words: Words,
    /// Process id (its slug) → its rules.
    pub processes: BTreeMap<String, Process>,
}

/// The rules of one process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// Title, for mails.
    pub title: String,
    /// Address of the authority that answers questions.
    pub contact: String,
    /// Who may support.
    pub eligibility: Eligibility,
    /// How many people may support with one e-mail address: 1 to 4.
    pub people_per_mailbox: u8,
    /// What obliges the authority, in increasing order.
    pub thresholds: Vec<Threshold>,
    /// Deposit id (its slug) → its rules. A deposit that cannot be supported (inadmissible, under review) is
    /// not listed.
    pub deposits: BTreeMap<String, Deposit>,
    /// Deposit id → path of its page, from `/` to `/`: every deposit that can be read, and so reported.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub published: BTreeMap<String, String>,
    /// What citizens may write, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writing: Option<Writing>,
    /// What they may vote on, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voting: Option<Voting>,
}

/// The activity in which citizens vote in secret, by ballots that are counted together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Voting {
    /// Path of the page that leads to the vote, from `/` to `/`.
    pub path: String,
    /// When ballots are cast and replaced.
    pub window: Window,
    /// `window.opens` as the site writes it.
    pub opens_text: String,
    /// `window.closes` as the site writes it.
    pub closes_text: String,
    /// What one votes on.
    #[serde(default, skip_serializing_if = "VotedOn::is_deposits")]
    pub voted_on: VotedOn,
    /// How one votes.
    pub method: Method,
    /// What is voted on, in the order of the content; nothing for a question that is answered by yes or no.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<Project>,
    /// How ballots are counted; nothing for a question that is answered by yes or no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
    /// How many people may vote, when the authority knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<u64>,
    /// When the roll is erased.
    pub erased: Timestamp,
    /// How many fictitious ballots to plant in an empty store once the vote is open, on a site that says it is fictitious.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demonstration: Option<u64>,
}

/// What one votes on, which words have a noun for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VotedOn {
    /// What citizens submitted: « projet ».
    #[default]
    Deposits,
    /// The options of a votation, or the one question of it: « proposition ».
    Options,
}

impl VotedOn {
    fn is_deposits(&self) -> bool {
        *self == Self::Deposits
    }
}

/// The activity in which citizens write: deposits that are examined and published, or answers that are only counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Writing {
    /// What becomes of what is written.
    pub purpose: Purpose,
    /// Path of the page with the form, from `/` to `/`.
    pub path: String,
    /// When it can be written, edited and withdrawn.
    pub window: Window,
    /// `window.opens` as the site writes it.
    pub opens_text: String,
    /// `window.closes` as the site writes it.
    pub closes_text: String,
    /// What a person must prove.
    pub identity: Identity,
    /// How many a person (a browser, when no identity is asked) may write.
    pub per_person: u32,
    /// What is asked.
    pub form: Form,
    /// When personal data is erased.
    pub erased: Timestamp,
    /// When a published deposit that few support is archived, if ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<Archive>,
    /// Questions of a questionnaire whose answers are counted together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crossings: Vec<Crossing>,
    /// How many fictitious answers to plant in an empty store once it is open, on a site that says it is fictitious.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demonstration: Option<u64>,
}

/// A published deposit with fewer supports than `below` is archived `after` its publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    /// So many supports keep it.
    pub below: u64,
    /// From its publication.
    pub after: Delay,
}

/// What becomes of what citizens write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// An agent examines it, then it is published: an idea, a project, a question, an interpellation.
    Deposit,
    /// It goes to agents alone: an application, an observation.
    Application,
    /// It is counted with all others: a questionnaire.
    Answer,
}

/// What a person must prove before they write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Identity {
    /// Nothing: the browser keeps a token that tells it again, and nobody.
    None,
    /// An e-mail address.
    Email,
}

/// The rules of one deposit that can be supported, now, later or formerly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deposit {
    /// Title, for mails.
    pub title: String,
    /// Path of its page, from `/` to `/`.
    pub path: String,
    /// When it can be supported.
    pub window: Window,
    /// `window.opens` and `window.closes` as the site writes them, e.g. « 2 mai 2029 à 0 h ».
    pub opens_text: String,
    /// See `opens_text`.
    pub closes_text: String,
    /// When personal data of its supports is erased.
    pub erased: Timestamp,
    /// Supports of fictitious people to plant in an empty store, on a site that says it is fictitious.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demonstration: Option<Demonstration>,
}

/// Fictitious supports, spread evenly over a span of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Demonstration {
    /// How many.
    pub supports: u64,
    /// Instant of the first.
    pub from: Timestamp,
    /// Instant of the last.
    pub to: Timestamp,
}

impl Demonstration {
    /// The instants at which the fictitious people gave their support, in order.
    pub fn instants(&self) -> impl Iterator<Item = Timestamp> {
        let (from, to) = (self.from.as_second(), self.to.as_second());
        let steps = i64::try_from(self.supports).unwrap_or(i64::MAX).saturating_sub(1).max(1);
        (0..i64::try_from(self.supports).unwrap_or(i64::MAX)).filter_map(move |n| {
            let offset = i128::from(to - from) * i128::from(n) / i128::from(steps);
            Timestamp::from_second(from + i64::try_from(offset).ok()?).ok()
        })
    }
}

/// Texts with `{name}` placeholders: key → text. Sections of the theme's words file are prefixes of the keys,
/// e.g. `refusal.email.malformed`, `mail.support.subject`, `count.one`, `count.other`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Words(pub BTreeMap<String, String>);

/// How keys begin of what is said otherwise where options are voted on.
const OPTION: &str = "option.";

impl Words {
    /// The text for `key` with its placeholders filled; the key itself when the theme has no such text, so
    /// that a gap is seen and not hidden.
    pub fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        let text = self.0.get(key).map_or(key, String::as_str);
        let mut pieces = text.split('{');
        let mut said = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let filled = piece.split_once('}').and_then(|(name, rest)| {
                let (_, value) = values.iter().find(|(known, _)| *known == name)?;
                Some((*value, rest))
            });
            match filled {
                Some((value, rest)) => said.extend([value, rest]),
                None => said.extend(["{", piece]),
            }
        }
        said
    }

    /// The words for a vote on that: where options are voted on, `option.how.grades` is said in place of `how.grades`.
    #[must_use]
    pub fn of_vote_on(&self, voted_on: VotedOn) -> Cow<'_, Self> {
        let options = || {
            let own = self.0.range(OPTION.to_owned()..);
            own.map_while(|(key, text)| Some((key.strip_prefix(OPTION)?.to_owned(), text.clone())))
        };
        match voted_on {
            VotedOn::Deposits => Cow::Borrowed(self),
            VotedOn::Options => Cow::Owned(Self(self.0.clone().into_iter().chain(options()).collect())),
        }
    }

    /// A number of supports in words, e.g. « 1 soutien », « 1 234 soutiens » with a narrow no-break space.
    /// French takes the singular below two (0 soutien).
    pub fn supports(&self, count: u64) -> String {
        let key = if count < 2 { "count.one" } else { "count.other" };
        self.say(key, &[("count", &group_digits(count))])
    }
}

/// `1234567` → `1 234 567`, with U+202F, as the Imprimerie nationale has it.
pub fn group_digits(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len());
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        assert_eq!(group_digits(0), "0");
        assert_eq!(group_digits(999), "999");
        assert_eq!(group_digits(1_674_980), "1\u{202f}674\u{202f}980");
    }

    #[test]
    fn where_options_are_voted_on_words_have_their_noun() {
        let words = [
            ("how.grades", "à chaque projet"),
            ("how.blank", "blanc"),
            ("option.how.grades", "à chaque proposition"),
        ];
        let words = Words(words.map(|(key, text)| (key.to_owned(), text.to_owned())).into());
        let said = |voted_on| ["how.grades", "how.blank"].map(|key| words.of_vote_on(voted_on).say(key, &[]));
        assert_eq!(said(VotedOn::Deposits), ["à chaque projet", "blanc"]);
        assert_eq!(said(VotedOn::Options), ["à chaque proposition", "blanc"]);
    }

    #[test]
    fn demonstration_supports_are_spread_from_the_first_to_the_last_instant() {
        let demonstration = Demonstration {
            supports: 3,
            from: "2026-01-01T00:00:00Z".parse().expect("an instant"),
            to: "2026-01-03T00:00:00Z".parse().expect("an instant"),
        };
        let days: Vec<String> = demonstration.instants().map(|at| at.to_string()).collect();
        assert_eq!(days, ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"]);
    }
}
