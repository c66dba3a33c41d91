//! The pages of a vote: where one votes, and what the functions answer with on the way.

use super::{ANSWERS, Job, Planner, Shared, Values, file_of};
use crate::{
    content::{
        process::Process,
        voting::{REPLACE, VOTE, Voting},
    },
    view::Crumb,
};
use std::sync::Arc;

/// A page of the journey.
struct VotePage {
    template: &'static str,
    /// Its name among the answers of the vote; none for a page that is only read.
    answer: Option<&'static str>,
    /// Where it can be read, after the address of the vote.
    address: Option<&'static str>,
}

const PAGES: [VotePage; 8] = [
    VotePage { template: "vote.html", answer: None, address: Some("") },
    VotePage { template: "ballot.html", answer: Some("ballot.html"), address: None },
    VotePage { template: "ballot-review.html", answer: Some("ballot-review.html"), address: None },
    VotePage { template: "ballot-code.html", answer: Some("ballot-code.html"), address: None },
    VotePage { template: "ballot-cast.html", answer: Some("ballot-cast.html"), address: None },
    VotePage { template: "ballot-cast.html", answer: Some("ballot-replaced.html"), address: None },
    VotePage { template: "already-voted.html", answer: Some("already-voted.html"), address: None },
    VotePage { template: "ballot-replace.html", answer: Some("ballot-replace.html"), address: Some(REPLACE) },
];

impl<'a> Planner<'a, '_> {
    /// Where one votes in a process, and the pages that the functions answer with around it.
    pub(super) fn voting(&self, process: &'a Process, voting: &'a Voting, view: &Arc<Shared<'a>>) {
        let viewer = self.viewer;
        let folder = &process.page.url;
        let vote = Shared::new(viewer.vote(process, voting));
        let mut crumbs = viewer.crumbs(&process.page);
        crumbs.push(Crumb { title: process.page.title.as_str(), url: folder });
        let (title, description) = (process.page.title.as_str(), process.page.description.as_str());
        for VotePage { template, answer, address } in &PAGES {
            let read_at = address.map(|address| format!("{folder}{VOTE}{address}"));
            let url = read_at.clone().unwrap_or_else(|| format!("{folder}{VOTE}"));
            let values = Values::new()
                .share("site", &self.site)
                .share("process", view)
                .share("vote", &vote)
                .with("replaced", *answer == Some("ballot-replaced.html"))
                .with("page", viewer.unlisted_page(title, description, url))
                .with("breadcrumbs", crumbs.clone());
            let answer = answer.map(|answer| format!("{ANSWERS}{folder}{VOTE}{answer}"));
            let files = read_at.iter().map(|url| file_of(url)).chain(answer).collect();
            self.add(Job { template, values, body: None, files, edition: 0 });
        }
    }
}
