//! The words of a theme, said in its templates.
//!
//! `say(key="deposit.signed", author=a, date=d)` is the word `deposit.signed` as HTML, with `{author}` and `{date}` filled in:
//! values are escaped unless they are marked safe. A word may hold a little Markdown: `**strong**` and
//! `[link]({url})`, so that sentences stay whole whatever the order of a language.
//!
//! `say(key="count", count=3)` takes the form of `count` that the language has for 3 (`count.one`, `count.other`…),
//! `{count}` being the number with its digits grouped. Without `count`, a word that has forms gives them all, for a
//! script: a list of `{form, text}`.
//!
//! `say(key="how.grades", on="options")` says it of the options of a votation: by the word `option.how.grades`, where there is
//! one.

use crate::diagnostics::suggestion;
use domain::rulebook::{VotedOn, Words, group_digits};
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules, PluralRulesOptions};
use jiff::civil::Date;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};
use tera::{Error, Function, Kwargs, State, Value};

/// Where a number goes in a word that has plural forms.
const COUNT: &str = "count";

/// What is voted on, in the arguments of `say`.
const ON: &str = "on";

/// What groups the digits of a number, in the words.
const GROUP: &str = "number.group";

/// The language whose plural rules to follow, in the words, for a language that Unicode has no rules for.
const PLURALS: &str = "number.plurals";

/// The function `say` of templates.
#[derive(Debug, Clone)]
pub(crate) struct Say {
    words: Arc<Words>,
    /// The words as HTML.
    sentences: Arc<HashMap<String, Sentence>>,
    /// None in a language whose name is not one: every number takes the form `other`.
    plurals: Option<Arc<PluralRules>>,
    /// Days that have been said: few, and said often.
    days: Arc<Mutex<HashMap<Date, String>>>,
    /// The same words where options are voted on; none in those.
    of_options: Option<Arc<Self>>,
}

/// Text, then a name to fill in and text, and so on.
type Sentence = (String, Vec<(String, String)>);

impl Say {
    /// Says `words`, which are in `language` (BCP 47).
    pub(crate) fn new(words: Arc<Words>, language: &str) -> Self {
        let of_options = Arc::new(words.of_vote_on(VotedOn::Options).into_owned());
        Self { of_options: Some(Arc::new(Self::alone(of_options, language))), ..Self::alone(words, language) }
    }

    fn alone(words: Arc<Words>, language: &str) -> Self {
        let sentences = words.0.iter().map(|(key, text)| (key.clone(), sentence(&html(text))));
        let plurals = plural_rules(words.0.get(PLURALS).map_or(language, String::as_str));
        Self {
            sentences: Arc::new(sentences.collect()),
            words,
            plurals: plurals.map(Arc::new),
            days: Arc::default(),
            of_options: None,
        }
    }

    /// The words for a vote on that.
    pub(crate) fn of_vote_on(&self, voted_on: VotedOn) -> &Self {
        match voted_on {
            VotedOn::Deposits => self,
            VotedOn::Options => self.of_options.as_deref().unwrap_or(self),
        }
    }

    /// The size of a file: « 48 ko », « 1,2 Mo ».
    pub(crate) fn size(&self, bytes: u64) -> String {
        let say = |unit: &str, size: &str| self.words.say(&format!("size.{unit}"), &[("size", size)]);
        match bytes {
            0..1_000 => say("bytes", &bytes.to_string()),
            1_000..999_500 => say("kilo", &((bytes + 500) / 1_000).to_string()),
            _ => {
                let tenths = (bytes + 50_000) / 100_000;
                let decimal = self.words.say("number.decimal", &[]);
                match tenths % 10 {
                    0 => say("mega", &(tenths / 10).to_string()),
                    rest => say("mega", &format!("{}{decimal}{rest}", tenths / 10)),
                }
            }
        }
    }

    /// A day as it was said before, or as `say` says it.
    pub(crate) fn day(&self, day: Date, say: impl FnOnce() -> String) -> String {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        days.entry(day).or_insert_with(say).clone()
    }

    /// A word as plain text.
    pub(crate) fn text(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.say(key, values)
    }

    /// The form of a word that is for that number alone, such as « 1er », or else its form `other`.
    pub(crate) fn special(&self, key: &str, number: i64, values: &[(&str, &str)]) -> String {
        let keys = [format!("{key}.{number}"), format!("{key}.other")];
        let key = keys.iter().find(|key| self.words.0.contains_key(*key)).unwrap_or(&keys[1]);
        self.words.say(key, values)
    }

    /// « 1 page », « 4 pages »
    pub(crate) fn quantity(&self, noun: &str, count: u64) -> String {
        let key = format!("{noun}.{}", self.form_of(count));
        let key = if self.words.0.contains_key(&key) { key } else { format!("{noun}.other") };
        self.words.say(&key, &[(COUNT, &self.grouped(count))])
    }

