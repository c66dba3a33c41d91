//! What citizens vote on, as templates receive it: what leads to the vote, the ballot, and the rules in plain words.

use super::{Viewer, in_alphabetical_order};
use crate::{
    content::{
        deposit::Deposit,
        petition::Participants,
        process::Process,
        step::Shows,
        voting::{REPLACE, VOTE, VoteOption, Voting},
    },
    map::{Coordinates, Ground, Map, Pin, Point},
    markdown::{Html, Text},
    words::Say,
};
use domain::{
    ballot::{Grade, Method},
    eligibility::Territory,
    limits::CODE_LIFETIME,
    rulebook::{VotedOn, group_digits},
    tally::{By, Completion, Envelope, Rule, Rules, Stop, Threshold, TieBreak, Unfit},
    window::Phase,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// So many ranks are offered in a list; more are written.
const RANKS_IN_A_LIST: usize = 12;

/// What leads to the vote of a process, on its pages.
#[derive(Clone, Serialize)]
pub(crate) struct VotingCall<'a> {
    url: String,
    replace_url: String,
    question: &'a str,
    /// What is voted on, for the words that have a noun for it.
    on: VotedOn,
    state: &'static str,
    state_text: String,
    closes_text: String,
    /// How many have voted, once the vote is open.
    turnout: Option<Turnout>,
    /// The commitment to the public lot, as soon as the register has published it: before the vote opens.
    lot: Option<&'a str>,
    counts_url: String,
    /// The step that shows what comes out.
    results_url: Option<&'a str>,
}

/// How many have voted.
#[derive(Clone, Serialize)]
struct Turnout {
    voters: u64,
    registered: Option<u64>,
    percent: Option<u64>,
    as_of_text: String,
}

/// A vote on its pages.
#[derive(Serialize)]
pub(crate) struct Vote<'a> {
    #[serde(flatten)]
    call: VotingCall<'a>,
    /// Where forms are sent; the steps of the journey add to it.
    action: String,
    opens_text: String,
    erased_text: String,
    retention_text: String,
    method: &'static str,
    /// What a ballot holds, in sentences.
    how: Vec<String>,
    blank: bool,
    basket: Option<Basket>,
    /// What is voted on, in the order of the content.
    items: Vec<Item<'a>>,
    /// Where they are, when that is shown.
    map: Option<VoteMap>,
    /// The same by theme, when there are some.
    groups: Vec<Group<'a>>,
    themes: Vec<Way<'a>>,
    zones: Vec<Way<'a>>,
    grades: &'a [Grade],
    /// Ranks to choose from; empty when they are written.
    ranks: Vec<usize>,
    envelopes: Vec<EnvelopeView<'a>>,
    /// How ballots are counted, in sentences.
    rules: Vec<String>,
    code_minutes: i64,
    minimum_age: u8,
    links: Vec<Link<'a>>,
    communes: Vec<&'a str>,
    asks_commune: bool,
    people_per_mailbox: u8,
    registered: Option<u64>,
}

/// What a ballot may spend.
#[derive(Serialize)]
struct Basket {
    /// `money` in cents, `points` or `choices`.
    unit: &'static str,
    most: u64,
    most_text: String,
}

/// What is voted on, on a map.
#[derive(Serialize)]
struct VoteMap {
    ground: Map,
    pins: Vec<Disc>,
    /// How many have no place on it.
    without: usize,
}

/// The disc of a project, which leads to its place in the list.
#[derive(Serialize)]
struct Disc {
    #[serde(flatten)]
    point: Point,
    theme_number: usize,
    zone_number: usize,
}

/// A project, or an option.
#[derive(Clone, Serialize)]
struct Item<'a> {
    id: &'a str,
    /// Its place in the order of the content, from 1: what it is called on a map.
    number: Option<usize>,
    title: &'a Text,
    /// Of its page, when it has one.
    url: Option<&'a str>,
    description: Option<&'a Text>,
    html: Option<&'a Html>,
    /// In cents.
    cost: u64,
    cost_text: Option<String>,
    zone: Option<&'a Text>,
    theme: Option<&'a Text>,
    /// Numbers of its theme and zone, for filters; zero when it has none.
    theme_number: usize,
    zone_number: usize,
    picture: Option<Thumbnail<'a>>,
    withdrawn: bool,
    #[serde(skip)]
    coordinates: Option<Coordinates>,
}

