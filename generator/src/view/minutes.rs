//! The minutes of a vote, as templates receive them: what was elected, why or why not in a sentence, and how to check it.

use super::{
    Viewer,
    voting::{percent, tie_key},
};
use crate::{
    chart::{self, Chart, ChartKind, Table},
    content::{process::Process, voting::Voting},
    words::Say,
};
use domain::{
    ballot::{Grade, Method},
    rulebook::group_digits,
    tally::{
        Account, Detail, Fate, Measure, Minutes, Pairwise, Question, Reason, Round, RunoffRound, Shares,
        Step, Stopped, Tie, TieBreak,
    },
    voting::{self, Outcome, Published},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// What came out of a vote.
#[derive(Serialize)]
pub(crate) struct MinutesView<'a> {
    closed_text: String,
    turnout: TurnoutView,
    /// Why there is no result, when there is none.
    undecided: Option<&'a str>,
    question: Option<QuestionView>,
    winners: Vec<Winner<'a>>,
    spent_text: Option<String>,
    /// The most voted first.
    projects: Vec<ProjectView<'a>>,
    envelopes: Vec<AccountView<'a>>,
    /// Ties that were decided, in sentences.
    ties: Vec<String>,
    /// Whether a lot decided one of them.
    has_lot: bool,
    lot: &'a str,
    seed: &'a str,
    /// Whether the seed is the one that was committed to.
    is_kept: bool,
    rules: Vec<String>,
    ballots_url: String,
    minutes_url: String,
    pabulib_url: Option<String>,
    ballots_file: String,
}

#[derive(Serialize)]
struct TurnoutView {
    registered: Option<u64>,
    voters: u64,
    percent: Option<u64>,
    blank: u64,
    void: u64,
    expressed: u64,
}

#[derive(Serialize)]
struct QuestionView {
    outcome: &'static str,
    yes: u64,
    no: u64,
    yes_percent: u64,
    no_percent: u64,
    chart: Option<Chart>,
}

#[derive(Serialize)]
struct Winner<'a> {
    title: &'a str,
    url: Option<&'a str>,
    cost_text: Option<String>,
    measure_text: Option<String>,
    envelope: &'a str,
}

/// What became of a project.
#[derive(Serialize)]
struct ProjectView<'a> {
    id: &'a str,
    title: &'a str,
    url: Option<&'a str>,
    cost_text: Option<String>,
    measure_text: Option<String>,
    /// Of the most voted one, in percent; nothing where projects have a place and no number.
    bar: Option<u64>,
    elected: bool,
    reason: &'static str,
    reason_text: String,
}

/// What became of an envelope.
#[derive(Serialize)]
struct AccountView<'a> {
    title: &'a str,
    amount_text: Option<String>,
    carried_text: Option<String>,
    spent_text: String,
    left_text: Option<String>,
    /// Of what there was, in percent.
    percent: Option<u64>,
    elected: usize,
    has_money: bool,
    rounds: Vec<RoundView<'a>>,
    /// How the order was found.
    detail: Option<DetailView>,
    /// The same of those below the threshold.
    below_detail: Option<DetailView>,
    /// How the money was shared out, in sentences.
    shares: Vec<String>,
    would_fit: Vec<&'a str>,
}

#[derive(Serialize)]
struct RoundView<'a> {
    title: &'a str,
    measure_text: String,
    cost_text: String,
    before_text: Option<String>,
    after_text: Option<String>,
    elected: bool,
    reason_text: String,
    tie_text: Option<String>,
}

/// A drawing and the figures behind it.
#[derive(Serialize)]
struct DetailView {
    kind: &'static str,
    chart: Option<Chart>,
    columns: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
    notes: Vec<String>,
}

/// What the sentences about projects need.
struct Names<'a> {
    /// Their titles, and the addresses of their pages.
    titles: BTreeMap<&'a str, (&'a str, Option<&'a str>)>,
    /// With the noun for them.
    say: &'a Say,
}

