//! The journey of those who write, over HTTP and without JavaScript, on every engine.

mod drafts;
pub(crate) mod files;
mod hostile;
mod moves;
mod own;
pub(crate) mod site;

use crate::faults::{Fault, behind_faults};
use axum::Extension;
use domain::{
    deposit::State,
    form::{Answer, Kind},
    rulebook::{Process, Writing},
    window::Window,
};
use functions::{client::ClientAddress, door::Door, questionnaire::Row, routes::router, table::query_all};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use site::*;
use std::collections::BTreeSet;
use tests::{
    citizen::{Citizen, Page, Part},
    engines,
};

fn writing(process: &mut Process) -> &mut Writing {
    process.writing.as_mut().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idea_is_written_section_by_section_read_again_and_sent_with_a_code() {
    for place in places().await {
        let name = place.engine.name;
        let (at_noon, later) = open(&place).await;
        let first = blank(&place, IDEAS);
        assert_eq!(first.section(), ["0"], "{name}");

        let second =
            send(&at_noon, IDEAS, &first, &[("f-title", "Un banc"), ("f-theme", "eau")], "next").await;
        assert_eq!(
            (second.status, second.section()),
            (200, vec!["1".to_owned()]),
            "{name}: {}",
            second.refusals()
        );
        assert_eq!(second.attribute("[data-back]", "hidden"), None, "{name}");

        let typed =
            [("f-story", "Pour **s’asseoir**\nà l’ombre"), ("f-order-velo", "2"), ("f-order-bus", "1")];
        let back = send(&at_noon, IDEAS, &second, &typed, "back").await;
        assert_eq!((back.status, back.section()), (200, vec!["0".to_owned()]), "{name}");
        assert!(back.attribute("[data-back]", "hidden").is_some(), "{name}");

        let again = send(&at_noon, IDEAS, &back, &[], "next").await;
        assert_eq!(again.section(), ["1"], "{name}");
        let costly = [
            ("f-cost", "1 500,50"),
            ("f-table-rues", "oui"),
            ("f-table-parcs", "non"),
            ("f-phone", "05 61 00 12 34"),
        ];
        let third = send(&at_noon, IDEAS, &again, &costly, "next").await;
        assert_eq!(
            (third.status, third.section()),
            (200, vec!["2".to_owned()]),
            "{name}: {}",
            third.refusals()
        );

        let preview =
            send(&at_noon, IDEAS, &third, &[("f-quote", "yes"), ("f-day", "4/3/2027")], "next").await;
        assert_eq!(preview.status, 200, "{name}: {}", preview.refusals());
        let answers = preview.text("[data-slot-html=answers]");
        for shown in ["Un banc", "L’eau", "s’asseoir", "1 500,50 €", "Bus", "Rues : Oui", "04/03/2027", "Oui"]
        {
            assert!(
                answers.replace(['\u{a0}', '\u{202f}'], " ").contains(shown),
                "{name}: {shown} in {answers}"
            );
        }
        assert_eq!(preview.text("[data-slot-html=answers] strong"), "s’asseoir", "{name}");

        // Back to the form and forth again: all is still there.
        let edit = send(&at_noon, IDEAS, &preview, &[], "edit").await;
        assert_eq!((edit.status, edit.section()), (200, vec!["0".to_owned()]), "{name}");
        let all = send(&at_noon, IDEAS, &edit, &[("at", "2")], "next").await;
        assert_eq!(all.text("[data-slot-html=answers]"), answers, "{name}");

        let code_page = send(&later, IDEAS, &all, &PERSON, "send").await;
        assert_eq!(code_page.status, 200, "{name}: {}", code_page.refusals());
        assert!(code_page.text("[data-slot=email]").contains("jeanne@exemple.fr"), "{name}");
        assert_eq!(deposits(&place, IDEAS).await.len(), 0, "{name}: nothing before the code");
        let (request, code) = (code_page.request().unwrap(), place.code("jeanne@exemple.fr").unwrap());
        let receipt = confirm(&later, IDEAS, &request, &code).await;
        assert_eq!(receipt.status, 200, "{name}: {}", receipt.refusals());

        let kept = deposits(&place, IDEAS).await;
        assert_eq!(kept.len(), 1, "{name}");
        let deposit = &kept[0].deposit;
        assert_eq!(receipt.text("[data-slot=reference]"), deposit.reference, "{name}");
        assert_eq!((&deposit.state, deposit.revision), (&State::Submitted, 1), "{name}");
        assert_eq!(deposit.slug, format!("un-banc-{}", deposit.reference.to_lowercase()), "{name}");
        assert_eq!(deposit.answers["cost"], Answer::Number(150_050), "{name}");
        assert_eq!(deposit.answers["story"], Answer::Text("Pour **s’asseoir**\nà l’ombre".into()), "{name}");
        assert_eq!(deposit.answers["order"], Answer::Choices(vec!["bus".into(), "velo".into()]), "{name}");
        assert_eq!(deposit.author.as_ref().unwrap().public_name, "Jeanne", "{name}");
        let mail = &place.outbox.mails()[0];
        assert!(
            mail.body.contains(&deposit.reference) && mail.body.contains("/depots/"),
            "{name}: {}",
            mail.body
        );
    }
}

#[tokio::test]
async fn a_field_that_is_not_reached_is_hidden_not_asked_and_not_kept() {
    let place = place(engines::sqlite());
    let (at_noon, _) = open(&place).await;
    let other = [("f-title", "Un banc"), ("f-theme", "autre"), ("f-other", "La nuit")];
    let page = send(&at_noon, IDEAS, &blank(&place, IDEAS), &[("f-theme", "autre")], "next").await;
    assert_eq!((page.status, page.section()), (422, vec!["0".to_owned()]));
    assert_eq!(page.fields_at_fault(), ["f-title", "f-other"]);
    assert_eq!(page.attribute("[data-field=other]", "hidden"), None);
    assert!(page.attribute("[data-field=quote]", "hidden").is_some());

    let page = send(&at_noon, IDEAS, &page, &other, "next").await;
    assert_eq!(page.section(), ["1"]);
    // What was typed stays when its field is no more reached, and counts for nothing.
    let page =
        send(&at_noon, IDEAS, &page, &[("f-theme", "eau"), ("f-story", "Une histoire assez longue")], "next")
            .await;
    assert_eq!(page.status, 200, "{}", page.refusals());
    assert!(!page.text("[data-slot-html=answers]").contains("La nuit"));
    assert_eq!(page.attribute("[data-carry] input[name=f-other]", "value").as_deref(), Some("La nuit"));
    assert!(!page.text("[data-slot-html=answers]").contains("Notes des agents"));
}

#[tokio::test]
async fn i11_every_refusal_names_its_field_and_nothing_typed_is_lost() {
    let place = place(engines::sqlite());
    let (at_noon, later) = open(&place).await;
    let typed = [
        ("at", "9"),
        ("f-title", ""),
        ("f-theme", "feu"),
        ("f-story", "court <b>\n&amp; fini"),
        ("f-cost", "beaucoup"),
        ("f-order-velo", "1"),
        ("f-order-bus", "1"),
        ("f-table-rues", "oui"),
        ("f-phone", "17"),
    ];
    let page = send(&at_noon, IDEAS, &blank(&place, IDEAS), &typed, "next").await;
    assert_eq!((page.status, page.section()), (422, vec!["0".to_owned()]));
    assert!(page.text("title").starts_with("Erreur"));
    let faults = page.fields_at_fault();
    for field in ["f-title", "f-theme", "f-cost", "f-order", "f-phone"] {
        assert!(faults.contains(&field.to_owned()), "{field} in {faults:?}");
        assert!(!page.text(&format!("[data-error={field}]")).is_empty(), "{field}");
    }
    let filled = page.filled();
    for (name, value) in typed.iter().filter(|(name, _)| !["at", "f-theme"].contains(name)) {
        assert!(filled.contains(&((*name).to_owned(), (*value).to_owned())), "{name} in {filled:?}");
    }

    // A part of a field is at fault: its field says so.
    let idea = idea(1);
    let typed = [
        borrowed(&idea).as_slice(),
        &[
            ("at", "9"),
            ("f-cost", "1500"),
            ("f-quote", "no"),
            ("f-home-street", "1 rue"),
            ("f-home-postcode", "31"),
        ],
    ]
    .concat();
    let page = send(&at_noon, IDEAS, &blank(&place, IDEAS), &typed, "next").await;
    assert_eq!((page.status, page.section()), (422, vec!["2".to_owned()]));
    assert!(page.fields_at_fault()[0].starts_with("f-home-"), "{:?}", page.fields_at_fault());
    assert!(!page.text("[data-error=f-home]").is_empty());
    assert_eq!(page.attribute("input[name=f-home-postcode]", "aria-invalid").as_deref(), Some("true"));

    // What the preview asks besides.
    let page = preview(&place, &at_noon, IDEAS, &borrowed(&idea)).await;
    let page = send(&later, IDEAS, &page, &[("email", "jeanne"), ("public_name", "\u{202e}x")], "send").await;
    assert_eq!(
        (page.status, page.fields_at_fault()),
        (422, ["email", "public_name", "consent"].map(String::from).to_vec())
    );
    assert_eq!(page.attribute("input[name=email]", "value").as_deref(), Some("jeanne"));
    assert_eq!(
        page.attribute("[data-carry] input[name=f-title]", "value").as_deref(),
        Some("Un banc devant l’école 1")
    );
    assert!(place.outbox.mails().is_empty());
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_said_to_be_so_and_keeps_what_came() {
    let place = place(engines::sqlite());
    let (at_noon, _) = open(&place).await;
    let urlencoded = "application/x-www-form-urlencoded";
    for (body, status) in [
        ("f-title=Un+banc&f-story=%ff".to_owned(), 400),
        (format!("f-title=Un+banc&f-story={}", "a".repeat(70_000)), 413),
        (format!("f-title=Un+banc&{}", "x=1&".repeat(500)), 413),
        (format!("f-title=Un+banc&f-story={}", "a".repeat(3_000_000)), 413),
    ] {
        let page = at_noon.post_bytes(&address(IDEAS), urlencoded, body.into_bytes()).await.unwrap();
        assert_eq!(page.status, status);
        assert!(page.refusals().contains("n’a pas pu être lu"), "{}", page.refusals());
        assert_eq!(page.attribute("input[name=f-title]", "value").as_deref(), Some("Un banc"));
    }
    for kind in
        ["multipart/form-data", "multipart/form-data; boundary=nowhere", "text/plain", "application/json"]
    {
        let page = at_noon.post_bytes(&address(IDEAS), kind, b"f-title=Un".to_vec()).await.unwrap();
        assert!([400, 415].contains(&page.status), "{kind}: {}", page.status);
        assert!(!page.refusals().is_empty(), "{kind}");
    }
}

#[tokio::test]
async fn a_broken_file_is_refused_by_its_name_and_an_empty_one_is_none() {
    let place = place(engines::sqlite());
    let (at_noon, _) = open(&place).await;
    let idea = idea(1);
    let pairs = with(
        blank(&place, IDEAS).filled(),
        &[borrowed(&idea).as_slice(), &[("at", "9"), ("go", "next")]].concat(),
    );
    for (content, status) in [(&b""[..], 200), (&b"%PDF-1.7"[..], 422)] {
        let mut parts: Vec<Part> = pairs.iter().cloned().map(Into::into).collect();
        parts.insert(
            4,
            Part { name: "f-plan".into(), file: Some("plan.pdf".into()), content: content.to_vec() },
        );
        let page = at_noon.post_parts(&address(IDEAS), &parts).await.unwrap();
        assert_eq!(page.status, status, "{}", page.refusals());
        if status == 422 {
            assert_eq!(
                (page.fields_at_fault(), page.section()),
                (vec!["f-plan".to_owned()], vec!["1".to_owned()])
            );
            assert!(page.text("[data-error=f-plan]").contains("plan.pdf"));
        }
    }
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_answered_by_the_page_for_that_and_reading_one_leads_to_the_form() {
    let place = place(engines::sqlite());
    let (at_noon, _) = open(&place).await;
    for path in ["/actes/nulle-part/ecrire", "/actes/ma-petition/ecrire", "/actes/nulle-part/ecrire/code"] {
        let page = at_noon.post(path, &[("go", "next")]).await.unwrap();
        assert_eq!((page.status, page.html.contains("</html>")), (404, true), "{path}");
    }
    for path in ["/actes/idees/ecrire", "/actes/idees/ecrire/code?request=x&code=123456"] {
        let page = at_noon.get(path).await.unwrap();
        assert_eq!(
            (page.status, page.headers["location"].to_str().unwrap()),
            (303, "/ma-commune/idees/ecrire/")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i2_the_window_is_asked_at_the_millisecond_at_each_step() {
    let ms = SignedDuration::from_millis(1);
    for place in places().await {
        let name = place.engine.name;
        let window = place.rulebook.processes[IDEAS].writing.as_ref().unwrap().window;
        let idea = idea(1);
        let typed = [borrowed(&idea).as_slice(), &[("at", "9")]].concat();
        for (instant, status) in [
            (window.opens() - ms, 422),
            (window.opens(), 200),
            (window.closes() - ms, 200),
            (window.closes(), 422),
        ] {
            let citizen = open_at(&place, instant).await;
            for go in ["next", "back"] {
                let page = send(&citizen, IDEAS, &blank(&place, IDEAS), &typed, go).await;
                assert_eq!(page.status, status, "{name}: {go} at {instant}");
                assert!(page.filled().contains(&("f-title".into(), idea[0].1.clone())), "{name}");
            }
        }
        // Read again in time and sent too late; sent in time and confirmed too late.
        let last = open_at(&place, window.closes() - ms).await;
        let earlier = open_at(&place, window.closes() - SignedDuration::from_secs(10)).await;
        let late = open_at(&place, window.closes()).await;
        let read = preview(&place, &earlier, IDEAS, &borrowed(&idea)).await;
        assert_eq!(send(&late, IDEAS, &read, &PERSON, "send").await.status, 422, "{name}");
        let asked = send(&last, IDEAS, &read, &PERSON, "send").await;
        let (request, code) = (asked.request().unwrap(), place.code("jeanne@exemple.fr").unwrap());
        assert_eq!(confirm(&late, IDEAS, &request, &code).await.status, 422, "{name}");
        assert!(deposits(&place, IDEAS).await.is_empty(), "{name}");
        let receipt = confirm(&last, IDEAS, &request, &code).await;
        assert_eq!(receipt.status, 200, "{name}");
        // I4: what was carried out is answered again, whatever has closed since.
        assert_eq!(confirm(&late, IDEAS, &request, &code).await.html, receipt.html, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i2_a_text_is_checked_anew_by_the_rules_of_the_moment_its_code_comes() {
    for place in places().await {
        let name = place.engine.name;
        let page = ask(&place, 1, &PERSON).await;
        let (request, code) = (page.request().unwrap(), place.code("jeanne@exemple.fr").unwrap());
        let shorter = open_under(&place, 20, |rules| {
            let form = &mut writing(rules.processes.get_mut(IDEAS).unwrap()).form;
            form.fields[0].kind = Kind::Text { max: 5 };
        })
        .await;
        let page = confirm(&shorter, IDEAS, &request, &code).await;
        assert_eq!((page.status, page.fields_at_fault()), (422, vec!["f-title".to_owned()]), "{name}");
        assert_eq!(
            page.attribute("input[name=f-title]", "value").as_deref(),
            Some("Un banc devant l’école 1"),
            "{name}"
        );
        let other = open_under(&place, 21, |rules| {
            let form = &mut writing(rules.processes.get_mut(IDEAS).unwrap()).form;
            form.fields[4].kind = Kind::LongText { min: 0, max: 100 };
            form.fields.retain(|field| field.id != "table");
        })
        .await;
        let page = confirm(&other, IDEAS, &request, &code).await;
        assert_eq!((page.status, page.fields_at_fault().len()), (422, 0), "{name}: {}", page.html);
        assert!(page.refusals().contains("questions ont changé"), "{name}: {}", page.refusals());
        let public = open_under(&place, 22, |rules| {
            writing(rules.processes.get_mut(IDEAS).unwrap()).purpose = domain::rulebook::Purpose::Application;
        })
        .await;
        assert_eq!(confirm(&public, IDEAS, &request, &code).await.status, 422, "{name}");
        assert!(deposits(&place, IDEAS).await.is_empty(), "{name}");
        assert_eq!(
            confirm(&open_at(&place, noon(30)).await, IDEAS, &request, &code).await.status,
            200,
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_many_parallel_sends_of_one_text_are_one_mail_and_one_deposit() {
    for (place, times) in places().await.into_iter().zip([1_000, 200, 200]) {
        let name = place.engine.name;
        let (at_noon, later) = open(&place).await;
        let idea = idea(1);
        let read = preview(&place, &at_noon, IDEAS, &borrowed(&idea)).await;
        let pages = join_all((0..times).map(|_| send(&later, IDEAS, &read, &PERSON, "send"))).await;
        let requests: BTreeSet<String> = pages.iter().map(|page| page.request().unwrap()).collect();
        assert_eq!((requests.len(), place.outbox.mails().len()), (1, 1), "{name}");

        let (request, code) = (requests.first().unwrap(), place.code("jeanne@exemple.fr").unwrap());
        let pages = join_all((0..times).map(|_| confirm(&later, IDEAS, request, &code))).await;
        let answers: BTreeSet<(u16, String)> =
            pages.into_iter().map(|page| (page.status, page.text("main"))).collect();
        assert_eq!(answers.len(), 1, "{name}: {answers:?}");
        assert_eq!(answers.first().unwrap().0, 200, "{name}");
        assert_eq!(deposits(&place, IDEAS).await.len(), 1, "{name}");
        assert_eq!(place.outbox.mails().len(), 2, "{name}: the code, and one receipt");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i3_parallel_texts_of_one_mailbox_are_never_more_than_the_rule_admits() {
    for place in places().await {
        let name = place.engine.name;
        let mut requests = Vec::new();
        for number in 0..8 {
            let email = format!("jeanne+{number}@exemple.fr");
            let page =
                ask(&place, number, &[("email", &email), ("public_name", "Jeanne"), ("consent", "yes")])
                    .await;
            requests.push((page.request().unwrap(), place.code(&email).unwrap()));
        }
        let later = open_at(&place, noon(60)).await;
        let pages =
            join_all(requests.iter().map(|(request, code)| confirm(&later, IDEAS, request, code))).await;
        let (taken, refused): (Vec<&Page>, Vec<&Page>) = pages.iter().partition(|page| page.status == 200);
        assert_eq!((taken.len(), deposits(&place, IDEAS).await.len()), (2, 2), "{name}");
        for page in refused {
            assert_eq!(page.status, 422, "{name}");
            assert!(page.refusals().contains('2'), "{name}: {}", page.refusals());
            assert!(page.attribute("input[name=f-title]", "value").unwrap().starts_with("Un banc"), "{name}");
        }
    }
}

#[tokio::test]
async fn i6_a_full_mailbox_is_told_so_only_by_the_right_code() {
    for place in places().await {
        let name = place.engine.name;
        for number in 0..2 {
            assert_eq!(deposit(&place, number).await.status, 200, "{name}");
        }
        let full = ask(&place, 3, &PERSON).await;
        let other =
            ask(&place, 3, &[("email", "paul@exemple.fr"), ("public_name", "Paul"), ("consent", "yes")])
                .await;
        let alike =
            |page: &Page, email: &str| page.html.replace(&page.request().unwrap(), "").replace(email, "");
        assert_eq!(alike(&full, "jeanne@exemple.fr"), alike(&other, "paul@exemple.fr"), "{name}");
        let later = open_at(&place, noon(60)).await;
        let (request, code) = (full.request().unwrap(), place.code("jeanne@exemple.fr").unwrap());
        let wrong = if code == "000001" { "000002" } else { "000001" };
        let page = confirm(&later, IDEAS, &request, wrong).await;
        assert_eq!((page.status, page.fields_at_fault()), (422, vec!["code".to_owned()]), "{name}");
        assert!(!page.html.contains("Un banc"), "{name}: the text is its writer's alone");
        let page = confirm(&later, IDEAS, &request, &code).await;
        assert_eq!((page.status, page.fields_at_fault().len()), (422, 0), "{name}");
        assert!(page.refusals().contains("autant de fois"), "{name}: {}", page.refusals());
    }
}

#[tokio::test]
async fn i4_a_text_sent_again_waits_for_the_same_code_and_a_code_sent_again_gets_the_first_answer() {
    for place in places().await {
        let name = place.engine.name;
        let first = ask(&place, 1, &PERSON).await;
        let again = ask(&place, 1, &PERSON).await;
        assert_eq!((first.request(), place.outbox.mails().len()), (again.request(), 1), "{name}");
        let (request, code) = (first.request().unwrap(), place.code("jeanne@exemple.fr").unwrap());
        let later = open_at(&place, noon(60)).await;
        let receipt = confirm(&later, IDEAS, &request, &code).await;
        let again = confirm(&later, IDEAS, &request, &code).await;
        assert_eq!((receipt.status, &receipt.html), (again.status, &again.html), "{name}");
        assert_eq!((deposits(&place, IDEAS).await.len(), place.outbox.mails().len()), (1, 2), "{name}");
    }
}

#[tokio::test]
async fn codes_are_tried_as_for_a_support() {
    let place = place(engines::sqlite());
    let request = ask(&place, 1, &PERSON).await.request().unwrap();
    let code = place.code("jeanne@exemple.fr").unwrap();
    let later = open_at(&place, noon(60)).await;
    for wrong in (0..).map(|number| format!("{number:06}")).filter(|wrong| *wrong != code).take(5) {
        assert_eq!(confirm(&later, IDEAS, &request, &wrong).await.status, 422);
    }
    assert_eq!(confirm(&later, IDEAS, &request, &code).await.status, 422, "the right one comes too late");
    for (request, code) in
        [("", ""), (request.as_str(), ""), ("0".repeat(32).as_str(), "123456"), ("../x", "123456")]
    {
        let page = confirm(&later, IDEAS, request, code).await;
        assert_eq!((page.status, page.fields_at_fault()), (422, vec!["code".to_owned()]));
    }
    assert!(deposits(&place, IDEAS).await.is_empty());
}

#[tokio::test]
async fn a_form_that_comes_back_within_two_seconds_was_read_by_nobody() {
    let place = place(engines::sqlite());
    let (at_noon, later) = open(&place).await;
    let idea = idea(1);
    let read = preview(&place, &at_noon, IDEAS, &borrowed(&idea)).await;
    let hasty = open_at(&place, noon(1)).await;
    let refused = send(&hasty, IDEAS, &read, &PERSON, "send").await;
    assert_eq!(refused.status, 422);
    assert!(refused.refusals().contains("trop vite"), "{}", refused.refusals());
    // Whatever the mark says that was not made here.
    for forged in ["", "0.0", "1795262400.00000000000000000000000000000000", "x"] {
        let page = send(&later, IDEAS, &read, &[&PERSON[..], &[("since", forged)]].concat(), "send").await;
        assert_eq!(page.status, 422, "{forged}");
    }
    assert!(place.outbox.mails().is_empty());
    // The page that refused can be sent as it is.
    assert_eq!(refused.attribute("input[name=public_name]", "value").as_deref(), Some("Jeanne"));
    assert!(send(&later, IDEAS, &refused, &[], "send").await.request().is_some());
}

#[tokio::test]
async fn a_form_left_open_for_days_can_still_be_sent() {
    let place = place(engines::sqlite());
    let (at_noon, _) = open(&place).await;
    let idea = idea(1);
    let read = preview(&place, &at_noon, IDEAS, &borrowed(&idea)).await;
    let days_later = open_at(&place, noon(3 * 86_400)).await;
    let edit = send(&days_later, IDEAS, &read, &[], "edit").await;
    let since = |page: &Page| page.attribute("input[name=since]", "value").unwrap();
    assert_ne!(since(&edit), since(&read), "it is refreshed");
    assert!(send(&days_later, IDEAS, &read, &PERSON, "send").await.request().is_some());
}

#[tokio::test]
async fn what_fills_the_trap_is_answered_as_if_it_had_been_taken_and_nothing_is_kept() {
    let place = place(engines::sqlite());
    let (at_noon, later) = open(&place).await;
    let idea = idea(1);
    let typed = [borrowed(&idea).as_slice(), &[("website", "https://exemple.com")]].concat();
    let read = preview(&place, &at_noon, IDEAS, &typed).await;
    let page = send(&later, IDEAS, &read, &PERSON, "send").await;
    assert_eq!((page.status, page.request().is_some()), (200, true));
    assert!(rows(&place).await.is_empty() && place.outbox.mails().is_empty());

    let read = preview(&place, &at_noon, BOX, &[("f-title", "Un banc"), ("website", "x")]).await;
    let page = send(&later.with_cookie_of(&read), BOX, &read, &[], "send").await;
    assert_eq!((page.status, page.text("[data-slot=reference]").len()), (200, 9), "{}", page.html);
    assert!(rows(&place).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_questionnaire_is_answered_once_by_a_browser_and_nothing_tells_whose_answer_is_whose() {
    for place in places().await {
        let name = place.engine.name;
        let (at_noon, later) = open(&place).await;
        let typed = [("f-grade", "bien"), ("f-why", "Parce que.")];
        let read = preview(&place, &at_noon, POLL, &typed).await;
        let cookie = read.headers["set-cookie"].to_str().unwrap();
        assert!(
            cookie.starts_with("parvis-sondage=") && cookie.contains("HttpOnly; SameSite=Lax"),
            "{cookie}"
        );
        let browser = later.with_cookie_of(&read);

        let pages = join_all((0..100).map(|_| send(&browser, POLL, &read, &[], "send"))).await;
        let said: BTreeSet<(u16, &str)> =
            pages.iter().map(|page| (page.status, page.html.as_str())).collect();
        assert_eq!((said.len(), said.first().unwrap().0), (1, 200), "{name}: I3 and I4");

        let other = preview(&place, &at_noon.with_cookie_of(&read), POLL, &typed).await;
        let page = send(&browser, POLL, &other, &[], "send").await;
        assert_eq!(page.status, 422, "{name}");
        assert!(page.refusals().contains("depuis ce navigateur"), "{name}: {}", page.refusals());
        assert_eq!(
            page.attribute("[data-carry] input[name=f-why]", "value").as_deref(),
            Some("Parce que."),
            "{name}"
        );

        let answers = answers(&place).await;
        assert_eq!(answers.len(), 1, "{name}");
        let row: Row = answers[0].read().unwrap();
        assert_eq!(row.answers["grade"], Answer::Choice("bien".into()), "{name}");
        assert_eq!(answers[0].expires, None, "{name}");
        assert!(place.outbox.mails().is_empty(), "{name}");
        if place.engine.endpoint.is_none() {
            let (_, rest): (Vec<_>, Vec<_>) =
                rows(&place).await.into_iter().partition(|row| row.key.partition.starts_with("answer#"));
            assert_eq!(rest.len(), 1, "{name}: the browser's place");
            let random = &answers[0].key.sort;
            assert!(!rest[0].body.contains(random) && !rest[0].key.partition.contains(random), "{name}");
            assert!(!random.contains(rest[0].body.trim_matches('"')), "{name}");
        }
    }
}

#[tokio::test]
async fn what_is_changed_after_it_was_sent_is_never_taken_for_what_was_sent() {
    let place = place(engines::sqlite());
    let (at_noon, later) = open(&place).await;
    let read = preview(&place, &at_noon, BOX, &[("f-title", "Un banc")]).await;
    let browser = later.with_cookie_of(&read);
    let first = send(&browser, BOX, &read, &[], "send").await;
    let changed = send(&browser, BOX, &read, &[("f-title", "Deux bancs")], "send").await;
    assert_eq!((first.status, changed.status), (200, 200));
    assert_ne!(first.text("[data-slot=reference]"), changed.text("[data-slot=reference]"));
    let third = send(&browser, BOX, &read, &[("f-title", "Trois bancs")], "send").await;
    assert_eq!((third.status, deposits(&place, BOX).await.len()), (422, 2));
}

#[tokio::test]
async fn an_answer_may_be_proved_by_an_address_and_still_be_nobody_s() {
    for place in places().await {
        let name = place.engine.name;
        let (at_noon, _) = open(&place).await;
        let proved = open_under(&place, 5, |rules| {
            writing(rules.processes.get_mut(POLL).unwrap()).identity = domain::rulebook::Identity::Email;
        })
        .await;
        let read = preview(&place, &at_noon, POLL, &[("f-grade", "bien")]).await;
        let page = send(&proved, POLL, &read, &PERSON, "send").await;
        let (request, code) = (page.request().unwrap(), place.code("jeanne@exemple.fr").unwrap());
        let receipt = confirm(&proved, POLL, &request, &code).await;
        assert_eq!(receipt.status, 200, "{name}: {}", receipt.refusals());
        assert_eq!(confirm(&proved, POLL, &request, &code).await.html, receipt.html, "{name}");
        assert_eq!(place.outbox.mails().len(), 1, "{name}: there is nothing to follow");
        let answers = answers(&place).await;
        assert_eq!(answers.len(), 1, "{name}");
        let waiting =
            query_all(&*place.engine.table, &format!("writing#{POLL}#{request}"), noon(5)).await.unwrap();
        assert!(
            !waiting[0].body.contains("grade") && !waiting[0].body.contains(&answers[0].key.sort),
            "{name}"
        );
        // Once for each mailbox.
        let again =
            send(&proved, POLL, &read, &[&PERSON[..], &[("email", "jeanne+2@exemple.fr")]].concat(), "send")
                .await;
        let code = place.code("jeanne+2@exemple.fr").unwrap();
        assert_eq!(confirm(&proved, POLL, &again.request().unwrap(), &code).await.status, 422, "{name}");
    }
}

#[tokio::test]
async fn i7_when_the_rule_changes_rows_follow_it() {
    for place in places().await {
        let name = place.engine.name;
        deposit(&place, 1).await;
        let (at_noon, later) = open(&place).await;
        let read = preview(&place, &at_noon, POLL, &[("f-grade", "bien"), ("f-why", "Parce que.")]).await;
        send(&later.with_cookie_of(&read), POLL, &read, &[], "send").await;
        place.writer().run(noon(10)).await.unwrap();
        let mut rules = (*place.rulebook).clone();
        for process in [IDEAS, POLL] {
            writing(rules.processes.get_mut(process).unwrap()).erased = noon(1_000_000);
        }
        rules.version = "shorter".into();
        let rulebook = tokio::sync::watch::channel(std::sync::Arc::new(rules)).1;
        let to = functions::register::Folder(place.folder.path().join("public"));
        let (table, secret) = (place.engine.table.clone(), place.door.secret.clone());
        let mut writer = functions::register::Writer::new(table, rulebook, secret, Box::new(to));
        writer.run(noon(11)).await.unwrap();
        let table = &*place.engine.table;
        for (instant, expected) in [(noon(999_999), 1), (noon(1_000_000), 0)] {
            let kept = functions::deposits::list(table, IDEAS, instant).await.unwrap();
            assert_eq!(kept.len(), expected, "{name}");
        }
        let author = deposits(&place, IDEAS).await.remove(0).deposit.author.unwrap();
        let places = format!("writer#{IDEAS}#{}", author.mailbox.as_str());
        assert!(query_all(table, &places, noon(1_000_000)).await.unwrap().is_empty(), "{name}");
        assert_eq!(answers(&place).await.len(), 1, "{name}: what tells of nobody stays");
    }
}

#[tokio::test]
async fn who_keeps_no_cookie_is_told_so_and_loses_nothing() {
    let place = place(engines::sqlite());
    let (at_noon, later) = open(&place).await;
    let read = preview(&place, &at_noon, POLL, &[("f-grade", "bien")]).await;
    let page = send(&later, POLL, &read, &[], "send").await;
    assert_eq!(page.status, 422);
    assert!(page.refusals().contains("jeton"), "{}", page.refusals());
    let page = send(&later.with_cookie_of(&page), POLL, &page, &[], "send").await;
    assert_eq!(page.status, 200, "{}", page.refusals());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_deposits_as_often_as_the_rule_admits_however_fast() {
    for place in places().await {
        let name = place.engine.name;
        let (at_noon, later) = open(&place).await;
        let first = preview(&place, &at_noon, BOX, &[("f-title", "Un banc")]).await;
        let browser = at_noon.with_cookie_of(&first);
        let mut previews = vec![first];
        for _ in 0..9 {
            previews.push(preview(&place, &browser, BOX, &[("f-title", "Un banc")]).await);
        }
        let sender = browser.at(&later);
        let pages = join_all(previews.iter().map(|read| send(&sender, BOX, read, &[], "send"))).await;
        let mut taken: Vec<&Page> = pages.iter().filter(|page| page.status == 200).collect();
        assert_eq!((taken.len(), deposits(&place, BOX).await.len()), (2, 2), "{name}");
        taken.dedup_by_key(|page| page.text("[data-slot=reference]"));
        assert_eq!(taken.len(), 2, "{name}: two references");
        assert!(deposits(&place, BOX).await.iter().all(|stored| stored.deposit.author.is_none()), "{name}");
        // The receipt is the only way back.
        let own = taken[0].attribute("a[data-link=own]", "href").unwrap();
        assert_eq!(later.get(&own).await.unwrap().status, 200, "{name}: {own}");
    }
}

#[tokio::test]
async fn an_application_asks_no_public_name_and_is_kept_for_agents() {
    let place = place(engines::sqlite());
    let (at_noon, later) = open(&place).await;
    let read = preview(&place, &at_noon, CALL, &[("f-reason", "J’ai du temps.")]).await;
    assert!(!read.html.contains("name=\"public_name\""));
    let person = [("email", "paul@exemple.fr"), ("consent", "yes")];
    let page = send(&later, CALL, &read, &person, "send").await;
    let receipt =
        confirm(&later, CALL, &page.request().unwrap(), &place.code("paul@exemple.fr").unwrap()).await;
    assert_eq!(receipt.status, 200, "{}", receipt.refusals());
    let kept = deposits(&place, CALL).await;
    assert_eq!(kept[0].deposit.slug, kept[0].deposit.reference.to_lowercase());
    assert!(
        place.outbox.mails()[0].subject.contains("Démarche candidature"),
        "{}",
        place.outbox.mails()[0].subject
    );
}

#[tokio::test]
async fn a_network_that_writes_too_much_is_told_so_and_keeps_what_it_typed() {
    let place = place(engines::sqlite());
    let (at_noon, _) = open(&place).await;
    let read = preview(&place, &at_noon, BOX, &[("f-title", "Un banc")]).await;
    let clock = functions::door::Clock::Stopped(noon(5));
    let door = Door { clock, ..place.door.clone() };
    let from = ClientAddress("203.0.113.7".parse().unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let crowd = Citizen::new(format!("http://{}", listener.local_addr().unwrap())).with_cookie_of(&read);
    tokio::spawn(axum::serve(listener, router(door).layer(Extension(from))).into_future());
    for _ in 0..5 {
        let pages = join_all((0..100).map(|_| send(&crowd, BOX, &read, &[], "send"))).await;
        assert!(pages.iter().all(|page| page.status == 200));
    }
    let page = send(&crowd, BOX, &read, &[], "send").await;
    assert_eq!(page.status, 429);
    assert_eq!(page.attribute("[data-carry] input[name=f-title]", "value").as_deref(), Some("Un banc"));
}

#[tokio::test]
async fn when_the_table_is_out_of_reach_the_preview_comes_back() {
    let mut engine = engines::sqlite();
    engine.table = std::sync::Arc::new(functions::lambda::connect(
        "nowhere".into(),
        &engines::account(),
        Some("http://127.0.0.1:1"),
    ));
    let place = place(engine);
    let (at_noon, later) = open(&place).await;
    let idea = idea(1);
    let read = preview(&place, &at_noon, IDEAS, &borrowed(&idea)).await;
    let page = send(&later, IDEAS, &read, &PERSON, "send").await;
    assert_eq!(page.status, 503);
    assert_eq!(page.attribute("input[name=email]", "value").as_deref(), Some("jeanne@exemple.fr"));
    assert_eq!(
        page.attribute("[data-carry] input[name=f-title]", "value").as_deref(),
        Some("Un banc devant l’école 1")
    );
    let page = confirm(&later, IDEAS, &"0".repeat(32), "123456").await;
    assert_eq!((page.status, page.attribute("input[name=code]", "value").as_deref()), (503, Some("123456")));
}

#[tokio::test]
async fn i4_a_writing_whose_answer_was_lost_is_kept_once_and_answered() {
    for lost in ["TransactWriteItems", "PutItem", "UpdateItem"] {
        let mut engine = engines::dynoxide().await;
        let (table, faults) = behind_faults(&engine).await;
        engine.table = table;
        let place = place(engine);
        let lose = || faults.lock().unwrap().push_back((lost, Fault::AnswerLost));
        lose();
        let page = ask(&place, 1, &PERSON).await;
        let (request, code) = (page.request().unwrap(), place.code("jeanne@exemple.fr").unwrap());
        lose();
        let receipt = confirm(&open_at(&place, noon(60)).await, IDEAS, &request, &code).await;
        assert_eq!(receipt.status, 200, "{lost}: {}", receipt.refusals());
        let kept = deposits(&place, IDEAS).await;
        assert_eq!(
            (kept.len(), receipt.text("[data-slot=reference]")),
            (1, kept[0].deposit.reference.clone())
        );

        lose();
        let (at_noon, later) = open(&place).await;
        for (process, typed) in [(BOX, ("f-title", "Un banc")), (POLL, ("f-grade", "bien"))] {
            let read = preview(&place, &at_noon, process, &[typed]).await;
            let page = send(&later.with_cookie_of(&read), process, &read, &[], "send").await;
            assert_eq!(page.status, 200, "{lost}: {}", page.refusals());
        }
        assert_eq!((deposits(&place, BOX).await.len(), answers(&place).await.len()), (1, 1), "{lost}");
    }
}

#[tokio::test]
async fn i7_what_a_deposit_leaves_behind() {
    let place = place(engines::sqlite());
    deposit(&place, 1).await;
    let own = own_path(&place);
    act(&open_at(&place, noon(90)).await, &own, "withdraw").await;
    let (at_noon, later) = open(&place).await;
    let read = preview(&place, &at_noon, POLL, &[("f-grade", "bien")]).await;
    send(&later.with_cookie_of(&read), POLL, &read, &[], "send").await;
    let rows = rows(&place).await;
    let erased = place.rulebook.processes[IDEAS].writing.as_ref().unwrap().erased;
    let mut everything = String::new();
    for row in &rows {
        let until = match row.expires {
            None => "for ever",
            Some(expires) if expires == erased => "until the activity's erasure date",
            Some(expires) if expires <= noon(90) + SignedDuration::from_hours(24) => "a day at most",
            Some(_) => "too long",
        };
        let partition = &row.key.partition;
        // Any place of a writer that is free is taken.
        let sort = if partition.starts_with("writer#") { "[place]" } else { &row.key.sort };
        everything += &format!("{partition} / {sort}  {}  {until}\n", row.body);
    }
    for mail in place.outbox.mails().iter().rev() {
        everything += &format!("\nTo: {}\nSubject: {}\n\n{}\n", mail.to, mail.subject, mail.body);
    }
    // The address is in the deposit and, for a day at most, in what waits for its code.
    for row in rows.iter().filter(|row| row.body.contains("jeanne")) {
        assert!(
            ["deposit", "writing"].contains(&row.key.partition.split('#').next().unwrap()),
            "{:?}",
            row.key
        );
    }
    let done = rows.iter().rev().find(|row| row.key.partition.starts_with("writing#")).unwrap();
    assert!(!done.body.contains("jeanne") && !done.body.contains("banc"), "once carried out: {}", done.body);
    insta::assert_snapshot!(redact(&everything));
}

/// Replaces what differs at each run: hashes, references, codes.
fn redact(text: &str) -> String {
    let mut redacted = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '-') {
        let (body, end) = word.split_at(word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).len());
        let is_hex = body.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_digits = |body: &str| !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_digit());
        let is_reference = |body: &str| {
            body.len() == 9
                && body.split('-').all(|part| {
                    part.len() == 4
                        && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
                })
        };
        redacted += &match body {
            body if body.len() >= 16 && is_hex => "[hash]".to_owned(),
            body if body.len() == 6 && is_digits(body) => "[code]".to_owned(),
            body if body.len() >= 5 && is_digits(body) => "[span]".to_owned(),
            body if body.len() == 1 && is_hex && redacted.ends_with("deposit#idees#") => "[shard]".to_owned(),
            body if body.len() == 2 && is_hex && redacted.ends_with("answer#sondage#") => {
                "[shard]".to_owned()
            }
            body if is_reference(body) => "[reference]".to_owned(),
            body if body.rsplitn(3, '-').all(|part| part.len() >= 2)
                && body.len() > 10
                && body.as_bytes()[body.len() - 10] == b'-'
                && is_reference(&body[body.len() - 9..].to_uppercase()) =>
            {
                format!("{}[reference]", &body[..body.len() - 9])
            }
            body => body.to_owned(),
        };
        redacted += end;
    }
    redacted
}

#[tokio::test]
async fn what_waits_is_gone_a_day_later() {
    for place in places().await {
        let page = ask(&place, 1, &PERSON).await;
        let code = place.code("jeanne@exemple.fr").unwrap();
        let too_late = open_at(&place, noon(5 + 601)).await;
        assert_eq!(confirm(&too_late, IDEAS, &page.request().unwrap(), &code).await.status, 422);
        let partition = format!("writing#{IDEAS}#{}", page.request().unwrap());
        let day: Timestamp = noon(5 + 86_400);
        assert!(
            query_all(&*place.engine.table, &partition, day).await.unwrap().is_empty(),
            "{}",
            place.engine.name
        );
    }
}

#[tokio::test]
async fn a_receipt_is_given_though_its_mail_cannot_be_sent_and_no_code_without_a_mail() {
    let place = place(engines::sqlite());
    let nowhere =
        || std::sync::Arc::new(functions::mail::Smtp::new("smtp://127.0.0.1:1").expect("an address"));
    let down =
        Door { mailer: nowhere(), clock: functions::door::Clock::Stopped(noon(5)), ..place.door.clone() };
    let (at_noon, later) = open(&place).await;
    let down = place.open(down).await;
    let idea = idea(1);
    let read = preview(&place, &at_noon, IDEAS, &borrowed(&idea)).await;
    let page = send(&down, IDEAS, &read, &PERSON, "send").await;
    assert_eq!(
        (page.status, page.attribute("input[name=public_name]", "value").as_deref()),
        (503, Some("Jeanne"))
    );
    let page = send(&later, IDEAS, &page, &[], "send").await;
    let receipt =
        confirm(&down, IDEAS, &page.request().unwrap(), &place.code("jeanne@exemple.fr").unwrap()).await;
    assert_eq!((receipt.status, receipt.text("[data-slot=reference]").len()), (200, 9));
}

#[tokio::test]
async fn a_window_that_moves_takes_what_was_begun_with_it() {
    let place = place(engines::sqlite());
    let page = ask(&place, 1, &PERSON).await;
    let code = place.code("jeanne@exemple.fr").unwrap();
    let closed = open_under(&place, 20, |rules| {
        let writing = writing(rules.processes.get_mut(IDEAS).unwrap());
        writing.window = Window::new(writing.window.opens(), noon(20)).unwrap();
    })
    .await;
    assert_eq!(confirm(&closed, IDEAS, &page.request().unwrap(), &code).await.status, 422);
    assert!(deposits(&place, IDEAS).await.is_empty());
}
