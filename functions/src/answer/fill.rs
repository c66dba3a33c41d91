//! What goes into a page: streamed through it, so that the page is never a tree in memory.

use domain::{refusal::Refusal, rulebook::Words};
use lol_html::{
    ElementContentHandlers, RewriteStrSettings, Selector, element,
    errors::RewritingError,
    html_content::{ContentType, Element},
    rewrite_str, text,
};
use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::BTreeSet,
};

/// What goes into a page.
#[derive(Debug, Default)]
pub struct Filling<'a> {
    /// Field → what was typed, a field perhaps more than once; a radio, a box or an option is chosen when its value is
    /// among those typed.
    pub values: Vec<(&'a str, &'a str)>,
    /// Slot → text.
    pub slots: Vec<(&'a str, String)>,
    /// Slot → HTML that is safe.
    pub html: Vec<(&'a str, String)>,
    /// What the page carries on as hidden inputs.
    pub carry: Vec<(&'a str, &'a str)>,
    /// What may be done, or is so: its parts are shown.
    pub may: Vec<&'a str>,
    /// Whether it is known who writes: the page does not ask it.
    pub is_known: bool,
    /// Link → address.
    pub links: Vec<(&'a str, String)>,
    /// Which part of a long form is shown; all as the file has it when there is none.
    pub shown: Option<Shown<'a>>,
    /// What is refused.
    pub refusals: &'a [Refusal],
}

/// The part of a long form that a page shows.
#[derive(Debug, Clone)]
pub struct Shown<'a> {
    /// The section.
    pub section: usize,
    /// Whether there is one to go back to.
    pub has_back: bool,
    /// The fields that what is typed reaches.
    pub reached: BTreeSet<&'a str>,
}

type Handlers<'h> = Vec<(Cow<'h, Selector>, ElementContentHandlers<'h>)>;

/// Fills a page. What was typed is escaped: it is never markup.
///
/// # Errors
/// [`RewritingError`] when the page is not HTML that can be read in bounded memory.
pub fn fill(page: &str, filling: &Filling<'_>, words: &Words) -> Result<String, RewritingError> {
    let select = RefCell::new(String::new());
    let title_done = Cell::new(false);
    let mut handlers = Vec::new();
    fill_inputs(filling, &select, &mut handlers);
    fill_slots(filling, &mut handlers);
    if let Some(shown) = &filling.shown {
        show_part(shown, &mut handlers);
    }
    if !filling.refusals.is_empty() {
        say_refusals(filling.refusals, words, &title_done, &mut handlers);
    }
    let settings = handlers
        .into_iter()
        .fold(RewriteStrSettings::new(), RewriteStrSettings::append_element_content_handler);
    rewrite_str(page, settings)
}

fn fill_inputs<'h>(filling: &'h Filling<'_>, select: &'h RefCell<String>, handlers: &mut Handlers<'h>) {
    handlers.push(element!("input[name]", |input| {
        let name = input.get_attribute("name").unwrap_or_default();
        match input.get_attribute("type").as_deref() {
            // A browser would not take it.
            Some("file") => {}
            Some("radio" | "checkbox") if has_values(filling, &name) => {
                let own = input.get_attribute("value").unwrap_or_default();
                set_present(input, "checked", filling.values.contains(&(&name, &own)))?;
            }
            Some("radio" | "checkbox") => {}
            _ => {
                if let Some(value) = value_of(filling, &name) {
                    input.set_attribute("value", &escape(value))?;
                }
            }
        }
        mark_refused(input, filling, &name)
    }));
    handlers.push(element!("textarea[name]", |area| {
        let name = area.get_attribute("name").unwrap_or_default();
        if let Some(value) = value_of(filling, &name) {
            // Of two line breaks at the beginning, a browser takes the first for the markup's own.
            area.set_inner_content(&format!("\n{value}"), ContentType::Text);
        }
        mark_refused(area, filling, &name)
    }));
    handlers.push(element!("select[name]", |list| {
        let name = list.get_attribute("name").unwrap_or_default();
        mark_refused(list, filling, &name)?;
        *select.borrow_mut() = name;
        Ok(())
    }));
    handlers.push(element!("select[name] option[value]", |option| {
        let name = select.borrow();
        if has_values(filling, &name) {
            let own = option.get_attribute("value").unwrap_or_default();
            set_present(option, "selected", filling.values.contains(&(&name, &own)))?;
        }
        Ok(())
    }));
}

