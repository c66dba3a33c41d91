//! Requests that wait for their code.

use super::{Journey, tries};
use crate::{
    door::Door,
    respond::Failure,
    table::{CommitError, Condition, Item, Key, TableError, Write},
};
use domain::{
    limits::{CODE_LIFETIME, PENDING_LIFETIME, RESEND_AFTER},
    secret::Pseudonym,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A request that waits for its code, or was carried out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pending<C, D> {
    /// What it carries.
    pub(crate) claims: C,
    /// From which the code is derived; another one makes another code.
    pub(crate) seed: String,
    sent: Timestamp,
    /// By which rules the form was checked: under others it must be checked anew (I2).
    #[serde(rename = "eligibility")]
    pub(super) rules: Pseudonym,
    /// Whether a mail holds the code. Without one there is no right code, so that there is nothing to guess.
    mailed: bool,
    /// What was answered when the request was carried out.
    pub(crate) done: Option<D>,
}

impl<C: Clone, D: Clone> Pending<C, D> {
    fn is_sent_within(&self, time: SignedDuration, now: Timestamp) -> bool {
        now < self.sent.saturating_add(time).unwrap_or(Timestamp::MAX)
    }

    /// Whether `typed` is the code of this request, named `id`.
    pub(super) fn is_code(&self, door: &Door, id: &str, typed: &str) -> bool {
        self.mailed && code_key(door, id).is_code(&self.seed, typed)
    }

    /// The code of this request, named `id`.
    pub(super) fn code(&self, door: &Door, id: &str) -> String {
        code_key(door, id).code(&self.seed)
    }
}

/// A request as it lies in the table.
pub(crate) struct Kept<C, D> {
    key: Key,
    version: u64,
    pub(crate) pending: Pending<C, D>,
}

impl<C, D> Kept<C, D>
where
    C: Clone + Serialize + DeserializeOwned,
    D: Clone + Serialize + DeserializeOwned,
{
    fn read(item: Item) -> Result<Self, TableError> {
        Ok(Self { pending: item.read()?, key: item.key, version: item.version })
    }

    /// The write that notes the answer, for the commit that carries the request out; `claims` are what is kept of what
    /// it carried.
    pub(crate) fn done(&self, claims: C, answer: D) -> Result<Write, TableError> {
        self.replace(&Pending { claims, done: Some(answer), ..self.pending.clone() })
    }

    fn replace(&self, pending: &Pending<C, D>) -> Result<Write, TableError> {
        let expires = pending.sent.saturating_add(PENDING_LIFETIME).ok();
        Write::put(self.key.clone(), Condition::Version(self.version), expires, pending)
    }
}

type KeptOf<J> = Kept<<J as Journey>::Claims, <J as Journey>::Done>;
type PendingOf<J> = Pending<<J as Journey>::Claims, <J as Journey>::Done>;

/// Keeps the request, with what was kept of it before; `None` when its code was sent a moment ago.
pub(super) async fn keep<J: Journey>(
    journey: &J,
    door: &Door,
    claims: J::Claims,
    id: &str,
    now: Timestamp,
) -> Result<Option<(KeptOf<J>, Option<PendingOf<J>>)>, Failure> {
    let key = request_key(journey, id);
    let stored = door.table.get(&key, now).await?;
    let version = stored.as_ref().map_or(0, |item| item.version);
    let earlier = stored.map(|item| item.read::<PendingOf<J>>()).transpose()?;
    let earlier = match earlier {
        Some(earlier)
            if earlier.done.is_none()
                && earlier.is_sent_within(CODE_LIFETIME, now)
                && tries::are_left(door, id, &earlier.seed, now).await? =>
        {
            Some(earlier)
        }
        _ => None,
    };
    let pending = match &earlier {
        Some(earlier) if earlier.is_sent_within(RESEND_AFTER, now) => return Ok(None),
        Some(earlier) => Pending { sent: now, mailed: true, ..earlier.clone() },
        None => Pending {
            claims,
            seed: random()?,
            rules: journey.rules(door)?,
            sent: now,
            mailed: true,
            done: None,
        },
    };
    let condition = if version == 0 { Condition::Absent } else { Condition::Version(version) };
    let expires = now.saturating_add(PENDING_LIFETIME).ok();
    let write = Write::put(key.clone(), condition, expires, &pending)?;
    let kept = Kept { key, version: version + 1, pending };
    match door.table.commit(vec![write], now).await {
        Ok(()) => Ok(Some((kept, earlier))),
        // Either the same form, sent at the same time, was quicker; or this very commit had happened and its answer
        // was lost on the way: the seed tells.
        Err(CommitError::Refused) => {
            let stored = door.table.get(&kept.key, now).await?.map(Kept::read).transpose()?;
            let is_ours = |stored: &KeptOf<J>| {
                stored.pending.seed == kept.pending.seed && stored.pending.sent == kept.pending.sent
            };
            Ok(stored.filter(is_ours).map(|stored| (stored, earlier)))
        }
        Err(CommitError::Table(error)) => Err(error.into()),
    }
}

/// Takes back what [`keep`] kept, because no mail went out: the next try sends one, and a code that was mailed before
/// stays good.
pub(super) async fn take_back<C, D>(
    door: &Door,
    kept: &Kept<C, D>,
    earlier: Option<Pending<C, D>>,
    now: Timestamp,
) -> Result<(), Failure>
where
    C: Clone + Serialize + DeserializeOwned,
    D: Clone + Serialize + DeserializeOwned,
{
    let write = match earlier {
        Some(earlier) => kept.replace(&earlier)?,
        None => Write::Delete { key: kept.key.clone(), version: kept.version },
    };
    or_changed(door.table.commit(vec![write], now).await)
}

/// Notes that no mail goes out for a request, although the page must look as if (I6).
pub(super) async fn withhold<C, D>(door: &Door, kept: &Kept<C, D>, now: Timestamp) -> Result<(), Failure>
where
    C: Clone + Serialize + DeserializeOwned,
    D: Clone + Serialize + DeserializeOwned,
{
    let write = kept.replace(&Pending { mailed: false, ..kept.pending.clone() })?;
    or_changed(door.table.commit(vec![write], now).await)
}

/// Someone else's change of a request stands.
fn or_changed(result: Result<(), CommitError>) -> Result<(), Failure> {
    match result {
        Ok(()) | Err(CommitError::Refused) => Ok(()),
        Err(CommitError::Table(error)) => Err(error.into()),
    }
}

/// The request that waits under a name, if its code can still be used.
pub(super) async fn find<J: Journey>(
    journey: &J,
    door: &Door,
    id: &str,
    now: Timestamp,
) -> Result<Option<KeptOf<J>>, Failure> {
    // What a request names itself by is 32 hexadecimal digits; anything else was not ours.
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let stored = door.table.get(&request_key(journey, id), now).await?.map(KeptOf::<J>::read).transpose()?;
    Ok(stored.filter(|kept| kept.pending.is_sent_within(CODE_LIFETIME, now)))
}

/// The same request as it is now.
pub(crate) async fn read_again<C, D>(
    door: &Door,
    kept: Kept<C, D>,
    now: Timestamp,
) -> Result<Kept<C, D>, Failure>
where
    C: Clone + Serialize + DeserializeOwned,
    D: Clone + Serialize + DeserializeOwned,
{
    let stored = door.table.get(&kept.key, now).await?.map(Kept::read).transpose()?;
    stored.ok_or_else(|| TableError::Busy("the request was taken back".into()).into())
}

fn request_key<J: Journey>(journey: &J, id: &str) -> Key {
    Key::new(journey.partition(id), "request")
}

/// The key of a request's codes.
fn code_key(door: &Door, id: &str) -> domain::secret::Key {
    door.secret.key(&["code", id])
}

/// 128 random bits, in hexadecimal.
pub(crate) fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}
