//! From section to section, to the preview and back. Nothing typed is lost on the way, nor kept here: it travels in the
//! pages.

use super::{
    Subject,
    announce::announced,
    body::{Content, Received, Upload},
    browser::Browser,
    draft::{self, Said},
    files, send,
    sent::{Go, Sent},
    show,
    since::Since,
};
use crate::{
    answer::{Filling, Page, Shown},
    deposits::Stored,
    door::Door,
    proof::{too_many, unavailable},
    respond::{Address, Failure, or_unavailable, render},
};
use axum::{
    http::{StatusCode, header},
    response::Response,
};
use domain::{
    deposit::{Actor, Move, NotAllowed, State, after},
    form::{
        Answers, Field, Form, Visibility,
        check::{check, check_section},
        condition::reached,
    },
    refusal::Refusal,
    rulebook::{Identity, Purpose},
    similar::{closest, of_answers},
    window::Phase,
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// So many published texts are shown at most beside one that is close to them.
const MOST_SIMILAR: usize = 5;

/// One step of the journey.
pub(super) struct Step<'a> {
    pub(super) door: &'a Door,
    pub(super) subject: &'a Subject,
    pub(super) sent: &'a Sent,
    pub(super) browser: &'a Browser,
    pub(super) now: Timestamp,
    /// When the form was first answered with; none when it does not tell.
    pub(super) since: Option<Since>,
}

/// A deposit that its author edits.
pub(super) struct Edited {
    pub(super) stored: Stored,
    /// The revision they began with.
    pub(super) base: u32,
}

pub(super) async fn answer(
    door: Door,
    subject: Subject,
    address: Address,
    browser: Browser,
    mut received: Received,
) -> Response {
    let now = door.clock.now();
    let mut uploads = std::mem::take(&mut received.uploads);
    let announced = announced(&received.pairs, &subject.writing.form, &subject.process_id, &door.secret, now);
    uploads.extend(announced.into_iter().map(|(name, announced)| Upload {
        name,
        file: announced.name.clone(),
        content: Content::Announced(announced),
    }));
    let sent = Sent::of(received, &subject.writing.form, &subject.process_id, &door.secret, now);
    let since = Since::read(&door.secret, &subject.process_id, &sent.since, now);
    let step = Step { door: &door, subject: &subject, sent: &sent, browser: &browser, now, since };
    or_unavailable(&door, step.answer(address, uploads).await).await
}

