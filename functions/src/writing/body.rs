//! What a browser sends, decoded in bounded memory.

use super::announce::Announced;
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request},
    http::{StatusCode, header},
};
use domain::limits::FILES_TOGETHER;
use http_body::Frame;
use percent_encoding::percent_decode;
use std::{
    collections::BTreeMap,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, ready},
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// What is kept of a body without files while it is decoded: every byte of its text may be written with three.
const LARGEST_BODY: usize = 4 * MOST_TEXT;
/// What is read of a larger one, for a browser that is cut short does not show the answer.
const LONGEST_READ: usize = 24 * 1024 * 1024;
/// Names and texts together.
const MOST_TEXT: usize = 64 * 1024;
/// What is kept of files at a time, of all requests together, in units.
const ROOM_IN_UNITS: usize = 8 * 12_000_000 / UNIT;
/// Bytes.
const UNIT: usize = 60_000;
static ROOM: Semaphore = Semaphore::const_new(ROOM_IN_UNITS);
/// A form has some hundred inputs.
const MOST_PARTS: usize = 400;
const LONGEST_NAME: usize = 100;

/// What was decoded.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// Names and values, in order.
    pub(super) pairs: Vec<(String, String)>,
    /// The files that are not empty, in order.
    pub(super) uploads: Vec<Upload>,
    /// Why the rest is missing, when some is.
    pub(super) trouble: Option<StatusCode>,
    text: usize,
    parts: usize,
}

/// A file that was sent.
#[derive(Debug)]
pub(super) struct Upload {
    /// Name of the input.
    pub(super) name: String,
    /// What the browser calls it.
    pub(super) file: String,
    pub(super) content: Content,
}

/// What came of a file.
#[derive(Debug)]
pub(super) enum Content {
    /// All of it.
    Whole(Kept),
    /// The browser sent it to the store by itself, before the form.
    Announced(Announced),
    /// It is larger than its input takes.
    TooLarge,
    /// With those before it, it is larger than what is taken at once.
    TooMuch,
    /// With what others are sending, it would be more than there is memory for.
    NoRoom,
}

/// The bytes of a file, and the room that they take among those of all requests.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) bytes: Vec<u8>,
    pub(super) room: Room,
}

/// Given back when it is dropped.
#[derive(Debug, Default)]
pub(super) struct Room(Option<SemaphorePermit<'static>>);

impl Room {
    /// Takes what is wanting for `length` bytes; whether there was that much.
    fn grow_to(&mut self, length: usize) -> bool {
        let taken = self.0.as_ref().map_or(0, SemaphorePermit::num_permits);
        let Ok(wanting) = u32::try_from(length.div_ceil(UNIT).saturating_sub(taken)) else { return false };
        let Ok(more) = ROOM.try_acquire_many(wanting) else { return false };
        match &mut self.0 {
            Some(room) => room.merge(more),
            None => self.0 = Some(more),
        }
        true
    }
}

/// The longest name of a file that is looked at, in characters.
const LONGEST_FILE_NAME: usize = 300;

/// Decodes a body, as far as it can be. `sizes` are the inputs that take files, and the largest that each takes.
pub(super) async fn receive(mut request: Request, sizes: &BTreeMap<String, u64>) -> Received {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let mut received = Received::default();
    if kind == "multipart/form-data" {
        DefaultBodyLimit::disable().apply(&mut request);
        let (parts, body) = request.into_parts();
        let body = Cut::new(body);
        let request = Request::from_parts(parts, Body::new(body.clone()));
        received.trouble = received.multipart(request, sizes).await.err();
        if received.trouble.is_some() {
            if body.is_cut() {
                received.trouble = Some(StatusCode::PAYLOAD_TOO_LARGE);
            }
            body.drain().await;
        }
        return received;
    }
    let (bytes, is_whole) = read(request.into_body()).await;
    let decoded = match kind.as_str() {
        "application/x-www-form-urlencoded" => received.urlencoded(&bytes),
        _ => Err(StatusCode::UNSUPPORTED_MEDIA_TYPE),
    };
    received.trouble = match (is_whole, decoded) {
        (true, decoded) => decoded.err(),
        (false, _) => Some(StatusCode::PAYLOAD_TOO_LARGE),
    };
    received
}

/// The first [`LARGEST_BODY`] of a body, and whether that is all.
async fn read(mut body: Body) -> (Bytes, bool) {
    let (mut kept, mut length) = (Vec::new(), 0_usize);
    let mut is_whole = true;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(frame) = frame else {
            is_whole = false;
            break;
        };
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        let room = LARGEST_BODY - kept.len();
        kept.extend_from_slice(&data[..data.len().min(room)]);
        is_whole &= data.len() <= room;
        if length > LONGEST_READ {
            break;
        }
    }
    (kept.into(), is_whole)
}

