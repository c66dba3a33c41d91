//! Drafts that a mailed link leads to, over HTTP and without JavaScript.

use super::{redact, site::*};
use crate::faults::{Fault, behind_faults};
use axum::Extension;
use domain::{limits::DRAFT_LIFETIME, rulebook::Identity, window::Window};
use functions::{
    client::ClientAddress,
    door::{Clock, Door},
    mail::Smtp,
    routes::router,
    table::Item,
};
use futures_util::future::join_all;
use jiff::SignedDuration;
use std::sync::Arc;
use tests::{
    citizen::{Citizen, Page},
    engines,
    place::Place,
};

const JEANNE: (&str, &str) = ("email", "jeanne@exemple.fr");

/// The page that asks where the link is to go, for something typed at noon in the first section.
async fn ask(place: &Place, typed: &[(&str, &str)]) -> Page {
    let page = send(&open_at(place, noon(0)).await, IDEAS, &blank(place, IDEAS), typed, "draft").await;
    assert_eq!(page.status, 200, "{}", page.refusals());
    page
}

/// Keeps something typed at noon, five seconds later; what is answered.
async fn keep(place: &Place, typed: &[(&str, &str)]) -> Page {
    let asked = ask(place, typed).await;
    send(&open_at(place, noon(5)).await, IDEAS, &asked, &[JEANNE], "keep").await
}

/// Where the newest link to a draft leads.
fn link(place: &Place) -> String {
    let mails = place.outbox.mails();
    let mut words = mails.iter().flat_map(|mail| mail.body.split_whitespace());
    let url = words.find(|word| word.contains("/brouillon?")).expect("a mail with the link");
    url[url.find("/actes/").unwrap()..].to_owned()
}

/// What is typed in a form, without what is empty.
fn typed(page: &Page) -> Vec<(String, String)> {
    page.filled().into_iter().filter(|(name, value)| name.starts_with("f-") && !value.is_empty()).collect()
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.into(), value.into())
}

fn is_shown(page: &Page, part: &str) -> bool {
    let selector = format!("[data-may={part}]");
    page.attribute(&selector, "data-may").is_some() && page.attribute(&selector, "hidden").is_none()
}

/// The rows of drafts that were ever committed, as they were then.
async fn drafts(place: &Place) -> Vec<Item> {
    let mut rows = rows(place).await;
    rows.retain(|row| row.key.partition.starts_with("draft#"));
    rows
}

