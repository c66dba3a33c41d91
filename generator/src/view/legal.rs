//! The pages that French law asks of a public site, and those that any site has besides its content.

use super::Viewer;
use crate::{
    content::{process::Process, voting::Voting, writing::Writing},
    markdown::Text,
    settings::Settings,
    theme::Values,
};
use domain::rulebook::{Identity, Purpose};
use serde::Serialize;

/// A page made from the settings. A page of the content at the same address replaces it.
pub(crate) struct LegalPage {
    pub(crate) url: &'static str,
    pub(crate) template: &'static str,
    /// Word of its title.
    pub(crate) title_key: &'static str,
}

const PAGES: [LegalPage; 5] = [
    LegalPage { url: "/mentions-legales/", template: "legal-notice.html", title_key: "legal.title" },
    LegalPage { url: "/donnees-personnelles/", template: "privacy.html", title_key: "privacy.title" },
    LegalPage { url: "/accessibilite/", template: "accessibility.html", title_key: "accessibility.title" },
    LegalPage { url: "/plan-du-site/", template: "site-map.html", title_key: "sitemap.title" },
    LegalPage { url: "/contact/", template: "contact.html", title_key: "contact.title" },
];

/// Those of a site, in the order in which it links to them.
pub(crate) fn legal_pages() -> impl Iterator<Item = &'static LegalPage> {
    PAGES.iter()
}

/// Who publishes and hosts the site.
#[derive(Serialize)]
struct Legal<'a> {
    publisher: Option<&'a Text>,
    address: Option<&'a Text>,
    phone: Option<&'a Text>,
    director: Option<&'a Text>,
    host: Option<&'a Text>,
    host_address: Option<&'a Text>,
    host_phone: Option<&'a Text>,
    data_protection_officer: Option<&'a str>,
}

/// The state of accessibility: article 5 of décret n° 2019-768.
#[derive(Serialize)]
struct Accessibility<'a> {
    state_text: String,
    audited_text: Option<String>,
    auditor: Option<&'a Text>,
    rate_text: Option<String>,
}

/// A piece of personal data that forms of the site ask: article 13 of the GDPR.
#[derive(Serialize)]
struct Datum {
    field: String,
    purpose: String,
    basis: String,
    retention: String,
}

/// What the form of a support asks, as words of the theme call it.
const SUPPORT_DATA: [&str; 6] = ["names", "email", "birth_date", "commune", "link", "network"];

/// What the form or the vote of a process asks of people.
#[derive(Serialize)]
struct FormData<'a> {
    title: &'a Text,
    url: &'a str,
    data: Vec<Datum>,
}

/// A group of pages in the plan of the site.
#[derive(Serialize)]
struct Group<'a> {
    title: &'a str,
    url: &'a str,
    pages: Vec<super::Crumb<'a>>,
}