impl Received {
    /// What was sent under a name; empty when nothing was.
    pub(super) fn value(&self, name: &str) -> String {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Decodes it as it comes: no more of files is kept than what is taken at once.
    async fn multipart(&mut self, request: Request, sizes: &BTreeMap<String, u64>) -> Result<(), StatusCode> {
        let mut form = Multipart::from_request(request, &()).await.map_err(|_| StatusCode::BAD_REQUEST)?;
        let trouble = |_| StatusCode::BAD_REQUEST;
        let mut together = 0_u64;
        while let Some(mut field) = form.next_field().await.map_err(trouble)? {
            let name = field.name().ok_or(StatusCode::BAD_REQUEST)?.to_owned();
            let file = field.file_name().map(|file| file.chars().take(LONGEST_FILE_NAME).collect::<String>());
            self.count(name.len())?;
            let largest = sizes.get(&name).copied().unwrap_or(0);
            let mut value = Vec::new();
            let mut room = Room::default();
            let mut beyond = None;
            while let Some(chunk) = field.chunk().await.map_err(trouble)? {
                if file.is_none() {
                    self.add(chunk.len())?;
                } else if beyond.is_none() {
                    let length = u64::try_from(value.len() + chunk.len()).unwrap_or(u64::MAX);
                    if length > largest {
                        beyond = Some(Content::TooLarge);
                    } else if together + length > FILES_TOGETHER {
                        beyond = Some(Content::TooMuch);
                    } else if !room.grow_to(value.len() + chunk.len()) {
                        beyond = Some(Content::NoRoom);
                    }
                }
                match beyond {
                    None => value.extend_from_slice(&chunk),
                    Some(_) => (value, room) = (Vec::new(), Room::default()),
                }
            }
            let Some(file) = file else {
                self.pairs.push((name, text(value)?));
                continue;
            };
            together += u64::try_from(value.len()).unwrap_or(u64::MAX);
            let is_empty = value.is_empty() && beyond.is_none();
            if !is_empty && sizes.contains_key(&name) {
                let content = beyond.unwrap_or(Content::Whole(Kept { bytes: value, room }));
                self.uploads.push(Upload { name, file, content });
            }
        }
        Ok(())
    }

    fn urlencoded(&mut self, bytes: &[u8]) -> Result<(), StatusCode> {
        for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let middle = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let (name, value) = (decode(&pair[..middle]), decode(pair.get(middle + 1..).unwrap_or_default()));
            self.count(name.len())?;
            self.add(value.len())?;
            self.pairs.push((text(name)?, text(value)?));
        }
        Ok(())
    }

    /// One more part, of a name so long.
    fn count(&mut self, name: usize) -> Result<(), StatusCode> {
        self.parts += 1;
        if self.parts > MOST_PARTS || name > LONGEST_NAME {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        self.add(name)
    }

    fn add(&mut self, length: usize) -> Result<(), StatusCode> {
        self.text += length;
        if self.text > MOST_TEXT { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(()) }
    }
}

fn decode(encoded: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).collect()
}

