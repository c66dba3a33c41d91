//! The Lambda binaries as real processes, through a Runtime API of our own, on the DynamoDB adapter.

use domain::support::{Form, Wish};
use std::process::Command;
use tests::{
    bucket::Bucket,
    citizen::{CYCLING, code_in},
    engines::{self, Engine, free_port, table_name},
    lambda::{CDN, Lambda, form_event},
    mail_server::MailServer,
    people::form,
    place::{Place, go, program},
};

/// The function that takes acts.
async fn acts(place: &Place, engine: &Engine, mails: &MailServer) -> Lambda {
    acts_with(place, engine, mails, |command| command).await
}

/// The same, with more in its environment.
pub(crate) async fn acts_with(
    place: &Place,
    engine: &Engine,
    mails: &MailServer,
    more: impl FnOnce(&mut Command) -> &mut Command,
) -> Lambda {
    Lambda::start(&program("acts"), |command| {
        common(command, place, engine);
        more(command).env("PARVIS_CDN", CDN).env("PARVIS_SMTP", format!("smtp://127.0.0.1:{}", mails.port));
    })
    .await
}

/// What every function is told.
pub(crate) fn common(command: &mut Command, place: &Place, engine: &Engine) {
    command
        .env("PARVIS_TABLE", table_name())
        .env("PARVIS_RULES", place.folder.path())
        .env("PARVIS_SECRET", "07".repeat(32))
        .env("DYNAMODB_ENDPOINT", engine.endpoint.as_ref().unwrap());
}

fn encode(form: &Form) -> String {
    let Form { given_names, family_name, email, birth_date, commune, link, consent } = form;
    format!(
        "given_names={given_names}&family_name={family_name}&email={email}&birth_date={birth_date}\
         &commune={commune}&link={link}&consent={consent}"
    )
    .replace(' ', "+")
}

async fn post(function: &Lambda, path: &str, form: &str) -> tests::citizen::Page {
    function.post(&format!("/actes/{}/{}/{path}", CYCLING.process, CYCLING.id), form).await
}

#[tokio::test]
async fn the_same_journey_goes_through_the_lambda_a_mail_server_and_the_register_s_lambda() {
    let place = Place::new(engines::dynoxide().await);
    let mails = MailServer::start().await;
    let function = acts(&place, &place.engine, &mails).await;

    let mut past_the_cdn = form_event("/actes/droit-d-interpellation/reseau-cyclable/soutien", "email=rien");
    past_the_cdn["headers"]["x-parvis-cdn"] = "a guess".into();
    assert_eq!(function.invoke(past_the_cdn).await.unwrap()["statusCode"], 403);
    let refused = post(&function, "soutien", "email=rien").await;
    assert_eq!(refused.status, 422);
    assert!(refused.fields_at_fault().contains(&"email".to_owned()));
    assert!(refused.headers.contains_key("content-security-policy"));

    let page = post(&function, "soutien", &encode(&form(1))).await;
    assert_eq!(page.status, 200, "{}", page.html);
    let code = code_in(&mails.mail_to("personne1@exemple.fr")).unwrap();
    let typed = format!("request={}&code={code}", page.request().unwrap());
    let done = post(&function, "soutien/code", &typed).await;
    assert_eq!((done.status, done.count()), (200, Some(1)), "{}", done.html);
    let again = post(&function, "soutien/code", &typed).await;
    assert_eq!(again.html, done.html, "I4");

    let bucket = Bucket::start().await;
    let register = Lambda::start(&program("register"), |command| {
        common(command, &place, &place.engine);
        command.env("PARVIS_BUCKET", "site").env("S3_ENDPOINT", &bucket.endpoint);
    })
    .await;
    // The stream's event only wakes it; twice changes nothing.
    for _ in 0..2 {
        register.invoke(serde_json::json!({ "Records": [] })).await.unwrap();
        let counts = bucket.read("data/droit-d-interpellation.json").await;
        assert_eq!(counts["deposits"][CYCLING.id]["supports"], 1, "{counts}");
        assert_eq!(counts["entries"], 1, "{counts}");
    }
    // The door that knows no register of its own sees what the register has counted.
    let second = post(&function, "soutien", &encode(&form(2))).await;
    let code = code_in(&mails.mail_to("personne2@exemple.fr")).unwrap();
    let done =
        post(&function, "soutien/code", &format!("request={}&code={code}", second.request().unwrap())).await;
    assert_eq!(done.count(), Some(2));
}

#[tokio::test]
async fn counts_that_could_not_be_published_are_published_by_the_next_invocation() {
    let place = Place::new(engines::dynoxide().await);
    let citizen = place.open(place.door.clone()).await;
    go(&place, &citizen, Wish::Support, CYCLING, &form(1)).await;
    let port = free_port();
    let register = Lambda::start(&program("register"), |command| {
        common(command, &place, &place.engine);
        command.env("PARVIS_BUCKET", "site").env("S3_ENDPOINT", format!("http://127.0.0.1:{port}"));
    })
    .await;
    assert!(register.invoke(serde_json::json!({})).await.is_err(), "an error, for AWS to invoke it again");
    let bucket = Bucket::start_on(port).await;
    register.invoke(serde_json::json!({})).await.unwrap();
    let counts = bucket.read("data/droit-d-interpellation.json").await;
    assert_eq!(counts["deposits"][CYCLING.id]["supports"], 1, "{counts}");
}

#[tokio::test]
async fn a_lambda_whose_table_is_out_of_reach_gives_the_form_back() {
    let mut engine = engines::dynoxide().await;
    let mails = MailServer::start().await;
    engine.endpoint = Some("http://127.0.0.1:1".into());
    let place = Place::new(engine);
    let function = acts(&place, &place.engine, &mails).await;
    let page = post(&function, "soutien", &encode(&form(1))).await;
    assert_eq!(page.status, 503);
    assert_eq!(page.attribute("input[name=email]", "value").as_deref(), Some("personne1@exemple.fr"));
}

#[test]
fn a_setting_that_is_missing_is_named_and_its_value_is_not() {
    let output = Command::new(program("acts"))
        .env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:1")
        .env("PARVIS_SMTP", "smtp://user:password@[")
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success());
    assert!(!said.contains("password"), "{said}");
}