fn fill_slots<'h>(filling: &'h Filling<'_>, handlers: &mut Handlers<'h>) {
    handlers.push(element!("[data-slot]", |slot| {
        let name = slot.get_attribute("data-slot").unwrap_or_default();
        if let Some((_, text)) = filling.slots.iter().find(|(known, _)| *known == name) {
            slot.set_inner_content(text, ContentType::Text);
        }
        Ok(())
    }));
    handlers.push(element!("[data-slot-html]", |slot| {
        let name = slot.get_attribute("data-slot-html").unwrap_or_default();
        if let Some((_, html)) = filling.html.iter().find(|(known, _)| *known == name) {
            slot.set_inner_content(html, ContentType::Html);
        }
        Ok(())
    }));
    handlers.push(element!("[data-carry]", |block| {
        for (name, value) in &filling.carry {
            let (name, value) = (escape(name), escape(value));
            let input = format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
            block.append(&input, ContentType::Html);
        }
        Ok(())
    }));
    handlers.push(element!("[data-may]", |block| {
        let name = block.get_attribute("data-may").unwrap_or_default();
        set_present(block, "hidden", !filling.may.contains(&&*name))
    }));
    if filling.is_known {
        handlers.push(element!("[data-identity]", |block| {
            block.remove();
            Ok(())
        }));
    }
    handlers.push(element!("a[data-link]", |link| {
        let name = link.get_attribute("data-link").unwrap_or_default();
        if let Some((_, address)) = filling.links.iter().find(|(known, _)| *known == name) {
            link.set_attribute("href", &escape(address))?;
        }
        Ok(())
    }));
}

fn show_part<'h>(shown: &'h Shown<'_>, handlers: &mut Handlers<'h>) {
    handlers.push(element!("[data-section]", |section| {
        let number = section.get_attribute("data-section").and_then(|number| number.parse().ok());
        set_present(section, "hidden", number != Some(shown.section))
    }));
    handlers.push(element!("[data-field]", |field| {
        let id = field.get_attribute("data-field").unwrap_or_default();
        set_present(field, "hidden", !shown.reached.contains(&*id))
    }));
    handlers.push(element!("[data-back]", |button| set_present(button, "hidden", !shown.has_back)));
}

fn say_refusals<'h>(
    refusals: &'h [Refusal],
    words: &'h Words,
    title_done: &'h Cell<bool>,
    handlers: &mut Handlers<'h>,
) {
    handlers.push(element!("[data-summary]", |block| {
        block.remove_attribute("hidden");
        // Brings the keyboard and the screen reader to the summary, without JavaScript.
        block.set_attribute("autofocus", "")?;
        Ok(())
    }));
    handlers.push(element!("[data-summary-list]", move |list| {
        for refusal in refusals {
            list.append(&summary_item(refusal, &message(refusal, words)), ContentType::Html);
        }
        Ok(())
    }));
    handlers.push(element!("[data-error]", move |error| {
        let field = error.get_attribute("data-error").unwrap_or_default();
        // Of several files, each has its own.
        let own = refusals.iter().filter(|refusal| refusal.field.as_deref() == Some(&field));
        let own: Vec<String> = own.map(|refusal| message(refusal, words)).collect();
        let part = || refused_in_part(refusals, &field).map(|refusal| message(refusal, words));
        if let Some(text) = (!own.is_empty()).then(|| own.join(" ")).or_else(part) {
            error.remove_attribute("hidden");
            error.set_inner_content(&text, ContentType::Text);
        }
        Ok(())
    }));
    handlers.push(text!("head > title", move |title| {
        if !title_done.replace(true) {
            title.before(&words.say("title.error", &[]), ContentType::Text);
        }
        Ok(())
    }));
}

fn has_values(filling: &Filling<'_>, name: &str) -> bool {
    filling.values.iter().any(|(known, _)| *known == name)
}

fn value_of<'a>(filling: &Filling<'a>, name: &str) -> Option<&'a str> {
    filling.values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

fn refused<'a>(refusals: &'a [Refusal], field: &str) -> Option<&'a Refusal> {
    refusals.iter().find(|refusal| refusal.field.as_deref() == Some(field))
}

/// What is refused of one of the inputs of a field: `f-home-street` of `f-home`.
fn refused_in_part<'a>(refusals: &'a [Refusal], field: &str) -> Option<&'a Refusal> {
    if !field.starts_with("f-") {
        return None;
    }
    let is_part = |name: &str| name.strip_prefix(field).is_some_and(|part| part.starts_with('-'));
    refusals.iter().find(|refusal| refusal.field.as_deref().is_some_and(is_part))
}

