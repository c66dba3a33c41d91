//! What an election shows to those who take part in it; `replay` holds the minutes of all rules to the ballots.

mod replay;

use super::*;
use crate::ballot::{Answer, Ballot, Grade};
use proptest::prelude::*;
use std::num::NonZeroU64;

const SEED: &[u8] = b"a public draw";

fn project(id: &str, cost: u64) -> Project {
    Project { id: id.to_owned(), cost, ..Project::default() }
}

fn rules(rule: Rule, amount: u64) -> Rules {
    Rules {
        rule,
        envelopes: vec![Envelope { id: "budget".to_owned(), amount: Some(amount), ..Envelope::default() }],
        threshold: None,
        exclusions: Vec::new(),
        one_per_proposer: false,
        one_per_zone: false,
        carry_over: false,
        ties: vec![TieBreak::MinCost, TieBreak::MoreVoters, TieBreak::Lot],
    }
}

const GREEDY: Rule = Rule::Greedy { by: By::Score, unfit: Unfit::Skip };

fn shares(utility: Utility, completion: Completion) -> Rule {
    Rule::EqualShares { utility, completion, comparison: false }
}

/// An approval election: costs, ballots, amount.
#[derive(Debug, Clone)]
struct Case {
    costs: Vec<u64>,
    ballots: Vec<Vec<usize>>,
    amount: u64,
}

fn id(project: usize) -> String {
    format!("p{project}")
}

impl Case {
    fn election(&self, rule: Rule) -> Election {
        let projects: Vec<Project> =
            self.costs.iter().enumerate().map(|(index, &cost)| project(&id(index), cost)).collect();
        let ballots: Vec<Ballot> = self
            .ballots
            .iter()
            .map(|chosen| match chosen.is_empty() {
                true => Ballot::Blank,
                false => Ballot::Approval(chosen.iter().map(|&index| id(index)).collect()),
            })
            .collect();
        election(projects, &ballots, Kind::Approval, rules(rule, self.amount))
    }

    fn winners(&self, rule: Rule) -> Vec<String> {
        tally(&self.election(rule)).expect("the lot decides").winners
    }
}

fn election(projects: Vec<Project>, ballots: &[Ballot], kind: Kind, rules: Rules) -> Election {
    let ids: Vec<&str> = projects.iter().map(|project| project.id.as_str()).collect();
    let profile = Profile::of_ballots(kind, &ids, &[], ballots.iter().map(|ballot| (ballot, 1)));
    Election { projects, rules, profile, seed: Some(SEED.to_vec()) }
}

fn cases() -> impl Strategy<Value = Case> {
    (2_usize..7).prop_flat_map(|size| {
        let costs = prop::collection::vec(1_u64..40, size);
        let ballots = prop::collection::vec(prop::collection::btree_set(0..size, 0..size), 1..14);
        (costs, ballots, 1_u64..120).prop_map(|(costs, ballots, amount)| Case {
            costs,
            ballots: ballots.into_iter().map(|chosen| chosen.into_iter().collect()).collect(),
            amount,
        })
    })
}

fn votes(case: &Case, project: usize) -> usize {
    case.ballots.iter().filter(|ballot| ballot.contains(&project)).count()
}

