//! Ten thousand bodies that no form sends.

use super::site::*;
use fastrand::Rng;
use functions::door::{Clock, Door};
use futures_util::{StreamExt, stream};
use lol_html::{RewriteStrSettings, element, rewrite_str, text};
use std::cell::RefCell;
use tests::{
    citizen::{Page, Pair, Part, multipart},
    engines,
};

const HOSTILE: [&str; 28] = [
    "",
    " ",
    "<script>parvis(1)</script>",
    "</textarea><script>parvis(1)</script>",
    "</title><script>parvis(1)</script><!--",
    "\"><img src=x onerror=parvis(1)>",
    "' onmouseover='parvis(1)",
    "\" autofocus onfocus=\"parvis(1)",
    "<svg/onload=parvis(1)>",
    "[lien](javascript:parvis(1))",
    "![x](\"onerror=parvis(1))",
    "<javascript:parvis(1)>",
    "&lt;script&gt;parvis(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "a\0b",
    "\u{202e}texte à l’envers\u{2066}",
    "\u{feff}\u{200b}",
    "👩‍🌾🏳️‍🌈𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "../../../../etc/passwd",
    "..\\..\\secret",
    "%00%0a%2e%2e%2f",
    "{{ 7 * 7 }}{{ deposit.author }}",
    "{contact}{url}{code}",
    "'; DROP TABLE items; --",
    "-1",
    "99999999999999999999999999999999999999",
    "1e308",
    "a@b.fr\r\nBcc: victime@exemple.fr",
];

/// A field's name, known or not, or what looks like one.
fn name(rng: &mut Rng, known: &[Pair]) -> String {
    let odd = [
        "f-",
        "f-title-x",
        "f-notes",
        "f-\"><script>",
        "go",
        "at",
        "since",
        "deposit",
        "cle",
        "website",
        "__proto__",
        "f-title[]",
        "request",
        "code",
    ];
    match rng.u8(0..10) {
        0..7 if !known.is_empty() => known[rng.usize(0..known.len())].0.clone(),
        7..9 => odd[rng.usize(0..odd.len())].to_owned(),
        _ => (0..rng.usize(0..200)).map(|_| rng.char('\u{1}'..)).collect(),
    }
}

fn value(rng: &mut Rng) -> String {
    match rng.u8(0..20) {
        0 => "x".repeat(rng.usize(0..80_000)),
        1 => HOSTILE.concat(),
        2 => (0..rng.usize(0..300)).map(|_| rng.char(..)).collect(),
        3 => "> ".repeat(rng.usize(0..5_000)),
        _ => HOSTILE[rng.usize(0..HOSTILE.len())].to_owned(),
    }
}

fn mutate(rng: &mut Rng, pairs: &mut Vec<Pair>) {
    match rng.u8(0..6) {
        0 if !pairs.is_empty() => drop(pairs.remove(rng.usize(0..pairs.len()))),
        1 if !pairs.is_empty() => {
            let pair = pairs[rng.usize(0..pairs.len())].clone();
            let most = 8_000_000 / (pair.1.len() + 1);
            pairs.extend(std::iter::repeat_n(pair, rng.usize(1..450).min(most)));
        }
        2 => pairs.push((name(rng, pairs), value(rng))),
        3 => rng.shuffle(pairs),
        _ if !pairs.is_empty() => {
            let place = rng.usize(0..pairs.len());
            pairs[place].1 = value(rng);
        }
        _ => {}
    }
}

/// A body of a kind, sometimes broken.
fn encode(rng: &mut Rng, pairs: &[Pair]) -> (String, Vec<u8>) {
    let is_multipart = rng.bool();
    let mut body = if is_multipart {
        let parts = pairs.iter().cloned().map(|pair| {
            let file = (rng.u8(..) < 8).then(|| "../x<script>.pdf".to_owned());
            let part = Part::from((pair.0.replace(['"', '\r', '\n'], "_"), pair.1));
            Part { file, ..part }
        });
        multipart(&parts.collect::<Vec<_>>())
    } else {
        reqwest::Url::parse_with_params("http://x/", pairs)
            .unwrap()
            .query()
            .unwrap_or_default()
            .as_bytes()
            .to_vec()
    };
    if rng.u8(..) < 16 && !body.is_empty() {
        for _ in 0..rng.usize(1..20) {
            let place = rng.usize(0..body.len());
            body[place] = rng.u8(..);
        }
    }
    if rng.u8(..) < 8 {
        body.truncate(rng.usize(0..=body.len()));
    }
    let kind = match (rng.u8(..), is_multipart) {
        (0..4, _) => "text/plain",
        (4..8, true) => "multipart/form-data",
        (_, true) => "multipart/form-data; boundary=----parvis-tests-4f1d",
        (_, false) => "application/x-www-form-urlencoded",
    };
    (kind.to_owned(), body)
}