/// A small picture.
#[derive(Clone, Serialize)]
struct Thumbnail<'a> {
    url: &'a str,
    width: u32,
    height: u32,
    alt: &'a Text,
}

/// A theme or a zone, and how many are of it.
#[derive(Serialize)]
struct Way<'a> {
    number: usize,
    name: &'a str,
    count: usize,
}

#[derive(Serialize)]
struct Group<'a> {
    number: usize,
    /// Nothing for what has no theme.
    name: Option<&'a str>,
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct EnvelopeView<'a> {
    title: &'a Text,
    amount_text: Option<String>,
    /// Which projects it is for, and how many are elected.
    about: Vec<String>,
}

#[derive(Serialize)]
struct Link<'a> {
    value: &'static str,
    label: &'a str,
}

impl<'a> Viewer<'a> {
    /// What leads to the vote of a process. Ballots are in the main language only.
    pub(crate) fn voting_call(&self, process: &'a Process) -> Option<VotingCall<'a>> {
        let voting = process.voting.as_ref()?;
        let calendar = self.calendar();
        let (opens, closes) = (calendar.first(voting.window.opens()), calendar.last(voting.window.closes()));
        let phase = voting.window.phase(self.site.now);
        let (state, key) = match phase {
            Phase::Before => ("before", "vote.before"),
            Phase::Open => ("open", "vote.open"),
            Phase::After => ("closed", "vote.closed"),
        };
        let url = format!("{}{VOTE}", self.original_url(&process.page));
        let results = process.steps.iter().find(|step| step.shows == Some(Shows::Results));
        let published = self.counts.turnout(process);
        let turnout = published.filter(|_| phase != Phase::Before).map(|(counts, as_of)| Turnout {
            voters: counts.voters,
            registered: voting.registered,
            percent: voting.registered.and_then(|registered| percent(counts.voters, registered)),
            as_of_text: calendar.moment(as_of),
        });
        Some(VotingCall {
            replace_url: format!("{url}{REPLACE}"),
            url,
            question: voting.question.as_ref().unwrap_or(&process.page.title).as_str(),
            on: voting.voted_on(),
            state,
            state_text: self.voice.words.say(key, &[("opens", &opens), ("closes", &closes)]),
            closes_text: closes,
            turnout,
            lot: published.map(|(counts, _)| &*counts.lot),
            counts_url: format!("/data/{}.json", process.id),
            results_url: results.map(|step| &*step.page.url),
        })
    }

    /// The vote of a process, on the pages where one votes.
    pub(crate) fn vote(&self, process: &'a Process, voting: &'a Voting) -> Option<Vote<'a>> {
        let calendar = self.calendar();
        let items = self.items(process, voting);
        let standing = items.iter().filter(|item| !item.withdrawn).count();
        let themes = ways(&items, |item| item.theme.map(Text::as_str), |item| item.theme_number);
        let zones = ways(&items, |item| item.zone.map(Text::as_str), |item| item.zone_number);
        let participants = process.participants();
        let ranks = match voting.method {
            Method::Ranking { most, .. } => {
                let most = most.map_or(standing, |most| standing.min(most as usize));
                (1..=most).take_while(|_| most <= RANKS_IN_A_LIST).collect()
            }
            _ => Vec::new(),
        };
        Some(Vote {
            action: format!("/actes/{}/bulletin", process.id),
            opens_text: calendar.first(voting.window.opens()),
            erased_text: self.day_text(voting.erased),
            retention_text: calendar.delay(voting.retention),
            method: method_name(&voting.method),
            how: self.how(voting, standing),
            blank: voting.method.blank(),
            basket: self.basket(voting),
            map: voting.ground.as_ref().and_then(|ground| draw(ground, &items)),
            groups: groups(&items, &themes),
            themes,
            zones,
            grades: match &voting.method {
                Method::Grades { grades, .. } => grades,
                _ => &[],
            },
            ranks,
            envelopes: self.envelopes(voting),
            rules: voting.counting.as_ref().map_or_else(
                || vec![self.voice.word("rule.question").to_owned()],
                |counting| self.rule_sentences(voting, &counting.rules),
            ),
            code_minutes: CODE_LIFETIME.as_mins(),
            minimum_age: participants.map_or(0, |who| who.eligibility.minimum_age),
            links: participants.map_or_else(Vec::new, |who| self.links(who)),
            communes: match participants.map(|who| &who.eligibility.territory) {
                Some(Territory::Communes(communes)) => in_alphabetical_order(communes.values()),
                _ => Vec::new(),
            },
            asks_commune: participants.is_some_and(|who| who.eligibility.territory != Territory::Any),
            people_per_mailbox: participants.map_or(1, |who| who.people_per_mailbox),
            registered: voting.registered,
            items,
            call: self.voting_call(process)?,
        })
    }

