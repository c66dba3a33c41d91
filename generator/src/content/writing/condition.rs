//! `when`: on which earlier answers a field is shown.

use super::field::Written;
use crate::{
    diagnostics::{Diagnostic, suggestion},
    front_matter::{Answer, Table},
};
use domain::form::{Choice, Condition, Kind};
use std::ops::Range;
use toml::Spanned;

/// A condition as it is written: the fields that it names are looked up when all have been read.
pub(super) enum Clause {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Field(Spanned<String>, Rule),
}

/// What is asked of a field.
pub(super) enum Rule {
    Is(Spanned<String>),
    Answered,
    AtLeast(i64),
    AtMost(i64),
}

impl Clause {
    pub(super) fn read(table: &mut Table<'_>) -> Option<Self> {
        let lists = ["all", "any", "not"].map(|key| table.has(key));
        let all = table.tables("all", Self::read);
        let any = table.tables("any", Self::read);
        let not = table.table("not", Self::read);
        match lists {
            [true, false, false] => return Some(Self::All(all)),
            [false, true, false] => return Some(Self::Any(any)),
            [false, false, true] => return not.map(|not| Self::Not(Box::new(not))),
            _ => {}
        }
        let rules = ["is", "answered", "at_least", "at_most"].into_iter().filter(|key| table.has(key));
        let rules = rules.count();
        let names_field = table.has("field");
        let field: Option<Spanned<String>> = table.get("field");
        let is = table.get::<Spanned<Answer>>("is").map(|is| Spanned::new(is.span(), is.into_inner().0));
        let answered: Option<Spanned<bool>> = table.get("answered");
        let bounds = (table.get("at_least"), table.get("at_most"));
        if lists != [false; 3] || rules != 1 || !names_field {
            let message = "une condition dit une chose et une seule d’un champ";
            let help = "écrivez par exemple `when = { field = \"theme\", is = \"eau\" }` ; pour en réunir plusieurs, `{ all = [{ … }, { … }] }` ou `{ any = […] }`";
            table.report(table.error(table.header(), message).help(help));
            return None;
        }
        let field = field?;
        match (is, answered, bounds) {
            (Some(is), ..) => Some(Self::Field(field, Rule::Is(is))),
            (_, Some(answered), _) if *answered.get_ref() => Some(Self::Field(field, Rule::Answered)),
            (_, Some(_), _) => Some(Self::Not(Box::new(Self::Field(field, Rule::Answered)))),
            (.., (Some(least), _)) => Some(Self::Field(field, Rule::AtLeast(least))),
            (.., (_, Some(most))) => Some(Self::Field(field, Rule::AtMost(most))),
            _ => None,
        }
    }

    /// The condition, for the field at `place` among `fields`; what is wrong in it goes to `table`'s file.
    pub(super) fn resolve(&self, place: usize, fields: &[Written], table: &Table<'_>) -> Option<Condition> {
        let resolve_all = |parts: &[Self]| {
            // Each is looked at, whatever is wrong in the others.
            let parts: Vec<_> = parts.iter().map(|part| part.resolve(place, fields, table)).collect();
            parts.into_iter().collect::<Option<Vec<_>>>()
        };
        match self {
            Self::All(parts) => Some(Condition::All(resolve_all(parts)?)),
            Self::Any(parts) => Some(Condition::Any(resolve_all(parts)?)),
            Self::Not(part) => Some(Condition::Not(Box::new(part.resolve(place, fields, table)?))),
            Self::Field(name, rule) => {
                let about = About { name, place, fields, table };
                about.known().and_then(|kind| about.rule(kind, rule))
            }
        }
    }
}

/// A condition on one field.
struct About<'c> {
    name: &'c Spanned<String>,
    /// Of the field that is shown on condition.
    place: usize,
    fields: &'c [Written],
    table: &'c Table<'c>,
}

impl<'c> About<'c> {
    fn error(&self, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        self.table.error(span, message)
    }

