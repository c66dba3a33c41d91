//! What an author does with their own deposit.

use super::site::*;
use domain::deposit::{Actor, Move, State};
use functions::deposits::{is_id, make_move};
use futures_util::future::join_all;
use jiff::SignedDuration;
use tests::{citizen::Page, engines, place::Place};

/// Sends a revision of a deposit, from the form that its page gives.
async fn revise(place: &Place, form: &Page, typed: &[(&str, &str)]) -> Page {
    let typed = [typed, &[("at", "9")]].concat();
    let read = send(&open_at(place, noon(120)).await, IDEAS, form, &typed, "next").await;
    assert_eq!(read.status, 200, "{}", read.refusals());
    send(&open_at(place, noon(130)).await, IDEAS, &read, &[], "send").await
}

#[tokio::test]
async fn an_author_follows_edits_and_withdraws_a_deposit() {
    for place in places().await {
        let name = place.engine.name;
        deposit(&place, 1).await;
        let (own, citizen) = (own_path(&place), open_at(&place, noon(100)).await);
        let page = citizen.get(&own).await.unwrap();
        assert_eq!(page.status, 200, "{name}");
        assert_eq!(page.headers["referrer-policy"], "no-referrer", "{name}: the address holds the key");
        let kept = deposits(&place, IDEAS).await;
        assert_eq!(page.text("[data-slot=reference]"), kept[0].deposit.reference, "{name}");
        assert_eq!(page.text("[data-slot=title]"), "Un banc devant l’école 1", "{name}");
        assert!(page.text("[data-slot=state]").contains("pas encore examiné"), "{name}");
        assert!(page.text("[data-slot-html=answers]").contains("s’asseoir"), "{name}");
        assert!(
            page.text("[data-slot-html=history]").contains("21/11/2026, 13:01"),
            "{name}: {}",
            page.text("[data-slot-html=history]")
        );
        assert!(
            page.attribute("[data-may=edit]", "hidden").is_none()
                && page.attribute("[data-may=withdraw]", "hidden").is_none()
        );

        let form = act(&citizen, &own, "edit").await;
        assert_eq!((form.status, form.section()), (200, vec!["0".to_owned()]), "{name}");
        assert_eq!(
            form.attribute("input[name=f-title]", "value").as_deref(),
            Some("Un banc devant l’école 1"),
            "{name}"
        );
        let read = send(
            &open_at(&place, noon(110)).await,
            IDEAS,
            &form,
            &[("at", "9"), ("f-title", "Deux bancs")],
            "next",
        )
        .await;
        assert!(read.attribute("input[name=email]", "name").is_none(), "{name}: it is known who writes");
        let receipt = revise(&place, &form, &[("f-title", "Deux bancs")]).await;
        assert_eq!(receipt.status, 200, "{name}: {}", receipt.refusals());
        assert_eq!(receipt.text("[data-slot=reference]"), kept[0].deposit.reference, "{name}");
        let kept = deposits(&place, IDEAS).await;
        assert_eq!(
            (kept.len(), kept[0].deposit.revision, kept[0].deposit.history.len()),
            (1, 2, 2),
            "{name}"
        );
        let title = kept[0].deposit.title(&place.rulebook.processes[IDEAS].writing.as_ref().unwrap().form);
        assert_eq!(title, "Deux bancs", "{name}");
        assert!(kept[0].deposit.slug.starts_with("un-banc"), "{name}: the address stays");

        let mails = place.outbox.mails().len();
        let page = act(&citizen, &own, "withdraw").await;
        assert_eq!(page.status, 200, "{name}");
        assert!(page.text("[data-slot=state]").contains("Retiré"), "{name}");
        assert!(
            page.attribute("[data-may=edit]", "hidden").is_some()
                && page.attribute("[data-may=withdraw]", "hidden").is_some()
        );
        assert_eq!(deposits(&place, IDEAS).await[0].deposit.state, State::Withdrawn, "{name}");
        // I4: asked again, it is answered again, and nobody is told twice.
        let told = place.outbox.mails().len();
        assert!(told <= mails + 1, "{name}");
        assert_eq!(act(&citizen, &own, "withdraw").await.html, page.html, "{name}");
        assert_eq!(place.outbox.mails().len(), told, "{name}");
        assert_eq!(deposits(&place, IDEAS).await[0].deposit.history.len(), 3, "{name}");
        // The place that it took is free again.
        for number in 2..4 {
            assert_eq!(deposit(&place, number).await.status, 200, "{name}");
        }
        assert_eq!(act(&citizen, &own, "edit").await.status, 422, "{name}");
    }
}

#[tokio::test]
async fn nobody_without_its_key_learns_whether_there_is_a_deposit() {
    let place = place(engines::sqlite());
    deposit(&place, 1).await;
    let (own, citizen) = (own_path(&place), open_at(&place, noon(100)).await);
    let (path, key) = own.split_once("?cle=").unwrap();
    let id = path.rsplit('/').next().unwrap();
    assert!(is_id(id));
    let nowhere = citizen.get("/actes/idees/depots/00000000000000000000?cle=0").await.unwrap();
    assert_eq!(nowhere.status, 404);
    for other in [
        path.to_owned(),
        format!("{path}?cle="),
        format!("{path}?cle={}", "0".repeat(32)),
        format!("{path}?cle={}", &key[..31]),
        format!("/actes/boite/depots/{id}?cle={key}"),
        format!("/actes/idees/depots/{}?cle={key}", id.to_uppercase()),
        "/actes/idees/depots/..%2f..?cle=x".to_owned(),
    ] {
        let page = citizen.get(&other).await.unwrap();
        assert_eq!((page.status, &page.html), (404, &nowhere.html), "{other}");
    }
    let wrong_key = [("cle", "0"), ("go", "withdraw")];
    assert_eq!(citizen.post(path, &wrong_key).await.unwrap().status, 404);
    // Nor can the form be used to change what is another's.
    let idea = idea(2);
    for deposit in [format!("{id}.1"), id.to_owned(), "x".to_owned(), format!("{}.1", "0".repeat(20))] {
        let typed =
            [borrowed(&idea).as_slice(), &[("at", "9"), ("deposit", &deposit), ("cle", "0")]].concat();
        let page = send(&citizen, IDEAS, &blank(&place, IDEAS), &typed, "next").await;
        assert_eq!(page.status, 403, "{deposit}");
        assert_eq!(
            page.attribute("input[name=f-title]", "value").as_deref(),
            Some("Un banc devant l’école 2")
        );
    }
    assert_eq!(deposits(&place, IDEAS).await[0].deposit.revision, 1);
}