proptest! {
    #[test]
    fn equal_shares_spends_all_or_says_what_would_fit(case in cases()) {
        let minutes = tally(&case.election(shares(Utility::Cost, Completion::None))).expect("the lot decides");
        let left = minutes.envelopes[0].left.expect("never beyond the envelope");
        for (project, &cost) in case.costs.iter().enumerate() {
            let fits = votes(&case, project) > 0 && cost <= left && !minutes.winners.contains(&id(project));
            prop_assert_eq!(fits, minutes.envelopes[0].would_fit.contains(&id(project)));
        }
        let full = tally(&case.election(shares(Utility::Cost, Completion::Greedy))).expect("the lot decides");
        prop_assert!(full.envelopes[0].would_fit.is_empty());
        prop_assert!(full.winners.starts_with(&minutes.winners));
    }

    #[test]
    fn no_rule_exceeds_its_envelope_nor_elects_without_a_vote(case in cases(), skip: bool) {
        let step = NonZeroU64::MIN;
        for rule in [
            GREEDY,
            Rule::Greedy { by: By::Score, unfit: Unfit::Stop },
            shares(Utility::Points, Completion::Add1 { step, stop: Stop::Exhaustive, greedy: true }),
            Rule::EqualShares { utility: Utility::Cost, completion: Completion::Greedy, comparison: true },
            Rule::Phragmen { skip },
        ] {
            let minutes = tally(&case.election(rule)).expect("the lot decides");
            let spent: u64 = minutes.projects.iter().filter(|fate| fate.reason.elected()).map(|fate| fate.cost).sum();
            prop_assert!(spent <= case.amount);
            prop_assert!(minutes.projects.iter().all(|fate| fate.voters > 0 || fate.reason == Reason::NoVote));
            prop_assert_eq!(minutes.winners.len(), minutes.projects.iter().filter(|fate| fate.reason.elected()).count());
        }
    }

    #[test]
    fn the_order_of_ballots_and_of_projects_changes_nothing(case in cases()) {
        for rule in [GREEDY, shares(Utility::Cost, Completion::None), Rule::Phragmen { skip: true }] {
            let winners = tally(&case.election(rule.clone())).expect("the lot decides").winners;
            let mut shuffled = case.clone();
            shuffled.ballots.reverse();
            prop_assert_eq!(&shuffled.winners(rule.clone()), &winners);
            let size = case.costs.len();
            let turned = Case {
                costs: case.costs.iter().rev().copied().collect(),
                ballots: case.ballots.iter().map(|chosen| chosen.iter().map(|&project| size - 1 - project).collect()).collect(),
                ..case.clone()
            };
            let mut other = turned.election(rule);
            for (index, project) in other.projects.iter_mut().enumerate() {
                project.id = id(size - 1 - index);
            }
            prop_assert_eq!(tally(&other).expect("the lot decides").winners, winners);
        }
    }

    #[test]
    fn names_decide_nothing_but_the_lot(case in cases()) {
        for rule in [GREEDY, shares(Utility::Points, Completion::None), Rule::Phragmen { skip: false }] {
            let mut election = case.election(rule);
            election.rules.ties.pop();
            // Where a lot is needed there is an error: nothing else decides.
            let Ok(minutes) = tally(&election) else { continue };
            let mut renamed = election.clone();
            for (index, project) in renamed.projects.iter_mut().enumerate() {
                project.id = id(9 - index);
            }
            let mut winners = minutes.winners;
            let found = tally(&renamed).expect("no lot was needed").winners;
            let mut found: Vec<String> =
                found.iter().map(|name| id(9 - name[1..].parse::<usize>().expect("a number"))).collect();
            // Ties of no consequence are in the order of ids.
            winners.sort();
            found.sort();
            prop_assert_eq!(found, winners);
        }
    }

    #[test]
    fn one_more_approval_never_harms_the_project_approved(case in cases(), voter: prop::sample::Index) {
        let winners = case.winners(GREEDY);
        let voter = voter.index(case.ballots.len());
        for project in (0..case.costs.len()).filter(|project| !case.ballots[voter].contains(project)) {
            if winners.contains(&id(project)) {
                let mut more = case.clone();
                more.ballots[voter].push(project);
                prop_assert!(more.winners(GREEDY).contains(&id(project)));
            }
        }
    }

    #[test]
    fn schulze_elects_whoever_beats_all_others(orders in prop::collection::vec(Just(vec![0_usize, 1, 2, 3]).prop_shuffle(), 1..12)) {
        let ballots: Vec<Ballot> = orders.iter().map(|order| Ballot::Ranking(order.iter().map(|&project| id(project)).collect())).collect();
        let options = (0..4).map(|index| project(&id(index), 0)).collect();
        let mut rules = rules(Rule::Greedy { by: By::Schulze, unfit: Unfit::Skip }, 0);
        rules.envelopes[0].most = Some(1);
        let winners = tally(&election(options, &ballots, Kind::Ranking, rules)).expect("the lot decides").winners;
        let beats = |one: usize, other: usize| {
            let prefer = orders.iter().filter(|order| order.iter().position(|&p| p == one) < order.iter().position(|&p| p == other)).count();
            2 * prefer > orders.len()
        };
        if let Some(condorcet) = (0..4).find(|&one| (0..4).all(|other| one == other || beats(one, other))) {
            prop_assert_eq!(winners, vec![id(condorcet)]);
        }
    }
}