impl<'a> Names<'a> {
    fn of(process: &'a Process, minutes: &'a Minutes, say: &'a Say) -> Self {
        let page = |id: &str| process.deposits.iter().find(|deposit| deposit.id == id);
        let named = minutes.projects.iter().map(|fate| {
            let title = if fate.name.is_empty() { &fate.id } else { &fate.name };
            (fate.id.as_str(), (title.as_str(), page(&fate.id).map(|deposit| deposit.page.url.as_str())))
        });
        Self { titles: named.collect(), say }
    }

    fn title(&self, id: &'a str) -> &'a str {
        self.titles.get(id).map_or(id, |(title, _)| *title)
    }

    fn url(&self, id: &str) -> Option<&'a str> {
        self.titles.get(id).and_then(|(_, url)| *url)
    }
}

impl<'a> Viewer<'a> {
    /// The minutes of the vote of a process, once they are published.
    pub(crate) fn minutes(&self, process: &'a Process) -> Option<MinutesView<'a>> {
        let published = self.counts.minutes(process)?;
        let voting = process.voting.as_ref()?;
        let data = |name: &str| format!("/data/{}.{name}", process.id);
        let committed =
            self.counts.turnout(process).map_or(published.lot.as_str(), |(counts, _)| &counts.lot);
        let mut view = MinutesView {
            closed_text: self.calendar().last(published.closed),
            turnout: turnout(voting, published),
            undecided: None,
            question: None,
            winners: Vec::new(),
            spent_text: None,
            projects: Vec::new(),
            envelopes: Vec::new(),
            ties: Vec::new(),
            has_lot: false,
            lot: committed,
            seed: &published.seed,
            is_kept: hex::decode(&published.seed).is_ok_and(|seed| voting::commitment(&seed) == committed),
            rules: Vec::new(),
            ballots_url: data("ballots.json"),
            minutes_url: data("minutes.json"),
            pabulib_url: None,
            ballots_file: format!("{}.ballots.json", process.id),
        };
        match &published.outcome {
            Outcome::Undecided(why) => view.undecided = Some(why),
            Outcome::Question(question) => view.question = Some(self.question_view(question)),
            Outcome::Minutes(minutes) => {
                view.pabulib_url = Some(data("pb"));
                self.count(process, voting, minutes, &mut view);
            }
        }
        Some(view)
    }

    fn question_view(&self, question: &Question) -> QuestionView {
        let share = |part: u64| percent(part, question.turnout.expressed).unwrap_or(0);
        let words = |key| self.voice.word(key).to_owned();
        let table = Table {
            columns: vec![words("minutes.votes")],
            rows: vec![
                (words("answer.yes"), vec![question.yes as f64]),
                (words("answer.no"), vec![question.no as f64]),
                (words("minutes.blank"), vec![question.turnout.blank as f64]),
            ],
        };
        QuestionView {
            outcome: match question.outcome {
                domain::tally::Outcome::Yes => "yes",
                domain::tally::Outcome::No => "no",
                domain::tally::Outcome::Level => "level",
            },
            yes: question.yes,
            no: question.no,
            yes_percent: share(question.yes),
            no_percent: share(question.no),
            chart: chart::draw(ChartKind::Bars, &table, None).ok(),
        }
    }

    fn count(
        &self,
        process: &'a Process,
        voting: &'a Voting,
        minutes: &'a Minutes,
        view: &mut MinutesView<'a>,
    ) {
        let names = Names::of(process, minutes, self.said_of(voting));
        let has_money = minutes.envelopes.iter().any(|account| account.amount.is_some());
        let cost = |cents: u64| has_money.then(|| self.money(cents));
        let measured = Measured::of(voting, minutes);
        let title = |id: &str| self.envelope_title(voting, id);
        let fates: BTreeMap<&str, &Fate> =
            minutes.projects.iter().map(|fate| (fate.id.as_str(), fate)).collect();
        view.rules = self.rule_sentences(voting, &minutes.rules);
        view.winners = minutes
            .winners
            .iter()
            .filter_map(|id| {
                let fate = fates.get(id.as_str())?;
                Some(Winner {
                    title: names.title(id),
                    url: names.url(id),
                    cost_text: cost(fate.cost),
                    measure_text: self.measure_text(&measured, fate),
                    envelope: title(fate.envelope.as_deref().unwrap_or_default()),
                })
            })
            .collect();
        let spent = minutes.envelopes.iter().map(|account| account.spent).fold(0, u64::saturating_add);
        view.spent_text = cost(spent);
        let decisions: BTreeMap<&str, &Round> = minutes
            .envelopes
            .iter()
            .flat_map(|account| &account.rounds)
            .map(|round| (round.project.as_str(), round))
            .collect();
        let mut order: Vec<&Fate> = minutes.projects.iter().collect();
        order.sort_by_key(|fate| measured.order(fate));
        view.projects = order
            .into_iter()
            .map(|fate| {
                let mut reason_text = self.reason_text(&fate.reason, fate.cost, minutes.unit, &names);
                let tie = decisions.get(fate.id.as_str()).and_then(|round| round.tie.as_ref());
                if let Some(tie) = tie {
                    reason_text = format!("{reason_text} {}", self.tie_text(tie, &fate.id, &names));
                }
                ProjectView {
                    id: &fate.id,
                    title: names.title(&fate.id),
                    url: names.url(&fate.id),
                    cost_text: cost(fate.cost),
                    measure_text: self.measure_text(&measured, fate),
                    bar: measured.bar(fate),
                    elected: fate.reason.elected(),
                    reason: fate.reason.as_str(),
                    reason_text,
                }
            })
            .collect();
        view.has_lot = minutes.ties().any(|tie| tie.by.contains(&TieBreak::Lot));
        let ties = minutes.envelopes.iter().flat_map(|account| &account.rounds);
        view.ties = ties.filter_map(|round| Some(self.tie_sentence(round.tie.as_ref()?, &names))).collect();
        view.ties.dedup();
        view.envelopes = minutes
            .envelopes
            .iter()
            .map(|account| self.account(account, title(&account.id), minutes, voting, &names))
            .collect();
    }

    fn envelope_title(&self, voting: &'a Voting, id: &str) -> &'a str {
        let Some(counting) = &voting.counting else { return "" };
        let place = counting.rules.envelopes.iter().position(|envelope| envelope.id == id);
        place.and_then(|place| counting.envelope_titles.get(place)).map_or("", |title| title.as_str())
    }

    /// « 1 234 voix »
    fn measure_text(&self, measured: &Measured<'_>, fate: &Fate) -> Option<String> {
        let key = match measured {
            Measured::Votes { .. } => "minutes.vote_count",
            Measured::Points { .. } | Measured::Borda { .. } => "minutes.point_count",
            Measured::Places(_) => return Some(self.place_text(measured.place(fate)?)),
        };
        let number = measured.number(fate)?;
        Some(self.voice.quantity(key, number))
    }

    fn place_text(&self, place: u64) -> String {
        self.voice.words.say("minutes.place", &[("place", &place.to_string())])
    }

    fn account(
        &self,
        account: &'a Account,
        title: &'a str,
        minutes: &'a Minutes,
        voting: &Voting,
        names: &Names<'a>,
    ) -> AccountView<'a> {
        let available = account.amount.map(|amount| amount.saturating_add(account.carried));
        AccountView {
            title,
            amount_text: account.amount.map(|amount| self.money(amount)),
            carried_text: (account.carried > 0).then(|| self.money(account.carried)),
            spent_text: self.money(account.spent),
            left_text: account.left.map(|left| self.money(left)),
            percent: available
                .and_then(|available| percent(account.spent, available))
                .map(|part| part.min(100)),
            elected: account.rounds.iter().filter(|round| round.reason.elected()).count(),
            has_money: account.amount.is_some(),
            rounds: account.rounds.iter().map(|round| self.round(round, minutes.unit, names)).collect(),
            detail: account.detail.as_ref().and_then(|detail| self.detail(detail, voting, names)),
            below_detail: account.below_detail.as_ref().and_then(|detail| self.detail(detail, voting, names)),
            shares: account.shares.as_ref().map(|shares| self.shares(shares, names.say)).unwrap_or_default(),
            would_fit: account.would_fit.iter().map(|id| names.title(id)).collect(),
        }
    }

    fn round(&self, round: &'a Round, unit: u32, names: &Names<'a>) -> RoundView<'a> {
        let words = &self.voice.words;
        let measure_text = match &round.measure {
            Measure::Score(score) => self.fraction(*score, unit),
            Measure::Rank(rank) => self.place_text(*rank),
            Measure::Share { effective, .. } => {
                words.say("minutes.effective", &[("votes", &self.real(*effective))])
            }
            Measure::Load(cents) => words.say("minutes.load", &[("money", &self.cents(*cents))]),
        };
        RoundView {
            title: names.title(&round.project),
            measure_text,
            cost_text: self.money(round.cost),
            before_text: round.before.map(|before| self.money(before)),
            after_text: round.after.map(|after| self.money(after)),
            elected: round.reason.elected(),
            reason_text: self.reason_text(&round.reason, round.cost, unit, names),
            tie_text: round.tie.as_ref().map(|tie| self.tie_text(tie, &round.project, names)),
        }
    }

