use super::*;
use crate::tally::{Error, Reason, Stopped, tally};

const SMALL: &str = "META\nkey;value\nbudget;1000\nvote_type;approval\nrule;greedy\nPROJECTS\nproject_id;cost;name\n\
    a;600;Four à pain\nb;500;Bancs\nc;400;Haie\nVOTES\nvoter_id;vote\n1;a,b\n2;a\n3;b,c\n4;a,c\n";

fn winners(text: &str) -> Vec<String> {
    let file = read(text.as_bytes(), false).expect("a valid file");
    tally(&file.election(None, &DEFAULT_TIES).expect("a rule")).expect("a result").winners
}

fn faults(text: &str) -> Vec<String> {
    read(text.as_bytes(), false).expect_err("faults").iter().map(ToString::to_string).collect()
}

#[test]
fn a_file_is_counted_by_the_rule_it_names() {
    assert_eq!(winners(SMALL), ["a", "c"]);
    let text = SMALL.replace("3;b,c", "3;b").replace("rule;greedy", "rule;greedy-no-skip");
    assert_eq!(winners(&text), ["a"]);
}

#[test]
fn files_vary_and_say_the_same() {
    let other = SMALL
        .replace("META\nkey;value", "\u{feff} Meta \r\nKey ; Value")
        .replace("budget;1000", "Budget ; 1 000,00")
        .replace("project_id;cost;name", "Project_ID;Name;COST;beneficiaries")
        .replace("a;600;Four à pain", "a;\"Four; à \"\"pain\"\"\nen deux lignes\";600.0;seniors,enfants")
        .replace("b;500;Bancs", "b;Bancs;5e2;")
        .replace("c;400;Haie", " c ;Haie;400,0;none")
        .replace("voter_id;vote\n", "age; VOTE ;voter_id\n")
        .replace("1;a,b\n", "34;\"a, b\";1\n")
        .replace("2;a\n", "\n;a;2;en trop\n")
        .replace("3;b,c\n", ";b,c;3\n")
        .replace("4;a,c\n", ";a,c,;4\n;;5\n");
    let other = other.replace('\n', "\r\n");
    assert_eq!(winners(&other), winners(SMALL));
    let file = read(other.as_bytes(), false).expect("a valid file");
    assert_eq!(file.projects[0].name, "Four; à \"pain\"\r\nen deux lignes");
    assert_eq!(file.projects[0].labels, ["seniors", "enfants"]);
    assert_eq!((file.profile.ballots(), file.profile.blank()), (5, 1));
}

#[test]
fn a_fault_says_the_line_and_the_remedy() {
    assert_eq!(
        faults(&SMALL.replace("3;b,c", "3;b,b")),
        [
            "ligne 15 : le projet « b » figure deux fois dans ce vote (votant « 3 »). Corrigez ce vote ; avec --lenient le \
          projet n’y est compté qu’une fois."
        ]
    );
    assert!(
        faults(&SMALL.replace("3;b,c", "3;b,z"))[0].starts_with("ligne 15 : le projet « z » n’existe pas")
    );
    assert!(
        faults(&SMALL.replace("b;500", "b;cinq"))[0]
            .starts_with("ligne 9 : le coût du projet « b » est « cinq »")
    );
    assert!(faults(&SMALL.replace("budget;1000\n", ""))[0].contains("le budget n’est pas dit"));
    assert!(
        faults(&SMALL.replace("approval", "runes"))[0].starts_with("ligne 4 : le type de vote « runes »")
    );
    assert_eq!(
        faults(&SMALL.replace("c;400", "a;400"))[0],
        "ligne 10 : le projet « a » figure deux fois dans PROJECTS, la première ligne 8. Donnez à chaque projet son \
         identifiant."
    );
    assert_eq!(
        faults(""),
        ["ligne 1 : le fichier est vide. Un fichier .pb a trois rubriques : META, PROJECTS et VOTES."]
    );
}

#[test]
fn a_fault_that_leaves_no_sense_to_the_rest_is_said_alone() {
    let one = |text: &str| match faults(text).as_slice() {
        [fault] => fault.clone(),
        several => panic!("{several:?}"),
    };
    for (text, expected) in [
        (
            SMALL.replace(';', ","),
            "ligne 7 : les colonnes de la rubrique PROJECTS sont séparées par des virgules",
        ),
        (
            SMALL.replace(';', "\t"),
            "ligne 7 : les colonnes de la rubrique PROJECTS sont séparées par des tabulations",
        ),
        (SMALL.replace(";cost;", ";prix;"), "ligne 7 : la rubrique PROJECTS n’a pas de colonne « cost »"),
        (
            SMALL.replace("approval", "cumulative"),
            "ligne 12 : la rubrique VOTES n’a pas de colonne « points »",
        ),
        (SMALL.replace("2;a\n", "VOTES\n2;a\n"), "ligne 14 : la rubrique VOTES vient deux fois"),
        (SMALL.replace("Bancs", "\"Bancs"), "ligne 9 : un guillemet s’ouvre"),
        (SMALL.replace("META\n", ""), "ligne 1 : cette ligne vient avant toute rubrique"),
        (SMALL.replace("META", "META\0"), "ligne 1 : le fichier est en UTF-16"),
    ] {
        assert!(one(&text).starts_with(expected), "{}", one(&text));
    }
    let latin: Vec<u8> = SMALL.chars().map(|letter| letter as u8).collect();
    let fault = read(&latin, false).expect_err("a fault");
    assert!(fault[0].to_string().starts_with("ligne 8 : le fichier n’est pas en UTF-8"), "{}", fault[0]);
}