impl Step<'_> {
    async fn answer(&self, address: Address, uploads: Vec<Upload>) -> Result<Response, Failure> {
        let (sent, contact) = (self.sent, &self.subject.process().contact);
        if let Some(status) = sent.trouble {
            let refusal = Refusal::general("unreadable").with("contact", contact);
            return self.form_page(status, sent.at, &[refusal]).await;
        }
        let edited = match self.edited().await {
            Ok(Some(edited)) => edited,
            Ok(None) => {
                let refusal = Refusal::general("not_yours");
                return self.form_page(StatusCode::FORBIDDEN, sent.at, &[refusal]).await;
            }
            Err(failure) => {
                tracing::error!(%failure, "a deposit could not be read");
                let refusal = unavailable(contact);
                return self.form_page(StatusCode::SERVICE_UNAVAILABLE, sent.at, &[refusal]).await;
            }
        };
        let allowed = match &edited {
            None => self.may_go_on(),
            // A revision that is sent again may have been taken before the deposit was moved on (I4).
            Some(_) if sent.go == Go::Send => Ok(()),
            Some(edited) => may_revise(self.subject, &edited.stored.deposit.state, self.now).map(drop),
        };
        if let Err(refusal) = allowed {
            return self.form_page(StatusCode::UNPROCESSABLE_ENTITY, sent.at, &[refusal]).await;
        }
        if uploads.is_empty() {
            return self.go(edited, address).await;
        }
        let form = &self.subject.writing.form;
        let taken = match files::take(self, uploads, &address).await {
            Ok(Some(taken)) => taken,
            Ok(None) => {
                let refusals = [too_many(contact)];
                return self.form_page(StatusCode::TOO_MANY_REQUESTS, sent.at, &refusals).await;
            }
            Err(failure) => {
                tracing::error!(%failure, "a file could not be stored");
                let refusals = [unavailable(contact)];
                return self.form_page(StatusCode::SERVICE_UNAVAILABLE, sent.at, &refusals).await;
            }
        };
        let sent = Sent { refusals: taken.refusals, ..sent.clone().with_files(taken.files, form) };
        Step { sent: &sent, since: self.since.clone(), ..*self }.go(edited, address).await
    }

    async fn go(&self, edited: Option<Edited>, address: Address) -> Result<Response, Failure> {
        let sent = self.sent;
        match sent.go {
            // What was not taken would be lost in silence.
            Go::Back | Go::Edit if !sent.refusals.is_empty() => self.refuse(&sent.refusals).await,
            Go::Back => {
                let section = self.section_before(sent.at).unwrap_or(0);
                self.form_page(StatusCode::OK, section, &[]).await
            }
            Go::Edit => self.form_page(StatusCode::OK, 0, &[]).await,
            Go::Draft | Go::Keep | Go::Discard if !sent.draft.is_empty() || draft::is_offered(self) => {
                draft::answer(self, address).await
            }
            Go::Next | Go::Withdraw | Go::Draft | Go::Keep | Go::Discard => self.next().await,
            Go::Send => match self.check_all() {
                Ok(answers) => send::send(self, edited, answers, address).await,
                Err(refusals) => self.refuse(&refusals).await,
            },
        }
    }

    /// Whether what is to be done of a new text may be done now. It can be prepared before the opening, and what was kept
    /// of it thrown away at any time.
    fn may_go_on(&self) -> Result<(), Refusal> {
        let open = self.subject.check_open(self.now);
        match (self.sent.go, self.subject.writing.window.phase(self.now)) {
            (Go::Discard, _) | (Go::Draft | Go::Keep, Phase::Before) => Ok(()),
            _ => open,
        }
    }

    /// The deposit that is edited, `Some(None)` for a new one; none when it is not theirs.
    async fn edited(&self) -> Result<Option<Option<Edited>>, Failure> {
        let (sent, process) = (self.sent, &self.subject.process_id);
        if sent.deposit.is_empty() {
            return Ok(Some(None));
        }
        let Some((id, base)) = sent.deposit.split_once('.') else { return Ok(None) };
        let Ok(base) = base.parse() else { return Ok(None) };
        let stored = super::own::find(self.door, process, id, &sent.key, self.now).await?;
        Ok(stored.map(|stored| Some(Edited { stored, base })))
    }

    async fn next(&self) -> Result<Response, Failure> {
        let (form, sent) = (&self.subject.writing.form, self.sent);
        let (today, files) = (self.subject.today(self.now), sent.by_field());
        let refusals = (0..=sent.at)
            .flat_map(|section| check_section(form, section, &sent.typed, &files, today))
            .collect();
        let refusals = self.with_files(refusals);
        if !refusals.is_empty() {
            return self.refuse(&refusals).await;
        }
        if let Some(section) = self.section_after(sent.at) {
            return self.form_page(StatusCode::OK, section, &[]).await;
        }
        match self.check_all() {
            Ok(answers) => self.preview(StatusCode::OK, &answers, &[]).await,
            Err(refusals) => self.refuse(&refusals).await,
        }
    }

    fn check_all(&self) -> Result<Answers, Vec<Refusal>> {
        let (form, typed) = (&self.subject.writing.form, &self.sent.typed);
        let checked = check(form, typed, &self.sent.by_field(), self.subject.today(self.now));
        let refusals = self.with_files(checked.as_ref().err().cloned().unwrap_or_default());
        if refusals.is_empty() { checked } else { Err(refusals) }
    }

    /// With why files were not taken, which says more than that there are none.
    fn with_files(&self, mut refusals: Vec<Refusal>) -> Vec<Refusal> {
        let form = &self.subject.writing.form;
        let of_files = &self.sent.refusals;
        refusals.retain(|refusal| !of_files.iter().any(|other| other.field == refusal.field));
        refusals.extend(of_files.iter().cloned());
        let position = |refusal: &Refusal| refusal.field.as_deref().and_then(|name| position_of(form, name));
        refusals.sort_by_key(position);
        refusals
    }

    /// The form again, at the first of what is refused.
    pub(super) async fn refuse(&self, refusals: &[Refusal]) -> Result<Response, Failure> {
        let form = &self.subject.writing.form;
        let fields = refusals.iter().filter_map(|refusal| refusal.field.as_deref());
        let section = fields.filter_map(|name| section_of(form, name)).min().unwrap_or(self.sent.at);
        self.form_page(StatusCode::UNPROCESSABLE_ENTITY, section, refusals).await
    }

    fn section_after(&self, at: usize) -> Option<usize> {
        self.sections_with_questions().into_iter().find(|section| *section > at)
    }

    fn section_before(&self, at: usize) -> Option<usize> {
        self.sections_with_questions().into_iter().rev().find(|section| *section < at)
    }

    /// The sections with a field that is asked and reached.
    fn sections_with_questions(&self) -> Vec<usize> {
        let form = &self.subject.writing.form;
        let reached = reached(form, &self.sent.typed);
        let sections = form.sections().into_iter().enumerate();
        let has_question = |range: std::ops::Range<usize>| {
            range.into_iter().any(|field| reached[field] && form.fields[field].is_asked())
        };
        sections.filter(|(_, range)| has_question(range.clone())).map(|(section, _)| section).collect()
    }

    /// The fields that are reached, and those that an answer in the section shown may yet reach: without JavaScript,
    /// who answers would else never be asked them.
    fn shown_fields(&self, section: usize) -> BTreeSet<&str> {
        let form = &self.subject.writing.form;
        let range = form.sections().get(section).cloned().unwrap_or_default();
        let own: BTreeSet<&str> = form.fields[range.clone()].iter().map(|field| field.id.as_str()).collect();
        let may_be_reached = |(place, field): (usize, &Field)| {
            let depends = field.when.as_ref().is_some_and(|when| !own.is_disjoint(&when.fields()));
            range.contains(&place) && depends && field.visibility != Visibility::Hidden
        };
        let reached = reached(form, &self.sent.typed);
        let fields = form.fields.iter().enumerate();
        fields
            .filter(|(place, field)| reached[*place] || may_be_reached((*place, field)))
            .map(|(_, field)| field.id.as_str())
            .collect()
    }

    /// The form, filled in, one section shown.
    pub(super) async fn form_page(
        &self,
        status: StatusCode,
        section: usize,
        refusals: &[Refusal],
    ) -> Result<Response, Failure> {
        self.form_page_saying(status, section, refusals, Said::Nothing, &[]).await
    }

    /// The same, which says what has become of its draft, and what the form asks no more.
    pub(super) async fn form_page_saying(
        &self,
        status: StatusCode,
        section: usize,
        refusals: &[Refusal],
        said: Said,
        lost: &[(String, String)],
    ) -> Result<Response, Failure> {
        let Subject { writing, rulebook, .. } = self.subject;
        let (form, words) = (&writing.form, &rulebook.words);
        let shown = Shown {
            section,
            has_back: self.section_before(section).is_some(),
            reached: self.shown_fields(section),
        };
        let (at, since) = (section.to_string(), self.mark()?);
        let values = self.carried(&at, &since);
        let lists = files::lists(form, &self.sent.files, words);
        let mut html: Vec<(&str, String)> =
            lists.iter().map(|(slot, html)| (slot.as_str(), html.clone())).collect();
        let mut may: Vec<&str> = said.part().into_iter().collect();
        if draft::is_offered(self) {
            may.push("keep");
        }
        may.push(if self.sent.draft.is_empty() { "draft-new" } else { "discard" });
        // Once it is closed, what was typed can still be copied; all at once, for sections are not turned any more.
        let is_closed = self.sent.deposit.is_empty() && writing.window.phase(self.now) == Phase::After;
        let carry: Vec<(&str, &str)> = self.sent.typed_text(form).filter(|_| is_closed).collect();
        if !is_closed {
            may.push("write");
        }
        let lost: Vec<(&str, &str)> = lost.iter().map(|(name, value)| (&**name, &**value)).collect();
        for (slot, pairs) in [("typed", &carry), ("lost", &lost)] {
            let copies = show::typed(form, pairs, words);
            if !copies.is_empty() {
                may.push(slot);
                html.push((slot, copies));
            }
        }
        let until = said.until().map(|until| ("until", show::moment(until, &self.subject.zone())));
        let slots = until.into_iter().collect();
        let filling =
            Filling { values, slots, html, carry, may, shown: Some(shown), refusals, ..Filling::default() };
        self.page(Page::Write, status, &filling).await
    }

    /// What was written, to be read once more.
    pub(super) async fn preview(
        &self,
        status: StatusCode,
        answers: &Answers,
        refusals: &[Refusal],
    ) -> Result<Response, Failure> {
        let Subject { process_id, writing, rulebook } = self.subject;
        let (at, since) = (self.sent.at.to_string(), self.mark()?);
        let values = [
            ("email", self.sent.email.as_str()),
            ("public_name", &self.sent.public_name),
            ("consent", &self.sent.consent),
        ];
        let is_new = self.sent.deposit.is_empty();
        let mut carry = self.carried(&at, &since);
        carry.extend(self.sent.files.iter().map(|file| (file.input.as_str(), file.token.as_str())));
        let filling = Filling {
            values: values.to_vec(),
            html: vec![
                ("answers", show::answers(&writing.form, answers, 2, &rulebook.words)),
                ("similar", self.similar(answers).await),
            ],
            carry,
            is_known: !is_new,
            refusals,
            ..Filling::default()
        };
        let mut response = self.page(Page::Preview, status, &filling).await?;
        if is_new
            && writing.identity == Identity::None
            && let Some(cookie) = self.browser.cookie(process_id, self.now, writing.window.closes())?
        {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }

    /// What was published that is close to what is written, in case that is enough.
    async fn similar(&self, answers: &Answers) -> String {
        let Subject { writing, rulebook, .. } = self.subject;
        if writing.purpose != Purpose::Deposit {
            return String::new();
        }
        let known = self.door.pages.known_texts(self.subject.path()).await;
        let found = closest(&of_answers(&writing.form, answers), &known.texts, MOST_SIMILAR);
        show::similar(&found, !self.subject.process().deposits.is_empty(), &rulebook.words)
    }

    pub(super) async fn page(
        &self,
        page: Page,
        status: StatusCode,
        filling: &Filling<'_>,
    ) -> Result<Response, Failure> {
        let words = &self.subject.rulebook.words;
        render(self.door, words, self.subject.path(), page, status, filling).await
    }

    /// What travels from page to page.
    pub(super) fn carried<'b>(&'b self, at: &'b str, since: &'b Since) -> Vec<(&'b str, &'b str)> {
        let sent = self.sent;
        let mut carried: Vec<(&str, &str)> = sent.typed_text(&self.subject.writing.form).collect();
        carried.extend([
            ("at", at),
            ("since", since.as_str()),
            ("deposit", &sent.deposit),
            ("cle", &sent.key),
            ("draft", &sent.draft),
        ]);
        if !sent.website.is_empty() {
            carried.push(("website", &sent.website));
        }
        carried
    }

    /// When the form was first answered with: now, when it does not tell, or told too long ago.
    pub(super) fn mark(&self) -> Result<Since, Failure> {
        match &self.since {
            Some(since) if !since.is_old(self.now) => Ok(since.clone()),
            _ => Ok(Since::new(&self.door.secret, &self.subject.process_id, self.now)?),
        }
    }
}

/// What the author does who sends a revision, and the state after it.
pub(super) fn may_revise(subject: &Subject, state: &State, now: Timestamp) -> Result<(Move, State), Refusal> {
    let did = match state {
        State::Draft | State::ToRevise { .. } => Move::Submit,
        _ => Move::Edit,
    };
    let is_open = subject.writing.window.is_open(now);
    match after(state, &did, &Actor::Author, now, is_open) {
        Ok(state) => Ok((did, state)),
        Err(NotAllowed::TooLate) if !is_open => Err(subject.check_open(now).err().unwrap_or_else(too_late)),
        Err(_) => Err(too_late()),
    }
}

/// An author can no longer do that.
pub(super) fn too_late() -> Refusal {
    Refusal::general("too_late")
}

/// The place in the form of the field that an input named so is of.
fn position_of(form: &Form, name: &str) -> Option<usize> {
    let id = name.strip_prefix("f-")?.split('-').next()?;
    form.fields.iter().position(|field| field.id == id)
}

fn section_of(form: &Form, name: &str) -> Option<usize> {
    let position = position_of(form, name)?;
    form.sections().iter().position(|section| section.contains(&position))
}
