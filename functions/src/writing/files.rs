//! Files on their way: each is stored when it comes, and named on the following pages by a token that only we can make,
//! for no browser fills a file in again.

use super::{
    body::{Content, Kept, Room, Upload},
    journey::Step,
    sealed::{seal, unseal},
};
use crate::{
    answer::escape,
    attachment::{self, Examined, name::said, store::StoreError},
    proof::limit,
    respond::{Failure, network_of},
};
use axum::response::Response;
use domain::{
    form::{Answer, Answers, Attachment, Field, Files, Form, Kind, kinds::Media},
    limits::{FILES_PER_NETWORK, FILES_TOGETHER},
    refusal::Refusal,
    rulebook::Words,
    secret::{Key, Secret},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long a file travels in forms, in seconds. With the day that a text waits for its code, less than the time after
/// which what nothing names is erased.
const LIFETIME: i64 = 24 * 60 * 60 - 1;

/// What the inputs are called that carry a field's files on.
const KEPT: &str = "files-";
/// What the boxes are called that drop one.
const DROPPED: &str = "drop-";

/// A file that came earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Carried {
    /// Id of its field.
    field: String,
    /// Name of the input that carries it on.
    pub(super) input: String,
    /// What the input holds.
    pub(super) token: String,
    file: Attachment,
}

/// What a token says.
#[derive(Serialize, Deserialize)]
struct Token {
    /// When the file came, in seconds.
    at: i64,
    file: Attachment,
}

impl Carried {
    /// A file of a field, named at `now`.
    pub(super) fn new(
        secret: &Secret,
        process: &str,
        field: &str,
        file: Attachment,
        now: Timestamp,
    ) -> Option<Self> {
        let token = Token { at: now.as_second(), file };
        let sealed = seal(&key(secret, process, field), &token)?;
        Some(Self {
            field: field.to_owned(),
            input: format!("{KEPT}{field}"),
            token: sealed,
            file: token.file,
        })
    }

    /// The file that a token names; none when the token was not made here, for this field, or is too old.
    fn read(secret: &Secret, process: &str, field: &str, token: &str, now: Timestamp) -> Option<Self> {
        let Token { at, file } = unseal(&key(secret, process, field), token)?;
        let is_young = (0..=LIFETIME).contains(&now.as_second().checked_sub(at)?);
        let (field, input, token) = (field.to_owned(), format!("{KEPT}{field}"), token.to_owned());
        is_young.then_some(Self { field, input, token, file })
    }
}

fn key(secret: &Secret, process: &str, field: &str) -> Key {
    secret.key(&["attachment", process, field])
}

/// The largest file that each input takes.
pub(super) fn sizes(form: &Form) -> BTreeMap<String, u64> {
    let fields = form.fields.iter().filter(|field| field.is_asked());
    let sizes = fields.filter_map(|field| match field.kind {
        Kind::Files { max_size, .. } => Some((field.name(), max_size)),
        _ => None,
    });
    sizes.collect()
}

/// What a form says of files that came earlier.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Field → token.
    tokens: Vec<(String, String)>,
    /// Field → id.
    dropped: Vec<(String, String)>,
}

impl Said {
    /// Takes note of an input, if it is about files.
    pub(super) fn note(&mut self, name: &str, value: &str) -> bool {
        if let Some(field) = name.strip_prefix(KEPT) {
            self.tokens.push((field.to_owned(), value.to_owned()));
        } else if let Some(field) = name.strip_prefix(DROPPED) {
            self.dropped.push((field.to_owned(), value.to_owned()));
        } else {
            return false;
        }
        true
    }

    /// The files that are still there.
    pub(super) fn read(&self, secret: &Secret, process: &str, form: &Form, now: Timestamp) -> Vec<Carried> {
        let mut files: Vec<Carried> = Vec::new();
        for (field, token) in &self.tokens {
            let is_asked = form.field(field).is_some_and(|field| takes_files(field) && field.is_asked());
            if !is_asked {
                continue;
            }
            let Some(carried) = Carried::read(secret, process, field, token, now) else { continue };
            let is_dropped = self.dropped.iter().any(|(known, id)| known == field && *id == carried.file.id);
            if !is_dropped {
                add(&mut files, carried);
            }
        }
        files
    }
}

/// The same file in the same field is one.
fn add(files: &mut Vec<Carried>, carried: Carried) {
    if !files.iter().any(|known| known.field == carried.field && known.file.id == carried.file.id) {
        files.push(carried);
    }
}

/// The fields with their files.
pub(super) fn by_field(carried: &[Carried]) -> Files {
    let mut files = Files::new();
    for Carried { field, file, .. } in carried {
        files.entry(field.clone()).or_default().push(file.clone());
    }
    files
}

/// The same on their way again, as of `now`.
pub(super) fn carried(secret: &Secret, process: &str, files: &Files, now: Timestamp) -> Vec<Carried> {
    let each = files.iter().flat_map(|(field, files)| files.iter().map(move |file| (field, file)));
    each.filter_map(|(field, file)| Carried::new(secret, process, field, file.clone(), now)).collect()
}