fn approvals(ballots: &[(&[usize], u64)]) -> Vec<Vec<usize>> {
    ballots.iter().flat_map(|(chosen, many)| (0..*many).map(|_| chosen.to_vec())).collect()
}

#[test]
fn a_minority_of_two_fifths_has_two_fifths_of_the_money() {
    // Six projects of 100: three fifths want the first three, two fifths the last three; 500 to spend.
    let ballots = approvals(&[(&[0, 1, 2, 3], 60), (&[4, 5], 40)]);
    let case = Case { costs: vec![100; 6], ballots, amount: 500 };
    assert_eq!(case.winners(GREEDY).iter().filter(|id| ["p4", "p5"].contains(&id.as_str())).count(), 1);
    let shared = case.winners(shares(Utility::Cost, Completion::None));
    assert_eq!(shared.iter().filter(|id| ["p4", "p5"].contains(&id.as_str())).count(), 2);
}

#[test]
fn the_envelope_may_be_exceeded_once_where_the_rule_says_so() {
    let ballots = approvals(&[(&[0, 1, 2], 3), (&[0, 1], 2), (&[0], 1)]);
    let case = Case { costs: vec![60, 50, 5], ballots, amount: 100 };
    assert_eq!(case.winners(GREEDY), ["p0", "p2"]);
    assert_eq!(case.winners(Rule::Greedy { by: By::Score, unfit: Unfit::Stop }), ["p0"]);
    let fund = |percent| Rule::Greedy { by: By::Score, unfit: Unfit::Fund(percent) };
    assert_eq!(case.winners(fund(80)), ["p0", "p1"]);
    assert_eq!(case.winners(fund(81)), ["p0"]);
}

#[test]
fn envelopes_are_filled_in_order_and_pass_on_what_is_left() {
    let ballots = approvals(&[(&[0, 1, 2], 3), (&[0, 2], 2), (&[3], 4)]);
    let mut election = Case { costs: vec![60, 30, 50, 80], ballots, amount: 0 }.election(GREEDY);
    for (project, zone) in election.projects.iter_mut().zip(["nord", "nord", "sud", "sud"]) {
        project.zone = Some(zone.to_owned());
    }
    let envelope = |id: &str, zone: Option<&str>, amount| Envelope {
        id: id.to_owned(),
        scope: Scope { zone: zone.map(str::to_owned), ..Scope::default() },
        amount: Some(amount),
        ..Envelope::default()
    };
    election.rules.envelopes = vec![envelope("nord", Some("nord"), 70), envelope("tout", None, 70)];
    assert_eq!(tally(&election).expect("no tie").winners, ["p0", "p2"]);
    election.rules.carry_over = true;
    let minutes = tally(&election).expect("no tie");
    assert_eq!(minutes.winners, ["p0", "p2", "p1"]);
    assert_eq!(minutes.envelopes[1].carried, 10);
}

#[test]
fn thresholds_groups_proposers_and_zones_are_kept_and_said() {
    let ballots = approvals(&[(&[0, 1, 2, 3], 2), (&[0, 1, 2], 1), (&[0, 1], 1), (&[0], 1), (&[], 1)]);
    let mut election = Case { costs: vec![10; 5], ballots, amount: 100 }.election(GREEDY);
    election.rules.exclusions = vec![vec!["p0".to_owned(), "p1".to_owned()]];
    election.rules.one_per_proposer = true;
    for proposer in [0, 2] {
        election.projects[proposer].proposer = Some("Amis du parc".to_owned());
    }
    election.rules.threshold =
        Some(Threshold::Share { numerator: 1, denominator: NonZeroU64::new(2).expect("not zero") });
    let minutes = tally(&election).expect("no tie");
    let reasons: Vec<&str> = minutes.projects.iter().map(|fate| fate.reason.as_str()).collect();
    assert_eq!(reasons, ["elected", "excluded", "excluded", "below-threshold", "no-vote"]);
    assert_eq!(minutes.projects[3].reason, Reason::BelowThreshold { needed: 3 });

    election.rules.envelopes[0].least = 2;
    assert_eq!(tally(&election).expect("no tie").winners, ["p0", "p3"]);

    election.rules.exclusions.clear();
    election.rules.one_per_proposer = false;
    election.rules.one_per_zone = true;
    election.rules.envelopes[0].amount = Some(20);
    for (project, zone) in election.projects.iter_mut().zip(["nord", "nord", "sud", "sud", "sud"]) {
        project.zone = Some(zone.to_owned());
    }
    assert_eq!(tally(&election).expect("no tie").winners, ["p0", "p2"]);
}

