//! Processes with their activities, which no peer has: what their pages cost beside plain ones.

use crate::{
    corpus::{SECTIONS, TERRITORIES, THEMES, file_at, write_plain},
    measure::{log, median, run},
    peers::{Site, Tool, weigh},
    text::Text,
};
use fastrand::Rng;
use std::{fmt::Write as _, fs, io::Result, path::Path};
use tests::place::root;

/// What a page of processes and their activities costs, beside a plain one; both with the theme that Parvis comes with.
pub(crate) fn compare(parvis: &Path, work: &Path, pages: usize, runs: usize) {
    let peers = root().join("tests/peers");
    let (plain, rich) = (work.join("plain"), work.join("processes"));
    write_plain(Tool::Parvis, &peers, &plain, pages).expect("written");
    let settings = plain.join("site.toml");
    let text = fs::read_to_string(&settings).expect("settings").replace("theme = \"bench\"\n", "");
    fs::write(settings, text).expect("written");
    let files = write(&peers, &rich, pages).expect("written");
    println!("\nCPU of a cold build, by what is written, with parvis's own theme");
    let mut costs = Vec::new();
    for (name, folder, files) in [("plain", plain, pages + 1 + SECTIONS), ("processes", rich, files)] {
        let site = Site::new(Tool::Parvis, folder, vec![parvis.into()]).expect("a site");
        costs.push((name, site, files, Vec::new()));
    }
    for _ in 0..runs {
        for (name, site, _, costs) in &mut costs {
            site.clear().expect("cleared");
            // A deposit's page asks for supports on this day, whatever day it is.
            match run(site.build().args(["--at", "2026-11-21"]), &log(site)) {
                Ok(cost) => costs.push(cost),
                Err(output) => return println!("  {name} is skipped, it fails:\n{output}"),
            }
        }
    }
    let mut each = Vec::new();
    for (name, site, files, costs) in &costs {
        let html = weigh(&site.output()).0 + weigh(&site.folder.join("answers")).0;
        let cost = median(costs);
        let (by_file, by_page) = (cost.cpu * 1e6 / *files as f64, cost.cpu * 1e6 / html as f64);
        let peak = cost.peak / 1024.0 / 1024.0;
        println!(
            "  {name:<9} {files:>6} content files: {by_file:>5.0} µs each; {html:>6} HTML files: {by_page:>5.0} µs each; peak {peak:.0} MiB"
        );
        each.push((by_file, by_page));
    }
    println!(
        "  processes over plain: {:.2} by content file, {:.2} by HTML file",
        each[1].0 / each[0].0,
        each[1].1 / each[0].1
    );
}

/// Content files of one process: its own, four tabs, twenty deposits and a report on each.
const PER_PROCESS: usize = 45;
const DEPOSITS: usize = 20;

/// Writes a site of ours of about `pages` content files, all of them of processes and their activities, with the theme
/// that Parvis comes with; answers how many there are.
fn write(peers: &Path, site: &Path, pages: usize) -> Result<usize> {
    fs::create_dir_all(site)?;
    let settings = fs::read_to_string(peers.join("parvis/site.toml"))?;
    let settings = settings.replace("theme = \"bench\"\n", "").replace("section-", "collectivite-");
    fs::write(site.join("site.toml"), settings)?;
    let content = site.join("content");
    let home =
        "+++\nkind = \"home\"\ntitle = \"Le Banc d’essai\"\ndescription = \"Toutes les démarches.\"\n+++\n";
    fs::write(file_at(&content, "_index.md")?, home)?;
    let mut written = 1;
    for index in 0..SECTIONS {
        let folder = format!("collectivite-{:02}", index + 1);
        let mut text = Text(Rng::with_seed(index as u64));
        let mut file = format!(
            "+++\nkind = \"organisation\"\ntitle = \"Collectivité {}\"\ndescription = \"{}\"\n\
             territory = \"commune\"\ncommunes = \"communes.csv\"\n+++\n\n",
            index + 1,
            text.sentence(14)
        );
        text.body(&mut file, |_| "@/_index.md".to_owned());
        fs::write(file_at(&content, &format!("{folder}/_index.md"))?, file)?;
        let communes =
            TERRITORIES.split(", ").enumerate().map(|(code, name)| format!("{};{name}\n", 99_001 + code));
        let communes = format!("code;nom\n{}", communes.collect::<String>());
        fs::write(content.join(&folder).join("communes.csv"), communes)?;
        written += 1;
    }
    for number in 0..pages.div_ceil(PER_PROCESS) {
        let folder = format!("collectivite-{:02}/demarche-{:04}", number % SECTIONS + 1, number + 1);
        write_process(&content, &folder, number)?;
        written += PER_PROCESS;
    }
    Ok(written)
}