pub(super) fn takes_files(field: &Field) -> bool {
    matches!(field.kind, Kind::Files { .. })
}

/// What came of files.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Those that are there now, with those that came earlier.
    pub(super) files: Vec<Carried>,
    /// Why others are not.
    pub(super) refusals: Vec<Refusal>,
}

/// Looks into files and stores them. None when their network has sent its share.
pub(super) async fn take(
    step: &Step<'_>,
    uploads: Vec<Upload>,
    address: &crate::respond::Address,
) -> Result<Option<Taken>, Failure> {
    let Step { door, subject, now, .. } = *step;
    let form = &subject.writing.form;
    let mut taken = Taken { files: step.sent.files.clone(), refusals: Vec::new() };
    let words = &subject.rulebook.words;
    let mut announced_together = 0_u64;
    for Upload { name, file, content } in uploads {
        let field = form.fields.iter().find(|field| field.is_asked() && field.name() == name);
        let Some(field) = field else { continue };
        let Kind::Files { types, max_size, max_count } = &field.kind else { continue };
        // What was announced was counted then.
        let is_announced = matches!(content, Content::Announced(_));
        if !is_announced
            && let Some(network) = network_of(*address)
            && !limit::allow(door, FILES_PER_NETWORK, &network, now).await?
        {
            return Ok(None);
        }
        let refuse = |rule| refusal_of(field, &file, rule);
        let too_much = || refuse("files_too_large").with("max", size(FILES_TOGETHER, words));
        // Given back once the file has been looked into.
        let Kept { bytes, room: _room } = match content {
            Content::Whole(kept) => kept,
            Content::Announced(announced) => {
                announced_together = announced_together.saturating_add(announced.size);
                if announced_together > FILES_TOGETHER {
                    taken.refusals.push(too_much());
                    continue;
                }
                match door.attachments.received(&announced.id, announced.size).await? {
                    Some(bytes) => Kept { bytes, room: Room::default() },
                    None => {
                        taken.refusals.push(refuse("file_gone"));
                        continue;
                    }
                }
            }
            Content::TooLarge => {
                taken.refusals.push(refuse("file_too_large").with("max", size(*max_size, words)));
                continue;
            }
            Content::TooMuch => {
                taken.refusals.push(too_much());
                continue;
            }
            Content::NoRoom => {
                taken.refusals.push(refuse("file_no_room"));
                continue;
            }
        };
        let examined = match attachment::examine(bytes, file.clone(), types.clone()).await {
            Ok(examined) => examined,
            Err(refused) => {
                taken.refusals.push(refuse(refused.rule()).with("types", names(types)));
                continue;
            }
        };
        let of_field = taken.files.iter().filter(|known| known.field == field.id);
        let ids: Vec<&str> = of_field.map(|known| known.file.id.as_str()).collect();
        if ids.contains(&&*examined.attachment.id) {
            continue;
        }
        if u32::try_from(ids.len()).unwrap_or(u32::MAX) >= *max_count {
            taken.refusals.push(refuse("file_too_many").with("max", max_count));
            continue;
        }
        let Examined { attachment, bytes } = examined;
        match door.attachments.put(&attachment.id, bytes).await {
            Ok(()) => taken.files.extend(Carried::new(
                &door.secret,
                &subject.process_id,
                &field.id,
                attachment,
                now,
            )),
            Err(StoreError::None) => taken.refusals.push(refuse("files_later")),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Some(taken))
}

/// Why a file is not taken in a field, by the name its sender knows it by.
pub(super) fn refusal_of(field: &Field, name: &str, rule: &str) -> Refusal {
    Refusal {
        field: Some(field.name().into()),
        rule: format!("answer.{rule}").into(),
        values: vec![("label", field.label.clone()), ("name", said(name))],
        message: None,
    }
}

/// Keeps the files that are about to be named in the table. When some are gone, the form is given back without them.
pub(super) async fn keep(step: &Step<'_>, answers: &Answers) -> Result<Option<Response>, Failure> {
    let Step { door, subject, sent, .. } = *step;
    let form = &subject.writing.form;
    let (mut gone, mut refusals) = (Vec::new(), Vec::new());
    for (field, files) in answered(answers) {
        for file in files {
            if door.attachments.keep(&file.id).await? {
                continue;
            }
            let label = form.field(&field).map(|field| field.label.clone()).unwrap_or_default();
            refusals.push(Refusal {
                field: Some(domain::form::name(&field).into()),
                rule: "answer.file_gone".into(),
                values: vec![("label", label), ("name", file.name)],
                message: None,
            });
            gone.push(file.id);
        }
    }
    if refusals.is_empty() {
        return Ok(None);
    }
    let left = sent.files.iter().filter(|carried| !gone.contains(&carried.file.id)).cloned().collect();
    let sent = sent.clone().with_files(left, form);
    let step = Step { sent: &sent, since: step.since.clone(), ..*step };
    step.refuse(&refusals).await.map(Some)
}

/// The files that answers name.
pub(super) fn answered(answers: &Answers) -> Files {
    let files = answers.iter().filter_map(|(field, answer)| match answer {
        Answer::Files(files) => Some((field.clone(), files.clone())),
        _ => None,
    });
    files.collect()
}

/// For each field that takes files, those that are there, and a box to drop each.
pub(super) fn lists(form: &Form, carried: &[Carried], words: &Words) -> Vec<(String, String)> {
    let fields = form.fields.iter().filter(|field| field.is_asked() && takes_files(field));
    let lists = fields.filter_map(|field| {
        let own = carried.iter().filter(|carried| carried.field == field.id);
        let items: String = own.map(|carried| item(carried, words)).collect();
        let list = format!("<p>{}</p><ul>{items}</ul>", escape(&words.say("files.kept", &[])));
        (!items.is_empty()).then(|| (format!("{KEPT}{}", field.id), list))
    });
    lists.collect()
}

fn item(carried: &Carried, words: &Words) -> String {
    let Carried { field, input, token, file } = carried;
    let id = format!("{DROPPED}{field}-{}", file.id);
    let drop = words.say("files.drop", &[("name", &file.name)]);
    format!(
        "<li>{} ({})<input type=\"hidden\" name=\"{}\" value=\"{}\"> <span class=\"choice\"><input type=\"checkbox\" \
         id=\"{id}\" name=\"{DROPPED}{}\" value=\"{}\"> <label for=\"{id}\">{}</label></span></li>",
        escape(&file.name),
        escape(&size(file.size, words)),
        escape(input),
        escape(token),
        escape(field),
        escape(&file.id),
        escape(&drop),
        id = escape(&id),
    )
}

fn names(types: &[Media]) -> String {
    let names = types.iter().map(|media| media.name());
    names.collect::<Vec<_>>().join(", ")
}

/// « 48 ko », « 1,2 Mo ».
pub(super) fn size(bytes: u64, words: &Words) -> String {
    let say = |unit: &str, size: &str| words.say(&format!("size.{unit}"), &[("size", size)]);
    if bytes < 999_500 {
        return say("kilo", &((bytes + 500) / 1_000).max(1).to_string());
    }
    let tenths = (bytes + 50_000) / 100_000;
    let decimal = words.say("number.decimal", &[]);
    match tenths % 10 {
        0 => say("mega", &(tenths / 10).to_string()),
        rest => say("mega", &format!("{}{decimal}{rest}", tenths / 10)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Attachment {
        Attachment { id: "0".repeat(32), name: "plan.pdf".into(), media: Media::Pdf, size: 48_000 }
    }

    fn form() -> Form {
        let kind =
            r#"{"id":"plan","label":"Plan","kind":"files","types":["pdf"],"max_size":1000,"max_count":2}"#;
        let other = kind.replace("\"plan\"", "\"other\"");
        Form { fields: [kind, &other].map(|field| serde_json::from_str(field).expect("a field")).into() }
    }

    #[test]
    fn a_token_is_believed_when_it_was_made_here_for_this_field_within_a_day() {
        let (secret, other) = (Secret::new([7; 32]), Secret::new([8; 32]));
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("an instant");
        let later = |seconds| now + jiff::SignedDuration::from_secs(seconds);
        let carried = Carried::new(&secret, "idees", "plan", file(), now).expect("a token");
        let read = |secret: &Secret, process: &str, field: &str, at| {
            let mut said = Said::default();
            assert!(said.note(&format!("files-{field}"), &carried.token));
            said.read(secret, process, &form(), at)
        };
        assert_eq!(read(&secret, "idees", "plan", now), std::slice::from_ref(&carried));
        assert_eq!(read(&secret, "idees", "plan", later(LIFETIME)), std::slice::from_ref(&carried));
        assert!(read(&secret, "idees", "plan", later(LIFETIME + 1)).is_empty());
        assert!(read(&secret, "idees", "plan", later(-1)).is_empty());
        assert!(read(&secret, "idees", "other", now).is_empty());
        assert!(read(&secret, "idees", "none", now).is_empty());
        assert!(read(&secret, "budget", "plan", now).is_empty());
        assert!(read(&other, "idees", "plan", now).is_empty());
        for forged in ["", ".", "{}", &carried.token.replace("plan.pdf", "plan.exe"), &carried.token[1..]] {
            assert_eq!(Carried::read(&secret, "idees", "plan", forged, now), None, "{forged}");
        }
    }

    #[test]
    fn a_file_that_is_dropped_or_named_twice_is_not_there_twice() {
        let secret = Secret::new([7; 32]);
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("an instant");
        let token = Carried::new(&secret, "idees", "plan", file(), now).expect("a token").token;
        let mut said = Said::default();
        assert!(
            said.note("files-plan", &token) && said.note("files-plan", &token) && !said.note("f-plan", "x")
        );
        assert_eq!(by_field(&said.read(&secret, "idees", &form(), now))["plan"], [file()]);
        said.note("drop-plan", &"0".repeat(32));
        assert!(said.read(&secret, "idees", &form(), now).is_empty());
    }
}