#[test]
fn a_tie_of_no_consequence_needs_no_decision() {
    let both = Case { costs: vec![10, 10], ballots: approvals(&[(&[0, 1], 2)]), amount: 20 };
    let mut election = both.election(GREEDY);
    election.rules.ties = Vec::new();
    assert_eq!(tally(&election).expect("both fit").winners.len(), 2);
    election.rules.envelopes[0].amount = Some(5);
    assert_eq!(tally(&election).expect("none fits").winners.len(), 0);
    election.rules.envelopes[0].amount = Some(10);
    let open = tally(&election).expect_err("one of two");
    assert_eq!(open, Error::Undecided(vec!["p0".to_owned(), "p1".to_owned()]));
    assert!(open.to_string().starts_with("égalité entre « p0 » et « p1 »"));
    election.rules.ties = vec![TieBreak::Lot];
    election.seed = None;
    assert_eq!(tally(&election).expect_err("no seed"), Error::NoSeed(vec!["p0".to_owned(), "p1".to_owned()]));
}

#[test]
fn a_tie_with_a_project_that_is_out_in_any_case_needs_no_decision() {
    let ballots = approvals(&[(&[0, 1, 2], 2), (&[3], 3)]);
    let mut election = Case { costs: vec![10, 10, 90, 10], ballots, amount: 60 }.election(GREEDY);
    election.rules.ties = Vec::new();
    // p0 is of the group of p3, which is elected; p2 costs too much.
    election.rules.exclusions = vec![vec!["p0".to_owned(), "p3".to_owned()]];
    assert_eq!(tally(&election).expect("p1 alone can be").winners, ["p3", "p1"]);
    election.rules.rule = Rule::Greedy { by: By::Score, unfit: Unfit::Stop };
    let open = Error::Undecided(vec!["p1".to_owned(), "p2".to_owned()]);
    assert_eq!(tally(&election).expect_err("p2 would stop the count before p1"), open);
}

#[test]
fn shares_stop_growing_when_a_voter_could_pay_their_part_of_all() {
    // One of two is elected, however much there is: 30 voters pay 3,000 each, or 10 voters 6,000.
    let ballots = approvals(&[(&[0], 20), (&[0, 1], 10)]);
    let case = Case { costs: vec![90_000, 60_000], ballots, amount: 100_000 };
    let step = NonZeroU64::new(500).expect("not zero");
    let completion = Completion::Add1 { step, stop: Stop::Overspent, greedy: false };
    let mut election = case.election(shares(Utility::Cost, completion));
    election.rules.envelopes[0].most = Some(1);
    let minutes = tally(&election).expect("no tie");
    assert_eq!(minutes.winners, ["p0"]);
    let shares = minutes.envelopes[0].shares.as_ref().expect("Equal Shares");
    assert_eq!((shares.stopped, shares.money), (Some(Stopped::Settled), 9_000 * 30));
}

#[test]
fn what_the_chain_leaves_open_between_projects_that_are_both_bought_needs_no_decision() {
    // All cost 10 a vote of 15; p2 needs both voters, and comes last by the chain.
    let ballots = approvals(&[(&[0, 2], 1), (&[1, 2], 1)]);
    let mut election = Case { costs: vec![10, 10, 20], ballots, amount: 30 }
        .election(shares(Utility::Points, Completion::None));
    election.rules.ties = vec![TieBreak::MinCost];
    let minutes = tally(&election).expect("p0 and p1 are both bought");
    assert_eq!(minutes.winners, ["p0", "p1"]);
    assert_eq!(minutes.ties().count(), 1, "p2 was told apart from them");
    election.rules.ties = Vec::new();
    assert!(tally(&election).is_err());
}