    /// The word for a number: the form that it takes, or the word itself when it has no forms.
    fn form(&self, key: &str, count: u64) -> Option<&Sentence> {
        let keys = [format!("{key}.{}", self.form_of(count)), format!("{key}.other"), key.to_owned()];
        keys.iter().find_map(|key| self.sentences.get(key))
    }

    /// The name of the form that a number takes.
    fn form_of(&self, count: u64) -> &'static str {
        match self.plurals.as_ref().map(|plurals| plurals.category_for(count)) {
            Some(PluralCategory::Zero) => "zero",
            Some(PluralCategory::One) => "one",
            Some(PluralCategory::Two) => "two",
            Some(PluralCategory::Few) => "few",
            Some(PluralCategory::Many) => "many",
            Some(PluralCategory::Other) | None => "other",
        }
    }

    /// `1234` → `1 234`, `1,234`, `1.234`
    fn grouped(&self, number: u64) -> String {
        let french = group_digits(number);
        self.words.0.get(GROUP).map_or_else(|| french.clone(), |group| french.replace('\u{202f}', group))
    }

    /// The forms of a word, in the order of their names.
    fn forms(&self, key: &str) -> Option<Value> {
        let prefix = format!("{key}.");
        let own = self.words.0.range(prefix.clone()..);
        let forms: Vec<Value> = own
            .map_while(|(key, text)| Some((key.strip_prefix(&prefix)?, text)))
            .filter(|(form, _)| !form.contains('.'))
            .map(|(form, text)| Value::from_serializable(&BTreeMap::from([("form", form), ("text", text)])))
            .collect();
        (!forms.is_empty()).then(|| Value::from(forms))
    }

    fn unknown(&self, key: &str) -> Error {
        let meant = suggestion(key, self.words.0.keys().map(String::as_str));
        let help = meant.map(|meant| format!(" (vouliez-vous dire `{meant}` ?)")).unwrap_or_default();
        Error::message(format!("mot inconnu : `{key}`{help}"))
    }
}

impl Function<Result<Value, Error>> for Say {
    fn call(&self, arguments: Kwargs, state: &State) -> Result<Value, Error> {
        if let (Some("options"), Some(of_options)) = (arguments.get::<&str>(ON)?, &self.of_options) {
            return of_options.call(arguments, state);
        }
        let key = arguments.must_get::<&str>("key")?;
        let count = arguments.get::<u64>(COUNT)?;
        let found = match count {
            Some(count) => self.form(key, count),
            None => self.sentences.get(key),
        };
        let Some((start, rest)) = found else {
            let forms = if count.is_none() { self.forms(key) } else { None };
            return forms.ok_or_else(|| self.unknown(key));
        };
        let mut said = start.clone();
        for (name, text) in rest {
            match count.filter(|_| name == COUNT) {
                Some(count) => said.push_str(&self.grouped(count)),
                None => match arguments.get::<&Value>(name)? {
                    Some(value) => said.push_str(&state.escape_if_needed(value)?),
                    None => return Err(Error::message(format!("le mot `{key}` attend `{name}`"))),
                },
            }
            said.push_str(text);
        }
        Ok(Value::safe_string(&said))
    }
}

fn plural_rules(language: &str) -> Option<PluralRules> {
    let locale: Locale = language.parse().ok()?;
    PluralRules::try_new(locale.into(), PluralRulesOptions::default()).ok()
}

/// The little Markdown of a word, as HTML.
fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    strong(&links(&escaped))
}

/// `[text](url)` → `<a href="url">text</a>`
fn links(text: &str) -> String {
    let link = || {
        let (before, rest) = text.split_once('[')?;
        let (label, rest) = rest.split_once("](")?;
        let (url, after) = rest.split_once(')')?;
        Some(format!("{before}<a href=\"{url}\">{label}</a>{}", links(after)))
    };
    link().unwrap_or_else(|| text.to_owned())
}

/// `**text**` → `<strong>text</strong>`
fn strong(text: &str) -> String {
    match text.split("**").collect::<Vec<_>>()[..] {
        [before, inside, ref after @ ..] if !after.is_empty() => {
            format!("{before}<strong>{inside}</strong>{}", strong(&after.join("**")))
        }
        _ => text.to_owned(),
    }
}

