use super::*;
use crate::form::{Answer, Choice, Personal};
use proptest::{collection::vec, prelude::*, sample::select};

const SOON: i64 = 1_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("an instant")
}

fn agent() -> Actor {
    Actor::Agent("Nadia".into())
}

fn revision(until: i64) -> Move {
    Move::AskRevision { until: at(until), request: "Précisez le lieu.".into() }
}

fn merge() -> Move {
    Move::Merge { into: "0123".into(), supports: CarryOver::Ask }
}

fn refuse() -> Move {
    Move::Refuse { reason: "Hors de nos compétences.".into() }
}

fn to_revise() -> State {
    State::ToRevise { until: at(SOON), request: "Précisez le lieu.".into() }
}

fn states() -> Vec<State> {
    vec![
        State::Draft,
        State::Submitted,
        State::UnderReview,
        to_revise(),
        State::Admissible,
        State::Inadmissible { reason: "Hors de nos compétences.".into() },
        State::Published,
        State::Merged { into: "0123".into(), supports: CarryOver::Ask },
        State::Withdrawn,
        State::Archived,
        State::Hidden { reason: HideReason::Spam },
        State::Hidden { reason: HideReason::Erasure },
    ]
}

fn moves() -> Vec<Move> {
    vec![
        Move::Submit,
        Move::Edit,
        Move::Withdraw,
        Move::Take,
        revision(SOON),
        Move::Admit,
        refuse(),
        Move::Publish,
        merge(),
        Move::Archive,
        Move::Hide { reason: HideReason::Spam },
        Move::Hide { reason: HideReason::Erasure },
        Move::Restore,
    ]
}

/// From, move, to; who; on what condition: `always`, `open`, or with regard to the revision's date `before` and `past`.
const TABLE: &str = "
    draft        submit       submitted    author always-open
    to-revise    submit       submitted    author before
    submitted    edit         submitted    author always-open
    to-revise    edit         to-revise    author before
    draft        withdraw     withdrawn    author always
    submitted    withdraw     withdrawn    author always
    under-review withdraw     withdrawn    author always
    to-revise    withdraw     withdrawn    author always
    admissible   withdraw     withdrawn    author always
    published    withdraw     withdrawn    author always-open
    submitted    take         under-review agent  always
    submitted    ask-revision to-revise    agent  before
    under-review ask-revision to-revise    agent  before
    submitted    admit        admissible   agent  always
    under-review admit        admissible   agent  always
    to-revise    admit        admissible   agent  past
    inadmissible admit        admissible   agent  always
    submitted    refuse       inadmissible agent  always
    under-review refuse       inadmissible agent  always
    to-revise    refuse       inadmissible agent  past
    admissible   refuse       inadmissible agent  always
    admissible   publish      published    agent  always
    under-review merge        merged       agent  always
    admissible   merge        merged       agent  always
    published    merge        merged       agent  always
    published    hide         hidden       agent  always
    hidden       restore      published    agent  not-erased
    published    archive      archived     rule   always";

/// Where the table lets a move lead.
fn by_table(state: &State, did: &Move, by: &Actor, now: i64, open: bool) -> Option<&'static str> {
    let who = match by {
        Actor::Author => "author",
        Actor::Agent(_) => "agent",
        Actor::Rule => "rule",
    };
    let lines = TABLE.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut found = lines
        .filter(|line| line.len() == 5 && line[0] == state.name() && line[1] == did.name() && line[3] == who);
    let line = found.next()?;
    let holds = match line[4] {
        "always-open" => open,
        "before" => now < SOON,
        "past" => now >= SOON,
        "not-erased" => *state != State::Hidden { reason: HideReason::Erasure },
        _ => true,
    };
    holds.then_some(line[2])
}

#[test]
fn every_move_from_every_state_leads_where_the_table_says() {
    let mut allowed = 0;
    for state in states() {
        for did in moves() {
            for by in [Actor::Author, agent(), Actor::Rule] {
                for now in [SOON - 1, SOON] {
                    for open in [true, false] {
                        let reached = after(&state, &did, &by, at(now), open).ok();
                        let expected = by_table(&state, &did, &by, now, open);
                        assert_eq!(
                            reached.as_ref().map(State::name),
                            expected,
                            "{state:?} {did:?} {by:?} {now} {open}"
                        );
                        allowed += usize::from(reached.is_some());
                    }
                }
            }
        }
    }
    assert!(allowed > 80, "{allowed}");
}

proptest! {
    #[test]
    fn no_sequence_of_moves_leads_elsewhere(
        steps in vec((select(moves()), select(vec![Actor::Author, agent(), Actor::Rule]), 0..2 * SOON, any::<bool>()), 0..60)
    ) {
        let (mut state, mut now) = (State::Draft, 0);
        for (did, by, later, open) in steps {
            now += later / 20;
            let next = after(&state, &did, &by, at(now), open).ok();
            prop_assert_eq!(next.as_ref().map(State::name), by_table(&state, &did, &by, now, open));
            if let Some(next) = next {
                prop_assert!(by != Actor::Author || next != State::Published, "an author published");
                prop_assert!(!matches!(state.name(), "withdrawn" | "merged" | "archived"), "it was over");
                state = next;
            }
        }
    }
}