type Handled = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Marks what is refused: itself, or with the whole field of a form that it is a part of, `f-order-bus` with `f-order`.
fn mark_refused(input: &mut Element<'_, '_>, filling: &Filling<'_>, name: &str) -> Handled {
    let whole = name.rsplit_once('-').map(|(field, _)| field).filter(|field| field.starts_with("f-"));
    if [Some(name), whole].into_iter().flatten().any(|name| refused(filling.refusals, name).is_some()) {
        input.set_attribute("aria-invalid", "true")?;
    }
    Ok(())
}

fn set_present(element: &mut Element<'_, '_>, attribute: &str, present: bool) -> Handled {
    if present {
        element.set_attribute(attribute, "")?;
    } else {
        element.remove_attribute(attribute);
    }
    Ok(())
}

/// What a refusal says.
pub(crate) fn message(refusal: &Refusal, words: &Words) -> String {
    let values: Vec<(&str, &str)> =
        refusal.values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    refusal.message.clone().unwrap_or_else(|| words.say(&refusal.key(), &values))
}

fn summary_item(refusal: &Refusal, message: &str) -> String {
    match &refusal.field {
        Some(field) => format!("<li><a href=\"#{}\">{}</a></li>", escape(field), escape(message)),
        None => format!("<li>{}</li>", escape(message)),
    }
}

/// Text as HTML that shows it, in content or between double quotes.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(page: &str, filling: &Filling<'_>) -> String {
        fill(page, filling, &Words::default()).expect("a page")
    }

    #[test]
    fn every_kind_of_input_gets_what_was_typed_and_never_as_markup() {
        let values =
            vec![("t", "a\n</textarea><script>"), ("c", "one"), ("c", "three"), ("s", "2"), ("i", "\"><b>")];
        let filling = Filling { values, ..Filling::default() };
        for (page, expected) in [
            (
                "<textarea name=\"t\">x</textarea>",
                "<textarea name=\"t\">\na\n&lt;/textarea&gt;&lt;script&gt;</textarea>",
            ),
            (
                "<input type=\"checkbox\" name=\"c\" value=\"one\">",
                "<input type=\"checkbox\" name=\"c\" value=\"one\" checked=\"\">",
            ),
            (
                "<input type=\"checkbox\" name=\"c\" value=\"two\" checked>",
                "<input type=\"checkbox\" name=\"c\" value=\"two\">",
            ),
            (
                "<input type=\"checkbox\" name=\"c\" value=\"three\">",
                "<input type=\"checkbox\" name=\"c\" value=\"three\" checked=\"\">",
            ),
            (
                "<select name=\"s\"><option value=\"1\" selected>1</option><option value=\"2\">2</option></select>",
                "<select name=\"s\"><option value=\"1\">1</option><option value=\"2\" selected=\"\">2</option></select>",
            ),
            ("<input name=\"i\">", "<input name=\"i\" value=\"&quot;&gt;&lt;b&gt;\">"),
            ("<input type=\"file\" name=\"i\">", "<input type=\"file\" name=\"i\">"),
            (
                "<input type=\"radio\" name=\"other\" value=\"x\" checked>",
                "<input type=\"radio\" name=\"other\" value=\"x\" checked>",
            ),
        ] {
            assert_eq!(filled(page, &filling), expected);
        }
    }

    #[test]
    fn one_section_is_shown_with_the_fields_that_are_reached() {
        let shown = Shown { section: 1, has_back: true, reached: BTreeSet::from(["a"]) };
        let filling = Filling { shown: Some(shown), may: vec!["edit"], ..Filling::default() };
        let page = "<section data-section=\"0\"></section><section data-section=\"1\" hidden><div data-field=\"a\" hidden></div>\
             <div data-field=\"b\"></div></section><button hidden data-back></button><p data-may=\"edit\" hidden></p><p data-may=\"withdraw\"></p>";
        assert_eq!(
            filled(page, &filling),
            "<section data-section=\"0\" hidden=\"\"></section><section data-section=\"1\"><div data-field=\"a\"></div>\
             <div data-field=\"b\" hidden=\"\"></div></section><button data-back></button><p data-may=\"edit\"></p><p data-may=\"withdraw\" hidden=\"\"></p>"
        );
    }

    #[test]
    fn what_is_carried_on_is_never_markup() {
        let filling = Filling { carry: vec![("f-a", "\"><script>\nx")], ..Filling::default() };
        assert_eq!(
            filled("<div data-carry></div>", &filling),
            "<div data-carry><input type=\"hidden\" name=\"f-a\" value=\"&quot;&gt;&lt;script&gt;\nx\"></div>"
        );
    }
}
