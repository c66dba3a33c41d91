//! Where files lie: private, served to nobody.

use super::is_id;
use async_trait::async_trait;
use aws_sdk_s3::{
    error::DisplayErrorContext,
    operation::get_object::GetObjectOutput,
    presigning::PresigningConfig,
    primitives::{ByteStream, DateTime},
    types::MetadataDirective,
};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::BTreeSet,
    fs::{self, File, FileTimes},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

/// How long a file is kept that nothing names: longer than it can travel in forms and then wait for a code.
pub const UNNAMED_LIFETIME: SignedDuration = SignedDuration::from_hours(48);

/// A store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Files are not taken here.
    #[error("there is no store for files")]
    None,
    /// It failed.
    #[error("files cannot be stored or read: {0}")]
    Failed(String),
}

/// How long a browser may wait before it begins to send a file by itself.
const INVITATION_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Keeps files, each under its id ([`domain::form::Attachment::id`]).
#[async_trait]
pub trait Store: Send + Sync {
    /// Stores a file, whole or not at all. Unless it is kept, it may be gone after [`UNNAMED_LIFETIME`].
    async fn put(&self, id: &str, bytes: Vec<u8>) -> Result<(), StoreError>;

    /// Keeps a file that the table is about to name; `false` when it is gone.
    async fn keep(&self, id: &str) -> Result<bool, StoreError>;

    /// The file of that id.
    async fn get(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Where agents find a file.
    fn place(&self, id: &str) -> String;

    /// The site to which browsers send large files by themselves; none where all files come with their form.
    fn origin(&self) -> Option<&str> {
        None
    }

    /// An address at [`Store::origin`] to which a browser can send one file of exactly `size` bytes, by PUT. Until it is
    /// looked into it is called `id`, of the same form as ids.
    async fn invite(&self, _id: &str, _size: u64) -> Result<Option<String>, StoreError> {
        Ok(None)
    }

    /// What was sent to the address of an invitation, a day ago at most, if it is no larger than `most` bytes.
    async fn received(&self, _id: &str, _most: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(None)
    }
}

/// Takes no files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nowhere;

#[async_trait]
impl Store for Nowhere {
    async fn put(&self, _: &str, _: Vec<u8>) -> Result<(), StoreError> {
        Err(StoreError::None)
    }

    async fn keep(&self, _: &str) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn get(&self, _: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(None)
    }

    fn place(&self, _: &str) -> String {
        String::new()
    }
}

/// A folder, a file each. When it was last needed is its time.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    /// So that nothing is swept away that is being kept.
    order: Arc<Mutex<()>>,
}

impl Folder {
    /// The folder at `path`, made when it is needed.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), order: Arc::default() }
    }

    /// Removes what was not needed for [`UNNAMED_LIFETIME`] and is none of `named`.
    ///
    /// # Errors
    /// As the system.
    pub async fn sweep(&self, named: BTreeSet<String>, now: Timestamp) -> Result<usize, StoreError> {
        let before = SystemTime::from(now.saturating_sub(UNNAMED_LIFETIME).unwrap_or(Timestamp::MIN));
        self.work(move |folder| {
            let mut removed = 0;
            for path in folder.unneeded(before)? {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                if named.contains(name) {
                    continue;
                }
                let _order = folder.order.lock();
                if is_older(&path, before)? {
                    fs::remove_file(&path)?;
                    removed += 1;
                }
            }
            Ok(removed)
        })
        .await
    }

    /// Whether anything was not needed for [`UNNAMED_LIFETIME`]: then it is worth asking what is named.
    ///
    /// # Errors
    /// As the system.
    pub async fn may_sweep(&self, now: Timestamp) -> Result<bool, StoreError> {
        let before = SystemTime::from(now.saturating_sub(UNNAMED_LIFETIME).unwrap_or(Timestamp::MIN));
        self.work(move |folder| Ok(!folder.unneeded(before)?.is_empty())).await
    }

    fn unneeded(&self, before: SystemTime) -> io::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut unneeded = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if is_older(&path, before)? {
                unneeded.push(path);
            }
        }
        Ok(unneeded)
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> io::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let folder = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&folder)).await;
        done.map_err(failed)?.map_err(failed)
    }

    fn file(&self, id: &str) -> Option<PathBuf> {
        is_id(id).then(|| self.path.join(id))
    }
}

