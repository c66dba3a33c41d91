//! What hostile bodies cost a `parvis serve` in memory: so much that follows from its limits, and no more. Nothing is timed.

use crate::writing::{files, site::*};
use image::{DynamicImage, ImageFormat, RgbImage};
use std::{fs, io::Cursor};
use tests::{
    citizen::{Citizen, Page, Pair, Part, multipart, multipart_type},
    place::Served,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

const MEGABYTE: u64 = 1_000_000;
/// Files being received: `ROOM` of `writing/body.rs`, which grow by doubling.
const RECEIVED: u64 = 2 * 96 * MEGABYTE;
/// Two images being drawn anew: what their decoder may take, once more for the pixels it hands on, and the smaller copy.
const DRAWN: u64 = 2 * (256 + 256 + 40) * MEGABYTE;
/// What a request needs besides, of as many at a time.
const REQUESTS: u64 = 100 * MEGABYTE;

/// The most memory that a process has had, in bytes.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
}

fn file(input: &str, content: Vec<u8>) -> Part {
    Part { name: input.into(), file: Some("plan.pdf".into()), content }
}

/// The parts of a form with files.
fn form(files: impl IntoIterator<Item = Part>) -> Vec<Part> {
    let pairs: [Pair; 3] =
        [("f-title", "x"), ("at", "9"), ("go", "next")].map(|(name, value)| (name.into(), value.into()));
    files.into_iter().chain(pairs.map(Into::into)).collect()
}

/// Begins a request with a body, of which the last bytes are kept back.
async fn begin(base: &str, parts: &[Part]) -> (TcpStream, Vec<u8>) {
    let host = base.trim_start_matches("http://");
    let mut body = multipart(parts);
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
        address(PHOTOS),
        multipart_type(),
        body.len()
    );
    let end = body.split_off(body.len() - 100);
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body).await.unwrap();
    (stream, end)
}

/// Ends it, and gives the answer.
async fn end((mut stream, end): (TcpStream, Vec<u8>)) -> String {
    stream.write_all(&end).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// None when it was cut short, as what is much too long is.
fn status(answer: reqwest::Result<Page>) -> Option<u16> {
    answer.ok().map(|page| page.status)
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_under_hostile_bodies_is_bounded_by_the_limits() {
    let (site, data) = (site(), tempfile::tempdir().unwrap());
    let served = Served::start_site(site.path(), data.path(), &[]).await;
    let citizen = served.citizen();
    let page = citizen.post_parts(&address(PHOTOS), &form([])).await.unwrap();
    assert_eq!(page.status, 422, "it is open");
    let at_rest = peak(served.id());

    // Sixty people whose files, 600 MB in all, are nearly there at the same time.
    let mut begun = Vec::new();
    for _ in 0..60 {
        let files = [file("f-plan", vec![b'x'; 4_999_999]), file("f-proof", vec![b'x'; 4_999_999])];
        begun.push(begin(&served.base, &form(files)).await);
    }
    let mut without_room = 0;
    for request in begun {
        let answer = end(request).await;
        assert!(answer.starts_with("HTTP/1.1 422"), "{}", answer.lines().next().unwrap_or_default());
        without_room += usize::from(answer.contains("trop de fichiers arrivent en ce moment"));
    }
    assert!(without_room > 40, "{without_room}");
    let received = peak(served.id()) - at_rest;
    assert!(received < RECEIVED + REQUESTS, "{} MB for files being received", received / MEGABYTE);

    // Enormous once unpacked, enormous as they come, and nested as deep as they can be.
    let image = |width, height| {
        let mut bytes = Cursor::new(Vec::new());
        let image = DynamicImage::from(RgbImage::new(width, height));
        image.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    };
    let large = image(7_900, 5_000);
    let mut enormous = image(10, 10);
    enormous[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
    let bomb = files::docx("word/media/a.bin", &vec![0; 200_000_000]);
    let bodies = [
        ("f-photo", large, 6),
        ("f-photo", enormous, 20),
        ("f-plan", bomb, 20),
        ("f-plan", vec![b'x'; 40_000_000], 6),
    ];
    let mut requests = JoinSet::new();
    for (input, content, times) in bodies {
        for _ in 0..times {
            let (citizen, parts) = (Citizen::new(&served.base), form([file(input, content.clone())]));
            requests.spawn(async move { status(citizen.post_parts(&address(PHOTOS), &parts).await) });
        }
    }
    for mark in ["> ", "- ", "*", "_", "[", "![", "(", "`", "~", "<a>", "&amp;", "\u{202e}"] {
        let story = mark.repeat(60_000 / mark.len());
        let citizen = Citizen::new(&served.base);
        requests.spawn(async move {
            let typed = [("f-title", "x"), ("f-theme", "eau"), ("f-story", &story), ("at", "9")];
            status(citizen.post(&address(IDEAS), &typed).await)
        });
    }
    for length in [1_000_000, 20_000_000] {
        let citizen = Citizen::new(&served.base);
        requests.spawn(async move {
            let text = "%f0".repeat(length / 3);
            status(citizen.post(&address(IDEAS), &[("f-title", text)]).await)
        });
    }
    while let Some(status) = requests.join_next().await {
        let status = status.unwrap();
        assert!(status.is_none_or(|status| (200..500).contains(&status)), "{status:?}");
    }
    assert_eq!(citizen.get("/").await.unwrap().status, 200);
    let grown = peak(served.id()) - at_rest;
    assert!(grown < RECEIVED + DRAWN + REQUESTS, "{} MB in all", grown / MEGABYTE);
    println!(
        "at rest {}, received {}, in all {} MB",
        at_rest / MEGABYTE,
        received / MEGABYTE,
        grown / MEGABYTE
    );
}
