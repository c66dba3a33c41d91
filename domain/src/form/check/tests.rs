use super::*;
use crate::{
    eligibility::Territory,
    form::{
        Attachment,
        kinds::Media,
        tests::any::{TODAY, choices, field},
    },
};
use jiff::civil::date;
use std::collections::BTreeMap;

/// The answer to a form of one required field `x`, or the rule by which it is refused.
fn answered(kind: &Kind, values: &[(&str, &str)]) -> Result<Answer, String> {
    let mut field = field("x", kind.clone());
    field.required = true;
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let form = Form { fields: vec![field] };
    match check(&form, &Typed(values.collect()), &BTreeMap::new(), TODAY) {
        Ok(mut answers) => Ok(answers.remove("x").expect("an answer")),
        Err(refusals) => {
            let rule = refusals[0].rule.trim_start_matches("answer.");
            let said: Vec<&str> = refusals[0].values[1..].iter().map(|(_, value)| value.as_str()).collect();
            Err([&[rule], &said[..]].concat().join(" "))
        }
    }
}

fn is_accepted(kind: &Kind, cases: &[(&str, Answer)]) {
    for (typed, expected) in cases {
        assert_eq!(answered(kind, &[("f-x", typed)]).as_ref(), Ok(expected), "{typed:?}");
    }
}

fn is_refused(kind: &Kind, cases: &[(&str, &str)]) {
    for (typed, rule) in cases {
        assert_eq!(answered(kind, &[("f-x", typed)]), Err((*rule).to_owned()), "{typed:?}");
    }
}

fn text(text: &str) -> Answer {
    Answer::Text(text.to_owned())
}

#[test]
fn a_text_is_a_line_of_so_many_characters() {
    let kind = Kind::Text { max: 5 };
    is_accepted(
        &kind,
        &[
            (" banc ", text("banc")),
            ("e\u{301}te\u{301}", text("été")),
            ("a\r\nb", text("a b")),
            ("🌳🌳🌳🌳🌳", text("🌳🌳🌳🌳🌳")),
        ],
    );
    is_refused(
        &kind,
        &[
            ("", "missing"),
            ("  \n", "missing"),
            ("trop long", "too_long 5 9"),
            ("a\0", "characters"),
            ("a\u{202e}b", "characters"),
        ],
    );
}

#[test]
fn a_long_text_keeps_its_lines_and_has_bounds() {
    for kind in [Kind::LongText { min: 3, max: 1_500 }, Kind::RichText { min: 3, max: 1_500 }] {
        is_accepted(&kind, &[("Un\r\n\r\n**deux**\r", text("Un\n\n**deux**"))]);
        let long = "a".repeat(1_501);
        is_refused(
            &kind,
            &[
                ("", "missing"),
                ("ab", "too_short 3 2"),
                (&long, "too_long 1\u{202f}500 1\u{202f}501"),
                ("a\u{2066}bc", "characters"),
            ],
        );
    }
}

#[test]
fn a_number_has_bounds_decimals_and_a_unit() {
    let kind = Kind::Number { min: Some(-15), max: Some(12_345), decimals: 1, unit: Some("km".into()) };
    is_accepted(
        &kind,
        &[
            ("12", Answer::Number(120)),
            ("-1,5", Answer::Number(-15)),
            ("1 234.5 KM", Answer::Number(12_345)),
            ("0", Answer::Number(0)),
        ],
    );
    is_refused(
        &kind,
        &[
            ("", "missing"),
            ("douze", "malformed_number 12,5"),
            ("1,25", "malformed_number 12,5"),
            ("3 m", "malformed_number 12,5"),
            ("-2", "too_small -1,5\u{a0}km"),
            ("1234,6", "too_large 1\u{202f}234,5\u{a0}km"),
            ("99999999999999999999", "too_large 1\u{202f}234,5\u{a0}km"),
        ],
    );
    let any = Kind::Number { min: None, max: None, decimals: 0, unit: None };
    is_accepted(&any, &[("9007199254740991", Answer::Number(9_007_199_254_740_991))]);
    is_refused(
        &any,
        &[
            ("1,5", "malformed_number 12"),
            ("5 km", "malformed_number 12"),
            ("-9007199254740992", "too_small -9\u{202f}007\u{202f}199\u{202f}254\u{202f}740\u{202f}991"),
        ],
    );
}