    /// Why a project is elected, or is not.
    fn reason_text(&self, reason: &Reason, cost: u64, unit: u32, names: &Names<'_>) -> String {
        let say = |key: &str, values: &[(&str, &str)]| names.say.text(key, values);
        let cost = self.money(cost);
        let named = |id: &str| names.titles.get(id).map_or(id.to_owned(), |(title, _)| (*title).to_owned());
        match reason {
            Reason::Elected { step } => say(
                match step {
                    Step::Rule => "reason.elected",
                    Step::Zone => "reason.elected_zone",
                    Step::Completion => "reason.elected_completion",
                    Step::Least => "reason.elected_least",
                    Step::Beyond => "reason.elected_beyond",
                },
                &[],
            ),
            Reason::NoVote => say("reason.no_vote", &[]),
            Reason::BelowThreshold { needed } => {
                let needed = self.fraction(i64::try_from(*needed).unwrap_or(i64::MAX), unit);
                say("reason.below_threshold", &[("needed", &needed)])
            }
            Reason::Excluded { by } => say("reason.excluded", &[("by", &named(by))]),
            Reason::DoesNotFit { left } => {
                say("reason.does_not_fit", &[("cost", &cost), ("left", &self.money(*left))])
            }
            Reason::Unaffordable { money } => {
                say("reason.unaffordable", &[("cost", &cost), ("money", &self.money(*money))])
            }
            Reason::Stopped { at } => say("reason.stopped", &[("at", &named(at))]),
            Reason::Full => say("reason.full", &[]),
            Reason::OutOfScope => say("reason.out_of_scope", &[]),
            Reason::Withdrawn => say("reason.withdrawn", &[]),
        }
    }

