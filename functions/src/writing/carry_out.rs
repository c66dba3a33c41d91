//! How what was sent is kept: the deposit or the answer, and the place it takes among those of its writer, in one commit
//! (I3).

use super::{Subject, draft};
use crate::{
    deposits,
    door::Door,
    proof::pending::{Kept, random, read_again},
    questionnaire::{self, Row},
    respond::Failure,
    table::{CommitError, Condition, Item, Key, TableError, Write, query_all},
};
use domain::{
    deposit::{Actor, Author, Deposit, Move, Moved, State, title_field},
    form::{Answer, Answers, Files, Form, Typed, version::version},
    identity::words,
    rulebook::Purpose,
    secret::Pseudonym,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What waits for a code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Claims {
    /// Pseudonym of the mailbox under the activity's key.
    pub(super) mailbox: Pseudonym,
    /// The text; gone once it is carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) written: Option<Written>,
}

/// What was written, as typed: it is checked anew when the code comes (I2).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Written {
    /// [`version`] of the form.
    pub(super) form: String,
    /// Names and values of the fields that were reached.
    pub(super) typed: Vec<(String, String)>,
    /// Their files, which were looked into when they came.
    #[serde(default, skip_serializing_if = "Files::is_empty")]
    pub(super) files: Files,
    /// Address to write to.
    pub(super) email: String,
    /// What the site is to call the author; empty when nothing is published.
    pub(super) public_name: String,
    /// The hash of the draft that it was written from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) draft: Option<Pseudonym>,
}

impl Written {
    pub(super) fn typed(&self, form: &Form) -> Typed {
        Typed(self.typed.clone()).with_files(form, &self.files)
    }
}

/// What tells a writer that it was received.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Receipt {
    /// Of a deposit: its id and its reference. An answer has none: nobody can tell whose it is.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(super) deposit: Option<Numbered>,
}

/// What a deposit is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Numbered {
    pub(super) id: String,
    pub(super) reference: String,
}

impl Receipt {
    /// That of a deposit that is kept.
    pub(super) fn of(id: &str, deposit: &Deposit) -> Self {
        Self { deposit: Some(Numbered { id: id.to_owned(), reference: deposit.reference.clone() }) }
    }
}

/// What became of what was sent.
pub(super) enum Outcome {
    /// It is kept.
    Done {
        receipt: Receipt,
        /// Rather than before, or by the same request sent at the same time.
        is_first: bool,
    },
    /// The writer has written as often as may be.
    Taken,
}

/// Times a commit is tried anew when what it rests on has changed meanwhile.
const ATTEMPTS: usize = 10;

/// What is to be kept.
pub(super) struct Entry<'a> {
    pub(super) subject: &'a Subject,
    pub(super) answers: Answers,
    pub(super) author: Option<Author>,
    /// The draft that it was written from, which is not needed any more.
    pub(super) draft: Option<Pseudonym>,
    /// Whose place it takes.
    pub(super) writer: Pseudonym,
    /// From which what it is called is derived, so that the same request is the same deposit (I4).
    pub(super) seed: String,
    pub(super) now: Timestamp,
}

impl Entry<'_> {
    /// Keeps it, if its writer has a place left. `waiting` is the request that brought it, which is noted as carried out in
    /// the same commit.
    pub(super) async fn keep(
        &self,
        door: &Door,
        mut waiting: Option<Kept<Claims, Receipt>>,
    ) -> Result<Outcome, Failure> {
        let Self { subject, now, .. } = self;
        let partition = writer_partition(&subject.process_id, &self.writer);
        let receipt = self.receipt(door);
        // An answer must not be found by way of its writer: their place tells of the request alone.
        let mark = match &receipt.deposit {
            Some(numbered) => numbered.id.clone(),
            None => subject.key(door).pseudonym(&["sent", &self.seed]).as_str().to_owned(),
        };
        for _ in 0..ATTEMPTS {
            if let Some(done) = waiting.as_ref().and_then(|kept| kept.pending.done.clone()) {
                return Ok(Outcome::Done { receipt: done, is_first: false });
            }
            let slots = query_all(&*door.table, &partition, *now).await?;
            let marks = slots.iter().map(Item::read::<String>).collect::<Result<Vec<_>, _>>()?;
            if marks.contains(&mark) {
                return Ok(Outcome::Done { receipt, is_first: false });
            }
            let Some(slot) = free_slot(&slots, subject.writing.per_person, &mark) else {
                return Ok(Outcome::Taken);
            };
            let erased = Some(subject.writing.erased);
            let slot = Key::new(partition.clone(), slot.to_string());
            let mut writes = vec![self.row(&receipt)?, Write::put(slot, Condition::Absent, erased, &mark)?];
            if let Some(kept) = &waiting {
                let mailbox = kept.pending.claims.mailbox.clone();
                writes.push(kept.done(Claims { mailbox, written: None }, receipt.clone())?);
            }
            if let Some(hash) = &self.draft {
                writes.extend(draft::deletion(door, &subject.process_id, hash, *now).await?);
            }
            match door.table.commit(writes, *now).await {
                Ok(()) => return Ok(Outcome::Done { receipt, is_first: true }),
                Err(CommitError::Refused) => {}
                Err(CommitError::Table(error)) => return Err(error.into()),
            }
            if let Some(kept) = waiting {
                waiting = Some(read_again(door, kept, *now).await?);
            }
        }
        Err(TableError::Busy("the same items keep changing".into()).into())
    }

    /// What it is called once it is kept.
    pub(super) fn receipt(&self, door: &Door) -> Receipt {
        if self.subject.writing.purpose == Purpose::Answer {
            return Receipt::default();
        }
        let key = self.subject.key(door);
        let id = key.pseudonym(&["id", &self.seed]).as_str()[..deposits::ID_DIGITS].to_owned();
        let reference = reference(&key.pseudonym(&["reference", &self.seed]));
        Receipt { deposit: Some(Numbered { id, reference }) }
    }

    fn row(&self, receipt: &Receipt) -> Result<Write, Failure> {
        let Subject { process_id, writing, .. } = self.subject;
        let form = version(&writing.form);
        let Some(Numbered { id, reference }) = &receipt.deposit else {
            let key = questionnaire::key(process_id, &random()?);
            // Nothing tells whose it is, unless the form itself asks: then it is erased as it says (I7).
            let is_personal =
                |id: &String| writing.form.field(id).is_some_and(|field| field.personal.is_some());
            let expires = self.answers.keys().any(is_personal).then_some(writing.erased);
            let row = Row { form, answers: self.answers.clone() };
            return Ok(Write::put(key, Condition::Absent, expires, &row)?);
        };
        let deposit = Deposit {
            reference: reference.clone(),
            slug: slug(title(&writing.form, &self.answers), reference),
            state: State::Submitted,
            revision: 1,
            form,
            answers: self.answers.clone(),
            author: self.author.clone(),
            at: self.now,
            history: vec![Moved { at: self.now, by: Actor::Author, did: Move::Submit }],
        };
        Ok(Write::put(deposits::key(process_id, id), Condition::Absent, Some(writing.erased), &deposit)?)
    }
}