/// What a browser would run or load of a page, beyond what the site itself has.
fn assert_harmless(page: &Page, what: &str) {
    let found = RefCell::new(Vec::new());
    let elements = element!("*", |element| {
        let name = element.tag_name();
        let report = |why: String| found.borrow_mut().push(format!("<{name}> {why}"));
        for attribute in element.attributes() {
            if attribute.name().starts_with("on") || attribute.value().trim_start().starts_with("javascript:")
            {
                report(format!("{}={}", attribute.name(), attribute.value()));
            }
        }
        match name.as_str() {
            "script" | "img" if !element.get_attribute("src").is_some_and(|src| src.starts_with('/')) => {
                report("from elsewhere".into());
            }
            "iframe" | "object" | "embed" | "math" | "base" => report("is not ours".into()),
            _ => {}
        }
        Ok(())
    });
    let scripts = text!("script", |text| {
        if !text.as_str().trim().is_empty() {
            found.borrow_mut().push(format!("script: {}", text.as_str()));
        }
        Ok(())
    });
    let settings = RewriteStrSettings::new()
        .append_element_content_handler(elements)
        .append_element_content_handler(scripts);
    let _ = rewrite_str(&page.html, settings);
    let found = found.into_inner();
    assert!(found.is_empty() && !page.html.contains("<script>parvis"), "{what}: {found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_hostile_bodies_are_answered_and_nothing_of_them_is_markup() {
    const BODIES: usize = 10_000;
    let place = place(engines::sqlite());
    let (at_noon, later) = open(&place).await;
    let running = place.open(Door { clock: Clock::Stopped(noon(10)), ..place.door.clone() }).await;
    let idea = idea(1);
    let full = [
        ("f-cost", "1500"),
        ("f-order-velo", "1"),
        ("f-people", "voisins"),
        ("f-table-rues", "oui"),
        ("f-table-parcs", "non"),
        ("f-phone", "0561001234"),
        ("f-quote", "no"),
        ("f-day", "4/3/2027"),
        ("f-length", "2,5"),
        ("f-where", "43.6, 1.44"),
        ("f-town", "Toulouse"),
        ("f-home-street", "1 rue"),
        ("f-home-postcode", "31000"),
        ("f-home-town", "Toulouse"),
    ];
    let ideas = preview(&place, &at_noon, IDEAS, &[borrowed(&idea).as_slice(), &full].concat()).await;
    let boxed =
        preview(&place, &at_noon, BOX, &[("f-title", "Un banc"), ("f-text", "x"), ("f-story", "y")]).await;
    let poll = preview(&place, &at_noon, POLL, &[("f-grade", "bien"), ("f-why", "x")]).await;
    let bases = [(IDEAS, with(ideas.filled(), &PERSON)), (BOX, boxed.filled()), (POLL, poll.filled())];
    let bodies = (0..BODIES).map(|number| {
        let mut rng = Rng::with_seed(number as u64);
        let (process, base) = &bases[rng.usize(0..bases.len())];
        let mut pairs = base.clone();
        let go = ["next", "back", "edit", "send", "send", "withdraw", "<script>"][rng.usize(0..7)];
        pairs.push(("go".into(), go.into()));
        for _ in 0..rng.usize(1..4) {
            mutate(&mut rng, &mut pairs);
        }
        let (kind, body) = encode(&mut rng, &pairs);
        let mut path = match rng.u8(0..20) {
            0 => format!("/actes/{process}/ecrire/code"),
            1 => format!(
                "/actes/{process}/depots/{}",
                ["0".repeat(20), "..%2f..%2f".into(), "%00".into(), "x%3Cscript%3E".into()][rng.usize(0..4)]
            ),
            _ => address(process),
        };
        // What is answered before it is read through is cut off: only what is short gets its answer for sure.
        if body.len() < 1_000 && rng.bool() {
            path = format!(
                "/actes/{}/ecrire",
                ["..%2f..", "%3Cscript%3E", "idees%00", "%ff", "idees%23x"][rng.usize(0..5)]
            );
        }
        (number, path, kind, body)
    });
    let (later, running) = (&later, &running);
    let statuses = stream::iter(bodies)
        .map(|(number, path, kind, body)| async move {
            // A browser of its own each time, so that what can be kept is kept.
            let citizen =
                later.with_cookie(format!("parvis-boite={number:032x}; parvis-sondage={number:032x}"));
            let page = citizen.at(running).post_bytes(&path, &kind, body).await.unwrap();
            assert!(page.status < 500, "{number}: {} at {path}: {}", page.status, page.html);
            assert_harmless(&page, &format!("{number} at {path}"));
            page.status
        })
        .buffer_unordered(64)
        .collect::<Vec<u16>>()
        .await;
    let taken = statuses.iter().filter(|status| **status == 200).count();
    assert!(taken > BODIES / 20 && taken < BODIES * 19 / 20, "{taken} were taken");

    // And what was kept is shown to its author as harmlessly.
    let kept = deposits(&place, BOX).await;
    assert!(kept.len() > 50, "{}", kept.len());
    for stored in kept {
        let url = functions::deposits::own_url(&place.door.secret, &place.rulebook, BOX, &stored.id);
        let page = running.get(&url[url.find("/actes/").unwrap()..]).await.unwrap();
        assert_eq!(page.status, 200);
        assert_harmless(&page, &stored.id);
        let slug = &stored.deposit.slug;
        assert!(
            slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{slug}"
        );
    }
    for mail in place.outbox.mails() {
        assert!(!mail.to.contains(['\r', '\n']) && !mail.subject.contains(['\r', '\n']), "{mail:?}");
    }
}
