//! A server that speaks S3's protocol, for each test that needs one.

use crate::engines::{account, free_port, tools, wait_for_port};
use functions::lambda::connect_bucket;
use serde_json::Value;
use std::process::Command;

/// An S3 server with a bucket named `site`.
pub struct Bucket {
    process: std::process::Child,
    /// Where S3 is spoken.
    pub endpoint: String,
}

impl Bucket {
    /// Starts one.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start() -> Self {
        Self::start_on(free_port()).await
    }

    /// Starts one on a port.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_on(port: u16) -> Self {
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
        assert!(made.await.expect("an answer").status().is_success());
        bucket
    }

    /// A store of files in it.
    pub fn store(&self) -> functions::attachment::store::Bucket {
        connect_bucket("site".into(), &account(), Some(&self.endpoint))
    }

    async fn ask(&self, method: reqwest::Method, path: &str) -> reqwest::Response {
        let request = reqwest::Client::new().request(method, format!("{}/site/{path}", self.endpoint));
        request.header("authorization", AUTHORIZATION).send().await.expect("an answer")
    }

    /// The status of a question for an object.
    pub async fn status(&self, path: &str) -> u16 {
        self.ask(reqwest::Method::GET, path).await.status().as_u16()
    }

    /// Deletes an object.
    pub async fn delete(&self, path: &str) {
        self.ask(reqwest::Method::DELETE, path).await;
    }

    /// An object that is JSON.
    ///
    /// # Panics
    /// When it is none.
    pub async fn read(&self, path: &str) -> Value {
        let got = reqwest::Client::new()
            .get(format!("{}/site/{path}", self.endpoint))
            .header("authorization", AUTHORIZATION);
        got.send()
            .await
            .expect("an answer")
            .error_for_status()
            .expect("an answer")
            .json()
            .await
            .expect("an answer")
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