    /// How `project` was told apart from those it was level with.
    fn tie_text(&self, tie: &Tie, project: &str, names: &Names<'_>) -> String {
        let by = self.chain(tie);
        let others: Vec<String> = tie
            .order
            .iter()
            .filter(|id| *id != project)
            .map(|id| self.quoted(names.titles.get(id.as_str()).map_or(id.as_str(), |(title, _)| title)))
            .collect();
        self.voice.words.say("minutes.tied_with", &[("others", &others.join(", ")), ("by", &by)])
    }

    fn tie_sentence(&self, tie: &Tie, names: &Names<'_>) -> String {
        let by = self.chain(tie);
        let order: Vec<String> = tie
            .order
            .iter()
            .map(|id| self.quoted(names.titles.get(id.as_str()).map_or(id.as_str(), |(title, _)| title)))
            .collect();
        self.voice.words.say("minutes.tie", &[("order", &order.join(", ")), ("by", &by)])
    }

    /// What decided a tie.
    fn chain(&self, tie: &Tie) -> String {
        let by: Vec<&str> = tie.by.iter().map(|link| self.voice.word(tie_key(*link))).collect();
        by.join(self.voice.word("rule.then"))
    }

    fn quoted(&self, text: &str) -> String {
        self.voice.words.say("minutes.quoted", &[("text", text)])
    }

