//! Answers: pages of the site with what was typed and what is wrong put into them (I11).

use domain::{rulebook::Words, support::Refusal};
use lol_html::{
    RewriteStrSettings, element, errors::RewritingError, html_content::ContentType, rewrite_str, text,
};
use std::{
    cell::Cell,
    io,
    path::{Path, PathBuf},
};

/// A page the functions answer with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The support form.
    Support,
    /// Where the code for a support is typed.
    SupportCode,
    /// The support is counted.
    Supported,
    /// The withdrawal form.
    Withdraw,
    /// Where the code for a withdrawal is typed.
    WithdrawCode,
    /// The support is not counted any more.
    Withdrawn,
}

impl Page {
    fn file(self) -> &'static str {
        match self {
            Self::Support => "support.html",
            Self::SupportCode => "support-code.html",
            Self::Supported => "supported.html",
            Self::Withdraw => "withdraw.html",
            Self::WithdrawCode => "withdraw-code.html",
            Self::Withdrawn => "withdrawn.html",
        }
    }
}

/// The folder of pages that the build made for the functions.
#[derive(Debug, Clone)]
pub struct Pages(PathBuf);

impl Pages {
    /// The pages in `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// A page of the deposit at `path` (from `/` to `/`).
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn read(&self, path: &str, page: Page) -> io::Result<String> {
        tokio::fs::read_to_string(self.0.join(Path::new(path.trim_matches('/'))).join(page.file())).await
    }

    /// The page for an address that does not exist.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn not_found(&self) -> io::Result<String> {
        tokio::fs::read_to_string(self.0.join("not-found.html")).await
    }

    /// The page for when the store does not answer.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn unavailable(&self) -> io::Result<String> {
        tokio::fs::read_to_string(self.0.join("unavailable.html")).await
    }
}

/// What goes into a page.
#[derive(Debug, Default)]
pub struct Filling<'a> {
    /// Field → what was typed; a radio or a box is checked when its value is the one typed.
    pub values: Vec<(&'a str, &'a str)>,
    /// Slot → text.
    pub slots: Vec<(&'a str, String)>,
    /// What is refused.
    pub refusals: &'a [Refusal],
}

/// Fills a page. What was typed is escaped: it is never markup.
///
/// # Errors
/// [`RewritingError`] when the page is not HTML that can be read in bounded memory.
pub fn fill(page: &str, filling: &Filling<'_>, words: &Words) -> Result<String, RewritingError> {
    let message = |refusal: &Refusal| {
        let values: Vec<(&str, &str)> =
            refusal.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        words.say(&refusal.key(), &values)
    };
    let refused = |field: &str| {
        filling.refusals.iter().find(|refusal| refusal.field.is_some_and(|known| known.as_str() == field))
    };
    let summary: String =
        filling.refusals.iter().map(|refusal| summary_item(refusal, &message(refusal))).collect();
    let title_done = Cell::new(false);

    let mut handlers = vec![
        element!("input[name]", |input| {
            let name = input.get_attribute("name").unwrap_or_default();
            if let Some((_, value)) = filling.values.iter().find(|(field, _)| *field == name) {
                match input.get_attribute("type").as_deref() {
                    Some("radio" | "checkbox") if input.get_attribute("value").as_deref() == Some(value) => {
                        input.set_attribute("checked", "")?;
                    }
                    Some("radio" | "checkbox") => input.remove_attribute("checked"),
                    _ => input.set_attribute("value", &escape(value))?,
                }
            }
            if refused(&name).is_some() {
                input.set_attribute("aria-invalid", "true")?;
            }
            Ok(())
        }),
        element!("[data-slot]", |slot| {
            let name = slot.get_attribute("data-slot").unwrap_or_default();
            if let Some((_, text)) = filling.slots.iter().find(|(known, _)| *known == name) {
                slot.set_inner_content(text, ContentType::Text);
            }
            Ok(())
        }),
    ];
    if !filling.refusals.is_empty() {
        handlers.push(element!("[data-summary]", |block| {
            block.remove_attribute("hidden");
            // Brings the keyboard and the screen reader to the summary, without JavaScript.
            block.set_attribute("autofocus", "")?;
            Ok(())
        }));
        handlers.push(element!("[data-summary-list]", |list| {
            list.append(&summary, ContentType::Html);
            Ok(())
        }));
        handlers.push(element!("[data-error]", |error| {
            if let Some(refusal) = refused(&error.get_attribute("data-error").unwrap_or_default()) {
                error.remove_attribute("hidden");
                error.set_inner_content(&message(refusal), ContentType::Text);
            }
            Ok(())
        }));
        handlers.push(text!("head > title", |title| {
            if !title_done.replace(true) {
                title.before(&words.say("title.error", &[]), ContentType::Text);
            }
            Ok(())
        }));
    }
    let settings = handlers
        .into_iter()
        .fold(RewriteStrSettings::new(), RewriteStrSettings::append_element_content_handler);
    rewrite_str(page, settings)
}

fn summary_item(refusal: &Refusal, message: &str) -> String {
    match refusal.field {
        Some(field) => {
            format!("<li><a href=\"#{}\">{}</a></li>", field.as_str(), escape(message))
        }
        None => format!("<li>{}</li>", escape(message)),
    }
}

/// Text as HTML that shows it, in content or between double quotes.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
