//! Links to other sites, followed: politely, for these sites are not ours.

use std::{
    collections::BTreeMap,
    io::ErrorKind,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};
use ureq::{
    Agent, Error,
    tls::{Certificate, RootCerts, TlsConfig},
};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many sites are asked at once.
const AT_ONCE: usize = 4;

/// Who asks.
pub(super) struct Client(Agent);

impl Client {
    /// For the site at `base_url`, which is said to those that are asked.
    pub(super) fn new(base_url: &str) -> Self {
        // Those that this machine trusts, as its browsers do.
        let roots = rustls_native_certs::load_native_certs().certs;
        let roots = roots.iter().map(|root| Certificate::from_der(root).to_owned());
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&roots.collect::<Vec<_>>()));
        let agent = Agent::config_builder()
            .user_agent(format!("Parvis/{} (link checker; +{base_url})", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(PATIENCE))
            .tls_config(tls.build())
            .http_status_as_error(false);
        Self(agent.build().new_agent())
    }

    /// What is wrong with an address, in a few words.
    fn fault(&self, url: &str) -> Option<String> {
        // Some sites do not answer HEAD, or answer it wrong: only what they say to GET counts.
        let asked = self.0.head(url).call();
        if asked.is_ok_and(|answer| answer.status().as_u16() < 400) {
            return None;
        }
        match self.0.get(url).call() {
            Ok(answer) if answer.status().as_u16() < 400 => None,
            Ok(answer) => Some(answer.status().as_u16().to_string()),
            Err(error) => Some(explain(&error)),
        }
    }
}

fn explain(error: &Error) -> String {
    let said = error.to_string();
    match error {
        Error::Timeout(_) => format!("pas de réponse en {} secondes", PATIENCE.as_secs()),
        Error::ConnectionFailed => "la connexion échoue".to_owned(),
        Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => {
            "la connexion est refusée".to_owned()
        }
        Error::TooManyRedirects => "trop de redirections".to_owned(),
        _ if matches!(error, Error::HostNotFound) || said.contains("failed to lookup address") => {
            "aucun site n’a ce nom".to_owned()
        }
        _ if said.contains("certificate") => "son certificat n’est pas valable".to_owned(),
        _ => said,
    }
}

/// The addresses that are broken, and what is wrong with each. No site is asked for two things at once.
pub(super) fn follow<'u>(
    urls: impl IntoIterator<Item = &'u str>,
    client: &Client,
) -> BTreeMap<&'u str, String> {
    let mut sites = BTreeMap::<&str, Vec<&'u str>>::new();
    for url in urls {
        sites.entry(host(url)).or_default().push(url);
    }
    let waiting = Mutex::new(sites.into_values());
    let broken = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(urls) = next else { return };
            for url in urls {
                if let Some(fault) = client.fault(url) {
                    broken.lock().unwrap_or_else(PoisonError::into_inner).insert(url, fault);
                }
            }
        }
    };
    thread::scope(|threads| {
        for _ in 0..AT_ONCE {
            threads.spawn(work);
        }
    });
    broken.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// `https://example.org:8443/a` → `example.org:8443`
fn host(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{BufRead, BufReader, Write},
        net::TcpListener,
    };

    /// A site that answers requests one after another; what it was asked.
    fn site(answers: &[&'static str]) -> (String, thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let answers = answers.to_vec();
        let asked = thread::spawn(move || {
            let answer = |answer: &str| {
                let (mut stream, _) = listener.accept().expect("a request");
                let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
                let head: Vec<String> =
                    lines.by_ref().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
                let text = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                stream.write_all(text.as_bytes()).expect("answered");
                let agent = head.iter().find(|line| line.to_lowercase().starts_with("user-agent")).cloned();
                format!("{} | {}", head[0], agent.unwrap_or_default().to_lowercase())
            };
            answers.iter().map(|text| answer(text)).collect()
        });
        (address, asked)
    }

    #[test]
    fn an_address_is_broken_when_neither_head_nor_get_is_answered_well() {
        let client = Client::new("https://participer.example");
        let (base, asked) =
            site(&["200 OK", "405 Method Not Allowed", "200 OK", "404 Not Found", "404 Not Found"]);
        let urls = ["a", "b", "c"].map(|path| format!("{base}/{path}"));
        let broken = follow(urls.iter().map(String::as_str), &client);
        assert_eq!(Vec::from_iter(broken), [(&*urls[2], "404".to_owned())]);
        let asked = asked.join().expect("answered");
        let first: Vec<&str> = asked.iter().filter_map(|line| line.split(" HTTP").next()).collect();
        assert_eq!(first, ["HEAD /a", "HEAD /b", "GET /b", "HEAD /c", "GET /c"]);
        assert!(asked[0].ends_with("(link checker; +https://participer.example)"), "{}", asked[0]);
    }

    #[test]
    fn a_site_that_is_not_there_is_said_so() {
        let (base, asked) = site(&[]);
        asked.join().expect("closed");
        let broken = follow([&*base], &Client::new("https://participer.example"));
        assert_eq!(broken[&*base], "la connexion est refusée");
    }
}