/// Cuts a text at its placeholders.
fn sentence(text: &str) -> Sentence {
    let mut pieces = text.split('{');
    let mut start = pieces.next().unwrap_or_default().to_owned();
    let mut rest: Vec<(String, String)> = Vec::new();
    for piece in pieces {
        match piece.split_once('}') {
            Some((name, text)) => rest.push((name.to_owned(), text.to_owned())),
            // A brace that nothing closes is a brace.
            None => {
                let last = rest.last_mut().map_or(&mut start, |(_, text)| text);
                last.push('{');
                last.push_str(piece);
            }
        }
    }
    (start, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tera::{Context, Tera};

    fn say(language: &str, words: &[(&str, &str)], template: &str) -> Result<String, String> {
        let words = words.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
        let mut tera = Tera::new();
        tera.register_function("say", Say::new(Arc::new(Words(words)), language));
        tera.add_raw_template("page.html", template).expect("a template");
        let mut context = Context::new();
        context.insert("name", "A & B");
        tera.render("page.html", &context).map_err(|error| error.to_string())
    }

    #[test]
    fn sizes_are_said_in_the_words_of_the_language() {
        let words = |text| Arc::new(crate::words::flat(text));
        let french = Say::new(words(include_str!("../../../themes/parvis/words/fr.toml")), "fr");
        let said = [999, 48_200, 999_499, 999_500, 1_249_999].map(|bytes| french.size(bytes));
        let expected = ["999 octets", "48 ko", "999 ko", "1 Mo", "1,2 Mo"];
        assert_eq!(said, expected.map(|size| size.replace(' ', "\u{a0}")));
        let english = Say::new(words(include_str!("../../../themes/parvis/words/en.toml")), "en");
        assert_eq!(english.size(1_249_999).replace('\u{a0}', " "), "1.2 MB");
    }

    #[test]
    fn values_are_escaped_unless_they_are_safe() {
        let words = [("by", "Par {who}, d’« {what} » & {what}")];
        let said = say("fr", &words, r#"{{ say(key="by", who=name, what="<b>x</b>" | safe) }}"#);
        assert_eq!(said.as_deref(), Ok("Par A &amp; B, d’« <b>x</b> » &amp; <b>x</b>"));
    }

    #[test]
    fn a_word_may_hold_a_link_and_what_is_strong() {
        let words = [("look", "**Lisez** [la {what}]({url}) [ou] **pas")];
        let said = say("fr", &words, r#"{{ say(key="look", url="/a/?b&c", what="suite") }}"#);
        assert_eq!(
            said.as_deref(),
            Ok(r#"<strong>Lisez</strong> <a href="/a/?b&amp;c">la suite</a> [ou] **pas"#)
        );
    }

    #[test]
    fn a_number_takes_the_form_of_its_language_and_its_digits_are_grouped() {
        let template =
            r#"{% for n in [0, 1, 2, 3, 21, 1234, 1000000] %}{{ say(key="page", count=n) }};{% endfor %}"#;
        let french = [("page.one", "{count} page"), ("page.other", "{count} pages")];
        assert_eq!(
            say("fr", &french, template).as_deref(),
            Ok("0 page;1 page;2 pages;3 pages;21 pages;1\u{202f}234 pages;1\u{202f}000\u{202f}000 pages;")
        );
        let english = [("page.one", "{count} page"), ("page.other", "{count} pages"), ("number.group", ",")];
        assert_eq!(
            say("en", &english, template).as_deref(),
            Ok("0 pages;1 page;2 pages;3 pages;21 pages;1,234 pages;1,000,000 pages;")
        );
        let breton = [
            ("page.one", "{count} bajenn"),
            ("page.two", "{count} bajenn"),
            ("page.few", "{count} fajenn"),
            ("page.many", "{count} a bajennoù"),
            ("page.other", "{count} pajenn"),
        ];
        assert_eq!(
            say("br", &breton, template).as_deref(),
            Ok(
                "0 pajenn;1 bajenn;2 bajenn;3 fajenn;21 bajenn;1\u{202f}234 fajenn;1\u{202f}000\u{202f}000 a bajennoù;"
            )
        );
        let occitan =
            [("page.one", "{count} pagina"), ("page.other", "{count} paginas"), ("number.plurals", "fr")];
        assert!(
            say("oc", &occitan, template).is_ok_and(|said| said.starts_with("0 pagina;1 pagina;2 paginas;"))
        );
    }

    #[test]
    fn a_word_is_said_otherwise_of_options_where_it_has_another_form_for_them() {
        let words = [
            ("list.one", "{count} projet"),
            ("list.other", "{count} projets"),
            ("option.list.one", "{count} proposition"),
            ("option.list.other", "{count} propositions"),
            ("vote", "voter"),
        ];
        let template = r#"{% for on in ["deposits", "options"] %}{{ say(key="vote", on=on) }} : {{ say(key="list", count=2, on=on) }};{% endfor %}"#;
        assert_eq!(say("fr", &words, template).as_deref(), Ok("voter : 2 projets;voter : 2 propositions;"));
    }

    #[test]
    fn the_forms_of_a_word_are_given_in_order() {
        let words = [("day.other", "{day} {month}"), ("day.1", "1er {month}"), ("days", "jours")];
        let template = r#"{% for word in say(key="day") %}{{ word.form }}={{ word.text }};{% endfor %}"#;
        assert_eq!(say("fr", &words, template).as_deref(), Ok("1=1er {month};other={day} {month};"));
    }

    #[test]
    fn what_is_unknown_or_lacks_is_said() {
        let words = [("page.one", "{count} page"), ("by", "Par {who}")];
        let error = |template| say("fr", &words, template).expect_err("an error");
        assert!(error(r#"{{ say(key="pages.one") }}"#).contains("vouliez-vous dire `page.one`"));
        assert!(error(r#"{{ say(key="by", name="x") }}"#).contains("le mot `by` attend `who`"));
    }
}
