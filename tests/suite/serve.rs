//! `parvis serve` as a person meets it: one process, one data folder.

use domain::{
    counts::ProcessCounts,
    identity::{Civil, Email, parse_date},
    secret::Secret,
    support::{Form, Person, Wish},
};
use functions::{
    rows,
    table::{Table, sqlite::SqliteTable},
};
use std::{
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};
use tests::{
    citizen::{CYCLING, Citizen, Deposit, Page, SHADE},
    people::form,
    place::{Served, eventually, program, root, served_code},
};

const SHADE_PAGE: &str = "/garennes/droit-d-interpellation/interpellations/ombre-cours-de-college/";

async fn counts(citizen: &Citizen) -> ProcessCounts {
    citizen.json("/data/droit-d-interpellation.json").await.unwrap()
}

async fn supports(citizen: &Citizen, deposit: Deposit) -> u64 {
    counts(citizen).await.deposits[deposit.id].supports
}

async fn go(citizen: &Citizen, wish: Wish, deposit: Deposit, form: &Form) -> reqwest::Result<Page> {
    let page = citizen.ask(wish, deposit, form).await?;
    let code = served_code(citizen, &form.email).await?;
    let (Some(request), Some(code)) = (page.request(), code) else { return Ok(page) };
    citizen.confirm(wish, deposit, &request, &code).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundredth_support_crosses_the_threshold_and_the_page_says_so_without_javascript() {
    let data = tempfile::tempdir().unwrap();
    let served = Served::start(data.path(), &[]).await;
    let citizen = served.citizen();
    assert_eq!(supports(&citizen, SHADE).await, 99);
    let page = go(&citizen, Wish::Support, SHADE, &form(1)).await.unwrap();
    assert_eq!((page.status, page.count()), (200, Some(100)), "{}", page.html);

    eventually("the count moves", || async { (supports(&citizen, SHADE).await == 100).then_some(()) }).await;
    let threshold = counts(&citizen).await.deposits[SHADE.id].thresholds[0].clone();
    let today = jiff::Timestamp::now().in_tz("Europe/Paris").unwrap().date();
    assert_eq!(threshold.supports, 100);
    assert_eq!(threshold.crossed.unwrap().in_tz("Europe/Paris").unwrap().date(), today);
    assert_eq!(threshold.due, Some(today.saturating_add(jiff::Span::new().months(3))));
    let dates = [today, threshold.due.unwrap()].map(in_french);
    eventually("the page shows the threshold reached and the day the pledge is due", || async {
        let shown = citizen.get(SHADE_PAGE).await.unwrap().text("[data-threshold='100']");
        dates.iter().all(|date| shown.contains(date)).then_some(())
    })
    .await;

    // Withdrawn, the count falls; what was crossed stays so.
    go(&citizen, Wish::Withdrawal, SHADE, &form(1)).await.unwrap();
    eventually("the count falls", || async { (supports(&citizen, SHADE).await == 99).then_some(()) }).await;
    assert_eq!(counts(&citizen).await.deposits[SHADE.id].thresholds[0], threshold);
}

fn in_french(date: jiff::civil::Date) -> String {
    let months = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre";
    let month = months.split(' ').nth(usize::try_from(date.month()).unwrap() - 1).unwrap();
    let day = if date.day() == 1 { "1er".to_owned() } else { date.day().to_string() };
    format!("{day} {month} {}", date.year())
}

#[tokio::test]
async fn one_data_folder_serves_one_process() {
    let data = tempfile::tempdir().unwrap();
    let served = Served::start(data.path(), &[]).await;
    let second = Command::new(program("parvis"))
        .args([
            "--root".as_ref(),
            root().as_os_str(),
            "serve".as_ref(),
            "--port".as_ref(),
            "0".as_ref(),
            "--data".as_ref(),
        ])
        .arg(data.path())
        .output()
        .unwrap();
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("déjà utilisé"), "{second:?}");
    assert_eq!(served.citizen().get("/").await.unwrap().status, 200);
}

#[tokio::test]
async fn a_site_served_as_of_a_moment_decides_as_of_that_moment() {
    let data = tempfile::tempdir().unwrap();
    let served = Served::start(data.path(), &["--at", "2026-10-26T09:30"]).await;
    let citizen = served.citizen();
    assert!(supports(&citizen, SHADE).await < 99, "supports that came later are not there");
    let data = tempfile::tempdir().unwrap();
    let late = Served::start(data.path(), &["--at", "2040-01-01"]).await;
    let page = late.citizen().ask(Wish::Support, SHADE, &form(1)).await.unwrap();
    assert_eq!(page.status, 422, "closed");
    assert!(page.text("[data-summary-list]").contains("2029"), "{}", page.text("[data-summary-list]"));
}