#[test]
fn sections_come_in_any_order() {
    let (meta, rest) = SMALL.split_at(SMALL.find("PROJECTS").expect("PROJECTS"));
    let (projects, votes) = rest.split_at(rest.find("VOTES").expect("VOTES"));
    for text in [
        [meta, votes, projects],
        [projects, meta, votes],
        [projects, votes, meta],
        [votes, meta, projects],
        [votes, projects, meta],
    ] {
        assert_eq!(winners(&text.concat()), winners(SMALL), "{text:?}");
    }
    let fault = &faults(&[votes.replace("2;a", "2;z").as_str(), meta, projects].concat())[0];
    assert!(fault.starts_with("ligne 4 : le projet « z » n’existe pas"), "{fault}");
    assert_eq!(winners(&SMALL.replace('\n', "\r")), winners(SMALL));
}

#[test]
fn a_quoted_field_goes_on_over_lines_and_the_lines_after_it_keep_their_numbers() {
    let text = SMALL.replace("Four à pain", "\"un\ndeux; \"\"trois\"\"\n\nquatre\"").replace("3;b,c", "3;z");
    assert!(faults(&text)[0].starts_with("ligne 18 : le projet « z »"), "{}", faults(&text)[0]);
}

#[test]
fn a_project_twice_in_a_vote_counts_once_when_lenient() {
    let text = SMALL.replace("3;b,c", "3;b,b,c,z");
    let file = read(text.as_bytes(), true).expect("lenient");
    assert_eq!(file.profile.scores(), read(SMALL.as_bytes(), false).expect("valid").profile.scores());
    assert_eq!(file.notices.len(), 2, "{:?}", file.notices);
}

#[test]
fn points_are_those_of_the_vote_and_ranks_count_from_its_last() {
    let points = "META\nkey;value\nbudget;10\nvote_type;cumulative\nrule;greedy\nPROJECTS\nproject_id;cost\na;1\nb;1\n\
        VOTES\nvoter_id;vote;points\n1;a,b;2,0.5\n2;b;1.25\n";
    let profile = read(points.as_bytes(), false).expect("valid").profile;
    assert_eq!((profile.unit(), profile.scores().0), (100, vec![200, 175]));
    let ranks = points
        .replace("cumulative", "ordinal")
        .replace(";points", "")
        .replace(";2,0.5", "")
        .replace(";1.25", "");
    assert_eq!(read(ranks.as_bytes(), false).expect("valid").profile.scores().0, [2, 2]);
    assert!(faults(&points.replace("2,0.5", "2"))[0].contains("les points du projet « b » manquent"));
}

#[test]
fn a_file_that_names_no_rule_asks_for_one() {
    let file = read(SMALL.replace("rule;greedy", "rule;unknown").as_bytes(), false).expect("valid");
    let error = file.clone().election(None, &DEFAULT_TIES).expect_err("no rule");
    assert!(error.contains("--rule"), "{error}");
    assert!(file.clone().election(Some("equalshares/add1"), &DEFAULT_TIES).is_ok());
    assert!(file.election(Some("dé"), &DEFAULT_TIES).is_err());
}

#[test]
fn every_name_of_a_rule_is_the_name_of_that_rule() {
    for name in [
        "greedy",
        "greedy-no-skip",
        "greedy-fund-80",
        "equalshares",
        "equalshares/utilitarian",
        "equalshares/add1",
        "equalshares/add1e",
        "equalshares/add1u",
        "equalshares/add1eu",
        "equalshares-comparison",
        "equalshares/add1-comparison",
        "equalshares-cardinality/add1",
        "phragmen",
        "phragmen-skip",
        "borda",
        "schulze",
        "runoff",
    ] {
        let file = read(SMALL.as_bytes(), false).expect("valid");
        let election = file.election(Some(name), &DEFAULT_TIES).expect("a rule");
        assert_eq!(name_of(&election.rules), name);
    }
}

