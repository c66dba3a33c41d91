//! The pages of a site: which template makes each, from what, and where it goes.

use crate::{
    content::{
        self,
        deposit::{self, Standing},
        organisation::Organisation,
        petition,
    },
    counts::Counts,
    diagnostics::Diagnostics,
    site::Site,
    theme::Values,
    view::{Crumb, Deposit, ProcessCard, Viewer},
};
use std::{panic, thread};

/// A page, made.
pub(crate) struct Page {
    /// Files that have it, from the root of the output.
    pub(crate) files: Vec<String>,
    pub(crate) html: String,
}

/// A page to make.
struct Job {
    template: &'static str,
    values: Values,
    files: Vec<String>,
}

/// A page that the functions answer with, and the end of the address it is for.
struct FormPage {
    template: &'static str,
    /// Where its form is sent, after `/actes/<process>/<deposit>/`.
    action: &'static str,
    /// Where it can be read, after the address of the deposit, if it can.
    address: Option<&'static str>,
}

/// The pages of the two journeys around a deposit.
const FORM_PAGES: [FormPage; 6] = [
    FormPage { template: "support.html", action: "soutien", address: Some("soutenir/") },
    FormPage { template: "support-code.html", action: "soutien/code", address: None },
    FormPage { template: "supported.html", action: "soutien/code", address: None },
    FormPage { template: "withdraw.html", action: "retrait", address: Some("retirer/") },
    FormPage { template: "withdraw-code.html", action: "retrait/code", address: None },
    FormPage { template: "withdrawn.html", action: "retrait/code", address: None },
];

/// Where the pages that functions answer with are, seen from the output.
const ANSWERS: &str = "../answers";

/// Makes every page of the site.
///
/// # Errors
/// What is wrong in the templates.
pub(crate) fn render(site: &Site, counts: &Counts) -> Result<Vec<Page>, Diagnostics> {
    let jobs = plan(Viewer { site, counts });
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let make = |job: &Job| {
        let html = site.theme.render(job.template, &job.values)?;
        Ok(Page { files: job.files.clone(), html })
    };
    let made: Vec<_> = thread::scope(|scope| {
        let chunks = jobs.chunks(jobs.len().div_ceil(threads).max(1));
        let workers: Vec<_> =
            chunks.map(|jobs| scope.spawn(|| jobs.iter().map(make).collect::<Vec<_>>())).collect();
        let join = |worker: thread::ScopedJoinHandle<'_, Vec<_>>| {
            worker.join().unwrap_or_else(|panic| panic::resume_unwind(panic))
        };
        workers.into_iter().flat_map(join).collect()
    });
    let (mut pages, mut mistakes) = (Vec::new(), Vec::new());
    for page in made {
        match page {
            Ok(page) => pages.push(page),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() { Ok(pages) } else { Err(mistakes.into_iter().collect()) }
}

/// A process and its deposits, as they are shown.
struct Shown<'a> {
    organisation: &'a Organisation,
    process: &'a petition::Process,
    deposits: Vec<Deposit<'a>>,
}

impl<'a> Shown<'a> {
    fn new(viewer: Viewer<'a>, organisation: &'a Organisation, process: &'a petition::Process) -> Self {
        let deposits = process.deposits.iter().map(|deposit| viewer.deposit(process, deposit)).collect();
        Self { organisation, process, deposits }
    }
}

fn plan(viewer: Viewer<'_>) -> Vec<Job> {
    let content = &viewer.site.content;
    let processes = content.processes();
    let shown: Vec<_> =
        processes.map(|(organisation, process)| Shown::new(viewer, organisation, process)).collect();

    let not_found = vec!["404.html".to_owned(), format!("{ANSWERS}/not-found.html")];
    let mut jobs = vec![
        home_job(viewer, &shown),
        bare_job(viewer, "not-found.html", not_found),
        bare_job(viewer, "unavailable.html", vec![format!("{ANSWERS}/unavailable.html")]),
    ];
    jobs.extend(content.pages.iter().map(|page| page_job(viewer, "page.html", page, Values::new())));
    jobs.extend(
        content.organisations.iter().map(|organisation| organisation_job(viewer, organisation, &shown)),
    );
    jobs.extend(shown.iter().flat_map(|shown| process_jobs(viewer, shown)));
    jobs
}

