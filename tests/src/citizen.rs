//! A citizen without JavaScript: sends forms, reads pages.

use domain::support::{Form, Wish};
use lol_html::{RewriteStrSettings, element, html_content::Element, rewrite_str, text};
use serde::Serialize;
use std::cell::RefCell;

/// A deposit to act on.
#[derive(Debug, Clone, Copy)]
pub struct Deposit {
    /// Process id.
    pub process: &'static str,
    /// Deposit id.
    pub id: &'static str,
}

/// The interpellation of the reference site whose first threshold is reached.
pub const CYCLING: Deposit = Deposit { process: "droit-d-interpellation", id: "reseau-cyclable" };
/// The one that has 99 supports.
pub const SHADE: Deposit = Deposit { process: "droit-d-interpellation", id: "ombre-cours-de-college" };

/// Someone with a browser.
#[derive(Debug, Clone)]
pub struct Citizen {
    http: reqwest::Client,
    base: String,
    cookie: Option<String>,
}

impl Citizen {
    /// Someone who reads the site at `base`, without a final slash.
    ///
    /// # Panics
    /// When the system has no randomness for a client.
    pub fn new(base: impl Into<String>) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self { http: http.build().expect("a client"), base: base.into(), cookie: None }
    }

    /// The same, who keeps the cookie that a page gave.
    #[must_use]
    pub fn with_cookie_of(&self, page: &Page) -> Self {
        let given = page.headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok());
        let given = given.and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
        Self { cookie: given.or_else(|| self.cookie.clone()), ..self.clone() }
    }

    /// The same, who sends this cookie.
    #[must_use]
    pub fn with_cookie(&self, cookie: impl Into<String>) -> Self {
        Self { cookie: Some(cookie.into()), ..self.clone() }
    }

    /// The same browser, at a place that is open elsewhere.
    #[must_use]
    pub fn at(&self, other: &Self) -> Self {
        Self { base: other.base.clone(), ..self.clone() }
    }

    /// Reads a page.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn get(&self, path: &str) -> reqwest::Result<Page> {
        Page::of(self.http.get(format!("{}{path}", self.base)).send().await?).await
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// When no answer comes, or another one than JSON.
    pub async fn json<T: serde::de::DeserializeOwned>(&self, path: &str) -> reqwest::Result<T> {
        let request = self.http.get(format!("{}{path}", self.base)).header("accept", "application/json");
        request.send().await?.error_for_status()?.json().await
    }

    /// Sends a form.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn post<T: Serialize>(&self, path: &str, form: &T) -> reqwest::Result<Page> {
        Page::of(self.request(path).form(form).send().await?).await
    }

    /// Sends a form as a browser does when a page of another site makes it.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn post_from_elsewhere<T: Serialize>(&self, path: &str, form: &T) -> reqwest::Result<Page> {
        Page::of(self.request(path).header("sec-fetch-site", "cross-site").form(form).send().await?).await
    }

    /// Sends a form as `multipart/form-data`.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn post_parts(&self, path: &str, parts: &[Part]) -> reqwest::Result<Page> {
        self.post_bytes(path, &multipart_type(), multipart(parts)).await
    }

    /// Sends anything.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn post_bytes(&self, path: &str, kind: &str, body: Vec<u8>) -> reqwest::Result<Page> {
        Page::of(self.request(path).header("content-type", kind).body(body).send().await?).await
    }

    fn request(&self, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.base));
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    /// Sends the form of a support or a withdrawal.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn ask(&self, wish: Wish, deposit: Deposit, form: &Form) -> reqwest::Result<Page> {
        self.post(&path(wish, deposit), form).await
    }

    /// Sends a code.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn confirm(
        &self,
        wish: Wish,
        deposit: Deposit,
        request: &str,
        code: &str,
    ) -> reqwest::Result<Page> {
        self.post(&format!("{}/code", path(wish, deposit)), &[("request", request), ("code", code)]).await
    }
}

/// What a form sends under a name.
pub type Pair = (String, String);

/// A part of `multipart/form-data`.
#[derive(Debug, Clone)]
pub struct Part {
    /// The input's name.
    pub name: String,
    /// The file's name, for a file.
    pub file: Option<String>,
    /// What is sent.
    pub content: Vec<u8>,
}

impl From<Pair> for Part {
    fn from((name, value): Pair) -> Self {
        // As browsers send line ends.
        Self { name, file: None, content: value.replace('\n', "\r\n").into_bytes() }
    }
}

const BOUNDARY: &str = "----parvis-tests-4f1d";

/// The content type of [`multipart`].
pub fn multipart_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// The body of `multipart/form-data`, as a browser writes it.
pub fn multipart(parts: &[Part]) -> Vec<u8> {
    let mut body = Vec::new();
    for Part { name, file, content } in parts {
        let file = file
            .as_ref()
            .map(|file| format!("; filename=\"{file}\"\r\nContent-Type: application/octet-stream"));
        let file = file.unwrap_or_default();
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

fn path(wish: Wish, deposit: Deposit) -> String {
    let wish = match wish {
        Wish::Support => "soutien",
        Wish::Withdrawal => "retrait",
    };
    format!("/actes/{}/{}/{wish}", deposit.process, deposit.id)
}

/// The six digits in a mail.
pub fn code_in(body: &str) -> Option<String> {
    let digits = body.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6);
    digits.map(str::to_owned)
}

/// A page that was answered.
#[derive(Debug, Clone)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// Header lines that matter: name → value.
    pub headers: reqwest::header::HeaderMap,
    /// Its text.
    pub html: String,
}