#[tokio::test]
async fn every_answer_is_protected_and_no_cookie_is_set() {
    let data = tempfile::tempdir().unwrap();
    let served = Served::start(data.path(), &[]).await;
    let citizen = served.citizen();
    let asked = citizen.ask(Wish::Support, SHADE, &Form::default()).await.unwrap();
    for page in [citizen.get("/").await.unwrap(), citizen.get("/nulle-part/").await.unwrap(), asked] {
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
        // What the search is compiled from; no text of a page is ever run.
        assert!(!policy.replace("'wasm-unsafe-eval'", "").contains("unsafe"), "{policy}");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        assert!(!page.headers.contains_key("set-cookie"));
    }
    assert_eq!(citizen.get("/nulle-part/").await.unwrap().status, 404);
    assert_eq!(citizen.get("/.manifest").await.unwrap().status, 404);
    assert_eq!(citizen.get("/%2e%2e/secret").await.unwrap().status, 404);
}

/// How often the process is killed.
const KILLS: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i4_no_acknowledged_support_is_lost_when_the_process_is_killed_fifty_times() {
    let data = tempfile::tempdir().unwrap();
    // People whose support was answered « counted ».
    let acknowledged = Arc::new(Mutex::new(Vec::<usize>::new()));
    let mut next = 0;
    let mut first = None;
    for round in 0..KILLS {
        let mut served = Served::start(data.path(), &[]).await;
        let citizen = served.citizen();
        // Right after the restart, the counts are those of what was acknowledged; a support may have been counted
        // whose answer the crash swallowed.
        let before = supports(&citizen, CYCLING).await;
        let first = *first.get_or_insert(before);
        let known = acknowledged.lock().unwrap().len() as u64;
        assert!(
            (known..=next as u64).contains(&(before - first)),
            "round {round}: {known} acknowledged, {before} counted"
        );
        let stream = (0..4).map(|lane| {
            let (citizen, acknowledged) = (citizen.clone(), acknowledged.clone());
            let people = (next + lane * 100)..(next + lane * 100 + 100);
            tokio::spawn(async move {
                for person in people {
                    match go(&citizen, Wish::Support, CYCLING, &form(person)).await {
                        Ok(page) if page.status == 200 && page.count().is_some() => {
                            acknowledged.lock().unwrap().push(person)
                        }
                        _ => return,
                    }
                }
            })
        });
        let stream: Vec<_> = stream.collect();
        tokio::time::sleep(Duration::from_millis(fastrand::u64(5..300))).await;
        served.kill();
        for lane in stream {
            lane.await.unwrap();
        }
        next += 400;
    }
    let mut served = Served::start(data.path(), &[]).await;
    let counted = supports(&served.citizen(), CYCLING).await - first.unwrap();
    served.kill();
    let acknowledged = acknowledged.lock().unwrap().clone();
    assert!(acknowledged.len() > KILLS, "the stream ran: {}", acknowledged.len());

    let table = SqliteTable::open(&data.path().join("table.db")).unwrap();
    let secret = Secret::from_hex(&std::fs::read_to_string(data.path().join("secret")).unwrap()).unwrap();
    let place = rows::DepositId { process: CYCLING.process, deposit: CYCLING.id };
    let (key, now) = (rows::key(&secret, place), jiff::Timestamp::now());
    let mut rows = 0;
    for person in 0..next {
        let claims = person_of(&form(person)).claims(&key);
        let row = table.get(&rows::support_key(place, &claims.civil), now).await.unwrap();
        assert!(row.is_some() || !acknowledged.contains(&person), "person {person} was acknowledged");
        rows += u64::from(row.is_some());
    }
    assert_eq!(rows, counted, "each is counted once");
}

fn person_of(form: &Form) -> Person {
    Person {
        email: Email::parse(&form.email).unwrap(),
        civil: Civil {
            given_names: form.given_names.clone(),
            family_name: form.family_name.clone(),
            birth_date: parse_date(&form.birth_date).unwrap(),
        },
    }
}