/// The partition of a writer's places, each under its number.
pub(crate) fn writer_partition(process: &str, writer: &Pseudonym) -> String {
    format!("writer#{process}#{}", writer.as_str())
}

/// A place that is free, another one for each request, so that requests at the same time seldom meet.
fn free_slot(slots: &[Item], per_person: u32, mark: &str) -> Option<u32> {
    // More may have been given when the rule allowed more.
    if slots.len() >= usize::try_from(per_person).unwrap_or(usize::MAX) {
        return None;
    }
    let is_free = |slot: &u32| slots.iter().all(|item| item.key.sort != slot.to_string());
    let first = u32::from_str_radix(mark.get(..7)?, 16).ok()? % per_person;
    (first..per_person).chain(0..first).find(is_free)
}

/// What a form's answers are called; empty when the form asks no title.
pub(super) fn title<'a>(form: &Form, answers: &'a Answers) -> &'a str {
    match title_field(form).and_then(|field| answers.get(&field.id)) {
        Some(Answer::Text(title)) => title,
        _ => "",
    }
}

/// Crockford's digits without those that are taken for others, and without vowels: a reference is no word.
const DIGITS: &[u8; 28] = b"23456789BCDFGHJKMNPQRSTVWXYZ";

/// `ABCD-EFGH`: one of 378 thousand million.
fn reference(random: &Pseudonym) -> String {
    let mut rest = u128::from_str_radix(random.as_str(), 16).unwrap_or_default();
    let mut reference = String::with_capacity(9);
    for place in 0..8 {
        if place == 4 {
            reference.push('-');
        }
        let digit = usize::try_from(rest % DIGITS.len() as u128).unwrap_or_default();
        reference.push(char::from(DIGITS[digit]));
        rest /= DIGITS.len() as u128;
    }
    reference
}

/// Of the first words of a title, so long at most.
const LONGEST_SLUG: usize = 60;

fn slug(title: &str, reference: &str) -> String {
    let mut slug = String::new();
    for word in words(title) {
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        if slug.len() + word.len() > LONGEST_SLUG {
            break;
        }
        if !word.is_empty() {
            slug += &word;
            slug.push('-');
        }
    }
    slug + &reference.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::secret::Secret;

    #[test]
    fn a_reference_can_be_dictated() {
        let key = Secret::new([7; 32]).key(&["x"]);
        for number in 0..1_000 {
            let reference = reference(&key.pseudonym(&[&number.to_string()]));
            assert_eq!((reference.len(), reference.find('-')), (9, Some(4)), "{reference}");
            assert!(reference.bytes().all(|byte| byte == b'-' || DIGITS.contains(&byte)), "{reference}");
        }
    }

    #[test]
    fn a_slug_is_the_first_words_and_the_reference() {
        assert_eq!(slug("Un banc devant l’école !", "BCDF-2345"), "un-banc-devant-l-ecole-bcdf-2345");
        assert_eq!(slug("", "BCDF-2345"), "bcdf-2345");
        assert_eq!(slug("學校 école ../../etc", "BCDF-2345"), "ecole-etc-bcdf-2345");
        assert_eq!(slug(&"a".repeat(200), "BCDF-2345"), "bcdf-2345");
        assert!(slug(&"mot ".repeat(200), "BCDF-2345").len() < 80);
    }
}