impl Page {
    async fn of(response: reqwest::Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self { status, headers, html: response.text().await? })
    }

    /// An attribute of the first element that a selector finds.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let found = RefCell::new(None);
        let handler = element!(selector, |element| {
            let mut found = found.borrow_mut();
            if found.is_none() {
                *found = element.get_attribute(name);
            }
            Ok(())
        });
        let _ = rewrite_str(&self.html, RewriteStrSettings::new().append_element_content_handler(handler));
        found.into_inner()
    }

    /// The text of all that a selector finds, without markup; white space folded.
    pub fn text(&self, selector: &str) -> String {
        let found = RefCell::new(String::new());
        let handler = text!(selector, |text| {
            found.borrow_mut().push_str(text.as_str());
            Ok(())
        });
        let _ = rewrite_str(&self.html, RewriteStrSettings::new().append_element_content_handler(handler));
        found.into_inner().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What the page's form would send, as a browser reads it: names and values in order, without files and buttons.
    pub fn filled(&self) -> Vec<Pair> {
        let pairs = RefCell::new(Vec::<Pair>::new());
        let list = RefCell::new(String::new());
        let of = |element: &Element<'_, '_>, attribute| {
            unescape(&element.get_attribute(attribute).unwrap_or_default())
        };
        let inputs = element!("form.form input[name]", |input| {
            let value = match input.get_attribute("type").as_deref() {
                Some("file") => None,
                Some("radio" | "checkbox") if !input.has_attribute("checked") => None,
                _ => Some(of(input, "value")),
            };
            pairs.borrow_mut().extend(value.map(|value| (of(input, "name"), value)));
            Ok(())
        });
        let areas = element!("form.form textarea[name]", |area| {
            pairs.borrow_mut().push((of(area, "name"), String::new()));
            Ok(())
        });
        let area_texts = text!("form.form textarea[name]", |text| {
            if let Some((_, value)) = pairs.borrow_mut().last_mut() {
                value.push_str(text.as_str());
                if text.last_in_text_node() {
                    *value = unescape(value.strip_prefix('\n').unwrap_or(value));
                }
            }
            Ok(())
        });
        let lists = element!("form.form select[name]", |select| {
            list.replace(of(select, "name"));
            pairs.borrow_mut().push((list.borrow().clone(), String::new()));
            Ok(())
        });
        let options = element!("form.form select[name] option[selected]", |option| {
            let value = of(option, "value");
            if let Some((_, chosen)) = pairs.borrow_mut().last_mut() {
                *chosen = value;
            }
            Ok(())
        });
        let settings = [inputs, areas, area_texts, lists, options]
            .into_iter()
            .fold(RewriteStrSettings::new(), RewriteStrSettings::append_element_content_handler);
        let _ = rewrite_str(&self.html, settings);
        pairs.into_inner()
    }

    /// The section of a form that is shown; all others are hidden.
    pub fn section(&self) -> Vec<String> {
        self.all("[data-section]:not([hidden])", "data-section")
    }

    /// An attribute of every element that a selector finds.
    pub fn all(&self, selector: &str, name: &str) -> Vec<String> {
        let found = RefCell::new(Vec::new());
        let handler = element!(selector, |element| {
            found.borrow_mut().push(element.get_attribute(name).unwrap_or_default());
            Ok(())
        });
        let _ = rewrite_str(&self.html, RewriteStrSettings::new().append_element_content_handler(handler));
        found.into_inner()
    }

    /// The request that waits for its code, on a code page.
    pub fn request(&self) -> Option<String> {
        self.attribute("input[name=request]", "value").filter(|request| !request.is_empty())
    }

    /// The number on a page that confirms.
    pub fn count(&self) -> Option<u64> {
        let digits: String = self.text("[data-slot=count]").chars().filter(char::is_ascii_digit).collect();
        digits.parse().ok()
    }

    /// What is wrong, as the summary says it.
    pub fn refusals(&self) -> String {
        self.text("[data-summary]:not([hidden]) [data-summary-list]")
    }

    /// Where the links of the error summary lead: the fields at fault, in order.
    pub fn fields_at_fault(&self) -> Vec<String> {
        let found = RefCell::new(Vec::new());
        let handler = element!("[data-summary]:not([hidden]) [data-summary-list] a", |link| {
            found.borrow_mut().push(link.get_attribute("href").unwrap_or_default());
            Ok(())
        });
        let _ = rewrite_str(&self.html, RewriteStrSettings::new().append_element_content_handler(handler));
        found.into_inner().into_iter().map(|href| href.trim_start_matches('#').to_owned()).collect()
    }
}

/// What a browser reads in what the functions wrote.
fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
