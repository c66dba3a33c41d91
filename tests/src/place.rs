//! The reference site, open: in this process on any engine, or as a `parvis serve` of its own.

use crate::{
    citizen::{Citizen, Deposit, Page, code_in},
    engines::{Engine, wait_for_port},
};
use axum::{middleware::map_response, response::Response};
use domain::{
    rulebook::Rulebook,
    secret::Secret,
    support::{Form, Wish},
};
use functions::{
    answer::Pages,
    attachment::store::Folder as Attachments,
    demonstration,
    door::{Clock, Door},
    headers,
    mail::{Mail, Outbox},
    register::{Folder, Writer},
    routes::router,
};
use generator::{Build, BuildError, Built};
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use tokio::sync::watch;
use tower_http::services::ServeDir;

/// Root of the repository, which is the root of the reference site.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A program of the workspace, built in the profile of the test that asks.
///
/// # Panics
/// When it was not built.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    let folder = test.ancestors().find(|path| path.join(name).is_file());
    folder
        .map(|folder| folder.join(name))
        .unwrap_or_else(|| panic!("{name} is not built: cargo build --workspace --bins"))
}

/// The site's functions and register in this process.
pub struct Place {
    /// What it stands on.
    pub engine: Engine,
    /// The rules in force.
    pub rulebook: Arc<Rulebook>,
    /// Mails sent.
    pub outbox: Arc<Outbox>,
    /// The door, to be changed and opened again.
    pub door: Door,
    /// The built site.
    pub folder: TempDir,
}

impl Place {
    /// The reference site on an engine, without the supports of its fictitious people.
    ///
    /// # Panics
    /// When it cannot be built.
    pub fn new(engine: Engine) -> Self {
        Self::of_site(&root(), engine)
    }

    /// The same of another site.
    ///
    /// # Panics
    /// When it cannot be built.
    pub fn of_site(root: &Path, engine: Engine) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let built = generator::build(&quick(root, &folder.path().join("public"), Timestamp::now()));
        let rulebook = Arc::new(built.unwrap_or_else(|error| panic!("{error}")).rulebook);
        let outbox = Arc::new(Outbox::default());
        let door = Door {
            table: engine.table.clone(),
            attachments: Arc::new(Attachments::new(folder.path().join("attachments"))),
            rulebook: watch::channel(rulebook.clone()).1,
            pages: Pages::new(folder.path().join("answers")),
            mailer: outbox.clone(),
            clock: Clock::default(),
            secret: Secret::new([7; 32]),
        };
        Self { engine, rulebook, outbox, door, folder }
    }

    /// Plants the supports of the fictitious people.
    ///
    /// # Panics
    /// When the engine refuses.
    pub async fn plant(&self) {
        let planted =
            demonstration::plant(&*self.engine.table, &self.rulebook, &self.door.secret, Timestamp::now());
        planted.await.expect("planted");
    }

    /// The writer of its register.
    pub fn writer(&self) -> Writer {
        let to = Folder(self.folder.path().join("public"));
        Writer::new(
            self.engine.table.clone(),
            self.door.rulebook.clone(),
            self.door.secret.clone(),
            Box::new(to),
        )
    }

    /// Opens a door on a port of its own, until the process ends.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn open(&self, door: Door) -> Citizen {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, router(door)).await });
        Citizen::new(format!("http://{address}"))
    }

    /// The same with the site's files, as a CDN serves them before the functions.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn open_site(&self, door: Door) -> String {
        let origin = door.attachments.origin().map(str::to_owned);
        let protect = move |mut response: Response| {
            headers::protect(response.headers_mut());
            if let Some(origin) = &origin {
                headers::allow_sending_to(response.headers_mut(), origin);
            }
            std::future::ready(response)
        };
        let files = ServeDir::new(self.folder.path().join("public"));
        let site = router(door).fallback_service(files).layer(map_response(protect));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, site).await });
        format!("http://{address}")
    }

    /// The code in the newest mail to an address.
    pub fn code(&self, to: &str) -> Option<String> {
        newest_code(&self.outbox.mails(), to)
    }
}

fn newest_code(mails: &[Mail], to: &str) -> Option<String> {
    mails.iter().find(|mail| mail.to == to).and_then(|mail| code_in(&mail.body))
}

/// A `parvis serve` of the reference site.
pub struct Served {
    process: Child,
    /// Its address.
    pub base: String,
}