fn write_process(content: &Path, folder: &str, number: usize) -> Result<()> {
    let mut text = Text(Rng::with_seed(1_000_000 + number as u64));
    let rules = format!("@/{folder}/reglement.md");
    let mut write = |path: &str, keys: &dyn Fn(&mut Text) -> String| {
        let (title, description) = (text.title(), text.sentence(14));
        let mut file =
            format!("+++\ntitle = \"{title}\"\ndescription = \"{description}\"\n{}+++\n\n", keys(&mut text));
        text.body(&mut file, |_| rules.clone());
        fs::write(file_at(content, &format!("{folder}/{path}"))?, file)
    };
    write("_index.md", &|text| {
        let mut keys = "kind = \"petition\"\ndate = 2024-05-02\n\n[support]\nopens = 2024-05-02\nduration = \"36 months\"\n"
            .to_owned();
        for supports in [100, 1_000, 10_000] {
            let (title, pledge) = (text.title(), text.sentence(20));
            let _ = write!(
                keys,
                "\n[[thresholds]]\nsupports = {supports}\ntitle = \"{title}\"\npledge = \"{pledge}\"\n\
                 owner = \"Délégation à la participation\"\ndue = \"3 months\"\n"
            );
        }
        keys
    })?;
    for (weight, tab) in ["comment-ca-marche.md", "reglement.md", "evaluation.md"].iter().enumerate() {
        write(tab, &|_| format!("kind = \"step\"\ndate = 2024-05-02\nweight = {}\n", weight * 10 + 20))?;
    }
    write("petitions/_index.md", &|_| {
        "kind = \"step\"\ndate = 2024-05-02\nweight = 10\nshows = \"deposits\"\n".to_owned()
    })?;
    for deposit in 1..=DEPOSITS {
        write(&format!("petitions/petition-{deposit:02}/index.md"), &|text| {
            let theme = text.choose(THEMES, 1)[0];
            format!(
                "kind = \"deposit\"\ndate = 2026-01-{deposit:02}\nauthor = \"Collectif {deposit}\"\ntheme = \"{theme}\"\n\n\
                 [decision]\nstate = \"admissible\"\ndate = 2026-01-{deposit:02}\nby = \"Comité\"\nreason = \"{}\"\n\n\
                 [[pledges]]\ntitle = \"{}\"\nowner = \"Direction\"\ndue = 2027-06-30\nstate = \"ongoing\"\n\
                 updated = 2026-06-01\ntext = \"{}\"\n\n\
                 [[outcomes]]\nthreshold = 100\ndate = 2026-05-02\ntitle = \"{}\"\nreport = \"rencontre.md\"\n\n\
                 [[history]]\ndate = 2026-05-02\ntext = \"{}\"\n",
                text.sentence(20),
                text.title(),
                text.sentence(20),
                text.title(),
                text.sentence(10),
            )
        })?;
        write(&format!("petitions/petition-{deposit:02}/rencontre.md"), &|text| {
            format!(
                "kind = \"report\"\ndate = 2026-05-02\nplace = \"Salle des fêtes\"\nparticipants = [\"{}\", \"{}\"]\n\
                 threshold = 100\n",
                text.title(),
                text.title()
            )
        })?;
    }
    Ok(())
}