#[test]
fn phragmen_s_rule_may_stop_at_either_of_two_that_do_not_fit() {
    // p1 and p2 are bought at the same moment, when there is no longer enough for either.
    let ballots = approvals(&[(&[0], 4), (&[1], 2), (&[2], 2)]);
    let mut election =
        Case { costs: vec![20, 15, 15], ballots, amount: 30 }.election(Rule::Phragmen { skip: false });
    election.rules.ties = Vec::new();
    let minutes = tally(&election).expect("nobody else is elected, whoever comes first");
    assert_eq!(minutes.winners, ["p0"]);
    assert!(!says_a_tie(&minutes));
}

#[test]
fn a_runoff_speaks_of_a_tie_when_whoever_goes_first_is_funded_beyond_the_envelope() {
    // Of the last two, who cannot catch up, the first by the lot is funded, then the other beyond what is left.
    let orders: [(&[usize], u64); 3] = [(&[0], 9), (&[1], 1), (&[2], 1)];
    let mut election = ranking(By::Runoff, &orders, 3);
    election.rules.rule = Rule::Greedy { by: By::Runoff, unfit: Unfit::Fund(10) };
    election.rules.ties = vec![TieBreak::MinCost];
    election.rules.envelopes[0] = Envelope { amount: Some(60), ..election.rules.envelopes[0].clone() };
    election.rules.envelopes[0].most = None;
    (election.projects[1].cost, election.projects[2].cost) = (50, 60);
    let minutes = tally(&election).expect("the lower cost comes first");
    assert_eq!(minutes.winners, ["p0", "p1", "p2"]);
    // The other way round, p2 would have taken all.
    assert_eq!(minutes.ties().count(), 1);
    election.rules.envelopes[0].amount = Some(110);
    assert_eq!(tally(&election).expect("both fit").ties().count(), 0);
}

fn ranked(rule: By, orders: &[(&[usize], u64)], options: usize) -> Result<Minutes, Error> {
    tally(&ranking(rule, orders, options))
}

fn ranking(rule: By, orders: &[(&[usize], u64)], options: usize) -> Election {
    let ballots: Vec<(Ballot, u64)> = orders
        .iter()
        .map(|(order, many)| (Ballot::Ranking(order.iter().map(|&index| id(index)).collect()), *many))
        .collect();
    let projects: Vec<Project> = (0..options).map(|index| project(&id(index), 0)).collect();
    let ids: Vec<&str> = projects.iter().map(|project| project.id.as_str()).collect();
    let profile =
        Profile::of_ballots(Kind::Ranking, &ids, &[], ballots.iter().map(|(ballot, many)| (ballot, *many)));
    let mut rules = rules(Rule::Greedy { by: rule, unfit: Unfit::Skip }, 0);
    rules.envelopes[0].most = Some(1);
    rules.ties = Vec::new();
    Election { projects: projects.clone(), rules, profile, seed: Some(SEED.to_vec()) }
}

#[test]
fn schulze_elects_the_winner_of_his_own_example() {
    // Schulze 2011, example 1 (a, b, c, d, e are 0 to 4): e wins.
    let orders: [(&[usize], u64); 8] = [
        (&[0, 2, 1, 4, 3], 5),
        (&[0, 3, 4, 2, 1], 5),
        (&[1, 4, 3, 0, 2], 8),
        (&[2, 0, 1, 4, 3], 3),
        (&[2, 0, 4, 1, 3], 7),
        (&[2, 1, 0, 3, 4], 2),
        (&[3, 2, 4, 1, 0], 7),
        (&[4, 1, 0, 3, 2], 8),
    ];
    assert_eq!(ranked(By::Schulze, &orders, 5).expect("no tie").winners, ["p4"]);
}