impl<'a> Viewer<'a> {
    /// What the templates of those pages receive besides the page.
    pub(crate) fn legal_values(&self, page: &LegalPage) -> Values<'a> {
        let settings = &self.site.settings;
        match page.template {
            "privacy.html" => Values::new()
                .with("data", self.personal_data())
                .with("forms", self.form_data())
                .with("reports", self.content.processes().any(|(_, process)| !process.deposits.is_empty()))
                .with("legal", legal(settings)),
            "accessibility.html" => {
                Values::new().with("accessibility", self.accessibility()).with("legal", legal(settings))
            }
            "site-map.html" => Values::new().with("groups", self.groups()),
            _ => Values::new().with("legal", legal(settings)),
        }
    }

    fn accessibility(&self) -> Accessibility<'a> {
        let audit = self.site.settings.audit.as_ref();
        let key = match audit.map(|audit| audit.rate) {
            None | Some(0..50) => "accessibility.state_none",
            Some(50..100) => "accessibility.state_partial",
            Some(_) => "accessibility.state_full",
        };
        Accessibility {
            state_text: self.voice.words.say(key, &[]),
            audited_text: audit.map(|audit| self.day_text(audit.date)),
            auditor: audit.map(|audit| &audit.auditor),
            rate_text: audit.map(|audit| format!("{}\u{a0}%", audit.rate)),
        }
    }

    /// What the site's forms really ask: nothing where nothing can be supported.
    fn personal_data(&self) -> Vec<Datum> {
        let petitions: Vec<_> = self.content.petitions().map(|(_, _, petition)| petition).collect();
        let asks_commune = petitions.iter().any(|petition| {
            petition.participants.eligibility.territory != domain::eligibility::Territory::Any
        });
        let is_asked = |datum: &&&str| !petitions.is_empty() && (**datum != "commune" || asks_commune);
        SUPPORT_DATA.iter().filter(is_asked).map(|datum| self.datum(datum, &[])).collect()
    }

    /// A piece of personal data that the theme's words describe.
    fn datum(&self, name: &str, values: &[(&str, &str)]) -> Datum {
        let word = |part: &str| self.voice.words.say(&format!("privacy.{name}_{part}"), values);
        Datum {
            field: word("field"),
            purpose: word("purpose"),
            basis: word("basis"),
            retention: word("retention"),
        }
    }

    /// What the forms and the votes of processes ask.
    fn form_data(&self) -> Vec<FormData<'a>> {
        let has_petitions = self.content.petitions().next().is_some();
        let of = |(_, process): (_, &'a Process)| {
            let mut data = Vec::new();
            data.extend(process.writing.iter().flat_map(|writing| self.written_data(writing)));
            data.extend(process.voting.iter().flat_map(|voting| self.voter_data(voting)));
            if data.is_empty() {
                return None;
            }
            if !has_petitions {
                data.push(self.datum("network", &[]));
            }
            Some(FormData { title: &process.page.title, url: &process.page.url, data })
        };
        self.content.processes().filter_map(of).collect()
    }

    /// What those who write are asked: the editor says what for and how long.
    fn written_data(&self, writing: &Writing) -> Vec<Datum> {
        let field = |field: super::writing::PersonalField<'_>| Datum {
            field: field.label.to_owned(),
            purpose: field.purpose.to_owned(),
            basis: self.voice.words.say("privacy.form_basis", &[]),
            retention: self.kept(&field.erased_text, &field.retention_text),
        };
        let mut data: Vec<Datum> = self.personal_fields(writing).into_iter().map(field).collect();
        let kept = self.kept(&self.day_text(writing.erased), &self.calendar().delay(writing.retention));
        let own: &[&str] = match (writing.identity, writing.purpose) {
            (Identity::Email, Purpose::Deposit) => &["author", "public_name", "draft"],
            (Identity::Email, _) => &["author", "draft"],
            (Identity::None, _) => &["token"],
        };
        data.extend(own.iter().map(|datum| self.datum(datum, &[("kept", &kept)])));
        data
    }

    /// What those who vote are asked, and their ballot, which is nobody's.
    fn voter_data(&self, voting: &Voting) -> Vec<Datum> {
        let (erased, retention) = (self.day_text(voting.erased), self.calendar().delay(voting.retention));
        let values = [("erased", erased.as_str()), ("retention", retention.as_str())];
        let asked = ["voter", "voter_email", "voter_place", "ballot"];
        asked.iter().map(|datum| self.datum(datum, &values)).collect()
    }

    /// Until when something is kept, in words.
    fn kept(&self, erased: &str, delay: &str) -> String {
        self.voice.words.say("privacy.form_retention", &[("erased", erased), ("retention", delay)])
    }

    fn groups(&self) -> Vec<Group<'a>> {
        let content = self.content;
        let crumb =
            |page: &'a crate::content::Page| super::Crumb { title: page.title.as_str(), url: &page.url };
        let mut groups = Vec::new();
        for organisation in &content.organisations {
            let mut pages = Vec::new();
            for process in &organisation.processes {
                pages.push(crumb(&process.page));
                pages.extend(process.steps.iter().map(|step| crumb(&step.page)));
                let deposits = process.deposits.iter();
                pages.extend(deposits.map(|deposit| crumb(&deposit.page)));
            }
            let (title, url) = (organisation.page.title.as_str(), &*organisation.page.url);
            groups.push(Group { title, url, pages });
        }
        for leaf in content.leaves.iter().filter(|leaf| leaf.listing().is_some()) {
            let under = self.index.sections.get(&*leaf.page.path);
            let pages = under.into_iter().flatten().map(|leaf| crumb(&leaf.page)).collect();
            groups.push(Group { title: leaf.page.title.as_str(), url: &leaf.page.url, pages });
        }
        groups
    }
}

fn legal(settings: &Settings) -> Legal<'_> {
    let legal = &settings.legal;
    Legal {
        publisher: legal.publisher.as_ref(),
        address: legal.address.as_ref(),
        phone: legal.phone.as_ref(),
        director: legal.director.as_ref(),
        host: legal.host.as_ref(),
        host_address: legal.host_address.as_ref(),
        host_phone: legal.host_phone.as_ref(),
        data_protection_officer: legal.data_protection_officer.as_deref(),
    }
}
