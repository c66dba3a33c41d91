use super::*;
use crate::refusal::Refusal;
use proptest::prelude::*;
use std::collections::HashMap;

fn choices() -> Vec<Choice> {
    [("banc", 100), ("four", 300), ("haie", 250)]
        .map(|(id, cost)| Choice { id: id.to_owned(), cost })
        .to_vec()
}

fn ticks(ids: &[&str]) -> Answers {
    Answers { chosen: ids.iter().map(|&id| id.to_owned()).collect(), ..Answers::default() }
}

fn fields(pairs: &[(&str, &str)]) -> Answers {
    let given = pairs.iter().map(|&(id, text)| (id.to_owned(), text.to_owned())).collect();
    Answers { given, ..Answers::default() }
}

fn rules(answers: &Answers, method: &Method) -> Vec<String> {
    match check(answers, method, &choices(), Some(400)) {
        Ok(_) => Vec::new(),
        Err(refusals) => refusals.into_iter().map(|refusal| refusal.rule.into_owned()).collect(),
    }
}

const APPROVAL: Method = Method::Approval { least: 1, most: Some(2), blank: true };

#[test]
fn an_approval_ballot_is_a_set_whatever_the_order_of_the_ticks() {
    let one = check(&ticks(&["haie", "banc"]), &APPROVAL, &choices(), None);
    let other = check(&ticks(&["banc", "haie"]), &APPROVAL, &choices(), None);
    assert!(one.is_ok());
    assert_eq!(one, other);
}

#[test]
fn a_ballot_is_refused_as_a_whole_with_every_reason() {
    let answers = ticks(&["banc", "banc", "four", "haie", "lune"]);
    assert_eq!(rules(&answers, &APPROVAL), ["ballot.twice", "ballot.unknown", "ballot.too-many"]);
}

#[test]
fn choosing_nothing_is_not_voting_blank() {
    assert_eq!(rules(&Answers::default(), &APPROVAL), ["ballot.empty"]);
    let blank = Answers { blank: true, ..Answers::default() };
    assert_eq!(check(&blank, &APPROVAL, &choices(), None), Ok(Ballot::Blank));
    assert_eq!(rules(&blank, &Method::One { blank: false }), ["ballot.no-blank"]);
    let both = Answers { blank: true, ..ticks(&["banc"]) };
    assert_eq!(rules(&both, &APPROVAL), ["ballot.blank-and-choice"]);
}

#[test]
fn a_knapsack_holds_what_the_envelope_pays() {
    let knapsack = Method::Knapsack { blank: false };
    assert_eq!(rules(&ticks(&["banc", "four"]), &knapsack), Vec::<String>::new());
    assert_eq!(rules(&ticks(&["haie", "four"]), &knapsack), ["ballot.over-envelope"]);
}

#[test]
fn points_are_bounded_for_each_project_and_in_all() {
    let points = Method::Points { total: 5, per_project: 3, blank: false };
    assert_eq!(
        check(&fields(&[("four", "3"), ("banc", "0"), ("haie", "2")]), &points, &choices(), None),
        Ok(Ballot::Points([("four".to_owned(), 3), ("haie".to_owned(), 2)].into()))
    );
    assert_eq!(rules(&fields(&[("four", "4")]), &points), ["ballot.too-many-points"]);
    assert_eq!(rules(&fields(&[("four", "3"), ("haie", "3")]), &points), ["ballot.over-points"]);
    assert_eq!(rules(&fields(&[("four", "deux")]), &points), ["ballot.not-points"]);
    assert_eq!(rules(&fields(&[("four", "0")]), &points), ["ballot.empty-no-blank"]);
}

#[test]
fn ranks_follow_one_another_from_the_first() {
    let ranking = Method::Ranking { least: 2, most: None, blank: false };
    assert_eq!(
        check(&fields(&[("banc", "2"), ("haie", "1")]), &ranking, &choices(), None),
        Ok(Ballot::Ranking(vec!["haie".to_owned(), "banc".to_owned()]))
    );
    assert_eq!(rules(&fields(&[("banc", "1"), ("haie", "3")]), &ranking), ["ballot.gap-in-ranks"]);
    assert_eq!(rules(&fields(&[("banc", "1")]), &ranking), ["ballot.too-few"]);
}