fn home_job(viewer: Viewer<'_>, shown: &[Shown<'_>]) -> Job {
    let content = &viewer.site.content;
    let organisations: Vec<_> =
        content.organisations.iter().map(|organisation| viewer.organisation(organisation)).collect();
    let values =
        Values::new().with("processes", &cards(viewer, shown.iter())).with("organisations", &organisations);
    page_job(viewer, "home.html", &content.home, values)
}

fn organisation_job(viewer: Viewer<'_>, organisation: &Organisation, shown: &[Shown<'_>]) -> Job {
    let own = shown.iter().filter(|shown| shown.organisation.page.url == organisation.page.url);
    let values = Values::new()
        .with("organisation", &viewer.organisation(organisation))
        .with("processes", &cards(viewer, own));
    page_job(viewer, "organisation.html", &organisation.page, values)
}

/// The pages of a process: its tabs, its deposits, their reports and forms.
fn process_jobs(viewer: Viewer<'_>, shown: &Shown<'_>) -> Vec<Job> {
    let Shown { organisation, process, deposits } = shown;
    let seen_from = |url: &str| {
        let view = viewer.process(organisation, process, deposits, url);
        Values::new().with("process", &view)
    };
    let mut jobs = vec![page_job(viewer, "process.html", &process.page, seen_from(&process.page.url))];
    for step in &process.steps {
        let values = seen_from(&step.page.url).with("step", &viewer.step(step));
        jobs.push(page_job(viewer, "step.html", &step.page, values));
    }
    // Seen from its deposits, a process is always the same: it is made ready for templates once.
    let seen_from_below = seen_from("");
    for (deposit, view) in process.deposits.iter().zip(deposits) {
        let values = seen_from_below.clone().with("deposit", view);
        jobs.push(page_job(viewer, "deposit.html", &deposit.page, values.clone()));
        for report in &deposit.reports {
            let values = values.clone().with("report", &viewer.report(process, report));
            jobs.push(page_job(viewer, "report.html", &report.page, values));
        }
        if let Standing::Admissible { .. } = deposit.standing {
            let form = |form| form_job(viewer, process, deposit, form, values.clone());
            jobs.extend(FORM_PAGES.iter().map(form));
        }
    }
    jobs
}

fn form_job(
    viewer: Viewer<'_>,
    process: &petition::Process,
    deposit: &deposit::Deposit,
    form: &FormPage,
    values: Values,
) -> Job {
    let folder = &deposit.page.url;
    let url = format!("{folder}{}", form.address.unwrap_or_default());
    let mut crumbs = viewer.crumbs(&deposit.page);
    crumbs.push(Crumb { title: deposit.page.title.as_str(), url: folder });
    let action = format!("/actes/{}/{}/{}", process.id, deposit.id, form.action);
    let values = values
        .with("site", &viewer.site(&url))
        .with("page", &viewer.form_page(&deposit.page, url.clone()))
        .with("breadcrumbs", &crumbs)
        .with("form", &viewer.form(process, action));
    let answer = format!("{ANSWERS}{folder}{}", form.template);
    let page = form.address.map(|_| file_of(&url));
    Job { template: form.template, values, files: page.into_iter().chain([answer]).collect() }
}

fn cards<'a>(viewer: Viewer<'a>, shown: impl Iterator<Item = &'a Shown<'a>>) -> Vec<ProcessCard<'a>> {
    shown.map(|shown| viewer.process_card(shown.organisation, shown.process, &shown.deposits)).collect()
}

/// The page that `template` makes of `values` and of what every page receives.
fn page_job(viewer: Viewer<'_>, template: &'static str, page: &content::Page, values: Values) -> Job {
    let values = values
        .with("site", &viewer.site(&page.url))
        .with("page", &viewer.page(page))
        .with("breadcrumbs", &viewer.crumbs(page));
    Job { template, values, files: vec![file_of(&page.url)] }
}

/// A page that answers in place of another, at any address.
fn bare_job(viewer: Viewer<'_>, template: &'static str, files: Vec<String>) -> Job {
    let values = Values::new()
        .with("site", &viewer.site(""))
        .with("page", &viewer.bare_page())
        .with("breadcrumbs", &Vec::<Crumb<'_>>::new());
    Job { template, values, files }
}

/// The file, from the root of the output, that answers at `url`.
fn file_of(url: &str) -> String {
    format!("{}index.html", url.trim_start_matches('/'))
}