    fn links(&self, who: &Participants) -> Vec<Link<'a>> {
        let links = who.eligibility.links.iter();
        links.map(|link| Link { value: link.as_str(), label: self.link_label(*link) }).collect()
    }

    fn items(&self, process: &'a Process, voting: &'a Voting) -> Vec<Item<'a>> {
        let mut items: Vec<Item<'a>> = if voting.is_of_deposits() {
            let voted = process.deposits.iter().filter(|deposit| deposit.is_voted_on());
            voted.map(|deposit| self.item(deposit)).collect()
        } else {
            voting.options.iter().map(option).collect()
        };
        items.sort_by(|one, other| one.id.cmp(other.id));
        if voting.ground.is_some() {
            items.iter_mut().zip(1..).for_each(|(item, number)| item.number = Some(number));
        }
        number(&mut items, |item| item.theme.map(Text::as_str), |item, n| item.theme_number = n);
        number(&mut items, |item| item.zone.map(Text::as_str), |item, n| item.zone_number = n);
        items
    }

    fn item(&self, deposit: &'a Deposit) -> Item<'a> {
        let candidate = &deposit.candidate;
        Item {
            id: &deposit.id,
            number: None,
            title: &deposit.page.title,
            url: Some(&deposit.page.url),
            description: Some(&deposit.page.description),
            html: None,
            cost: candidate.cost.unwrap_or(0),
            cost_text: candidate.cost.map(|cost| self.money(cost)),
            zone: candidate.zone.as_ref(),
            theme: deposit.theme.as_ref(),
            theme_number: 0,
            zone_number: 0,
            picture: deposit.picture.as_ref().map(|(picture, alt)| {
                let (url, width, height) = picture.smallest();
                Thumbnail { url, width, height, alt }
            }),
            withdrawn: candidate.withdrawn,
            coordinates: deposit.coordinates,
        }
    }

    /// « 12 500 € »
    pub(super) fn money(&self, cents: u64) -> String {
        let whole = group_digits(cents / 100);
        match cents % 100 {
            0 => format!("{whole}\u{a0}€"),
            rest => format!("{whole}{}{rest:02}\u{a0}€", self.voice.word("number.decimal")),
        }
    }

    fn basket(&self, voting: &Voting) -> Option<Basket> {
        match &voting.method {
            Method::Knapsack { .. } => {
                let envelopes = &voting.counting.as_ref()?.rules.envelopes;
                let most = envelopes.iter().try_fold(0_u64, |sum, one| sum.checked_add(one.amount?))?;
                Some(Basket { unit: "money", most, most_text: self.money(most) })
            }
            Method::Points { total, .. } => {
                let most = u64::from(*total);
                Some(Basket { unit: "points", most, most_text: self.voice.quantity("basket.points", most) })
            }
            Method::Approval { most, .. } | Method::Ranking { most, .. } => {
                let most = u64::from((*most)?);
                Some(Basket { unit: "choices", most, most_text: self.voice.quantity("basket.choices", most) })
            }
            _ => None,
        }
    }

    /// The words for what is voted on.
    pub(super) fn said_of(&self, voting: &Voting) -> &'a Say {
        self.voice.say().of_vote_on(voting.voted_on())
    }

    /// What a ballot holds, in sentences.
    fn how(&self, voting: &Voting, standing: usize) -> Vec<String> {
        let say = self.said_of(voting);
        let word = |key: &str| say.text(key, &[]);
        let count = |key: &str, number: u32| say.quantity(key, u64::from(number));
        let mut sentences = match &voting.method {
            Method::Approval { least, most: Some(most), .. } if least == most => {
                vec![count("how.approval_exactly", *most)]
            }
            Method::Approval { least: 1, most: Some(most), .. } => vec![count("how.approval_most", *most)],
            Method::Approval { least, most: Some(most), .. } => {
                let (least, most) = (least.to_string(), most.to_string());
                vec![say.text("how.approval_between", &[("least", &least), ("most", &most)])]
            }
            Method::Approval { least: 1, most: None, .. } => vec![word("how.approval")],
            Method::Approval { least, most: None, .. } => vec![count("how.approval_least", *least)],
            Method::Points { total, per_project, .. } => {
                vec![count("how.points", *total), count("how.points_each", *per_project)]
            }
            Method::Ranking { least, most, .. } => {
                let most = most.unwrap_or(u32::try_from(standing).unwrap_or(u32::MAX));
                let least = (*least > 1).then(|| count("how.ranking_least", *least));
                std::iter::once(count("how.ranking", most)).chain(least).collect()
            }
            Method::Grades { grades, missing, .. } => {
                use domain::ballot::Missing;
                let label = |id: &str| {
                    grades.iter().find(|grade| grade.id == id).map_or("", |grade| grade.label.as_str())
                };
                let missing = match missing {
                    Missing::Refuse => word("how.grades_all"),
                    Missing::Worst => {
                        let worst = grades.last().map_or("", |grade| grade.label.as_str());
                        say.text("how.grades_missing", &[("grade", worst)])
                    }
                    Missing::Grade(id) => say.text("how.grades_missing", &[("grade", label(id))]),
                };
                vec![word("how.grades"), missing]
            }
            Method::Knapsack { .. } => {
                let most = self.basket(voting).map(|basket| basket.most_text).unwrap_or_default();
                vec![say.text("how.knapsack", &[("most", &most)])]
            }
            Method::YesNo { .. } => vec![word("how.yes_no")],
            Method::One { .. } => vec![word("how.single")],
        };
        if voting.method.blank() {
            sentences.push(word("how.blank"));
        }
        sentences
    }

    fn envelopes(&self, voting: &'a Voting) -> Vec<EnvelopeView<'a>> {
        let Some(counting) = &voting.counting else { return Vec::new() };
        let envelopes = counting.rules.envelopes.iter().zip(&counting.envelope_titles);
        let view = |(envelope, title): (&'a Envelope, &'a Text)| EnvelopeView {
            title,
            amount_text: envelope.amount.map(|amount| self.money(amount)),
            about: self.envelope_sentences(self.said_of(voting), envelope),
        };
        envelopes.map(view).collect()
    }

    fn envelope_sentences(&self, say: &Say, envelope: &Envelope) -> Vec<String> {
        let scope = &envelope.scope;
        let named = [
            ("envelope.zone", &scope.zone),
            ("envelope.theme", &scope.theme),
            ("envelope.label", &scope.label),
        ];
        let named =
            named.into_iter().filter_map(|(key, name)| Some(say.text(key, &[("name", name.as_ref()?)])));
        let costs = match (scope.cost_from, scope.cost_to) {
            (None, None) => None,
            (Some(from), None) => Some(say.text("envelope.cost_from", &[("from", &self.money(from))])),
            (None, Some(to)) => Some(say.text("envelope.cost_to", &[("to", &self.money(to))])),
            (Some(from), Some(to)) => {
                Some(say.text("envelope.costs", &[("from", &self.money(from)), ("to", &self.money(to))]))
            }
        };
        let least = (envelope.least > 0).then(|| say.quantity("envelope.least", u64::from(envelope.least)));
        let most = envelope.most.map(|most| say.quantity("envelope.most", u64::from(most)));
        named.chain(costs).chain(least).chain(most).collect()
    }

    /// How ballots are counted, in sentences.
    pub(super) fn rule_sentences(&self, voting: &Voting, rules: &Rules) -> Vec<String> {
        let said = self.said_of(voting);
        let say = |key: &str| said.text(key, &[]);
        let mut sentences = match &rules.rule {
            Rule::Greedy { by, unfit } => {
                let has_money = rules.envelopes.iter().any(|envelope| envelope.amount.is_some());
                let by = say(match by {
                    By::Score => "rule.score",
                    By::MajorityJudgment => "rule.majority_judgment",
                    By::Schulze => "rule.schulze",
                    By::Borda => "rule.borda",
                    By::Runoff => "rule.runoff",
                });
                let unfit = match unfit {
                    Unfit::Skip => say("rule.skip"),
                    Unfit::Stop => say("rule.stop"),
                    Unfit::Fund(percent) => said.text("rule.fund", &[("percent", &percent.to_string())]),
                };
                std::iter::once(by).chain(has_money.then_some(unfit)).collect()
            }
            Rule::EqualShares { completion, comparison, .. } => {
                let mut sentences = vec![say("rule.equal_shares")];
                match completion {
                    Completion::None => {}
                    Completion::Greedy => sentences.push(say("rule.then_greedy")),
                    Completion::Add1 { step, stop, greedy } => {
                        let step = self.money(step.get());
                        let key = match stop {
                            Stop::Overspent => "rule.add1",
                            Stop::Exhaustive => "rule.add1_exhaustive",
                        };
                        sentences.push(said.text(key, &[("step", &step)]));
                        sentences.extend(greedy.then(|| say("rule.then_greedy")));
                    }
                }
                sentences.extend(comparison.then(|| say("rule.comparison")));
                sentences
            }
            Rule::Phragmen { skip } => {
                vec![say("rule.phragmen"), say(if *skip { "rule.skip" } else { "rule.stop" })]
            }
        };
        sentences.extend(rules.threshold.as_ref().map(|threshold| match threshold {
            Threshold::Score(needed) => said.quantity("rule.threshold_score", *needed),
            Threshold::Voters(needed) => said.quantity("rule.threshold_voters", *needed),
            Threshold::Share { numerator, denominator } => {
                let (one, other) = (numerator.to_string(), denominator.to_string());
                said.text("rule.threshold_share", &[("numerator", &one), ("denominator", &other)])
            }
        }));
        let flags = [
            (rules.one_per_zone, "rule.one_per_zone"),
            (rules.one_per_proposer, "rule.one_per_proposer"),
            (!rules.exclusions.is_empty(), "rule.exclusions"),
            (rules.carry_over, "rule.carry_over"),
            (true, "rule.no_vote"),
        ];
        sentences.extend(flags.into_iter().filter(|(holds, _)| *holds).map(|(_, key)| say(key)));
        let chain: Vec<String> = rules.ties.iter().map(|link| say(tie_key(*link))).collect();
        sentences.push(said.text("rule.ties", &[("chain", &chain.join(self.voice.word("rule.then")))]));
        sentences
    }
}

