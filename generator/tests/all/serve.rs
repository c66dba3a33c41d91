//! `parvis serve`, opened on sites that cannot be built yet, and on what is not published yet.

use crate::place::Place;
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const HOME: &str = "kind = \"home\"\ntitle = \"Accueil\"\n";

/// A `parvis serve` that ends with the test.
struct Served {
    process: Child,
    said: BufReader<ChildStdout>,
    address: String,
}

impl Served {
    /// Starts it, and waits for its address.
    fn start(place: &Place, arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_parvis"))
            .arg("--root")
            .arg(place.root())
            .args(["serve", "--port", "0"])
            .args(arguments)
            .env_remove("PARVIS_SMTP")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        let said = BufReader::new(process.stdout.take().expect("piped"));
        let mut served = Self { process, said, address: String::new() };
        let line = served.line();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        served.address = address.unwrap_or_else(|| panic!("{line}")).to_owned();
        served
    }

    /// What it says next.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("a line");
        line
    }

    /// The status line, the headers and the body at `path`.
    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("connected");
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).expect("asked");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        answer
    }

    /// What is at `path` as soon as it holds `sought`.
    fn wait_for(&self, path: &str, sought: &str) -> String {
        let start = Instant::now();
        loop {
            let page = self.get(path);
            if page.contains(sought) {
                return page;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "{page}");
            thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_site_that_cannot_be_built_is_served_as_what_is_wrong_in_it_until_it_is_right() {
    let place = Place::new().page("_index.md", &format!("{HOME}datte = \"<i>\"\n"), "");
    let mut served = Served::start(&place, &[]);
    for path in ["/", "/sault/petitions/", "/actes/petitions/banc/soutien"] {
        let page = served.get(path);
        assert!(page.starts_with("HTTP/1.1 503 "), "{page}");
        assert!(page.contains("<h1>Le site ne se construit pas</h1>"), "{page}");
        assert!(page.contains("clé inconnue `datte`") && page.contains("content/_index.md:4:1"), "{page}");
        assert!(page.contains("&lt;i&gt;") && !page.contains("<i>"), "{page}");
        assert!(page.contains("content-security-policy"), "{page}");
    }
    let place = place.page("_index.md", HOME, "<b>");
    served.wait_for("/", "le HTML n’est pas permis");
    let place = place.page("_index.md", HOME, "Bonjour.");
    served.wait_for("/", "<p>Bonjour.</p>");
    assert!(served.line().starts_with("Le site est ouvert : "));
    let _place = place.page("_index.md", HOME, "Bonsoir.");
    served.wait_for("/", "<p>Bonsoir.</p>");
}

#[test]
fn drafts_and_what_is_dated_later_are_served_when_that_is_asked() {
    let pages = |place: Place| {
        place.page("a.md", "title = \"A\"\ndraft = true\n", "Brouillon.").page(
            "b.md",
            "title = \"B\"\ndate = 2100-01-01\n",
            "Plus tard.",
        )
    };
    let place = pages(Place::new());
    let served = Served::start(&place, &["--drafts"]);
    assert!(served.get("/a/").contains("Brouillon.") && served.get("/b/").contains("Plus tard."));
    // Apart from the real data.
    assert!(place.has(".parvis-at/table.db") && !place.has(".parvis"));
    drop(served);
    let served = Served::start(&place, &[]);
    assert!(served.get("/a/").starts_with("HTTP/1.1 404") && served.get("/b/").starts_with("HTTP/1.1 404"));
    let draft = place.read("content/a.md").replace("draft = true\n", "");
    fs::write(place.root().join("content/a.md"), draft).expect("written");
    served.wait_for("/a/", "Brouillon.");
}