#[test]
fn what_is_written_is_read_again() {
    let file = read(SMALL.as_bytes(), false).expect("valid");
    let election = file.election(None, &[TieBreak::MinCost]).expect("a rule");
    let minutes = tally(&election).expect("a result");
    let text = write(&Heading::default(), &election.projects, &election.profile, &minutes);
    let again = read(text.as_bytes(), false).expect("what we write is valid");
    assert_eq!(again.notices, Vec::<String>::new());
    assert_eq!(again.projects, election.projects);
    let recorded = again.recorded.clone();
    let counted = tally(&again.election(None, &[TieBreak::MinCost]).expect("a rule")).expect("a result");
    assert_eq!(counted.winners, minutes.winners);
    assert_eq!(differences(&recorded, &counted), Vec::<String>::new());
}

#[test]
fn a_tie_that_the_chain_leaves_open_is_an_error_that_names_the_tied() {
    let text = SMALL.replace("a;600", "a;500").replace("2;a\n", "").replace("budget;1000", "budget;700");
    let count = |ties: &[TieBreak]| {
        tally(&read(text.as_bytes(), false).expect("valid").election(None, ties).expect("a rule"))
    };
    let open = count(&[TieBreak::MinCost]);
    assert!(open.is_ok(), "c costs less: {open:?}");
    let text = text.replace("c;400", "c;800");
    let count = |ties: &[TieBreak]| {
        tally(&read(text.as_bytes(), false).expect("valid").election(None, ties).expect("a rule"))
    };
    assert_eq!(
        count(&[TieBreak::MinCost]).expect_err("a tie"),
        Error::Undecided(vec!["a".to_owned(), "b".to_owned()])
    );
    let drawn = count(&DEFAULT_TIES).expect("a lot decides");
    let tie = drawn.envelopes[0].rounds[0].tie.as_ref().expect("the tie is in the minutes");
    assert_eq!(tie.by, [TieBreak::MinCost, TieBreak::Lot]);
}

#[test]
fn what_a_city_does_of_its_own_is_known_or_asked_for() {
    // Poznań stops at the first that does not fit, and funds it if 80 % of its cost are left.
    let text = SMALL.replace("rule;greedy", "rule;greedy-custom\nunit;Poznań").replace("3;b,c", "3;b");
    assert_eq!(winners(&text), ["a", "b"]);
    let elsewhere = read(text.replace("Poznań", "Ailleurs").as_bytes(), false).expect("valid");
    assert!(elsewhere.election(None, &DEFAULT_TIES).is_err());
}

#[test]
fn a_withdrawn_project_and_a_voter_who_comes_twice_are_said() {
    let text = SMALL
        .replace("a;600", "a;999999999")
        .replace("4;a,c", "1;a,c")
        .replace("rule;greedy", "rule;greedy-no-skip");
    let file = read(text.as_bytes(), false).expect("valid");
    assert_eq!(file.notices.len(), 2, "{:?}", file.notices);
    assert_eq!(winners(&text), ["c", "b"]);
}

#[test]
fn shares_that_grow_millions_of_times_end_where_they_would_one_by_one() {
    let text = "META\nkey;value\nbudget;100000000\nvote_type;approval\nrule;equalshares/add1\nPROJECTS\nproject_id;cost\n\
        a;60000000\nb;30000000\nc;45000000\nVOTES\nvoter_id;vote\n1;a\n2;a,b\n3;c\n";
    let election =
        read(text.as_bytes(), false).expect("valid").election(None, &DEFAULT_TIES).expect("a rule");
    let minutes = tally(&election).expect("a result");
    let shares = minutes.envelopes[0].shares.as_ref().expect("shares");
    // From a third of the money to the last unit before the third voter pays c alone, which would be too much with a.
    assert_eq!((shares.steps, shares.money), (44_999_999 - 33_333_333, 3 * 4_499_999_900));
    assert_eq!(shares.stopped, Some(Stopped::Overspent { cost: 10_500_000_000 }));
    assert_eq!(minutes.winners, ["a"]);
    assert_eq!(minutes.projects[2].reason, Reason::Unaffordable { money: 4_499_999_900 });
}

#[test]
fn what_was_withdrawn_is_not_written_and_what_the_format_cannot_say_is_not_called_by_another_name() {
    let file = read(SMALL.as_bytes(), false).expect("valid");
    let mut election = file.election(None, &[TieBreak::MinCost]).expect("a rule");
    let first = tally(&election).expect("a result").winners[0].clone();
    election.projects.iter_mut().find(|project| project.id == first).expect("it").withdrawn = true;
    let minutes = tally(&election).expect("a result");
    let text = write(&Heading::default(), &election.projects, &election.profile, &minutes);
    let again = read(text.as_bytes(), false).expect("what we write is valid");
    assert!(again.projects.iter().all(|project| project.id != first), "{text}");
    let counted = tally(&again.election(None, &[TieBreak::MinCost]).expect("a rule")).expect("a result");
    assert_eq!(counted.winners, minutes.winners);

    election.rules.envelopes[0].most = Some(1);
    let minutes = tally(&election).expect("a result");
    let text = write(&Heading::default(), &election.projects, &election.profile, &minutes);
    assert!(text.contains("\nrule;unknown\n"), "{text}");
}
