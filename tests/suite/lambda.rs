//! The Lambda binaries as real processes, through a Runtime API of our own, on the DynamoDB adapter.

use domain::support::{Form, Wish};
use functions::{attachment::store::Store, lambda::connect_bucket};
use serde_json::Value;
use std::{fs, path::Path, process::Command};
use tests::{
    citizen::{CYCLING, code_in},
    engines::{self, Engine, free_port, table_name, tools, wait_for_port},
    lambda::{CDN, Lambda, form_event},
    people::form,
    place::{Place, go, program},
};

/// A mail server that keeps what it gets in a folder, one file for each mail.
struct MailServer {
    process: std::process::Child,
    port: u16,
    mails: tempfile::TempDir,
}

impl MailServer {
    async fn start() -> Self {
        let mails = tempfile::tempdir().unwrap();
        let port = free_port();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("mail_server.py");
        let process = Command::new(tools().join("venv/bin/python"))
            .arg(script)
            .args([port.to_string().as_ref(), mails.path().as_os_str()])
            .spawn()
            .expect("tests/run.sh installs it");
        wait_for_port(port).await;
        Self { process, port, mails }
    }

    /// The text of the one mail to an address.
    fn mail_to(&self, address: &str) -> String {
        let files = fs::read_dir(self.mails.path())
            .unwrap()
            .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
        let mut mails = files.filter(|mail| mail.contains(&format!("To: {address}")));
        let mail = mails.next().expect("a mail");
        assert!(mails.next().is_none(), "one mail");
        mail
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The function that takes acts.
async fn acts(place: &Place, engine: &Engine, mails: &MailServer) -> Lambda {
    Lambda::start(&program("acts"), |command| {
        common(command, place, engine);
        command
            .env("PARVIS_CDN", CDN)
            .env("PARVIS_SECRET", "07".repeat(32))
            .env("PARVIS_SMTP", format!("smtp://127.0.0.1:{}", mails.port));
    })
    .await
}

fn common(command: &mut Command, place: &Place, engine: &Engine) {
    command
        .env("PARVIS_TABLE", table_name())
        .env("PARVIS_RULES", place.folder.path())
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
    let path = format!("/actes/{}/{}/{path}", CYCLING.process, CYCLING.id);
    let answer = function.invoke(form_event(&path, form)).await.unwrap();
    let mut headers = reqwest::header::HeaderMap::new();
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let name = reqwest::header::HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.insert(name, value.as_str().unwrap().parse().unwrap());
    }
    let status = u16::try_from(answer["statusCode"].as_u64().unwrap()).unwrap();
    tests::citizen::Page { status, headers, html: answer["body"].as_str().unwrap().to_owned() }
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

/// An S3 server with a bucket named `site`.
struct Bucket {
    process: std::process::Child,
    endpoint: String,
}

impl Bucket {
    async fn start() -> Self {
        Self::start_on(free_port()).await
    }

    async fn start_on(port: u16) -> Self {
        let process = Command::new(tools().join("venv/bin/moto_server"))
            .args(["-p", &port.to_string()])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("tests/run.sh installs it");
        let bucket = Self { process, endpoint: format!("http://127.0.0.1:{port}") };
        wait_for_port(port).await;
        let made = reqwest::Client::new()
            .put(format!("{}/site", bucket.endpoint))
            .header("authorization", AUTHORIZATION)
            .body("<CreateBucketConfiguration><LocationConstraint>eu-west-3</LocationConstraint></CreateBucketConfiguration>")
            .send();
        assert!(made.await.unwrap().status().is_success());
        bucket
    }

    async fn ask(&self, method: reqwest::Method, path: &str) -> reqwest::Response {
        let request = reqwest::Client::new().request(method, format!("{}/site/{path}", self.endpoint));
        request.header("authorization", AUTHORIZATION).send().await.unwrap()
    }

    async fn status(&self, path: &str) -> u16 {
        self.ask(reqwest::Method::GET, path).await.status().as_u16()
    }

    async fn delete(&self, path: &str) {
        self.ask(reqwest::Method::DELETE, path).await;
    }

    async fn read(&self, path: &str) -> Value {
        let got = reqwest::Client::new()
            .get(format!("{}/site/{path}", self.endpoint))
            .header("authorization", AUTHORIZATION);
        got.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }
}

/// The server reads the region in it and checks nothing.
const AUTHORIZATION: &str =
    "AWS4-HMAC-SHA256 Credential=test/20261121/eu-west-3/s3/aws4_request, SignedHeaders=host, Signature=0";

impl Drop for Bucket {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_file_in_a_bucket_waits_under_one_prefix_and_is_kept_under_another() {
    let bucket = Bucket::start().await;
    let store = connect_bucket("site".into(), &engines::account(), Some(&bucket.endpoint));
    let (one, other) = ("0".repeat(32), "1".repeat(32));
    assert_eq!(store.get(&one).await.unwrap(), None);
    assert!(!store.keep(&one).await.unwrap(), "nothing is there to be kept");
    for _ in 0..2 {
        store.put(&one, b"content".to_vec()).await.unwrap();
    }
    assert_eq!(store.get(&one).await.unwrap().as_deref(), Some(&b"content"[..]));
    assert_eq!(bucket.status(&format!("attachments/kept/{one}")).await, 404);
    assert!(store.keep(&one).await.unwrap());
    assert_eq!(bucket.status(&format!("attachments/kept/{one}")).await, 200);
    // What waits goes with time; what is kept stays, and can be kept again.
    bucket.delete(&format!("attachments/waiting/{one}")).await;
    assert!(store.keep(&one).await.unwrap());
    assert_eq!(store.get(&one).await.unwrap().as_deref(), Some(&b"content"[..]));
    assert!(!store.keep(&other).await.unwrap());
    assert!(store.put("../x", Vec::new()).await.is_err());
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