    fn shares(&self, shares: &Shares, say: &Say) -> Vec<String> {
        let each = shares.money.checked_div(u128::from(shares.voters)).unwrap_or(0);
        let each = self.money(u64::try_from(each).unwrap_or(u64::MAX));
        let voters = group_digits(shares.voters);
        let key = if shares.steps > 0 { "shares.grown" } else { "shares.each" };
        let mut sentences = vec![say.text(key, &[("each", &each), ("voters", &voters)])];
        if shares.steps > 0 {
            sentences.push(say.quantity("shares.steps", shares.steps));
        }
        sentences.extend(shares.stopped.as_ref().map(|stopped| say.text(stopped_key(stopped), &[])));
        sentences.extend(shares.comparison.as_ref().map(|comparison| {
            let (shares, greedy) = (group_digits(comparison.shares), group_digits(comparison.greedy));
            let key = if comparison.greedy > comparison.shares { "shares.gives_way" } else { "shares.holds" };
            say.text(key, &[("shares", &shares), ("greedy", &greedy)])
        }));
        sentences
    }

    fn detail(&self, detail: &Detail, voting: &Voting, names: &Names<'_>) -> Option<DetailView> {
        let named = |id: &str| names.titles.get(id).map_or(id, |(title, _)| title).to_owned();
        Some(match detail {
            Detail::Grades(counts) => {
                let Method::Grades { grades, .. } = &voting.method else { return None };
                grades_view(grades, counts, named)
            }
            Detail::Borda(points) => {
                let rows = points.iter().map(|(id, points)| (named(id), vec![*points]));
                drawn(
                    "borda",
                    ChartKind::Bars,
                    vec![self.voice.word("minutes.points").to_owned()],
                    rows.collect(),
                )
            }
            Detail::Pairwise(pairwise) => pairwise_view(pairwise, named),
            Detail::Runoff(rounds) => self.runoff_view(rounds, named),
        })
    }

    fn runoff_view(&self, rounds: &[RunoffRound], named: impl Fn(&str) -> String) -> DetailView {
        let words = &self.voice.words;
        let number = |place: usize| (place + 1).to_string();
        let columns = (0..rounds.len())
            .map(|place| words.say("minutes.round", &[("number", &number(place))]))
            .collect();
        let first = rounds.first().map(|round| round.votes.keys().collect::<Vec<_>>()).unwrap_or_default();
        // Those who stay longest first.
        let mut ids: Vec<(usize, u64, &String)> = first
            .into_iter()
            .map(|id| {
                let stays = rounds.iter().filter(|round| round.votes.contains_key(id)).count();
                let last = rounds.iter().rev().find_map(|round| round.votes.get(id)).copied().unwrap_or(0);
                (stays, last, id)
            })
            .collect();
        ids.sort_by(|one, other| (other.0, other.1, one.2).cmp(&(one.0, one.1, other.2)));
        let cell = |round: &RunoffRound, id: &String| {
            round.votes.get(id).map_or_else(|| "–".to_owned(), |votes| group_digits(*votes))
        };
        let rows = ids
            .into_iter()
            .map(|(_, _, id)| (named(id), rounds.iter().map(|round| cell(round, id)).collect()))
            .chain([(
                self.voice.word("minutes.exhausted").to_owned(),
                rounds.iter().map(|round| group_digits(round.exhausted)).collect(),
            )]);
        let notes = rounds.iter().enumerate().filter(|(_, round)| !round.eliminated.is_empty()).map(
            |(place, round)| {
                let gone: Vec<String> = round.eliminated.iter().map(|id| self.quoted(&named(id))).collect();
                let said = words
                    .say("minutes.eliminated", &[("number", &number(place)), ("projects", &gone.join(", "))]);
                match round.tie.as_ref().map(|tie| self.chain(tie)) {
                    Some(by) => format!("{said} {}", words.say("minutes.eliminated_tie", &[("by", &by)])),
                    None => said,
                }
            },
        );
        DetailView { kind: "runoff", chart: None, columns, rows: rows.collect(), notes: notes.collect() }
    }