#[test]
fn a_rank_given_twice_is_told_with_both_projects_and_nothing_else() {
    let ranking = Method::Ranking { least: 2, most: None, blank: false };
    for given in [vec![("haie", "1"), ("banc", "1")], vec![("banc", "1"), ("four", "3"), ("haie", "1")]] {
        let refused = check(&fields(&given), &ranking, &choices(), None).expect_err("a refusal");
        let [Refusal { rule, values, .. }] = refused.as_slice() else { panic!("{refused:?}") };
        assert_eq!(rule, "ballot.same-rank");
        let expected = [("project", "haie"), ("rank", "1"), ("other", "banc")];
        assert_eq!(*values, expected.map(|(name, value)| (name, value.to_owned())));
    }
}

fn grades(missing: Missing) -> Method {
    let grade = |id: &str| Grade { id: id.to_owned(), label: id.to_owned() };
    Method::Grades {
        grades: vec![grade("bien"), grade("passable"), grade("a-rejeter")],
        missing,
        blank: false,
    }
}

#[test]
fn a_missing_grade_is_what_the_rule_says() {
    let given = fields(&[("banc", "bien"), ("four", "a-rejeter")]);
    assert_eq!(rules(&given, &grades(Missing::Refuse)), ["ballot.no-grade"]);
    let explicit = fields(&[("banc", "bien"), ("four", "a-rejeter"), ("haie", "a-rejeter")]);
    let worst = grades(Missing::Worst);
    assert_eq!(check(&given, &worst, &choices(), None), check(&explicit, &worst, &choices(), None));
    assert!(check(&given, &worst, &choices(), None).is_ok());
    assert_eq!(rules(&fields(&[("banc", "super")]), &grades(Missing::Worst)), ["ballot.unknown-grade"]);
}

#[test]
fn a_question_is_answered_by_yes_or_no() {
    let question = Method::YesNo { blank: true };
    assert_eq!(check(&ticks(&["yes"]), &question, &[], None), Ok(Ballot::YesNo(Answer::Yes)));
    assert_eq!(rules(&ticks(&["yes", "no"]), &question), ["ballot.yes-or-no"]);
    assert_eq!(rules(&ticks(&["maybe"]), &question), ["ballot.yes-or-no"]);
}

#[test]
fn every_project_comes_first_as_often_as_any_other() {
    let ids = ["a", "b", "c", "d"];
    let mut first: HashMap<&str, u32> = HashMap::new();
    for voter in 0..4_000_u32 {
        *first.entry(order(&voter.to_be_bytes(), ids)[0]).or_default() += 1;
    }
    assert!(first.len() == 4 && first.values().all(|many| (900..1_100).contains(many)), "{first:?}");
}

proptest! {
    #[test]
    fn the_order_shown_is_that_of_the_voter_not_of_the_list(seed: [u8; 16], mut ids in prop::collection::vec("[a-z]{1,6}", 1..20)) {
        let shown: Vec<String> = order(&seed, ids.iter().map(String::as_str)).into_iter().map(str::to_owned).collect();
        ids.reverse();
        prop_assert_eq!(shown, order(&seed, ids.iter().map(String::as_str)));
    }

    #[test]
    fn a_valid_ballot_is_valid_again_as_data(chosen in prop::collection::vec(0_usize..4, 0..4), text in prop::collection::vec((0_usize..4, "[0-3]?"), 0..4), blank: bool) {
        let id = |index: usize| ["banc", "four", "haie", "lune"][index].to_owned();
        let answers = Answers {
            blank,
            chosen: chosen.into_iter().map(id).collect(),
            given: text.into_iter().map(|(index, text)| (id(index), text)).collect(),
        };
        for method in [
            APPROVAL,
            Method::Points { total: 5, per_project: 2, blank: true },
            Method::Ranking { least: 1, most: None, blank: false },
            Method::Knapsack { blank: false },
            Method::One { blank: true },
        ] {
            if let Ok(ballot) = check(&answers, &method, &choices(), Some(400)) {
                prop_assert_eq!(check(&Answers::from(&ballot), &method, &choices(), Some(400)), Ok(ballot));
            }
        }
    }
}