#[test]
fn a_move_that_is_refused_says_why() {
    let refused = |state: &State, did: Move, by: Actor, now, open| {
        after(state, &did, &by, at(now), open).expect_err("a refusal")
    };
    assert_eq!(refused(&State::Admissible, Move::Publish, Actor::Author, 0, true), NotAllowed::Actor);
    assert_eq!(refused(&State::Submitted, Move::Withdraw, agent(), 0, true), NotAllowed::Actor);
    assert_eq!(refused(&State::Published, Move::Archive, agent(), 0, true), NotAllowed::Actor);
    assert_eq!(
        refused(&State::Published, Move::Hide { reason: HideReason::Spam }, Actor::Rule, 0, true),
        NotAllowed::Actor
    );
    assert_eq!(refused(&State::Withdrawn, Move::Submit, Actor::Author, 0, true), NotAllowed::State);
    assert_eq!(refused(&State::Draft, Move::Submit, Actor::Author, 0, false), NotAllowed::TooLate);
    assert_eq!(refused(&State::Published, Move::Withdraw, Actor::Author, 0, false), NotAllowed::TooLate);
    assert_eq!(refused(&to_revise(), Move::Submit, Actor::Author, SOON, true), NotAllowed::TooLate);
    assert_eq!(refused(&to_revise(), refuse(), agent(), SOON - 1, true), NotAllowed::State);
    assert_eq!(refused(&State::Submitted, revision(SOON), agent(), SOON, true), NotAllowed::TooLate);
}

#[test]
fn a_reason_is_never_blank() {
    let blank = || " \n".to_owned();
    for did in [
        Move::Refuse { reason: blank() },
        Move::AskRevision { until: at(SOON), request: blank() },
        Move::Merge { into: blank(), supports: CarryOver::Stay },
    ] {
        assert_eq!(
            after(&State::UnderReview, &did, &agent(), at(0), true),
            Err(NotAllowed::NoReason),
            "{did:?}"
        );
    }
}

#[test]
fn what_is_decided_is_kept_with_the_state() {
    let moved = |did: &Move| after(&State::UnderReview, did, &agent(), at(0), true).expect("a state");
    assert_eq!(moved(&refuse()), State::Inadmissible { reason: "Hors de nos compétences.".into() });
    assert_eq!(moved(&revision(SOON)), to_revise());
    assert_eq!(moved(&merge()), State::Merged { into: "0123".into(), supports: CarryOver::Ask });
    let hidden =
        after(&State::Published, &Move::Hide { reason: HideReason::Copyright }, &agent(), at(0), true);
    assert_eq!(hidden, Ok(State::Hidden { reason: HideReason::Copyright }));
}

#[test]
fn a_title_is_the_first_line_of_text_that_everybody_reads() {
    let field = |id: &str, kind, visibility| Field {
        id: id.into(),
        label: id.to_uppercase(),
        kind,
        required: true,
        visibility,
        when: None,
        message: None,
        personal: None::<Personal>,
    };
    let options = vec![Choice { id: "a".into(), label: "A".into() }];
    let form = Form {
        fields: vec![
            field("theme", Kind::Choice { options }, Visibility::Public),
            field("name", Kind::Text { max: 80 }, Visibility::Private),
            field("title", Kind::Text { max: 80 }, Visibility::Public),
            field("place", Kind::Text { max: 80 }, Visibility::Public),
        ],
    };
    let answers = [("name", "Jeanne"), ("title", "Un banc"), ("place", "L’école")];
    let mut deposit = Deposit {
        reference: "ABCD-EFGH".into(),
        slug: "un-banc-abcd-efgh".into(),
        state: State::Submitted,
        revision: 1,
        form: String::new(),
        answers: answers.map(|(id, text)| (id.to_owned(), Answer::Text(text.to_owned()))).into(),
        author: None,
        at: at(0),
        history: Vec::new(),
    };
    assert_eq!(deposit.title(&form), "Un banc");
    deposit.answers.remove("title");
    assert_eq!(deposit.title(&form), "");
    assert_eq!(deposit.title(&Form::default()), "");
}

#[test]
fn a_public_name_is_a_short_line_that_can_be_read() {
    let rule = |typed: &str| Author::read_public_name(typed).map_err(|refusal| refusal.rule.into_owned());
    assert_eq!(rule(" Awa \n et  Paul "), Ok("Awa et  Paul".to_owned()));
    assert_eq!(rule("Les voisins du 12"), Ok("Les voisins du 12".to_owned()));
    assert_eq!(rule(" "), Err("public_name.missing".to_owned()));
    for typed in ["a\0", "\u{202e}a", "***", &"a".repeat(81)] {
        assert_eq!(rule(typed), Err("public_name.malformed".to_owned()), "{typed:?}");
    }
}