#[test]
fn the_same_ballots_elect_three_others_by_runoff_borda_and_schulze() {
    // Tennessee's capital: Memphis, Nashville, Chattanooga, Knoxville.
    let orders: [(&[usize], u64); 4] =
        [(&[0, 1, 2, 3], 42), (&[1, 2, 3, 0], 26), (&[2, 3, 1, 0], 15), (&[3, 2, 1, 0], 17)];
    assert_eq!(ranked(By::Runoff, &orders, 4).expect("no tie").winners, ["p3"]);
    assert_eq!(ranked(By::Schulze, &orders, 4).expect("no tie").winners, ["p1"]);
    let borda = ranked(By::Borda, &orders, 4).expect("no tie");
    assert_eq!(borda.winners, ["p1"]);
    let Some(Detail::Borda(points)) = &borda.envelopes[0].detail else { panic!("{borda:?}") };
    assert_eq!(points.values().copied().collect::<Vec<_>>(), [126, 194, 173, 107]);
    assert!(ranked(By::MajorityJudgment, &orders, 4).is_err());
}

#[test]
fn majority_judgment_takes_the_lower_median_and_then_the_next() {
    let grades: Vec<Grade> =
        ["bien", "passable", "non"].map(|id| Grade { id: id.to_owned(), label: id.to_owned() }).to_vec();
    let ballot = |one: &str, other: &str| {
        Ballot::Grades([("a".to_owned(), one.to_owned()), ("b".to_owned(), other.to_owned())].into())
    };
    // Both have « passable » as the lower median of four; then a has « bien » where b has « passable ».
    let ballots = [
        ballot("bien", "bien"),
        ballot("bien", "passable"),
        ballot("passable", "passable"),
        ballot("non", "non"),
    ];
    let profile = Profile::of_ballots(
        Kind::Grades { grades: 3 },
        &["a", "b"],
        &grades,
        ballots.iter().map(|ballot| (ballot, 1)),
    );
    let mut rules = rules(Rule::Greedy { by: By::MajorityJudgment, unfit: Unfit::Skip }, 10);
    rules.ties = Vec::new();
    let projects = vec![project("a", 10), project("b", 10)];
    let minutes = tally(&Election { projects, rules, profile, seed: None }).expect("no tie");
    assert_eq!(minutes.winners, ["a"]);
}

#[test]
fn a_question_counts_blank_and_void_apart() {
    let (yes, no) = (Ballot::YesNo(Answer::Yes), Ballot::YesNo(Answer::No));
    let count = question([(&yes, 5), (&no, 4), (&Ballot::Blank, 3)], Some(20), 2);
    assert_eq!(count.turnout, Turnout { registered: Some(20), voters: 14, blank: 3, void: 2, expressed: 9 });
    assert_eq!(count.outcome, Outcome::Yes);
    assert_eq!(question([(&yes, 1), (&no, 1)], None, 0).outcome, Outcome::Level);
}

#[test]
fn rules_are_the_same_when_they_are_read_again() {
    let step = NonZeroU64::new(100).expect("not zero");
    let rule = shares(Utility::Cost, Completion::Add1 { step, stop: Stop::Overspent, greedy: true });
    let case = Case { costs: vec![10, 20], ballots: approvals(&[(&[0], 2), (&[1], 1)]), amount: 25 };
    let minutes = tally(&case.election(rule)).expect("no tie");
    let text = serde_json::to_string(&minutes).expect("JSON");
    assert_eq!(serde_json::from_str::<Minutes>(&text).expect("the same"), minutes);
}

/// Whether the minutes say of some project that it was told apart from others.
fn says_a_tie(minutes: &Minutes) -> bool {
    minutes.envelopes.iter().flat_map(|account| &account.rounds).any(|round| round.tie.is_some())
}

proptest! {
    #[test]
    fn no_lot_decides_but_where_the_minutes_say_so(case in cases(), skip: bool) {
        let rules = [
            GREEDY,
            Rule::Greedy { by: By::Score, unfit: if skip { Unfit::Fund(70) } else { Unfit::Stop } },
            shares(Utility::Cost, Completion::None),
            shares(Utility::Points, Completion::None),
            Rule::Phragmen { skip },
        ];
        for rule in rules {
            let mut election = case.election(rule);
            election.rules.ties = vec![TieBreak::Lot];
            let drawn = tally(&election).expect("the lot decides");
            let sorted = |minutes: Minutes| {
                let mut winners = minutes.winners;
                winners.sort();
                winners
            };
            if !says_a_tie(&drawn) {
                election.seed = Some(b"another draw".to_vec());
                let again = tally(&election).expect("the lot decides");
                prop_assert_eq!(sorted(again), sorted(drawn.clone()));
            }
            election.rules.ties.clear();
            prop_assert_eq!(tally(&election).is_err(), says_a_tie(&drawn));
        }
    }
}