    /// A score of the minutes, whose unit is 1/`unit`.
    fn fraction(&self, score: i64, unit: u32) -> String {
        if unit <= 1 {
            let sign = if score < 0 { "−" } else { "" };
            return format!("{sign}{}", group_digits(score.unsigned_abs()));
        }
        self.real(score as f64 / f64::from(unit))
    }

    /// With two decimals at most.
    fn real(&self, number: f64) -> String {
        let text = format!("{number:.2}");
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        let whole = whole.parse().map_or_else(|_| whole.to_owned(), group_digits);
        match rest.trim_end_matches('0') {
            "" => whole,
            rest => format!("{whole}{}{rest}", self.voice.word("number.decimal")),
        }
    }

    /// A sum in cents that is not whole.
    fn cents(&self, cents: f64) -> String {
        format!("{}\u{a0}€", self.real(cents / 100.0))
    }
}

fn turnout(voting: &Voting, published: &Published) -> TurnoutView {
    let voters = published.voters;
    let (blank, void, expressed) = match &published.outcome {
        Outcome::Minutes(minutes) => (minutes.blank, 0, minutes.ballots.saturating_sub(minutes.blank)),
        Outcome::Question(Question { turnout, .. }) => (turnout.blank, turnout.void, turnout.expressed),
        Outcome::Undecided(_) => (0, 0, 0),
    };
    let registered = voting.registered;
    let share = registered.and_then(|registered| percent(voters, registered));
    TurnoutView { registered, voters, percent: share, blank, void, expressed }
}

fn stopped_key(stopped: &Stopped) -> &'static str {
    match stopped {
        Stopped::Overspent { .. } => "shares.overspent",
        Stopped::Exhaustive => "shares.exhaustive",
        Stopped::Settled => "shares.settled",
    }
}

/// What projects are compared by.
enum Measured<'a> {
    /// Votes, and the most that a project has.
    Votes {
        most: u64,
    },
    /// The same of points.
    Points {
        unit: u32,
        most: u64,
    },
    Borda {
        points: &'a BTreeMap<String, u64>,
        most: u64,
    },
    /// Places, from 1.
    Places(BTreeMap<&'a str, u64>),
}

impl<'a> Measured<'a> {
    fn of(voting: &Voting, minutes: &'a Minutes) -> Self {
        let most = minutes.projects.iter().map(|fate| fate.score.max(0).unsigned_abs()).max().unwrap_or(0);
        let details = || minutes.envelopes.iter().filter_map(|account| account.detail.as_ref());
        match &voting.method {
            Method::Points { .. } => Self::Points { unit: minutes.unit.max(1), most },
            Method::Ranking { .. } | Method::Grades { .. } => {
                let mut borda = details().filter_map(|detail| match detail {
                    Detail::Borda(points) => Some(points),
                    _ => None,
                });
                match borda.next() {
                    Some(points) if minutes.envelopes.len() == 1 => {
                        Self::Borda { points, most: points.values().copied().max().unwrap_or(0) }
                    }
                    _ => Self::Places(places(minutes)),
                }
            }
            _ => Self::Votes { most },
        }
    }

    fn number(&self, fate: &Fate) -> Option<u64> {
        match self {
            Self::Votes { .. } => Some(fate.score.max(0).unsigned_abs()),
            Self::Points { unit, .. } => Some(fate.score.max(0).unsigned_abs() / u64::from(*unit)),
            Self::Borda { points, .. } => points.get(&fate.id).copied(),
            Self::Places(_) => None,
        }
    }