fn is_older(path: &Path, before: SystemTime) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.is_file() && metadata.modified()? < before),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Says that a file is needed now; `false` when there is none.
fn renew(path: &Path) -> io::Result<bool> {
    match File::options().write(true).open(path) {
        Ok(file) => file.set_times(FileTimes::new().set_modified(SystemTime::now())).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn failed(error: impl ToString) -> StoreError {
    StoreError::Failed(error.to_string())
}

fn unknown(id: &str) -> StoreError {
    StoreError::Failed(format!("{id:?} is no id of a file"))
}

#[async_trait]
impl Store for Folder {
    async fn put(&self, id: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let path = self.file(id).ok_or_else(|| unknown(id))?;
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(failed)?;
        self.work(move |folder| {
            let _order = folder.order.lock();
            if renew(&path)? {
                return Ok(());
            }
            fs::create_dir_all(&folder.path)?;
            let new = folder.path.join(format!(".{}", hex::encode(random)));
            let mut file = File::create(&new)?;
            let written =
                file.write_all(&bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&new, &path));
            if written.is_err() {
                // What is half written is swept away otherwise.
                let _ = fs::remove_file(&new);
            }
            written
        })
        .await
    }

    async fn keep(&self, id: &str) -> Result<bool, StoreError> {
        let Some(path) = self.file(id) else { return Ok(false) };
        self.work(move |folder| {
            let _order = folder.order.lock();
            renew(&path)
        })
        .await
    }

    async fn get(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(path) = self.file(id) else { return Ok(None) };
        self.work(move |_| match fs::read(path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    fn place(&self, id: &str) -> String {
        self.path.join(id).display().to_string()
    }
}

/// A bucket of S3. What browsers sent by themselves lies under one prefix until it is looked into, and what came under
/// another: the bucket erases both after some days. What is kept lies under a third.
#[derive(Debug, Clone)]
pub struct Bucket {
    client: aws_sdk_s3::Client,
    name: String,
    origin: String,
}

impl Bucket {
    /// The bucket of that name, at `origin` for browsers.
    pub fn new(client: aws_sdk_s3::Client, name: String, origin: String) -> Self {
        Self { client, name, origin }
    }

    /// Removes what was kept, was not needed for [`UNNAMED_LIFETIME`] and is none of `named`; gives how many files that were.
    ///
    /// # Errors
    /// As the bucket; the next call does what this one could not.
    pub async fn sweep(&self, named: &BTreeSet<String>, now: Timestamp) -> Result<usize, StoreError> {
        let before = now.saturating_sub(UNNAMED_LIFETIME).unwrap_or(Timestamp::MIN);
        let prefix = kept("");
        let list = self.client.list_objects_v2().bucket(&self.name).prefix(&prefix);
        let mut pages = list.into_paginator().send();
        let mut removed = 0;
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failed(DisplayErrorContext(&error)))?;
            for object in page.contents() {
                let id = object.key().and_then(|key| key.strip_prefix(&prefix)).unwrap_or_default();
                if is_older_than(object.last_modified(), before) && is_id(id) && !named.contains(id) {
                    removed += usize::from(self.remove(id, before).await?);
                }
            }
        }
        Ok(removed)
    }

    /// Removes a kept file, unless it was renewed since it was listed. S3 has no such condition: whoever keeps a file of two
    /// days between the question and the removal finds it gone, and is told when it is asked for.
    async fn remove(&self, id: &str, before: Timestamp) -> Result<bool, StoreError> {
        let head = self.client.head_object().bucket(&self.name).key(kept(id)).send().await;
        match head {
            Ok(head) if is_older_than(head.last_modified(), before) => {}
            Ok(_) => return Ok(false),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_not_found()) => {
                return Ok(false);
            }
            Err(error) => return Err(failed(DisplayErrorContext(&error))),
        }
        let removed = self.client.delete_object().bucket(&self.name).key(kept(id)).send().await;
        removed.map(|_| true).map_err(|error| failed(DisplayErrorContext(&error)))
    }

    /// Copies an object over the one that is kept under an id; `false` when there is none to copy.
    async fn copy(&self, from: String, id: &str) -> Result<bool, StoreError> {
        let copy = self.client.copy_object().bucket(&self.name).key(kept(id));
        let copy = copy.copy_source(format!("{}/{from}", self.name));
        // Onto itself, an object is copied only with something about it replaced: here, by the same.
        let copy = copy.metadata_directive(MetadataDirective::Replace).content_type(CONTENT_TYPE);
        let Err(error) = copy.send().await else { return Ok(true) };
        let is_gone = error.raw_response().is_some_and(|response| response.status().as_u16() == 404);
        if is_gone { Ok(false) } else { Err(failed(DisplayErrorContext(&error))) }
    }

    async fn read(&self, key: String) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(object) = self.object(key).await? else { return Ok(None) };
        Ok(Some(object.body.collect().await.map_err(failed)?.to_vec()))
    }

    async fn object(&self, key: String) -> Result<Option<GetObjectOutput>, StoreError> {
        match self.client.get_object().bucket(&self.name).key(key).send().await {
            Ok(object) => Ok(Some(object)),
            Err(error) if error.as_service_error().is_some_and(|error| error.is_no_such_key()) => Ok(None),
            Err(error) => Err(failed(DisplayErrorContext(&error))),
        }
    }
}