#[test]
fn two_level_projects_that_both_fit_owe_nothing_to_a_lot() {
    let mut election =
        Case { costs: vec![10, 10, 10], ballots: approvals(&[(&[0, 1, 2], 2)]), amount: 30 }.election(GREEDY);
    for rule in [GREEDY, shares(Utility::Cost, Completion::None)] {
        election.rules.rule = rule;
        assert!(!says_a_tie(&tally(&election).expect("all fit")));
    }
    let apart = Case { costs: vec![10, 10], ballots: approvals(&[(&[0], 1), (&[1], 1)]), amount: 20 };
    let bought = tally(&apart.election(Rule::Phragmen { skip: false })).expect("both fit");
    assert!(bought.winners.len() == 2 && !says_a_tie(&bought));
    // The lower cost comes first, then only one of the others fits.
    election.projects[0].cost = 5;
    election.rules.rule = GREEDY;
    election.rules.envelopes[0].amount = Some(20);
    let tie = tally(&election).expect("the lot decides").envelopes[0].rounds[0].tie.clone().expect("a tie");
    assert_eq!(tie.by, [TieBreak::MinCost, TieBreak::Lot]);
    // None of the others fits: no lot was needed.
    election.rules.envelopes[0].amount = Some(12);
    let tie = tally(&election).expect("the cost decides").envelopes[0].rounds[0].tie.clone().expect("a tie");
    assert_eq!(tie.by, [TieBreak::MinCost]);
}

#[test]
fn a_runoff_speaks_of_a_tie_only_when_it_mattered_who_went_first() {
    let runoff = |orders: &[(&[usize], u64)], most| {
        let mut election = ranking(By::Runoff, orders, 4);
        election.rules.envelopes[0].most = Some(most);
        election.rules.ties = vec![TieBreak::Lot];
        let minutes = tally(&election).expect("the lot decides");
        let Some(Detail::Runoff(rounds)) = &minutes.envelopes[0].detail else { panic!("{minutes:?}") };
        rounds.iter().any(|round| round.tie.is_some())
    };
    // The last two cannot catch up with the second, whoever of them goes first…
    let far: [(&[usize], u64); 4] = [(&[0], 9), (&[1], 7), (&[2], 1), (&[3], 1)];
    assert!(!runoff(&far, 1));
    // … but one of them may be the third to be elected.
    assert!(runoff(&far, 3));
    assert!(!runoff(&far, 4));
    // Votes of the one who goes carry the other past the second.
    assert!(runoff(&[(&[0], 9), (&[1], 7), (&[2, 3], 5), (&[3, 2], 5)], 1));
}

#[test]
fn those_who_leave_a_runoff_together_are_level() {
    let mut election = ranking(By::Runoff, &[(&[0], 9), (&[1], 1), (&[2], 1)], 3);
    assert_eq!(tally(&election).expect("no tie for the first place").winners, ["p0"]);
    election.rules.envelopes[0].most = Some(2);
    assert_eq!(
        tally(&election).expect_err("nothing decides who is second"),
        Error::Undecided(vec!["p1".to_owned(), "p2".to_owned()])
    );
    election.rules.envelopes[0].most = Some(3);
    assert_eq!(tally(&election).expect("all are elected").winners.len(), 3);
}

/// Grades 0 (the best) to 2 of two projects: the one has a better median, the other more grades above the worst.
fn graded() -> Election {
    let mut profile = Profile::new(Kind::Grades { grades: 3 }, 2);
    profile.add(&mut [0, 1], &mut [0, 1], 6);
    profile.add(&mut [0, 1], &mut [2, 1], 4);
    let mut rules = rules(Rule::Greedy { by: By::MajorityJudgment, unfit: Unfit::Skip }, 10);
    rules.envelopes[0].most = Some(1);
    let mut projects = vec![project("a", 1), project("b", 1)];
    for project in &mut projects {
        project.zone = Some("nord".to_owned());
    }
    Election { projects, rules, profile, seed: None }
}