#[tokio::test]
async fn i4_a_revision_sent_again_or_at_once_is_one_and_an_older_one_replaces_nothing() {
    for place in places().await {
        let name = place.engine.name;
        deposit(&place, 1).await;
        let (own, citizen) = (own_path(&place), open_at(&place, noon(100)).await);
        let form = act(&citizen, &own, "edit").await;
        let first = revise(&place, &form, &[("f-title", "Deux bancs")]).await;
        let again = join_all((0..20).map(|_| revise(&place, &form, &[("f-title", "Deux bancs")]))).await;
        assert!(again.iter().all(|page| page.html == first.html && page.status == 200), "{name}");
        assert_eq!(deposits(&place, IDEAS).await[0].deposit.revision, 2, "{name}");

        let stale = revise(&place, &form, &[("f-title", "Trois bancs")]).await;
        assert_eq!(stale.status, 409, "{name}");
        assert_eq!(stale.attribute("input[name=f-title]", "value").as_deref(), Some("Trois bancs"), "{name}");
        assert_eq!(deposits(&place, IDEAS).await[0].deposit.revision, 2, "{name}");

        let form = act(&citizen, &own, "edit").await;
        let pages = join_all((0..10).map(|number| {
            let (place, form) = (&place, &form);
            async move { revise(place, form, &[("f-title", &format!("Banc {number}"))]).await.status }
        }))
        .await;
        let taken = pages.iter().filter(|status| **status == 200).count();
        assert_eq!((taken, deposits(&place, IDEAS).await[0].deposit.revision), (1, 3), "{name}: {pages:?}");
    }
}

#[tokio::test]
async fn i2_what_an_author_may_do_is_asked_at_each_step() {
    let place = place(engines::sqlite());
    let window = place.rulebook.processes[IDEAS].writing.as_ref().unwrap().window;
    deposit(&place, 1).await;
    let own = own_path(&place);
    let citizen = open_at(&place, noon(100)).await;
    let form = act(&citizen, &own, "edit").await;
    let late = open_at(&place, window.closes()).await;
    let last = open_at(&place, window.closes() - SignedDuration::from_millis(1)).await;
    assert_eq!(act(&last, &own, "edit").await.status, 200);
    let page = act(&late, &own, "edit").await;
    assert_eq!(page.status, 422);
    assert!(page.refusals().contains("clos"), "{}", page.refusals());
    assert!(late.get(&own).await.unwrap().attribute("[data-may=edit]", "hidden").is_some());
    let typed = [("at", "9"), ("f-title", "Deux bancs")];
    let page = send(&late, IDEAS, &form, &typed, "next").await;
    assert_eq!(page.status, 422);
    let read = send(&last, IDEAS, &form, &typed, "next").await;
    assert_eq!(send(&late, IDEAS, &read, &[], "send").await.status, 422);
    assert_eq!(deposits(&place, IDEAS).await[0].deposit.revision, 1);

    // Once an agent examines it.
    let writing = place.rulebook.processes[IDEAS].writing.as_ref().unwrap();
    let agent = || Actor::Agent("Awa".into());
    let stored = deposits(&place, IDEAS).await.remove(0);
    let table = &*place.engine.table;
    let stored = make_move(table, IDEAS, writing, &stored, Move::Take, agent(), noon(101)).await.unwrap();
    assert_eq!(act(&citizen, &own, "edit").await.status, 422);
    assert_eq!(send(&citizen, IDEAS, &form, &typed, "next").await.status, 422);

    // And once they ask for a revision: until then, even after the close.
    let until = window.closes() + SignedDuration::from_hours(1);
    let asked = Move::AskRevision { until, request: "Précisez <le lieu>.".into() };
    make_move(table, IDEAS, writing, &stored, asked, agent(), noon(102)).await.unwrap();
    let page = late.get(&own).await.unwrap();
    assert!(page.html.contains("Précisez &lt;le lieu&gt;."), "{}", page.text("[data-slot-html=history]"));
    let form = act(&late, &own, "edit").await;
    assert_eq!(form.status, 200);
    let read = send(&late, IDEAS, &form, &[("at", "9"), ("f-title", "Deux bancs, ici")], "next").await;
    let in_time = open_at(&place, until - SignedDuration::from_millis(1)).await;
    assert_eq!(send(&open_at(&place, until).await, IDEAS, &read, &[], "send").await.status, 422);
    assert_eq!(send(&in_time, IDEAS, &read, &[], "send").await.status, 200);
    let stored = deposits(&place, IDEAS).await.remove(0);
    assert_eq!((stored.deposit.state, stored.deposit.revision), (State::Submitted, 2));
}