    fn place(&self, fate: &Fate) -> Option<u64> {
        match self {
            Self::Places(places) => places.get(fate.id.as_str()).copied(),
            _ => None,
        }
    }

    fn bar(&self, fate: &Fate) -> Option<u64> {
        match self {
            Self::Votes { most } | Self::Points { most, .. } => {
                percent(fate.score.max(0).unsigned_abs(), *most).or(Some(0))
            }
            Self::Borda { points, most } => percent(*points.get(&fate.id)?, *most).or(Some(0)),
            Self::Places(_) => None,
        }
    }

    /// The best first; withdrawn ones last.
    fn order(&self, fate: &Fate) -> (bool, u64, std::cmp::Reverse<u64>, String) {
        let number = match self {
            Self::Votes { .. } | Self::Points { .. } => fate.score.max(0).unsigned_abs(),
            _ => self.number(fate).unwrap_or(0),
        };
        let place = match self {
            Self::Places(_) => self.place(fate).unwrap_or(u64::MAX),
            _ => 0,
        };
        (fate.reason == Reason::Withdrawn, place, std::cmp::Reverse(number), fate.id.clone())
    }
}

/// The places of projects in the order of the rule.
fn places(minutes: &Minutes) -> BTreeMap<&str, u64> {
    let rounds = minutes.envelopes.iter().flat_map(|account| &account.rounds);
    rounds
        .filter_map(|round| match round.measure {
            Measure::Rank(rank) => Some((round.project.as_str(), rank)),
            _ => None,
        })
        .collect()
}

fn grades_view(
    grades: &[Grade],
    counts: &BTreeMap<String, Vec<u64>>,
    named: impl Fn(&str) -> String,
) -> DetailView {
    let columns = grades.iter().map(|grade| grade.label.clone()).collect();
    // From the worst on, as their median has it.
    let mut rows: Vec<(String, Vec<u64>)> =
        counts.iter().map(|(id, cells)| (named(id), cells.clone())).collect();
    rows.sort_by_key(|(_, cells)| median(cells));
    drawn("grades", ChartKind::Grades, columns, rows)
}

/// The lower median grade, as its place from the best.
fn median(cells: &[u64]) -> usize {
    let half: u64 = cells.iter().sum::<u64>() / 2;
    let mut seen = 0;
    cells
        .iter()
        .position(|cell| {
            seen += cell;
            seen > half
        })
        .unwrap_or(cells.len())
}

fn pairwise_view(pairwise: &Pairwise, named: impl Fn(&str) -> String) -> DetailView {
    let rows = pairwise.projects.iter().zip(&pairwise.preferred).enumerate().map(|(place, (id, cells))| {
        let cells = cells.iter().enumerate();
        let cell = |(other, cell): (usize, &u64)| {
            if other == place { "–".to_owned() } else { group_digits(*cell) }
        };
        (named(id), cells.map(cell).collect())
    });
    DetailView {
        kind: "pairwise",
        chart: None,
        columns: pairwise.projects.iter().map(|id| named(id)).collect(),
        rows: rows.collect(),
        notes: Vec::new(),
    }
}

fn drawn(
    kind: &'static str,
    shown: ChartKind,
    columns: Vec<String>,
    rows: Vec<(String, Vec<u64>)>,
) -> DetailView {
    let numbers = |cells: &[u64]| cells.iter().map(|cell| *cell as f64).collect();
    let table = Table {
        columns: columns.clone(),
        rows: rows.iter().map(|(label, cells)| (label.clone(), numbers(cells))).collect(),
    };
    let texts = |cells: Vec<u64>| cells.into_iter().map(group_digits).collect();
    DetailView {
        kind,
        chart: chart::draw(shown, &table, None).ok(),
        columns,
        rows: rows.into_iter().map(|(label, cells)| (label, texts(cells))).collect(),
        notes: Vec::new(),
    }
}