/// How a link of the chain is said.
pub(super) fn tie_key(link: TieBreak) -> &'static str {
    match link {
        TieBreak::MinCost => "tie.min_cost",
        TieBreak::MaxCost => "tie.max_cost",
        TieBreak::MoreVoters => "tie.more_voters",
        TieBreak::Lot => "tie.lot",
    }
}

/// As in front matter.
fn method_name(method: &Method) -> &'static str {
    match method {
        Method::Approval { .. } => "approval",
        Method::Points { .. } => "points",
        Method::Ranking { .. } => "ranking",
        Method::Grades { .. } => "grades",
        Method::Knapsack { .. } => "knapsack",
        Method::YesNo { .. } => "yes-no",
        Method::One { .. } => "one",
    }
}

/// `part` of `whole` in whole percents, rounded.
pub(super) fn percent(part: u64, whole: u64) -> Option<u64> {
    (part.checked_mul(100)?.checked_add(whole / 2)?).checked_div(whole)
}

fn option(option: &VoteOption) -> Item<'_> {
    Item {
        id: &option.id,
        number: None,
        title: &option.title,
        url: None,
        description: None,
        html: Some(&option.text),
        cost: 0,
        cost_text: None,
        zone: None,
        theme: None,
        theme_number: 0,
        zone_number: 0,
        picture: None,
        withdrawn: false,
        coordinates: None,
    }
}