/// A body that ends where it becomes too long: what came before can be decoded.
#[derive(Clone)]
struct Cut(Arc<Mutex<Source>>);

struct Source {
    body: Body,
    left: usize,
    is_cut: bool,
}

impl Cut {
    fn new(body: Body) -> Self {
        Self(Arc::new(Mutex::new(Source { body, left: LONGEST_READ, is_cut: false })))
    }

    fn is_cut(&self) -> bool {
        self.0.lock().is_ok_and(|source| source.is_cut)
    }

    /// Reads what is left.
    async fn drain(mut self) {
        while let Some(Ok(_)) = poll_fn(|context| Pin::new(&mut self).poll_frame(context)).await {}
    }
}

impl HttpBody for Cut {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Ok(mut source) = self.0.lock() else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(&mut source.body).poll_frame(context));
        let length = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref()).map_or(0, Bytes::len);
        match source.left.checked_sub(length) {
            Some(left) => {
                source.left = left;
                Poll::Ready(frame)
            }
            None => {
                (source.left, source.is_cut) = (0, true);
                Poll::Ready(None)
            }
        }
    }
}

/// Text, with line ends as everywhere but in forms.
fn text(bytes: Vec<u8>) -> Result<String, StatusCode> {
    let text = String::from_utf8(bytes).map_err(|_| StatusCode::BAD_REQUEST)?;
    Ok(text.replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn received(kind: &str, body: impl Into<Body>) -> Received {
        let request = Request::post("/").header("content-type", kind).body(body.into()).expect("a request");
        receive(request, &BTreeMap::from([("f-b".to_owned(), 1_000), ("f-c".to_owned(), u64::MAX)])).await
    }

    async fn urlencoded(body: &str) -> Received {
        received("application/x-www-form-urlencoded", body.to_owned()).await
    }

    const MULTIPART: &str = "multipart/form-data; boundary=x";

    fn part(headers: &str, body: &str) -> String {
        format!("--x\r\nContent-Disposition: form-data; {headers}\r\n\r\n{body}\r\n")
    }

    #[tokio::test]
    async fn both_encodings_say_the_same() {
        let one = urlencoded("f-a=1+2%26%C3%A9%0D%0Ax&f-b&f-a=%zz").await;
        let pairs = [("f-a", "1 2&é\nx"), ("f-b", ""), ("f-a", "%zz")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!((&one.pairs[..], one.trouble), (&pairs[..], None));
        let body =
            pairs.iter().map(|(name, value)| part(&format!("name=\"{name}\""), &value.replace('\n', "\r\n")));
        let body = body.collect::<String>() + "--x--\r\n";
        let other = received(MULTIPART, body).await;
        assert_eq!((&other.pairs[..], other.trouble), (&pairs[..], None));
    }

    #[tokio::test]
    async fn an_empty_file_is_none_and_nobody_asked_for_another() {
        let body = part("name=\"f-b\"; filename=\"\"", "")
            + &part("name=\"f-b\"; filename=\"x.pdf\"", "%PDF")
            + &part("name=\"f-z\"; filename=\"y.pdf\"", "%PDF")
            + "--x--\r\n";
        let received = received(MULTIPART, body).await;
        assert_eq!((received.pairs.len(), received.uploads.len(), received.trouble), (0, 1, None));
        let Upload { name, file, content: Content::Whole(kept) } = &received.uploads[0] else { panic!() };
        assert_eq!((&**name, &**file, &*kept.bytes), ("f-b", "x.pdf", &b"%PDF"[..]));
    }

    #[tokio::test]
    async fn of_files_that_are_too_large_nothing_is_kept_and_what_follows_is_read() {
        let sizes = [("f-b", 1_001), ("f-c", 8_000_000), ("f-c", 8_000_000), ("f-c", 4_000_000), ("f-b", 1)];
        let parts = sizes
            .iter()
            .map(|(name, size)| part(&format!("name=\"{name}\"; filename=\"x\""), &"t".repeat(*size)));
        let body = parts.collect::<String>() + &part("name=\"a\"", "1") + "--x--\r\n";
        let received = received(MULTIPART, body).await;
        let kept = received.uploads.iter().map(|upload| match &upload.content {
            Content::Whole(kept) => kept.bytes.len(),
            Content::TooLarge | Content::Announced(_) | Content::NoRoom => 0,
            Content::TooMuch => 1,
        });
        assert_eq!(kept.collect::<Vec<_>>(), [0, 8_000_000, 1, 4_000_000, 1]);
        assert_eq!((received.pairs.len(), received.trouble), (1, None));
    }

    #[tokio::test]
    async fn files_of_all_requests_together_take_so_much_memory_and_give_it_back() {
        let body = |size: usize| {
            part("name=\"f-c\"; filename=\"x\"", &"t".repeat(size)) + &part("name=\"a\"", "1") + "--x--\r\n"
        };
        let is_kept =
            |received: &Received| matches!(received.uploads[..], [Upload { content: Content::Whole(_), .. }]);
        let mut held = Vec::new();
        for _ in 0..8 {
            held.push(received(MULTIPART, body(11_900_000)).await);
        }
        assert!(held.iter().all(is_kept));
        // What is beyond is dropped, and what follows it is read.
        let refused = received(MULTIPART, body(2_000_000)).await;
        assert!(matches!(refused.uploads[..], [Upload { content: Content::NoRoom, .. }]));
        assert_eq!((refused.pairs.len(), refused.trouble), (1, None));
        held.pop();
        assert!(is_kept(&received(MULTIPART, body(2_000_000)).await));
    }

    #[tokio::test]
    async fn what_is_too_much_is_said_to_be_and_what_came_before_is_kept() {
        let many = "a=1&".repeat(MOST_PARTS + 1);
        let long_name = format!("a=1&{}=1", "n".repeat(LONGEST_NAME + 1));
        let long_text = format!("a=1&b={}", "t".repeat(MOST_TEXT));
        let huge = format!("a=1&b={}", "t".repeat(2 * LARGEST_BODY));
        for body in [&many, &long_name, &long_text, &huge] {
            let received = urlencoded(body).await;
            assert_eq!(received.trouble, Some(StatusCode::PAYLOAD_TOO_LARGE));
            assert_eq!(received.pairs[0], ("a".to_owned(), "1".to_owned()));
        }
        let body = part("name=\"a\"", "1")
            + &part("name=\"f-c\"; filename=\"x\"", &"t".repeat(LONGEST_READ))
            + "--x--\r\n";
        // As it comes: piece by piece.
        let pieces: Vec<_> =
            body.as_bytes().chunks(60_000).map(|piece| Ok::<_, axum::Error>(piece.to_vec())).collect();
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        let received = received(MULTIPART, body).await;
        assert_eq!((received.pairs.len(), received.trouble), (1, Some(StatusCode::PAYLOAD_TOO_LARGE)));
    }

    #[tokio::test]
    async fn what_is_no_text_is_refused() {
        assert_eq!(urlencoded("a=%ff").await.trouble, Some(StatusCode::BAD_REQUEST));
        assert_eq!(urlencoded("%ff=a").await.trouble, Some(StatusCode::BAD_REQUEST));
        let mut body = part("name=\"a\"", "?").into_bytes();
        let at = body.iter().position(|byte| *byte == b'?').expect("the text");
        body[at] = 0xff;
        body.extend_from_slice(b"--x--\r\n");
        assert_eq!(received(MULTIPART, body).await.trouble, Some(StatusCode::BAD_REQUEST));
        for kind in ["multipart/form-data", "text/plain", "application/json"] {
            assert!(received(kind, "a=1").await.trouble.is_some(), "{kind}");
        }
    }
}