#[test]
fn the_best_of_a_zone_is_the_best_by_the_order_of_the_rule() {
    let mut election = graded();
    assert_eq!(tally(&election).expect("no tie").winners, ["a"]);
    election.rules.one_per_zone = true;
    let minutes = tally(&election).expect("no tie");
    assert_eq!(minutes.winners, ["a"]);
    assert_eq!(minutes.envelopes[0].rounds[0].measure, Measure::Rank(1));

    // Preferred to each other by three of five, but left out by the two others.
    let orders: [(&[usize], u64); 2] = [(&[0, 1, 2, 3], 3), (&[1, 2, 3], 2)];
    for by in [By::Schulze, By::Borda, By::Runoff] {
        let mut election = ranking(by, &orders, 4);
        election.projects.iter_mut().for_each(|project| project.zone = Some("nord".to_owned()));
        let winners = tally(&election).expect("no tie").winners;
        election.rules.one_per_zone = true;
        assert_eq!(tally(&election).expect("no tie").winners, winners, "{by:?}");
    }
}

#[test]
fn the_best_of_those_below_the_threshold_is_the_best_by_the_order_of_the_rule() {
    let mut election = graded();
    election.rules.threshold = Some(Threshold::Voters(11));
    election.rules.envelopes[0].least = 1;
    let minutes = tally(&election).expect("no tie");
    assert_eq!(minutes.winners, ["a"]);
    assert!(matches!(minutes.envelopes[0].below_detail, Some(Detail::Grades(_))));
}

#[test]
fn zones_that_are_level_need_no_decision_when_each_has_its_project() {
    let mut election =
        Case { costs: vec![10, 10, 10], ballots: approvals(&[(&[0, 1, 2], 1)]), amount: 20 }.election(GREEDY);
    for (project, zone) in election.projects.iter_mut().zip(["nord", "sud"]) {
        project.zone = Some(zone.to_owned());
    }
    election.rules.one_per_zone = true;
    election.rules.ties.clear();
    let minutes = tally(&election).expect("each zone has one project");
    assert_eq!(minutes.winners, ["p0", "p1"]);
    assert!(!says_a_tie(&minutes));
    election.projects[2].zone = Some("sud".to_owned());
    assert!(tally(&election).is_err(), "nothing says which is the best of the south");
}

#[test]
fn a_threshold_of_points_needs_an_order_that_has_some() {
    let mut election = graded();
    election.rules.threshold = Some(Threshold::Score(1));
    assert_eq!(tally(&election).expect_err("grades are no points"), Error::NoScore);
}

#[test]
fn what_is_left_goes_past_an_envelope_that_has_no_money() {
    let mut election = Case {
        costs: vec![60, 1, 50],
        ballots: approvals(&[(&[0, 1, 2], 3), (&[0, 1], 2), (&[0], 1)]),
        amount: 0,
    }
    .election(GREEDY);
    let envelope = |id: &str, label: &str, amount, most| Envelope {
        id: id.to_owned(),
        scope: Scope { label: Some(label.to_owned()), ..Scope::default() },
        amount,
        most,
        ..Envelope::default()
    };
    for (project, label) in election.projects.iter_mut().zip(["a", "b", "c"]) {
        project.labels = vec![label.to_owned()];
    }
    election.rules.envelopes = vec![
        envelope("a", "a", Some(100), None),
        envelope("b", "b", None, Some(1)),
        envelope("c", "c", Some(10), None),
    ];
    assert_eq!(tally(&election).expect("no tie").winners, ["p0", "p1"]);
    election.rules.carry_over = true;
    let minutes = tally(&election).expect("no tie");
    assert_eq!(minutes.winners, ["p0", "p1", "p2"]);
    assert_eq!(minutes.envelopes.iter().map(|account| account.carried).collect::<Vec<_>>(), [0, 0, 40]);
}