#[test]
fn an_amount_is_in_cents() {
    let kind = Kind::Amount { min: 100, max: Some(150_050) };
    is_accepted(
        &kind,
        &[
            ("1 234,50", Answer::Number(123_450)),
            ("1234.5 €", Answer::Number(123_450)),
            ("1.234,50 euros", Answer::Number(123_450)),
        ],
    );
    is_refused(
        &kind,
        &[
            ("", "missing"),
            ("1,234", "malformed_amount"),
            ("dix euros", "malformed_amount"),
            ("12 $", "malformed_amount"),
            ("0,99", "too_small 1\u{a0}€"),
            ("1500,51", "too_large 1\u{202f}500,50\u{a0}€"),
        ],
    );
}

#[test]
fn a_date_exists_and_has_bounds() {
    let kind = Kind::Date { min: Some(date(2026, 1, 10)), max: Some(date(2026, 12, 31)) };
    is_accepted(
        &kind,
        &[("10/01/2026", Answer::Date(date(2026, 1, 10))), ("2026-12-31", Answer::Date(date(2026, 12, 31)))],
    );
    is_refused(
        &kind,
        &[
            ("", "missing"),
            ("31/02/2026", "malformed_date"),
            ("demain", "malformed_date"),
            ("09/01/2026", "too_early 10/01/2026"),
            ("01/01/2027", "too_late 31/12/2026"),
        ],
    );
}

#[test]
fn a_birth_date_gives_an_age_today_or_on_the_day_that_counts() {
    let kind = Kind::BirthDate { min_age: Some(16), max_age: Some(25), on: None };
    is_accepted(
        &kind,
        &[("21/11/2010", Answer::Date(date(2010, 11, 21))), ("22/11/2000", Answer::Date(date(2000, 11, 22)))],
    );
    is_refused(
        &kind,
        &[
            ("", "missing"),
            ("22/11/2010", "too_young 16"),
            ("21/11/2000", "too_old 25"),
            ("22/11/2026", "impossible"),
            ("01/01/1850", "impossible"),
            ("31/02/2000", "malformed_birth_date"),
        ],
    );
    let later = Kind::BirthDate { min_age: Some(16), max_age: None, on: Some(date(2026, 12, 1)) };
    is_accepted(&later, &[("01/12/2010", Answer::Date(date(2010, 12, 1)))]);
    is_refused(&later, &[("02/12/2010", "too_young 16")]);
}

#[test]
fn an_e_mail_address_can_be_written_to() {
    is_accepted(&Kind::Email, &[(" jeanne@exemple.fr ", text("jeanne@exemple.fr"))]);
    is_refused(
        &Kind::Email,
        &[("", "missing"), ("jeanne", "malformed_email"), ("jeanne@exemple", "malformed_email")],
    );
}

#[test]
fn a_telephone_number_is_kept_as_it_is_called_from_anywhere() {
    is_accepted(
        &Kind::Phone,
        &[("05 61 00 12 34", text("+33561001234")), ("0692 12 34 56", text("+262692123456"))],
    );
    is_refused(
        &Kind::Phone,
        &[("", "missing"), ("3631", "malformed_phone"), ("à la mairie", "malformed_phone")],
    );
}

#[test]
fn organisations_have_numbers_that_can_be_checked() {
    is_accepted(&Kind::Siret, &[("732 829 320 00074", text("73282932000074"))]);
    is_refused(&Kind::Siret, &[("", "missing"), ("732 829 320 00075", "malformed_siret")]);
    is_accepted(&Kind::Rna, &[("w313004421", text("W313004421")), ("W9R1011072", text("W9R1011072"))]);
    is_refused(&Kind::Rna, &[("", "missing"), ("313004421", "malformed_rna")]);
}

#[test]
fn one_choice_is_one_of_those_offered() {
    let options = choices(&["a", "b"]);
    for kind in [Kind::Choice { options: options.clone() }, Kind::Grade { grades: options }] {
        is_accepted(&kind, &[("a", Answer::Choice("a".into()))]);
        is_refused(&kind, &[("", "missing_choice"), ("c", "unknown"), ("A", "unknown")]);
        assert_eq!(answered(&kind, &[("f-x", "b"), ("f-x", "c")]), Ok(Answer::Choice("b".into())));
    }
}

#[test]
fn choices_come_once_each_in_the_order_of_the_form() {
    let kind = Kind::Choices { options: choices(&["a", "b", "c", "d"]), min: 2, max: 3 };
    let chosen = |ids: &[&str]| answered(&kind, &ids.iter().map(|id| ("f-x", *id)).collect::<Vec<_>>());
    assert_eq!(chosen(&["c", "", "a", "c"]), Ok(Answer::Choices(vec!["a".into(), "c".into()])));
    assert_eq!(chosen(&[]), Err("missing_choice".into()));
    assert_eq!(chosen(&["a", "a"]), Err("too_few 2".into()));
    assert_eq!(chosen(&["a", "b", "c", "d"]), Err("too_many 3".into()));
    assert_eq!(chosen(&["a", "b", "z"]), Err("unknown".into()));
}