impl Served {
    /// Starts it on a data folder, with more arguments.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::start_site(&root(), data, arguments).await
    }

    /// The same, for another site than the reference site.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_site(site: &Path, data: &Path, arguments: &[&str]) -> Self {
        Self::spawn(site, data, |command| command.args(arguments).env_remove("PARVIS_SMTP")).await
    }

    /// As for citizens: with a mail server, though none answers, so without what helps who edits the site.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_for_citizens(data: &Path) -> Self {
        Self::spawn(&root(), data, |command| command.env("PARVIS_SMTP", "smtp://127.0.0.1:9")).await
    }

    async fn spawn(site: &Path, data: &Path, set: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let port = crate::engines::free_port();
        let mut command = Command::new(program("parvis"));
        command.args(["--root".as_ref(), site.as_os_str()]);
        command.args(["serve", "--port", &port.to_string(), "--data"]).arg(data);
        let process = set(&mut command).stdout(Stdio::null()).spawn().expect("parvis");
        let served = Self { process, base: format!("http://127.0.0.1:{port}") };
        wait_for_port(port).await;
        served
    }

    /// Ends it at once, as a power cut would.
    ///
    /// # Panics
    /// When the system refuses.
    pub fn kill(&mut self) {
        self.process.kill().expect("killed"); // SIGKILL
        self.process.wait().expect("ended");
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// A citizen who reads it.
    pub fn citizen(&self) -> Citizen {
        Citizen::new(&self.base)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The code in the newest mail to an address, from the outbox of a served site.
///
/// # Errors
/// When no answer comes.
pub async fn served_code(citizen: &Citizen, to: &str) -> reqwest::Result<Option<String>> {
    #[derive(serde::Deserialize)]
    struct Sent {
        to: String,
        body: String,
    }
    let mails: Vec<Sent> = citizen.json("/_outbox/").await?;
    Ok(mails.iter().find(|mail| mail.to == to).and_then(|mail| code_in(&mail.body)))
}

/// The whole journey at a place in this process.
///
/// # Panics
/// When a page or a mail does not come.
pub async fn go(place: &Place, citizen: &Citizen, wish: Wish, deposit: Deposit, form: &Form) -> Page {
    let page = citizen.ask(wish, deposit, form).await.expect("an answer");
    assert_eq!(page.status, 200, "{}", page.html);
    let request = page.request().expect("a page that asks for the code");
    let code = place.code(&form.email).expect("a mail");
    citizen.confirm(wish, deposit, &request, &code).await.expect("an answer")
}

/// Waits until something holds, for at most five seconds.
///
/// # Panics
/// When it does not.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    for _ in 0..100 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what}: not within five seconds");
}

/// What takes long is not what these tests are about.
fn quick<'a>(root: &'a Path, output: &'a Path, now: Timestamp) -> Build<'a> {
    Build { quick: true, compress: false, ..Build::new(root, output, now) }
}

/// Builds a site as of a moment, into `public/` beside its content.
///
/// # Errors
/// What is wrong in it.
pub fn build_at(site: &Path, now: Timestamp) -> Result<Built, BuildError> {
    generator::build(&quick(site, &site.join("public"), now))
}

/// What a file of a site holds.
///
/// # Panics
/// When there is none.
pub fn read(site: &Path, path: &str) -> String {
    fs::read_to_string(site.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The reference site, built into a folder of its own: `public/` and `answers/`.
///
/// # Panics
/// When it cannot be built.
pub fn reference_site() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let built = generator::build(&quick(&root(), &folder.path().join("public"), Timestamp::now()));
    built.unwrap_or_else(|error| panic!("{error}"));
    folder
}

/// Every HTML page below a folder, sorted.
///
/// # Panics
/// When it cannot be read.
pub fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.extension() {
                _ if path.is_dir() => folders.push(path),
                Some(extension) if extension == "html" => pages.push(path),
                _ => {}
            }
        }
    }
    pages.sort();
    pages
}

/// What a page weighs when it travels, in bytes of brotli.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    /// The page and its style sheets.
    pub html_and_css: usize,
    /// Its scripts.
    pub javascript: usize,
}

/// Weighs the pages of a built site.
pub struct Scales {
    site: PathBuf,
    /// Address of an asset → its weight: pages share them.
    assets: BTreeMap<String, usize>,
}

impl Scales {
    /// Those of a site.
    pub fn new(site: &Path) -> Self {
        Self { site: site.to_owned(), assets: BTreeMap::new() }
    }

    /// Weighs a page, with the assets it names.
    ///
    /// # Panics
    /// When an asset is missing.
    pub fn weigh(&mut self, page: &Path) -> Weight {
        let html = fs::read_to_string(page).expect("a page");
        let css = self.assets_of(&html, ".css");
        let javascript = self.assets_of(&html, ".js");
        Weight { html_and_css: compressed(html.as_bytes()) + css, javascript }
    }

    fn assets_of(&mut self, html: &str, extension: &str) -> usize {
        let quoted = html.split('"').filter(|text| text.starts_with("/assets/") && text.ends_with(extension));
        let named: BTreeSet<&str> = quoted.collect();
        named.into_iter().map(|url| self.asset(url)).sum()
    }

    fn asset(&mut self, url: &str) -> usize {
        if let Some(weight) = self.assets.get(url) {
            return *weight;
        }
        let file = self.site.join("public").join(url.trim_start_matches('/'));
        let weight = compressed(&fs::read(file).expect("an asset"));
        self.assets.insert(url.to_owned(), weight);
        weight
    }
}

fn compressed(bytes: &[u8]) -> usize {
    let mut output = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut output, &parameters).expect("compressed in memory");
    output.len()
}

/// A small site with one town, and pages in its folder: path, content.
///
/// # Panics
/// When it cannot be written.
pub fn small_site(pages: &[(&str, &str)]) -> TempDir {
    const SETTINGS: &str = r#"title = "Participer à Valgarenne"
base_url = "https://participer.example"
time_zone = "Europe/Paris"
contact = "contact@participer.example"
sender = "Valgarenne <ne-pas-repondre@participer.example>"
fictitious = true
search = false
social_cards = false
"#;
    const TOWN: &str =
        "+++\nkind = \"organisation\"\ntitle = \"Ville de Valgarenne\"\nterritory = \"commune\"\n+++\n";
    let site = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = site.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    };
    write("site.toml", SETTINGS);
    write("content/_index.md", "+++\nkind = \"home\"\ntitle = \"Accueil\"\n+++\n");
    write("content/ville/_index.md", TOWN);
    for (path, text) in pages {
        write(&format!("content/ville/{path}"), text);
    }
    site
}
