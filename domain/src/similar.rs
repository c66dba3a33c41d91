//! Which published texts are close to one that is being written: by the words they share, the rarer the more they weigh.
//!
//! All is counted in whole numbers, so that the script of the form, which does the same, finds the same.

use crate::{
    deposit::title_field,
    form::{Answer, Answers, Form, Kind, Visibility},
    identity::words,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// Words that say nothing of what a French text is about, as [`words`] makes them.
pub const STOP_WORDS: &str = "a afin ai ainsi alors apres au aucun aussi autre autres aux avant avec avez avoir avons \
beaucoup bien car ce cela celle celles celui certain certaines certains ces cet cette ceux chaque chez comme comment d \
dans de depuis des deux doit donc dont du elle elles en encore entre es est et etaient etait etc ete etes etre eu eux \
fait faire faudrait faut font fois grand il ils j je jusqu l la le les leur leurs lors lorsque lui m ma mais me meme \
memes mes mieux moi moins mon n ne ni non nos notre nous on ont ou par parce pas pendant petit peu peut peuvent plus \
plusieurs pour pourquoi pourrait pouvoir pres propose puis qu quand que quel quelle quelles quelque quelques quels qui \
quoi s sa sans se sera serait ses si soient soit son sont sous souvent suis sur t ta tant te tes toi ton toujours tous \
tout toute toutes tres trop tu un une unes uns vers via voir vos votre voudrais vous y";

/// Among the pages that functions answer with in a process, the name of the file that holds [`Known`].
pub const FILE: &str = "published.json";

/// Of a text, so many characters are compared: as many as the description of a published one has.
const COMPARED: usize = 200;

/// Close is what shares at least a fifth, as cosines have it: the square of a fifth is one in so many.
const CLOSE: u128 = 25;

/// What is known of published texts, as the site's build writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// Words that count for nothing.
    pub stop: BTreeSet<String>,
    /// The texts.
    pub texts: Vec<Published>,
}

/// A published text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// What it speaks of.
    pub words: BTreeSet<String>,
}

/// What a text speaks of.
pub fn telling(text: &str) -> BTreeSet<String> {
    words(text).into_iter().filter(|word| STOP_WORDS.split(' ').all(|stop| stop != word)).collect()
}

/// What a deposit that is being written speaks of, as far as everybody will read it: its title, and the beginning of its
/// first long text.
pub fn of_answers(form: &Form, answers: &Answers) -> BTreeSet<String> {
    let text = |id: &str| match answers.get(id) {
        Some(Answer::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    let is_long = |kind: &Kind| matches!(kind, Kind::LongText { .. } | Kind::RichText { .. });
    let mut long = form.fields.iter().filter(|field| {
        is_long(&field.kind) && field.visibility == Visibility::Public && field.personal.is_none()
    });
    let title = title_field(form).and_then(|field| text(&field.id)).unwrap_or_default();
    telling(&format!("{title} {}", beginning(long.find_map(|field| text(&field.id)).unwrap_or_default())))
}

fn beginning(text: &str) -> &str {
    match text.char_indices().nth(COMPARED) {
        Some((end, _)) => {
            text[..end].rsplit_once(char::is_whitespace).map_or(&text[..end], |(whole, _)| whole)
        }
        None => text,
    }
}

/// The published texts that are close to one which speaks of `words`, the closest first, `most` at most.
pub fn closest<'p>(words: &BTreeSet<String>, published: &'p [Published], most: usize) -> Vec<&'p Published> {
    let weights = Weights::of(published);
    let own = weights.sum(words.iter());
    let scored = published.iter().filter_map(|text| {
        let shared = weights.sum(text.words.intersection(words));
        let product = own * weights.sum(text.words.iter());
        // The cosine of the two, squared, is `shared² / product`.
        (shared > 0 && shared * shared * CLOSE >= product).then_some((shared * shared, product, text))
    });
    let mut scored: Vec<_> = scored.collect();
    scored.sort_by(|(a, of_a, one), (b, of_b, other)| {
        (b * of_a).cmp(&(a * of_b)).then_with(|| one.url.cmp(&other.url))
    });
    scored.into_iter().take(most).map(|(_, _, text)| text).collect()
}