#[test]
fn a_ranking_has_each_rank_once_from_the_first() {
    let kind = Kind::Ranking { options: choices(&["a", "b", "c", "d"]), min: 2, max: 3 };
    let ranked = |ranks: &[(&str, &str)]| answered(&kind, ranks);
    assert_eq!(
        ranked(&[("f-x-a", "2"), ("f-x-b", ""), ("f-x-d", "1")]),
        Ok(Answer::Choices(vec!["d".into(), "a".into()]))
    );
    for (ranks, rule) in [
        (&[][..], "missing_choice"),
        (&[("f-x-a", "")], "missing_choice"),
        (&[("f-x-a", "1")], "too_few 2"),
        (&[("f-x-a", "1"), ("f-x-b", "2"), ("f-x-c", "3"), ("f-x-d", "4")], "too_many 3"),
        (&[("f-x-a", "1"), ("f-x-b", "1")], "ranking_twice 1"),
        (&[("f-x-a", "1"), ("f-x-b", "3")], "ranking_gap 2"),
        (&[("f-x-a", "2"), ("f-x-b", "3")], "ranking_gap 1"),
        (&[("f-x-a", "0")], "unknown"),
        (&[("f-x-a", "5")], "unknown"),
        (&[("f-x-a", "premier")], "unknown"),
        (&[("f-x-z", "1")], "unknown"),
    ] {
        assert_eq!(ranked(ranks), Err(rule.to_owned()), "{ranks:?}");
    }
}

#[test]
fn a_matrix_that_is_required_is_so_in_every_row() {
    let kind = Kind::Matrix { rows: choices(&["r", "s"]), columns: choices(&["a", "b"]) };
    let cells = |cells: &[(&str, &str)]| {
        Answer::Matrix(cells.iter().map(|(row, column)| ((*row).to_owned(), (*column).to_owned())).collect())
    };
    assert_eq!(answered(&kind, &[("f-x-s", "b"), ("f-x-r", "b")]), Ok(cells(&[("r", "b"), ("s", "b")])));
    for (values, rule) in [
        (&[][..], "missing_choice"),
        (&[("f-x-s", "a")], "missing_row R"),
        (&[("f-x-r", "a"), ("f-x-s", "c")], "unknown"),
        (&[("f-x-z", "a")], "unknown"),
    ] {
        assert_eq!(answered(&kind, values), Err(rule.to_owned()), "{values:?}");
    }
    let form = Form { fields: vec![field("x", kind)] };
    let some = Typed(vec![("f-x-s".into(), "a".into())]);
    let answers = check(&form, &some, &BTreeMap::new(), TODAY).expect("no refusal");
    assert_eq!(answers["x"], cells(&[("s", "a")]));
}

#[test]
fn yes_and_no_are_answers_and_a_consent_is_yes() {
    is_accepted(&Kind::YesNo, &[("yes", Answer::YesNo(true)), ("no", Answer::YesNo(false))]);
    is_refused(&Kind::YesNo, &[("", "missing_choice"), ("oui", "unknown")]);
    is_accepted(&Kind::Consent, &[("yes", Answer::YesNo(true))]);
    is_refused(&Kind::Consent, &[("", "missing_consent"), ("no", "unknown")]);
}

#[test]
fn an_address_has_a_street_a_postcode_and_a_town() {
    let address = |street, postcode, town| {
        answered(&Kind::Address, &[("f-x-street", street), ("f-x-postcode", postcode), ("f-x-town", town)])
    };
    let expected =
        Answer::Address { street: "2 rue du Four".into(), postcode: "31000".into(), town: "Toulouse".into() };
    assert_eq!(address(" 2 rue\ndu Four", "31 000", "Toulouse"), Ok(expected));
    assert_eq!(address("", " ", ""), Err("missing".into()));
    assert_eq!(address("", "31000", "Toulouse"), Err("missing_street".into()));
    assert_eq!(address("2 rue du Four", "", "Toulouse"), Err("malformed_postcode".into()));
    assert_eq!(address("2 rue du Four", "3100", "Toulouse"), Err("malformed_postcode".into()));
    assert_eq!(address("2 rue du Four", "31000", ""), Err("missing_town".into()));
    assert_eq!(address("2 rue\0", "31000", "Toulouse"), Err("characters".into()));
    assert_eq!(address(&"a".repeat(201), "31000", "Toulouse"), Err("too_long 200 201".into()));
    assert_eq!(answered(&Kind::Address, &[("f-x-country", "France")]), Err("unknown".into()));
}

