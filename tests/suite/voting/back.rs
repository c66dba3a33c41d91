//! The way back from the page that asks for the code, for who gave a wrong address or let the code expire.

use super::*;
use domain::limits::CODE_LIFETIME;

/// What the button « Revenir au formulaire » sends.
async fn back(citizen: &Citizen, page: &Page) -> Page {
    let review = citizen.post(BALLOT, &with(page, &[("step", "review")])).await.unwrap();
    assert_eq!(review.status, 200, "{}", review.html);
    review
}

async fn identify(citizen: &Citizen, review: &Page, email: &str) -> Page {
    let pairs = with(review, &[("email", email)]);
    citizen.post(&format!("{BALLOT}/identite"), &pairs).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn i11_who_gave_a_wrong_address_goes_back_to_their_ballot_and_their_answers_and_corrects_it() {
    for place in places().await {
        let name = place.engine.name;
        let citizen = place.open(place.door.clone()).await;
        let mistyped = Form { email: "jaenne@exemple.fr".into(), ..form(1) };
        let page = ask(&citizen, BALLOT, &mistyped, &["four", "banc"]).await.unwrap();
        let without_code = confirm(&citizen, &page.filled()).await;
        assert!(is_refused(&without_code, "code.missing"), "{name}: {}", without_code.html);
        assert_eq!(without_code.text("[data-slot=email]"), "jaenne@exemple.fr", "{name}: where it was sent");
        let review = back(&citizen, &without_code).await;
        let mut said = review.all("[data-item]", "data-item");
        said.sort();
        assert_eq!(said, ["banc", "four"], "{name}");
        for (field, typed) in mistyped.fields() {
            let kept = review.attribute(&format!("input[name={field}]"), "value");
            assert_eq!(kept.as_deref(), Some(typed), "{name}: {field}");
        }

        let page = identify(&citizen, &review, "jeanne@exemple.fr").await;
        let code = place.code("jeanne@exemple.fr").unwrap();
        let receipt = confirm(&citizen, &with(&page, &[("code", &code)])).await;
        assert_eq!(receipt.status, 200, "{name}: {}", receipt.html);
        assert_voted(&place, 1).await;
        assert_eq!(found(&place, &tracking(&receipt)).await, Some(ticked(&["banc", "four"])), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn i11_who_let_their_code_expire_goes_back_and_gets_another_one_with_the_same_answers() {
    for place in places().await {
        let name = place.engine.name;
        let citizen = place.open(place.door.clone()).await;
        let pairs = up_to_code(&place, &citizen, &form(1), &["mare"]).await;
        let late = open_at(&place, noon() + SignedDuration::from_hours(12) + CODE_LIFETIME).await;
        let expired = confirm(&late, &pairs).await;
        assert!(is_refused(&expired, "code.expired"), "{name}: {}", expired.html);

        let review = back(&late, &expired).await;
        let page = identify(&late, &review, &form(1).email).await;
        assert_ne!(
            page.attribute("input[name=tracking]", "value"),
            expired.attribute("input[name=tracking]", "value"),
            "{name}: a tracking code is drawn, never sent"
        );
        let code = place.code(&form(1).email).unwrap();
        let receipt = confirm(&late, &with(&page, &[("code", &code)])).await;
        assert_eq!(receipt.status, 200, "{name}: {}", receipt.html);
        assert_eq!(found(&place, &tracking(&receipt)).await, Some(ticked(&["mare"])), "{name}");
        assert_voted(&place, 1).await;
    }
}