/// How much each word weighs: one more each time that half as many texts have it.
struct Weights<'p> {
    texts: usize,
    holders: HashMap<&'p str, usize>,
}

impl Known {
    /// That of some texts.
    pub fn of(texts: Vec<Published>) -> Self {
        Self { stop: STOP_WORDS.split(' ').map(str::to_owned).collect(), texts }
    }
}

impl<'p> Weights<'p> {
    fn of(published: &'p [Published]) -> Self {
        let mut holders = HashMap::<&str, usize>::new();
        for word in published.iter().flat_map(|text| &text.words) {
            *holders.entry(word).or_default() += 1;
        }
        Self { texts: published.len(), holders }
    }

    fn sum<'w>(&self, words: impl Iterator<Item = &'w String>) -> u128 {
        let weight = |word: &String| {
            let holders = self.holders.get(word.as_str()).copied().unwrap_or(1);
            1 + u128::from((self.texts / holders).checked_ilog2().unwrap_or(0))
        };
        words.map(weight).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn published(texts: &[&str]) -> Vec<Published> {
        let texts = texts.iter().enumerate();
        let text = |(number, text): (usize, &&str)| Published {
            title: (*text).to_owned(),
            url: format!("/{number:03}/"),
            words: telling(text),
        };
        texts.map(text).collect()
    }

    fn found(text: &str, texts: &[&str]) -> Vec<String> {
        let published = published(texts);
        closest(&telling(text), &published, 5).into_iter().map(|text| text.title.clone()).collect()
    }

    #[test]
    fn texts_on_the_same_matter_are_found_and_others_are_not() {
        let texts = [
            "Un banc devant l’école",
            "Des bancs à l’ombre dans le parc",
            "Une piste cyclable rue Pasteur",
            "Une fontaine sur la place",
            "Éclairer la rue Pasteur la nuit",
        ];
        assert_eq!(found("Installer un BANC près de l'ecole", &texts), ["Un banc devant l’école"]);
        assert_eq!(
            found("Rue Pasteur : une piste", &texts),
            ["Une piste cyclable rue Pasteur", "Éclairer la rue Pasteur la nuit"]
        );
        assert!(found("Un composteur collectif", &texts).is_empty());
        assert!(found("Pour les autres, avec nous", &texts).is_empty());
        assert!(found("", &texts).is_empty() && found("Un banc", &[]).is_empty());
    }

    #[test]
    fn a_rare_word_says_more_than_a_frequent_one() {
        let mut texts = vec!["ville ruche"];
        texts.extend([
            "ville parc",
            "ville bus",
            "ville eau",
            "ville nuit",
            "ville bois",
            "ville vent",
            "ville mur",
        ]);
        assert_eq!(found("ville ruche gare", &texts)[0], "ville ruche");
        assert_eq!(found("ruche", &texts), ["ville ruche"]);
    }

    #[test]
    fn a_long_text_is_compared_by_its_beginning_in_whole_words() {
        assert_eq!(beginning("court"), "court");
        let long = "mot ".repeat(100);
        assert_eq!(beginning(&long).split(' ').filter(|word| *word == "mot").count(), 50);
        assert_eq!(beginning(&"é".repeat(300)).chars().count(), COMPARED);
    }

    #[test]
    fn stop_words_are_as_words_are_made() {
        for word in STOP_WORDS.split(' ') {
            assert_eq!(words(word), [word]);
        }
    }

    proptest! {
        #[test]
        fn a_text_is_always_its_own_closest(
            texts in proptest::collection::vec("[a-z]{1,3}( [a-z]{1,3}){0,6}", 1..12),
            which in any::<prop::sample::Index>(),
        ) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let published = published(&texts);
            let own = &which.get(&published).words;
            prop_assume!(!own.is_empty());
            let found = closest(own, &published, 3);
            prop_assert_eq!(&found[0].words, own);
            prop_assert_eq!(found, closest(own, &published, 3));
        }
    }
}