/// Whether the newest of them is still there.
async fn is_kept(place: &Place) -> bool {
    let rows = drafts(place).await;
    let Some(newest) = rows.last() else { return false };
    place.engine.table.get(&newest.key, noon(0)).await.unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_alone_is_kept_found_again_by_a_link_finished_and_sent() {
    for place in places().await {
        let name = place.engine.name;
        let asked = ask(&place, &[("f-title", "Un banc")]).await;
        assert!(place.outbox.mails().is_empty() && drafts(&place).await.is_empty(), "{name}: not yet");
        assert_eq!(asked.text("[data-slot=until]"), "21/12/2026, 13:00", "{name}");
        let later = open_at(&place, noon(5)).await;
        let sent = send(&later, IDEAS, &asked, &[JEANNE], "keep").await;
        assert_eq!(sent.status, 200, "{name}: {}", sent.refusals());
        assert_eq!(sent.text("[data-slot=email]"), "jeanne@exemple.fr", "{name}");
        assert_eq!(sent.text("[data-slot=until]"), "21/12/2026, 13:00", "{name}");
        let link = link(&place);
        assert!(
            !sent.html.contains(link.split("cle=").nth(1).unwrap()),
            "{name}: the mail alone has the link"
        );
        // Who sees that the address was not right finds the text again.
        let back = send(&later, IDEAS, &sent, &[], "edit").await;
        assert_eq!(typed(&back), [pair("f-title", "Un banc")], "{name}");

        let found = open_at(&place, noon(3_600)).await.get(&link).await.unwrap();
        assert_eq!((found.status, found.section()), (200, vec!["0".to_owned()]), "{name}");
        assert_eq!(found.headers["referrer-policy"], "no-referrer", "{name}: the address holds the token");
        assert_eq!(found.headers["cache-control"], "no-store", "{name}");
        assert!(is_shown(&found, "draft-opened") && is_shown(&found, "discard"), "{name}");
        assert!(!is_shown(&found, "draft-kept") && !is_shown(&found, "draft-discarded"), "{name}");
        assert!(found.text("[data-may=draft-opened]").contains("21/12/2026, 13:00"), "{name}");
        assert_eq!(typed(&found), [pair("f-title", "Un banc")], "{name}");

        // Kept again a day later, from the second section: the same link, thirty days anew, no other mail.
        let day = open_at(&place, noon(86_400)).await;
        let second = send(&day, IDEAS, &found, &[("f-theme", "eau")], "next").await;
        assert_eq!(second.section(), ["1"], "{name}: {}", second.refusals());
        let again = send(&day, IDEAS, &second, &[("f-story", "Pour **s’asseoir**")], "draft").await;
        assert_eq!((again.status, again.section()), (200, vec!["1".to_owned()]), "{name}");
        assert!(again.text("[data-may=draft-kept]").contains("22/12/2026, 13:00"), "{name}");
        assert!(is_shown(&again, "draft-kept") && !is_shown(&again, "draft-opened"), "{name}");
        assert_eq!(place.outbox.mails().len(), 1, "{name}");
        let found = day.get(&link).await.unwrap();
        let all = [pair("f-title", "Un banc"), pair("f-theme", "eau"), pair("f-story", "Pour **s’asseoir**")];
        let mut kept = typed(&found);
        kept.sort();
        let mut expected = all.to_vec();
        expected.sort();
        assert!(expected.iter().all(|pair| kept.contains(pair)), "{name}: {kept:?}");

        // Sent: the draft goes in the commit that keeps the deposit, and not before.
        let read = send(&day, IDEAS, &found, &[("at", "9")], "next").await;
        assert_eq!(read.status, 200, "{name}: {}", read.refusals());
        let later = open_at(&place, noon(86_400 + 5)).await;
        let asked = send(&later, IDEAS, &read, &PERSON, "send").await;
        assert!(is_kept(&place).await, "{name}: nothing before the code");
        let (request, code) = (asked.request().unwrap(), place.code("jeanne@exemple.fr").unwrap());
        let receipt = confirm(&later, IDEAS, &request, &code).await;
        assert_eq!(receipt.status, 200, "{name}: {}", receipt.refusals());
        assert_eq!(deposits(&place, IDEAS).await.len(), 1, "{name}");
        assert!(!is_kept(&place).await, "{name}: it is not needed any more");
        let gone = later.get(&link).await.unwrap();
        assert_eq!((gone.status, typed(&gone).len()), (404, 0), "{name}");
        assert!(gone.refusals().contains("envoyé ou jeté"), "{name}: {}", gone.refusals());
    }
}

#[tokio::test]
async fn i5_opening_a_draft_changes_nothing() {
    for place in places().await {
        keep(&place, &[("f-title", "Un banc")]).await;
        let (link, before) = (link(&place), rows(&place).await);
        let citizen = open_at(&place, noon(60)).await;
        let pages = join_all((0..5).map(|_| citizen.get(&link))).await;
        assert!(pages.iter().all(|page| page.as_ref().unwrap().status == 200), "{}", place.engine.name);
        assert_eq!(rows(&place).await, before, "{}", place.engine.name);
        assert_eq!(place.outbox.mails().len(), 1, "{}", place.engine.name);
    }
}

#[tokio::test]
async fn whatever_is_typed_is_kept_as_it_is_and_given_back() {
    let place = place(engines::sqlite());
    let odd = [
        ("f-theme", "autre"),
        ("f-other", "\"><script>alert(1)</script>"),
        ("f-story", "court <b>\n\n&amp; fini \u{1f332}"),
        ("f-cost", "beaucoup"),
        ("f-order-velo", "1"),
        ("f-order-bus", "1"),
        ("f-table-rues", "oui"),
        ("f-phone", "17"),
        ("f-day", "demain"),
        ("f-home-street", "1 rue"),
    ];
    let more = [("f-notes", "des agents"), ("x", "y"), ("at", "1")];
    let page = keep(&place, &[&odd[..], &more[..]].concat()).await;
    assert_eq!(page.status, 200, "{}", page.refusals());
    let found = open_at(&place, noon(60)).await.get(&link(&place)).await.unwrap();
    let mut kept = typed(&found);
    let mut expected: Vec<_> = odd.iter().map(|(name, value)| pair(name, value)).collect();
    kept.sort();
    expected.sort();
    assert_eq!(kept, expected);
    assert!(!found.html.contains("<script>alert"), "what was typed is never markup");
    let row = &drafts(&place).await[0];
    assert!(!row.body.contains("des agents") && !row.body.contains("\"x\""), "{}", row.body);
    // It is not sent for all that.
    let page = send(&open_at(&place, noon(70)).await, IDEAS, &found, &[("at", "9")], "next").await;
    assert_eq!(page.status, 422);
    assert!(page.filled().iter().any(|(name, value)| name == "draft" && !value.is_empty()));
}

#[tokio::test]
async fn there_must_be_something_to_keep_and_where_to_send_its_link() {
    let place = place(engines::sqlite());
    let (at_noon, later) = open(&place).await;
    for nothing in [&[][..], &[("f-title", " \t")][..]] {
        for go in ["draft", "keep"] {
            let page = send(&at_noon, IDEAS, &blank(&place, IDEAS), nothing, go).await;
            assert_eq!(page.status, 422);
            assert!(page.refusals().contains("rien à garder"), "{}", page.refusals());
        }
    }
    let asked = ask(&place, &[("f-title", "Un banc")]).await;
    for email in ["", "jeanne", "jeanne@"] {
        let page = send(&later, IDEAS, &asked, &[("email", email)], "keep").await;
        assert_eq!((page.status, page.fields_at_fault()), (422, vec!["email".to_owned()]));
        assert_eq!(page.attribute("input[name=email]", "value").as_deref(), Some(email));
        assert_eq!(page.attribute("[data-carry] input[name=f-title]", "value").as_deref(), Some("Un banc"));
    }
    // Nobody reads and fills in a page in less than two seconds.
    let page = send(&at_noon, IDEAS, &asked, &[JEANNE], "keep").await;
    assert_eq!((page.status, page.fields_at_fault().len()), (422, 0));
    assert!(place.outbox.mails().is_empty() && drafts(&place).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_a_draft_asked_for_many_times_at_once_is_one_and_its_link_comes_once_a_minute() {
    for place in places().await {
        let name = place.engine.name;
        let asked = ask(&place, &[("f-title", "Un banc")]).await;
        let later = open_at(&place, noon(5)).await;
        let pages = join_all((0..50).map(|_| send(&later, IDEAS, &asked, &[JEANNE], "keep"))).await;
        assert!(
            pages.iter().all(|page| (page.status, page.text("main")) == (200, pages[0].text("main"))),
            "{name}"
        );
        assert_eq!((place.outbox.mails().len(), drafts(&place).await.len()), (1, 1), "{name}");
        let first = link(&place);

        // Its author has changed it since: the link is sent again, and what they wrote stays.
        let found = later.get(&first).await.unwrap();
        send(&later, IDEAS, &found, &[("f-title", "Deux bancs")], "draft").await;
        let minute = open_at(&place, noon(66)).await;
        assert_eq!(send(&minute, IDEAS, &asked, &[JEANNE], "keep").await.status, 200, "{name}");
        assert_eq!((place.outbox.mails().len(), link(&place)), (2, first.clone()), "{name}");
        assert_eq!(typed(&minute.get(&first).await.unwrap()), [pair("f-title", "Deux bancs")], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i4_what_is_kept_again_twice_is_kept_once_and_an_older_page_replaces_nothing() {
    for place in places().await {
        let name = place.engine.name;
        keep(&place, &[("f-title", "Un banc")]).await;
        let (link, citizen) = (link(&place), open_at(&place, noon(60)).await);
        let opened = citizen.get(&link).await.unwrap();
        let changed = [("f-title", "Deux bancs")];
        let pages = join_all((0..20).map(|_| send(&citizen, IDEAS, &opened, &changed, "draft"))).await;
        assert!(pages.iter().all(|page| page.status == 200 && is_shown(page, "draft-kept")), "{name}");
        assert_eq!(drafts(&place).await.len(), 2, "{name}: kept, and kept again once");

        let stale = send(&citizen, IDEAS, &opened, &[("f-title", "Trois bancs")], "draft").await;
        assert_eq!(stale.status, 409, "{name}");
        assert_eq!(typed(&stale), [pair("f-title", "Trois bancs")], "{name}");
        assert_eq!(typed(&citizen.get(&link).await.unwrap()), [pair("f-title", "Deux bancs")], "{name}");
        // Told so, its author decides.
        assert_eq!(send(&citizen, IDEAS, &stale, &[], "draft").await.status, 200, "{name}");
        assert_eq!(typed(&citizen.get(&link).await.unwrap()), [pair("f-title", "Trois bancs")], "{name}");
    }
}

#[tokio::test]
async fn a_draft_is_thrown_away_and_nothing_of_it_is_left_but_in_the_page() {
    for place in places().await {
        let name = place.engine.name;
        keep(&place, &[("f-title", "Un banc")]).await;
        let (link, citizen) = (link(&place), open_at(&place, noon(60)).await);
        let opened = citizen.get(&link).await.unwrap();
        let page = send(&citizen, IDEAS, &opened, &[], "discard").await;
        assert_eq!(page.status, 200, "{name}");
        assert!(is_shown(&page, "draft-discarded") && !is_shown(&page, "discard"), "{name}");
        assert_eq!(typed(&page), [pair("f-title", "Un banc")], "{name}: a slip of the hand loses nothing");
        assert!(!is_kept(&place).await, "{name}");
        assert_eq!(citizen.get(&link).await.unwrap().status, 404, "{name}");
        // I4: asked again, it is answered again.
        assert_eq!(
            send(&citizen, IDEAS, &opened, &[], "discard").await.text("main"),
            page.text("main"),
            "{name}"
        );
        // Kept from an older page: it is another draft, and its link goes where its author says.
        let asked = send(&citizen, IDEAS, &opened, &[], "draft").await;
        assert_eq!(asked.status, 422, "{name}");
        assert!(asked.attribute("input[name=email]", "name").is_some(), "{name}: {}", asked.html);
        let sent = send(&open_at(&place, noon(70)).await, IDEAS, &asked, &[JEANNE], "keep").await;
        assert_eq!((sent.status, place.outbox.mails().len()), (200, 2), "{name}: {}", sent.refusals());
        assert_ne!(self::link(&place), link, "{name}");
    }
}

#[tokio::test]
async fn i6_nobody_learns_from_a_link_or_a_mailbox_whether_there_is_a_draft() {
    let place = place(engines::sqlite());
    let later = open_at(&place, noon(5)).await;
    let mut pages = Vec::new();
    for number in 0..7 {
        let asked = ask(&place, &[("f-title", &format!("Un banc {number}"))]).await;
        let page = send(&later, IDEAS, &asked, &[JEANNE], "keep").await;
        pages.push((page.status, page.text("main")));
    }
    // Beyond five an hour no mail goes out, nothing is kept, and the page is the same.
    assert_eq!(place.outbox.mails().len(), 5);
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:?}");
    assert!(!is_kept(&place).await);
    let hour = open_at(&place, noon(3_600)).await;
    let asked = ask(&place, &[("f-title", "Un banc 8")]).await;
    send(&hour, IDEAS, &asked, &[JEANNE], "keep").await;
    assert_eq!(place.outbox.mails().len(), 6);

    let link = link(&place);
    let (path, token) = link.split_once("?cle=").unwrap();
    let own = ["since", "draft"];
    let nowhere = |page: &Page| {
        let pairs: Vec<_> =
            page.filled().into_iter().filter(|(name, _)| !own.contains(&name.as_str())).collect();
        (page.status, page.text("main"), pairs)
    };
    let none = nowhere(&hour.get(&format!("{path}?cle={}", "0".repeat(32))).await.unwrap());
    assert_eq!(none.0, 404);
    for other in [
        path.to_owned(),
        format!("{path}?cle="),
        format!("{path}?cle={}", &token[..31]),
        format!("{path}?cle={}", token.to_uppercase()),
        format!("{path}?cle={token}0"),
        format!("{path}?cle=../..%00"),
    ] {
        assert_eq!(nowhere(&hour.get(&other).await.unwrap()), none, "{other}");
    }
    for elsewhere in [PHOTOS, BOX] {
        let page = hour.get(&format!("/actes/{elsewhere}/brouillon?cle={token}")).await.unwrap();
        assert_eq!((page.status, typed(&page).len()), (404, 0));
    }
    assert_eq!(hour.get("/actes/nulle-part/brouillon?cle=x").await.unwrap().status, 404);
    // Nor by sending a form that names one.
    for draft in ["x", ".", "0.0", &"0".repeat(32), &format!("{}.1", "0".repeat(32)), &"é".repeat(16)] {
        let fields = [("f-title", "Un banc"), ("draft", draft)];
        let page = send(&hour, IDEAS, &blank(&place, IDEAS), &fields, "draft").await;
        assert_eq!(page.status, 422, "{draft}");
        assert_eq!(page.attribute("[data-carry] input[name=f-title]", "value").as_deref(), Some("Un banc"));
        assert_eq!(send(&hour, IDEAS, &blank(&place, IDEAS), &fields, "discard").await.status, 200);
    }
    assert_eq!(typed(&hour.get(&link).await.unwrap()), [pair("f-title", "Un banc 8")]);
}

#[tokio::test]
async fn i7_a_draft_is_gone_thirty_days_after_and_never_outlives_what_the_activity_may_keep() {
    for place in places().await {
        let name = place.engine.name;
        keep(&place, &[("f-title", "Un banc")]).await;
        let link = link(&place);
        let ends = noon(5) + DRAFT_LIFETIME;
        let second = SignedDuration::from_secs(1);
        assert_eq!(open_at(&place, ends - second).await.get(&link).await.unwrap().status, 200, "{name}");
        assert_eq!(open_at(&place, ends).await.get(&link).await.unwrap().status, 404, "{name}");
        // An editor has brought the erasure forward.
        let sooner = |rules: &mut domain::rulebook::Rulebook| {
            rules.processes.get_mut(IDEAS).unwrap().writing.as_mut().unwrap().erased = noon(100);
        };
        assert_eq!(open_under(&place, 99, sooner).await.get(&link).await.unwrap().status, 200, "{name}");
        assert_eq!(open_under(&place, 100, sooner).await.get(&link).await.unwrap().status, 404, "{name}");
        let page = send(
            &open_under(&place, 0, sooner).await,
            IDEAS,
            &blank(&place, IDEAS),
            &[("f-title", "Un banc")],
            "draft",
        )
        .await;
        assert_eq!(page.text("[data-slot=until]"), "21/11/2026, 13:01", "{name}");
    }
}

#[tokio::test]
async fn i7_what_a_draft_leaves_behind() {
    let place = place(engines::sqlite());
    keep(&place, &[("f-title", "Un banc")]).await;
    let citizen = open_at(&place, noon(60)).await;
    let opened = citizen.get(&link(&place)).await.unwrap();
    send(&citizen, IDEAS, &opened, &[("f-phone", "05 61")], "draft").await;
    let mut everything = String::new();
    for row in rows(&place).await {
        assert!(!row.body.contains("jeanne"), "the address is not kept: {}", row.body);
        let until = match row.expires {
            Some(expires) if expires == noon(5) + DRAFT_LIFETIME => "30 days after 12:00:05",
            Some(expires) if expires == noon(60) + DRAFT_LIFETIME => "30 days after 12:01:00",
            Some(expires) if expires <= noon(3_605) => "an hour at most",
            _ => "too long",
        };
        everything += &format!("{} / {}  {}  {until}\n", row.key.partition, row.key.sort, row.body);
    }
    let token = link(&place).split("cle=").nth(1).unwrap().to_owned();
    assert!(token.len() == 32 && !everything.contains(&token), "the link is not kept");
    for mail in place.outbox.mails() {
        assert!(!mail.body.contains("Un banc"), "nothing that was typed is mailed to who may be another");
        everything += &format!("\nTo: {}\nSubject: {}\n\n{}\n", mail.to, mail.subject, mail.body);
    }
    insta::assert_snapshot!(redact(&everything));
}

#[tokio::test]
async fn i2_a_draft_can_be_prepared_before_the_opening_and_copied_after_the_close() {
    for place in places().await {
        let name = place.engine.name;
        let moved = |opens: i64, closes: i64| {
            move |rules: &mut domain::rulebook::Rulebook| {
                let writing = rules.processes.get_mut(IDEAS).unwrap().writing.as_mut().unwrap();
                writing.window = Window::new(noon(opens), noon(closes)).unwrap();
            }
        };
        let before = open_under(&place, 0, moved(50, 100)).await;
        let asked = send(&before, IDEAS, &blank(&place, IDEAS), &[("f-title", "Un banc <b>")], "draft").await;
        assert_eq!(asked.status, 200, "{name}: {}", asked.refusals());
        let sent = send(&open_under(&place, 5, moved(50, 100)).await, IDEAS, &asked, &[JEANNE], "keep").await;
        assert_eq!(sent.status, 200, "{name}: {}", sent.refusals());
        let link = link(&place);
        let opened = before.get(&link).await.unwrap();
        assert_eq!((opened.status, opened.refusals().as_str()), (200, ""), "{name}");
        assert_eq!(send(&before, IDEAS, &opened, &[], "draft").await.status, 200, "{name}");
        let opened = before.get(&link).await.unwrap();
        assert_eq!(send(&before, IDEAS, &opened, &[("at", "9")], "next").await.status, 422, "{name}");

        let late = open_under(&place, 100, moved(50, 100)).await;
        let page = late.get(&link).await.unwrap();
        assert_eq!(page.status, 200, "{name}");
        assert!(page.refusals().contains("clos"), "{name}: {}", page.refusals());
        assert!(!is_shown(&page, "keep"), "{name}");
        for go in ["next", "send", "draft", "keep"] {
            let page = send(&late, IDEAS, &opened, &[("at", "9")], go).await;
            assert_eq!(page.status, 422, "{name}: {go}");
            assert!(page.refusals().contains("clos"), "{name}: {}", page.refusals());
        }
        // What was typed is there to be copied, all sections at once.
        assert!(
            is_shown(&page, "typed") && is_shown(&page, "discard") && !is_shown(&page, "write"),
            "{name}"
        );
        assert!(page.html.contains("Un banc &lt;b&gt;"), "{name}: {}", page.text("[data-slot-html=typed]"));
        assert!(page.text("[data-may=draft-closed]").contains("21/12/2026, 13:00"), "{name}");
        // What was typed in a form that closed meanwhile is not lost either.
        let page = send(&late, IDEAS, &opened, &[("f-title", "Deux bancs"), ("at", "9")], "next").await;
        assert_eq!(page.status, 422, "{name}");
        assert!(page.text("[data-slot-html=typed]").contains("Deux bancs"), "{name}");
        let draft = page.attribute("input[name=draft]", "value").unwrap();
        let form = [("draft", draft.as_str()), ("go", "discard")];
        let page = late.post(&address(IDEAS), &form).await.unwrap();
        assert_eq!((page.status, is_shown(&page, "draft-discarded")), (200, true), "{name}");
        assert!(!is_kept(&place).await, "{name}");
    }
}

#[tokio::test]
async fn answers_to_questions_that_are_asked_no_more_are_given_back_to_be_copied() {
    let place = place(engines::sqlite());
    keep(&place, &[("f-title", "Un banc"), ("f-theme", "eau")]).await;
    let changed = open_under(&place, 60, |rules| {
        rules.processes.get_mut(IDEAS).unwrap().writing.as_mut().unwrap().form.fields.remove(0);
    })
    .await;
    let page = changed.get(&link(&place)).await.unwrap();
    assert_eq!(page.status, 200);
    assert!(page.refusals().contains("Les questions ont changé"), "{}", page.refusals());
    assert!(is_shown(&page, "lost"));
    assert_eq!(page.text("[data-slot-html=lost]"), "Un banc");
    let page = open_at(&place, noon(60)).await.get(&link(&place)).await.unwrap();
    assert!(!is_shown(&page, "lost") && page.refusals().is_empty(), "{}", page.refusals());
}

#[tokio::test]
async fn when_no_mail_or_no_table_answers_nothing_is_kept_and_nothing_typed_is_lost() {
    let place = place(engines::sqlite());
    let asked = ask(&place, &[("f-title", "Un banc")]).await;
    let mailer = Arc::new(Smtp::new("smtp://127.0.0.1:1").expect("an address"));
    let door = Door { mailer, clock: Clock::Stopped(noon(5)), ..place.door.clone() };
    let page = send(&place.open(door).await, IDEAS, &asked, &[JEANNE], "keep").await;
    assert_eq!(page.status, 503);
    assert_eq!(page.attribute("input[name=email]", "value").as_deref(), Some(JEANNE.1));
    assert_eq!(page.attribute("[data-carry] input[name=f-title]", "value").as_deref(), Some("Un banc"));
    assert!(!is_kept(&place).await);
    // The same page, sent again.
    let page = send(&open_at(&place, noon(6)).await, IDEAS, &page, &[], "keep").await;
    assert_eq!((page.status, place.outbox.mails().len()), (200, 1), "{}", page.refusals());

    let opened = open_at(&place, noon(10)).await.get(&link(&place)).await.unwrap();
    let table = Arc::new(functions::lambda::connect(
        "nowhere".into(),
        &engines::account(),
        Some("http://127.0.0.1:1"),
    ));
    let down = place.open(Door { table, clock: Clock::Stopped(noon(10)), ..place.door.clone() }).await;
    let page = send(&down, IDEAS, &asked, &[JEANNE], "keep").await;
    assert_eq!(page.status, 503);
    assert_eq!(page.attribute("[data-carry] input[name=f-title]", "value").as_deref(), Some("Un banc"));
    for go in ["draft", "discard"] {
        let page = send(&down, IDEAS, &opened, &[("f-title", "Deux bancs")], go).await;
        assert_eq!(page.status, 503, "{go}");
        assert_eq!(typed(&page), [pair("f-title", "Deux bancs")], "{go}");
        assert!(!page.refusals().is_empty(), "{go}");
    }
    assert_eq!(down.get(&link(&place)).await.unwrap().status, 503);
}

#[tokio::test]
async fn i4_a_draft_whose_answer_was_lost_is_kept_once_and_its_link_sent() {
    for lost in ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"] {
        let mut engine = engines::dynoxide().await;
        let (table, faults) = behind_faults(&engine).await;
        engine.table = table;
        let place = place(engine);
        let lose = || faults.lock().unwrap().push_back((lost, Fault::AnswerLost));
        lose();
        let page = keep(&place, &[("f-title", "Un banc")]).await;
        assert_eq!((page.status, place.outbox.mails().len()), (200, 1), "{lost}: {}", page.refusals());
        lose();
        let citizen = open_at(&place, noon(60)).await;
        let opened = citizen.get(&link(&place)).await.unwrap();
        let page = send(&citizen, IDEAS, &opened, &[("f-title", "Deux bancs")], "draft").await;
        assert_eq!((page.status, is_shown(&page, "draft-kept")), (200, true), "{lost}: {}", page.refusals());
        lose();
        let page = send(&citizen, IDEAS, &page, &[], "discard").await;
        assert_eq!((page.status, is_shown(&page, "draft-discarded")), (200, true), "{lost}");
        assert!(!is_kept(&place).await, "{lost}");
    }
}

#[tokio::test]
async fn a_draft_is_offered_where_an_address_is_asked_and_to_who_writes_anew() {
    let place = place(engines::sqlite());
    for (process, is_offered) in [(IDEAS, true), (CALL, true), (PHOTOS, true), (BOX, false), (POLL, false)] {
        let identity = place.rulebook.processes[process].writing.as_ref().unwrap().identity;
        assert_eq!(identity == Identity::Email, is_offered, "{process}");
        assert_eq!(
            blank(&place, process).attribute("button[value=draft]", "name").is_some(),
            is_offered,
            "{process}"
        );
    }
    let (at_noon, later) = open(&place).await;
    // Where nobody is asked who they are, nobody is asked an address.
    let page = send(&at_noon, BOX, &blank(&place, BOX), &[("f-title", "Un banc")], "draft").await;
    assert!(page.html.contains("data-confirm") && page.attribute("input[name=email]", "name").is_none());
    let fields = [("f-title", "Un banc"), JEANNE];
    send(&later, BOX, &page, &fields, "keep").await;
    assert!(place.outbox.mails().is_empty() && drafts(&place).await.is_empty());
    // A deposit that is edited is kept already.
    deposit(&place, 1).await;
    let own = own_path(&place);
    let citizen = open_at(&place, noon(100)).await;
    let form = act(&citizen, &own, "edit").await;
    assert!(!is_shown(&form, "keep"));
    send(&citizen, IDEAS, &form, &[], "draft").await;
    assert!(drafts(&place).await.is_empty());
}

#[tokio::test]
async fn what_fills_the_trap_is_answered_as_if_it_had_been_kept() {
    let place = place(engines::sqlite());
    let asked = ask(&place, &[("f-title", "Un banc")]).await;
    let later = open_at(&place, noon(5)).await;
    let trapped = send(&later, IDEAS, &asked, &[JEANNE, ("website", "https://x.example")], "keep").await;
    assert!(place.outbox.mails().is_empty() && drafts(&place).await.is_empty());
    let kept = send(&later, IDEAS, &asked, &[JEANNE], "keep").await;
    assert_eq!((trapped.status, trapped.text("main")), (kept.status, kept.text("main")));
}

#[tokio::test]
async fn a_network_that_asks_too_much_is_told_so_and_keeps_what_it_typed() {
    let place = place(engines::sqlite());
    let asked = ask(&place, &[("f-title", "Un banc")]).await;
    let door = Door { clock: Clock::Stopped(noon(5)), ..place.door.clone() };
    let from = ClientAddress("203.0.113.7".parse().unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let crowd = Citizen::new(format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(axum::serve(listener, router(door).layer(Extension(from))).into_future());
    for _ in 0..10 {
        let pages = join_all((0..100).map(|_| send(&crowd, IDEAS, &asked, &[JEANNE], "keep"))).await;
        assert!(pages.iter().all(|page| page.status == 200));
    }
    let page = send(&crowd, IDEAS, &asked, &[JEANNE], "keep").await;
    assert_eq!(page.status, 429);
    assert_eq!(page.attribute("[data-carry] input[name=f-title]", "value").as_deref(), Some("Un banc"));
    let opened = crowd.get(&link(&place)).await.unwrap();
    let page = send(&crowd, IDEAS, &opened, &[("f-title", "Deux bancs")], "draft").await;
    assert_eq!((page.status, typed(&page)), (429, vec![pair("f-title", "Deux bancs")]));
}