/// Whatever it is, nobody is to run it.
const CONTENT_TYPE: &str = "application/octet-stream";

fn is_older_than(modified: Option<&DateTime>, before: Timestamp) -> bool {
    modified.is_some_and(|modified| modified.secs() < before.as_second())
}

fn incoming(id: &str) -> String {
    format!("attachments/incoming/{id}")
}

fn waiting(id: &str) -> String {
    format!("attachments/waiting/{id}")
}

fn kept(id: &str) -> String {
    format!("attachments/kept/{id}")
}

#[async_trait]
impl Store for Bucket {
    async fn put(&self, id: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        if !is_id(id) {
            return Err(unknown(id));
        }
        let object = self.client.put_object().bucket(&self.name).key(waiting(id));
        let object = object.content_type(CONTENT_TYPE).body(ByteStream::from(bytes));
        object.send().await.map(drop).map_err(|error| failed(DisplayErrorContext(&error)))
    }

    async fn keep(&self, id: &str) -> Result<bool, StoreError> {
        if !is_id(id) {
            return Ok(false);
        }
        // A deposit that is edited names what was kept before.
        Ok(self.copy(waiting(id), id).await? || self.copy(kept(id), id).await?)
    }

    async fn get(&self, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if !is_id(id) {
            return Ok(None);
        }
        match self.read(kept(id)).await? {
            Some(bytes) => Ok(Some(bytes)),
            None => self.read(waiting(id)).await,
        }
    }

    fn place(&self, id: &str) -> String {
        format!("s3://{}/{}", self.name, kept(id))
    }

    fn origin(&self) -> Option<&str> {
        Some(&self.origin)
    }

    async fn invite(&self, id: &str, size: u64) -> Result<Option<String>, StoreError> {
        if !is_id(id) {
            return Err(unknown(id));
        }
        // The size is signed: S3 takes no more.
        let size = i64::try_from(size).map_err(failed)?;
        let put = self.client.put_object().bucket(&self.name).key(incoming(id)).content_length(size);
        let config = PresigningConfig::expires_in(INVITATION_LIFETIME).map_err(failed)?;
        let signed = put.presigned(config).await.map_err(|error| failed(DisplayErrorContext(&error)))?;
        Ok(Some(signed.uri().to_owned()))
    }

    async fn received(&self, id: &str, most: u64) -> Result<Option<Vec<u8>>, StoreError> {
        if !is_id(id) {
            return Ok(None);
        }
        let Some(object) = self.object(incoming(id)).await? else { return Ok(None) };
        let length = object.content_length().and_then(|length| u64::try_from(length).ok());
        if length.is_none_or(|length| length > most) {
            return Ok(None);
        }
        Ok(Some(object.body.collect().await.map_err(failed)?.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    #[tokio::test]
    async fn a_folder_keeps_the_same_file_once_and_nothing_under_another_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Folder::new(folder.path().join("attachments"));
        assert_eq!(store.get(ID).await.expect("read"), None);
        assert!(!store.keep(ID).await.expect("kept"));
        for _ in 0..2 {
            store.put(ID, b"content".to_vec()).await.expect("stored");
        }
        assert_eq!(store.get(ID).await.expect("read").as_deref(), Some(&b"content"[..]));
        assert_eq!(fs::read_dir(folder.path().join("attachments")).expect("a folder").count(), 1);
        for id in ["../x", "", "0123456789ABCDEF0123456789abcdef", &format!("{ID}/")] {
            assert!(store.put(id, Vec::new()).await.is_err(), "{id}");
            assert!(
                !store.keep(id).await.expect("kept") && store.get(id).await.expect("read").is_none(),
                "{id}"
            );
        }
    }

    #[tokio::test]
    async fn i7_what_nothing_names_is_swept_away_after_two_days() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Folder::new(folder.path());
        let ids: Vec<String> = (0..3).map(|number| format!("{number:032x}")).collect();
        for id in &ids {
            store.put(id, Vec::new()).await.expect("stored");
        }
        let old = SystemTime::now() - std::time::Duration::from_secs(49 * 60 * 60);
        for id in &ids {
            let file = File::options().write(true).open(folder.path().join(id)).expect("a file");
            file.set_times(FileTimes::new().set_modified(old)).expect("its time");
        }
        // Needed again, and named: both stay.
        assert!(store.keep(&ids[1]).await.expect("kept"));
        assert!(store.may_sweep(Timestamp::now()).await.expect("asked"));
        let named = BTreeSet::from([ids[2].clone()]);
        assert_eq!(store.sweep(named, Timestamp::now()).await.expect("swept"), 1);
        let left: Vec<bool> = ids.iter().map(|id| folder.path().join(id).exists()).collect();
        assert_eq!(left, [false, true, true]);
    }
}
