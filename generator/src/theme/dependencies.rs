//! Which templates a template is made of, so that an edit remakes only the pages it can change.

use super::{EMBEDDED_PREFIX, Fingerprint, Key, Templates};
use std::collections::{BTreeMap, BTreeSet};

/// For each template the key of all it is made of, and the key of the whole theme; `said` stands for what any
/// template may use: words, addresses of assets.
///
/// A template is taken to depend on each template that it names, in quotes, and on each that defines a component
/// it calls: perhaps more than it does, never less, for Tera allows neither name to be computed.
pub(super) fn keys(templates: &Templates, said: Key) -> (BTreeMap<String, Key>, Key) {
    let direct = direct(templates);
    let key_of = |names: &BTreeSet<&str>| {
        let mut fingerprint = Fingerprint::default();
        fingerprint.key(said);
        for name in names {
            fingerprint.bytes(name.as_bytes());
            fingerprint.bytes(templates[*name].text.as_bytes());
        }
        fingerprint.finish()
    };
    let keys = templates.keys().map(|name| (name.clone(), key_of(&closure(name, &direct))));
    (keys.collect(), key_of(&templates.keys().map(String::as_str).collect()))
}

/// Whether a template that pages are made of says `text`.
pub(super) fn say(templates: &Templates, text: &str) -> bool {
    let direct = direct(templates);
    let is_shadowed =
        |name: &str| name.strip_prefix(EMBEDDED_PREFIX).is_some_and(|name| templates.contains_key(name));
    let used = templates.keys().filter(|name| !is_shadowed(name)).flat_map(|name| closure(name, &direct));
    used.into_iter().any(|name| templates[name].text.contains(text))
}

/// The templates that a template is made of, itself too.
pub(super) fn reached<'t>(templates: &'t Templates, name: &'t str) -> BTreeSet<&'t str> {
    closure(name, &direct(templates))
}

/// For each template, those that it names and those that define the components it calls.
fn direct(templates: &Templates) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut definers = BTreeMap::<&str, Vec<&str>>::new();
    for (name, source) in templates {
        for component in components(&source.text) {
            definers.entry(component).or_default().push(name);
        }
    }
    templates.iter().map(|(name, source)| (&**name, uses(&source.text, templates, &definers))).collect()
}

/// The names of the components that a template defines.
pub(super) fn components(template: &str) -> impl Iterator<Item = &str> {
    let names = template.split("{%").skip(1).filter_map(|tag| {
        tag.trim_start_matches('-').trim_start().strip_prefix("component ").map(str::trim_start)
    });
    names.filter_map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).next())
}

fn uses<'t>(
    template: &str,
    templates: &'t Templates,
    definers: &BTreeMap<&str, Vec<&'t str>>,
) -> BTreeSet<&'t str> {
    let quoted =
        |name: &str| template.contains(&format!("\"{name}\"")) || template.contains(&format!("'{name}'"));
    // What a theme of its own does not have is the embedded theme's.
    let falls_back = |name: &str| !templates.contains_key(name) && quoted(name);
    let named = templates
        .keys()
        .filter(|name| quoted(name) || name.strip_prefix(EMBEDDED_PREFIX).is_some_and(falls_back));
    let called = template.split('<').skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))?;
        definers.get(&rest[..end])
    });
    named.map(String::as_str).chain(called.flatten().copied()).collect()
}

fn closure<'t>(name: &'t str, direct: &BTreeMap<&'t str, BTreeSet<&'t str>>) -> BTreeSet<&'t str> {
    let mut reached = BTreeSet::from([name]);
    let mut waiting = vec![name];
    while let Some(next) = waiting.pop() {
        let new = direct.get(next).into_iter().flatten().copied().filter(|used| reached.insert(used));
        waiting.extend(new);
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Source;
    use std::sync::Arc;

    fn theme(files: &[(&str, &str)]) -> BTreeMap<String, Key> {
        let source = |(name, text): &(&str, &str)| {
            ((*name).to_owned(), Arc::new(Source { path: String::new(), text: (*text).to_owned() }))
        };
        keys(&files.iter().map(source).collect(), 0).0
    }

    #[test]
    fn an_edit_reaches_the_templates_that_extend_include_or_call_what_was_edited_and_no_other() {
        let files = [
            ("parvis/base.html", "base"),
            ("parvis/components.html", "{% component icon(name) %}x{% endcomponent icon %}"),
            ("parvis/place.html", "a place"),
            ("parvis/home.html", "{% extends \"base.html\" %}{% include 'place.html' %}"),
            ("parvis/page.html", "{% extends \"base.html\" %}{{ <icon name=\"a\" /> }}"),
        ];
        let before = theme(&files);
        let changed = |edited: usize| {
            let mut files = files;
            let text = format!("{}!", files[edited].1);
            files[edited].1 = &text;
            let after = theme(&files);
            after
                .iter()
                .filter(|(name, key)| before[*name] != **key)
                .map(|(name, _)| name.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(changed(0), ["parvis/base.html", "parvis/home.html", "parvis/page.html"]);
        assert_eq!(changed(1), ["parvis/components.html", "parvis/page.html"]);
        assert_eq!(changed(2), ["parvis/home.html", "parvis/place.html"]);
    }
}