/// The map of what can be chosen; nothing when none of it has a place there.
fn draw(ground: &Ground, items: &[Item<'_>]) -> Option<VoteMap> {
    let standing = || items.iter().filter(|item| !item.withdrawn);
    let placed: Vec<(&Item<'_>, Pin)> =
        standing().filter_map(|item| Some((item, pin(ground, item)?))).collect();
    if placed.is_empty() {
        return None;
    }
    let without = standing().count() - placed.len();
    let (items, pins): (Vec<_>, Vec<_>) = placed.into_iter().unzip();
    let (ground, points) = ground.with(pins);
    let disc = |(point, item): (Point, &Item<'_>)| Disc {
        point,
        theme_number: item.theme_number,
        zone_number: item.zone_number,
    };
    Some(VoteMap { ground, pins: points.into_iter().zip(items).map(disc).collect(), without })
}

fn pin(ground: &Ground, item: &Item<'_>) -> Option<Pin> {
    let at = item.coordinates.filter(|place| ground.shows(*place))?;
    let number = item.number?;
    Some(Pin { number, name: item.title.clone(), url: format!("#n{number}"), at })
}

/// Gives each item the number of its name, in alphabetical order from 1.
fn number<'a>(
    items: &mut [Item<'a>],
    name: impl Fn(&Item<'a>) -> Option<&'a str>,
    set: impl Fn(&mut Item<'a>, usize),
) {
    let mut names: BTreeMap<String, usize> =
        items.iter().filter_map(&name).map(|name| (crate::slug::slugify(name), 0)).collect();
    for (place, number) in names.values_mut().enumerate() {
        *number = place + 1;
    }
    for item in items {
        if let Some(number) = name(item).and_then(|name| names.get(&crate::slug::slugify(name))) {
            set(item, *number);
        }
    }
}

/// What items can be filtered by; nothing when all are alike.
fn ways<'a>(
    items: &[Item<'a>],
    name: impl Fn(&Item<'a>) -> Option<&'a str>,
    number: impl Fn(&Item<'a>) -> usize,
) -> Vec<Way<'a>> {
    let mut ways: BTreeMap<usize, Way<'a>> = BTreeMap::new();
    for item in items {
        if let Some(name) = name(item) {
            let number = number(item);
            ways.entry(number).or_insert(Way { number, name, count: 0 }).count += 1;
        }
    }
    if ways.len() < 2 { Vec::new() } else { ways.into_values().collect() }
}

/// Items by theme, those without one last.
fn groups<'a>(items: &[Item<'a>], themes: &[Way<'a>]) -> Vec<Group<'a>> {
    let of = |number: usize| items.iter().filter(|item| item.theme_number == number).cloned().collect();
    if themes.is_empty() {
        return vec![Group { number: 0, name: None, items: items.to_vec() }];
    }
    let named =
        themes.iter().map(|way| Group { number: way.number, name: Some(way.name), items: of(way.number) });
    let without = Group { number: 0, name: None, items: of(0) };
    named.chain([without]).filter(|group| !group.items.is_empty()).collect()
}