    /// The kind of the field that is named, which must come before and be asked.
    fn known(&self) -> Option<&'c Kind> {
        let name = self.name.get_ref();
        let named = |field: &Written| field.id.as_ref().is_some_and(|id| id.get_ref() == name);
        let Some(found) = self.fields.iter().position(named) else {
            let earlier = self.fields[..self.place].iter().filter(|field| field.is_asked());
            let earlier: Vec<&str> =
                earlier.filter_map(|field| field.id.as_ref()).map(|id| id.get_ref().as_str()).collect();
            let help = match suggestion(name, earlier.iter().copied()) {
                Some(meant) => Some(format!("vouliez-vous dire \"{meant}\" ?")),
                None if earlier.is_empty() => None,
                None => Some(format!("champs qui viennent avant : {}", earlier.join(", "))),
            };
            let error = self.error(self.name.span(), format!("aucun champ ne s’appelle `{name}`"));
            self.table.report(error.maybe_help(help));
            return None;
        };
        let problem = if found >= self.place {
            let help = "une condition porte sur ce qui a été demandé plus haut : changez l’ordre des champs";
            Some((format!("`{name}` ne vient pas avant ce champ"), help))
        } else if self.fields[found].kind.as_ref().is_some_and(Kind::is_shown_only) {
            Some((format!("`{name}` n’attend pas de réponse"), "nommez un champ auquel on répond"))
        } else if self.fields[found].is_hidden() {
            Some((format!("`{name}` n’est pas demandé : il est réservé aux agents"), "nommez un autre champ"))
        } else {
            None
        };
        match problem {
            Some((message, help)) => {
                self.table.report(self.error(self.name.span(), message).help(help));
                None
            }
            None => self.fields[found].kind.as_ref(),
        }
    }

    fn rule(&self, kind: &Kind, rule: &Rule) -> Option<Condition> {
        let field = self.name.get_ref().clone();
        match rule {
            Rule::Answered => Some(Condition::Answered { field }),
            Rule::Is(value) => {
                self.is_possible(kind, value).then(|| Condition::Is { field, value: value.get_ref().clone() })
            }
            Rule::AtLeast(value) if is_number(kind) => Some(Condition::AtLeast { field, value: *value }),
            Rule::AtMost(value) if is_number(kind) => Some(Condition::AtMost { field, value: *value }),
            Rule::AtLeast(_) | Rule::AtMost(_) => {
                let message = format!("`{field}` n’est ni un nombre ni un montant");
                let help = "`at_least` et `at_most` comparent des nombres";
                self.table.report(self.error(self.name.span(), message).help(help));
                None
            }
        }
    }

    /// Whether a field of that kind can have that value.
    fn is_possible(&self, kind: &Kind, value: &Spanned<String>) -> bool {
        let possible: Vec<&str> = match kind {
            Kind::Choice { options } | Kind::Choices { options, .. } => ids(options),
            Kind::Grade { grades } => ids(grades),
            Kind::YesNo => vec!["yes", "no"],
            Kind::Consent => vec!["yes"],
            _ => {
                let message = format!("`{}` n’a pas de réponses proposées", self.name.get_ref());
                let help = "écrivez `answered = true`, ou `at_least` et `at_most` pour un nombre";
                self.table.report(self.error(self.name.span(), message).help(help));
                return false;
            }
        };
        let value_is = value.get_ref().as_str();
        if possible.contains(&value_is) {
            return true;
        }
        let help = match suggestion(value_is, possible.iter().copied()) {
            Some(meant) => format!("vouliez-vous dire \"{meant}\" ?"),
            None => format!("réponses possibles : {}", possible.join(", ")),
        };
        let message = format!("« {value_is} » n’est pas une réponse à `{}`", self.name.get_ref());
        self.table.report(self.error(value.span(), message).help(help));
        false
    }
}

fn ids(options: &[Choice]) -> Vec<&str> {
    options.iter().map(|option| option.id.as_str()).collect()
}

fn is_number(kind: &Kind) -> bool {
    matches!(kind, Kind::Number { .. } | Kind::Amount { .. })
}