#[test]
fn the_refusal_of_an_address_leads_to_the_input_at_fault() {
    let form = Form { fields: vec![field("x", Kind::Address)] };
    let typed =
        Typed(vec![("f-x-street".into(), "2 rue du Four".into()), ("f-x-town".into(), "Toulouse".into())]);
    let refusals = check(&form, &typed, &BTreeMap::new(), TODAY).expect_err("a refusal");
    assert_eq!(refusals[0].field.as_deref(), Some("f-x-postcode"));
}

#[test]
fn a_place_is_an_address_or_coordinates() {
    let place = |text: &str, coordinates| Answer::Place { text: text.to_owned(), coordinates };
    is_accepted(
        &Kind::Place,
        &[
            ("devant l’école", place("devant l’école", None)),
            ("43.604479, 1.4442", place("43.604479, 1.4442", Some((43.60447, 1.4442)))),
        ],
    );
    is_refused(
        &Kind::Place,
        &[("", "missing"), ("93.6 1.4", "malformed_place"), ("a\u{202d}", "characters")],
    );
}

#[test]
fn a_commune_is_of_the_territory_when_there_is_one() {
    let commune = |code: &str, name: &str| Answer::Commune { code: code.to_owned(), name: name.to_owned() };
    let communes = BTreeMap::from([("99001".to_owned(), "Saint-Élix".to_owned())]);
    let kind = Kind::Commune { territory: Territory::Communes(communes) };
    is_accepted(
        &kind,
        &[("st elix", commune("99001", "Saint-Élix")), ("99001", commune("99001", "Saint-Élix"))],
    );
    is_refused(&kind, &[("", "missing"), ("Toulouse", "outside")]);
    let anywhere = Kind::Commune { territory: Territory::Any };
    is_accepted(&anywhere, &[("31555", commune("31555", "")), ("Toulouse", commune("", "Toulouse"))]);
    is_refused(&anywhere, &[("", "missing"), ("Lyon 3e", "malformed_commune")]);
}

#[test]
fn files_are_counted() {
    let mut photos = field("x", Kind::Files { types: vec![Media::Jpeg], max_size: 1_000, max_count: 2 });
    photos.required = true;
    let form = Form { fields: vec![photos] };
    let file = Attachment { id: "0".repeat(32), name: "photo.jpg".into(), media: Media::Jpeg, size: 10 };
    // A name is not a file.
    let typed = Typed(vec![("f-x".into(), "photo.jpg".into())]);
    let rule = |count| {
        let files = BTreeMap::from([("x".to_owned(), vec![file.clone(); count])]);
        check(&form, &typed, &files, TODAY).map_err(|refusals| refusals[0].rule.to_string())
    };
    assert_eq!(rule(0), Err("answer.missing_files".into()));
    assert_eq!(rule(2), Ok(BTreeMap::from([("x".to_owned(), Answer::Files(vec![file.clone(); 2]))])));
    assert_eq!(rule(3), Err("answer.too_many_files".into()));
}

#[test]
fn what_is_not_required_may_be_left_blank() {
    let kinds = [
        Kind::Text { max: 9 },
        Kind::Amount { min: 1, max: None },
        Kind::Choices { options: choices(&["a"]), min: 1, max: 1 },
        Kind::Matrix { rows: choices(&["r"]), columns: choices(&["a"]) },
        Kind::Address,
        Kind::Consent,
        Kind::Files { types: Vec::new(), max_size: 1, max_count: 1 },
    ];
    let fields = kinds.into_iter().enumerate().map(|(n, kind)| field(&format!("f{n}"), kind)).collect();
    assert_eq!(check(&Form { fields }, &Typed::default(), &BTreeMap::new(), TODAY), Ok(Answers::new()));
}

#[test]
fn every_mistake_is_named_at_once_in_the_order_of_the_form() {
    let mut fields =
        vec![field("a", Kind::Email), field("b", Kind::Phone), field("c", Kind::Text { max: 2 })];
    fields[1].message = Some("Donnez le numéro de l’association.".into());
    let typed = Typed(["f-c", "f-a", "f-b"].map(|name| (name.to_owned(), "aaa".to_owned())).into());
    let refusals = check(&Form { fields }, &typed, &BTreeMap::new(), TODAY).expect_err("refusals");
    let keys: Vec<String> = refusals.iter().map(Refusal::key).collect();
    assert_eq!(
        keys,
        ["refusal.answer.malformed_email", "refusal.answer.malformed_phone", "refusal.answer.too_long"]
    );
    assert_eq!(refusals[1].message.as_deref(), Some("Donnez le numéro de l’association."));
    assert_eq!(
        refusals[2].values,
        [("label", "Le champ c".to_owned()), ("max", "2".into()), ("count", "3".into())]
    );
}
