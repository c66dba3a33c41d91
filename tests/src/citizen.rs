//! A citizen without JavaScript: sends forms, reads pages.

use domain::support::{Form, Wish};
use lol_html::{RewriteStrSettings, element, rewrite_str, text};
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
}

impl Citizen {
    /// Someone who reads the site at `base`, without a final slash.
    ///
    /// # Panics
    /// When the system has no randomness for a client.
    pub fn new(base: impl Into<String>) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self { http: http.build().expect("a client"), base: base.into() }
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
        Page::of(self.http.post(format!("{}{path}", self.base)).form(form).send().await?).await
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

    /// The request that waits for its code, on a code page.
    pub fn request(&self) -> Option<String> {
        self.attribute("input[name=request]", "value").filter(|request| !request.is_empty())
    }

    /// The number on a page that confirms.
    pub fn count(&self) -> Option<u64> {
        let digits: String = self.text("[data-slot=count]").chars().filter(char::is_ascii_digit).collect();
        digits.parse().ok()
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
