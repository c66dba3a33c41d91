//! Markdown to HTML: typography, headings with anchors, links that lead somewhere, pictures, shortcodes.

mod shortcode;
mod typography;

use crate::{
    content::tree::Tree,
    diagnostics::{Diagnostic, Diagnostics, Reporter, Source},
    documents::Library,
    links::{ExpectedAnchor, Links, RememberedAnchor, Target},
    memory::{BodyMemory, Memory},
    picture::Picture,
    slug::slugify,
    theme::{Fingerprint, Theme, Voice},
    words::Language,
};
use pulldown_cmark::{
    CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeWithOffset,
};
use serde::{Deserialize, Serialize};
use shortcode::Shortcodes;
use std::{collections::BTreeSet, iter, mem, ops::Range, path::Path, sync::Arc};

/// HTML made by the generator, safe to be put in a page as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Html(Arc<str>);

impl Html {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A line of text set in French typography.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Text(Arc<str>);

impl Text {
    pub(crate) fn new(written: &str) -> Self {
        Self(typography::french(written).into())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// With its first letter as a capital.
    pub(crate) fn capitalised(&self) -> Self {
        let mut characters = self.0.chars();
        let first = characters.next().map(char::to_uppercase);
        Self(first.into_iter().flatten().chain(characters).collect::<String>().into())
    }
}

/// Markdown, and where it stands in its file.
#[derive(Debug, Clone)]
pub(crate) struct Markdown {
    source: Arc<Source>,
    origin: Origin,
}

#[derive(Debug, Clone)]
enum Origin {
    /// The text stands in the file letter for letter.
    Verbatim(Range<usize>),
    /// The text is that of a TOML string with escapes, which stands here.
    Escaped(String, Range<usize>),
}

impl Markdown {
    /// The body of a page.
    pub(crate) fn body(source: &Arc<Source>, span: Range<usize>) -> Self {
        Self { source: source.clone(), origin: Origin::Verbatim(span) }
    }

    /// The text of a TOML string that stands, with its quotes, at `span`.
    pub(crate) fn within(source: &Arc<Source>, span: Range<usize>, text: String) -> Self {
        let origin = match source.text[span.clone()].find(&text) {
            Some(start) => Origin::Verbatim(span.start + start..span.start + start + text.len()),
            None => Origin::Escaped(text, span),
        };
        Self { source: source.clone(), origin }
    }

    /// As it is written.
    pub(crate) fn text(&self) -> &str {
        match &self.origin {
            Origin::Verbatim(span) => &self.source.text[span.clone()],
            Origin::Escaped(text, _) => text,
        }
    }

    fn span(&self, part: Range<usize>) -> Range<usize> {
        match &self.origin {
            Origin::Verbatim(whole) => whole.start + part.start..whole.start + part.end,
            Origin::Escaped(_, whole) => whole.clone(),
        }
    }

    /// An error about a part; only its first line is shown.
    fn error(&self, part: Range<usize>, message: impl Into<String>) -> Diagnostic {
        let line = self.text()[part.clone()].lines().next().unwrap_or_default();
        Diagnostic::error(&self.source, self.span(part.start..part.start + line.len()), message)
    }
}

/// A heading that a table of contents lists.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Heading {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) level: u8,
}

/// The body of a page, made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    pub(crate) html: Html,
    pub(crate) toc: Vec<Heading>,
}

/// Turns the Markdown of one file into HTML.
#[derive(Clone, Copy)]
pub(crate) struct Renderer<'a> {
    /// Path of the file below `content/`, from which relative links start.
    pub(crate) path: &'a str,
    pub(crate) links: &'a Links<'a>,
    pub(crate) reporter: &'a Reporter,
    /// Of the text.
    pub(crate) language: Language,
    /// What draws shortcodes and pictures; none when the theme is wrong, and reported.
    pub(crate) theme: Option<(&'a Theme, &'a Voice)>,
}

impl Renderer<'_> {
    /// The body of a page, whose headings can be linked to, and what was seen when it was made.
    pub(crate) fn body(&self, markdown: &Markdown) -> (Body, BodyMemory) {
        let shortcodes = Shortcodes::find(markdown.text());
        shortcodes.report_unclosed(markdown, self.reporter);
        let mut pass = Pass::new(self, markdown, &shortcodes);
        let html = pass.run(events(&shortcodes.masked));
        let mut key = Fingerprint::default();
        key.bytes(markdown.text().as_bytes());
        for line in pass.seen.links.iter() {
            key.bytes(line.as_bytes());
        }
        if pass.asks_theme {
            // The same in each language, as a text that nobody has translated is.
            key.key(self.theme.map_or(0, |(theme, _)| theme.voice(0).key));
        }
        let mut seen = mem::take(&mut pass.seen);
        seen.key = key.finish();
        pass.anchors.iter().for_each(|anchor| seen.anchors.push(anchor));
        self.links.define_anchors(self.path, &seen.anchors);
        (Body { html, toc: pass.toc }, seen)
    }

    /// Paragraphs, lists, tables… inside a page.
    pub(crate) fn block(&self, markdown: &Markdown) -> Html {
        Pass::new(self, markdown, &Shortcodes::none()).run(events(markdown.text()))
    }

    /// A single paragraph, without the element around it.
    pub(crate) fn inline(&self, markdown: &Markdown) -> Html {
        let events: Vec<_> = events(markdown.text()).collect();
        if let Some(span) = second_block(&events) {
            let error = markdown.error(span, "un seul paragraphe est attendu ici, sans titre ni liste");
            self.reporter
                .report(error.help("gardez un paragraphe, et mettez le reste dans le corps d’une page"));
        }
        let is_paragraph =
            |event: &Event| matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph));
        let events = events.into_iter().filter(|(event, _)| !is_paragraph(event));
        Pass::new(self, markdown, &Shortcodes::none()).run(events)
    }
}

fn events(markdown: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    TextMergeWithOffset::new(Parser::new_ext(markdown, options).into_offset_iter())
}

/// The first block that is not the paragraph a text begins with.
fn second_block(events: &[(Event<'_>, Range<usize>)]) -> Option<Range<usize>> {
    let mut depth = 0_usize;
    let mut blocks = events.iter().filter(|(event, _)| match event {
        Event::Start(_) => {
            depth += 1;
            depth == 1
        }
        Event::End(_) => {
            depth -= 1;
            false
        }
        _ => depth == 0,
    });
    let second = |(event, span): &(Event<'_>, Range<usize>)| match event {
        Event::Start(Tag::Paragraph) => None,
        _ => Some(span.clone()),
    };
    let first = blocks.next()?;
    second(first).or_else(|| blocks.next().map(|(_, span)| span.clone()))
}

/// How cells of tables are aligned.
const ALIGNMENTS: [(&str, &str); 3] = [
    (" style=\"text-align: left\"", " class=\"left\""),
    (" style=\"text-align: center\"", " class=\"center\""),
    (" style=\"text-align: right\"", " class=\"right\""),
];

/// One reading of a Markdown text, from its first event to its last.
struct Pass<'a> {
    renderer: &'a Renderer<'a>,
    markdown: &'a Markdown,
    shortcodes: &'a Shortcodes<'a>,
    written: Vec<Event<'a>>,
    heading: Option<OpenHeading>,
    level: HeadingLevel,
    anchors: BTreeSet<String>,
    toc: Vec<Heading>,
    in_code: bool,
    link: OpenLink,
    /// What the link open now says after its text.
    after_link: Option<String>,
    picture: Option<OpenPicture>,
    chart: Option<shortcode::OpenChart>,
    /// How many shortcodes have been met: numbers their anchors.
    met: usize,
    /// HTML of shortcodes with a body, of which the marks stand in what is written.
    wraps: Vec<shortcode::Wrap>,
    seen: BodyMemory,
    /// Whether a tag has been refused: its end is not told again.
    has_html: bool,
    asks_theme: bool,
}

struct OpenHeading {
    /// Of its start among the events written.
    position: usize,
    text: String,
    level: u8,
}

/// An image whose description is being read.
struct OpenPicture {
    picture: Option<Picture>,
    description: String,
    title: String,
    span: Range<usize>,
}

/// Links do not nest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OpenLink {
    None,
    /// Its text is its address: no typography.
    Bare,
    Worded,
    /// It leads nowhere: only its text is kept.
    Dropped,
}

impl<'a> Pass<'a> {
    fn new(renderer: &'a Renderer<'a>, markdown: &'a Markdown, shortcodes: &'a Shortcodes<'a>) -> Self {
        Self {
            renderer,
            markdown,
            shortcodes,
            written: Vec::new(),
            heading: None,
            level: HeadingLevel::H1,
            anchors: BTreeSet::new(),
            toc: Vec::new(),
            in_code: false,
            link: OpenLink::None,
            after_link: None,
            picture: None,
            chart: None,
            met: 0,
            wraps: Vec::new(),
            seen: BodyMemory::default(),
            has_html: false,
            asks_theme: false,
        }
    }

    fn run(&mut self, events: impl Iterator<Item = (Event<'a>, Range<usize>)>) -> Html {
        for (event, span) in events {
            self.event(event, span);
        }
        let mut html = String::with_capacity(self.markdown.text().len() * 3 / 2);
        pulldown_cmark::html::push_html(&mut html, self.written.drain(..));
        // The policy of the site lets no style into a page.
        for (style, class) in ALIGNMENTS {
            if html.contains(style) {
                html = html.replace(style, class);
            }
        }
        if !self.wraps.is_empty() {
            html = self.wrap(html);
        }
        // A copy of the right size: thousands are kept, each in a buffer grown by doubling otherwise.
        Html(html.into())
    }

    fn event(&mut self, event: Event<'a>, span: Range<usize>) {
        if self.picture.is_some() && !matches!(event, Event::End(TagEnd::Image)) {
            return self.describe_picture(&event);
        }
        match event {
            Event::Text(text) => self.text(text, span),
            Event::Code(ref text) => {
                self.heading_text(text);
                self.written.push(event);
            }
            Event::TaskListMarker(done) => {
                self.written.push(Event::Text(if done { "☑ " } else { "☐ " }.into()))
            }
            Event::Start(Tag::Heading { level, .. }) => self.open_heading(level, event, span),
            Event::End(TagEnd::Heading(_)) => self.close_heading(event),
            Event::Start(Tag::Link { link_type, ref dest_url, .. }) => {
                let url = self.link(link_type, dest_url, span);
                self.open_link(link_type, url, event);
            }
            Event::End(TagEnd::Link) => self.close_link(event),
            Event::Start(Tag::Image { ref dest_url, ref title, .. }) => {
                let picture = self.find_picture(dest_url, span.clone());
                let (title, description) = (title.to_string(), String::new());
                self.picture = Some(OpenPicture { picture, description, title, span });
            }
            Event::End(TagEnd::Image) => self.close_picture(),
            Event::Start(Tag::CodeBlock(_)) => {
                self.in_code = true;
                self.written.push(event);
            }
            Event::End(TagEnd::CodeBlock) => {
                self.in_code = false;
                self.written.push(event);
            }
            Event::Start(Tag::HtmlBlock) => match self.shortcodes.at(span.start) {
                Some(shortcode) => self.shortcode(shortcode),
                None => self.refuse_html(span),
            },
            Event::InlineHtml(tag) if !tag.starts_with("</") || !self.has_html => self.refuse_html(span),
            Event::InlineHtml(_) | Event::Html(_) | Event::End(TagEnd::HtmlBlock) => {}
            Event::Start(Tag::Table(_)) => {
                self.table_event(&event);
                self.open_region();
                self.written.push(event);
            }
            Event::End(TagEnd::Table) => {
                self.table_event(&event);
                self.written.push(event);
                self.close_region();
            }
            other => {
                self.table_event(&other);
                self.written.push(other);
            }
        }
    }

    /// A table too wide for its page scrolls alone, with the keyboard too. That of a chart lies in such a place already.
    fn open_region(&mut self) {
        let Some((theme, voice)) = self.renderer.theme.filter(|_| self.chart.is_none()) else { return };
        self.asks_theme = true;
        // In the language of the text, not of the edition that shows it untranslated.
        let voice = if voice.language == self.renderer.language { voice } else { theme.voice(0) };
        let label = voice.word("table.label").replace('&', "&amp;").replace('"', "&quot;");
        let open = format!("<div class=\"table\" role=\"group\" aria-label=\"{label}\" tabindex=\"0\">\n");
        self.written.push(Event::Html(open.into()));
    }

    fn close_region(&mut self) {
        if self.renderer.theme.is_some() && self.chart.is_none() {
            self.written.push(Event::Html("</div>\n".into()));
        }
    }

    fn text(&mut self, text: CowStr<'a>, span: Range<usize>) {
        self.table_text(&text, span);
        let text = if self.in_code || self.link == OpenLink::Bare { text } else { self.set(text) };
        self.heading_text(&text);
        self.written.push(Event::Text(text));
    }

    /// The text in the typography of its language.
    fn set(&self, text: CowStr<'a>) -> CowStr<'a> {
        if self.renderer.language.is_set_as_french() { typography::french(&text).into() } else { text }
    }

    fn heading_text(&mut self, text: &str) {
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
    }

    fn open_heading(&mut self, level: HeadingLevel, event: Event<'a>, span: Range<usize>) {
        if level == HeadingLevel::H1 {
            let error = self.markdown.error(span, "titre de niveau 1 dans le corps d’une page");
            self.report(error.help("le titre de la page est celui de `title` ; ici, commencez à `##`"));
        } else if level as usize > self.level as usize + 1 {
            let message =
                format!("titre de niveau {} après un niveau {}", level as usize, self.level as usize);
            let help = format!("descendez d’un niveau à la fois : `{}`", "#".repeat(self.level as usize + 1));
            self.report(self.markdown.error(span, message).help(help));
        }
        self.level = level;
        self.heading =
            Some(OpenHeading { position: self.written.len(), text: String::new(), level: level as u8 });
        self.written.push(event);
    }

    fn close_heading(&mut self, event: Event<'a>) {
        if let Some(heading) = self.heading.take() {
            let anchor = self.new_anchor(&slugify(&heading.text));
            if heading.level <= 3 {
                self.toc.push(Heading { id: anchor.clone(), title: heading.text, level: heading.level });
            }
            if let Some(Event::Start(Tag::Heading { id, .. })) = self.written.get_mut(heading.position) {
                *id = Some(anchor.into());
            }
        }
        self.written.push(event);
    }

    /// `slug`, or `slug-2` and so on when the page or the theme has it already.
    fn new_anchor(&mut self, slug: &str) -> String {
        let slug = if slug.is_empty() { "section" } else { slug };
        let numbered = (2..).map(|number| format!("{slug}-{number}"));
        let is_free =
            |anchor: &String| !self.anchors.contains(anchor) && !self.renderer.links.is_theme_anchor(anchor);
        let anchor = iter::once(slug.to_owned()).chain(numbered).find(is_free);
        let anchor = anchor.unwrap_or_default();
        self.anchors.insert(anchor.clone());
        anchor
    }

    fn open_link(&mut self, link_type: LinkType, url: Option<CowStr<'a>>, event: Event<'a>) {
        let Some(dest_url) = url else {
            self.link = OpenLink::Dropped;
            return;
        };
        let bare = matches!(link_type, LinkType::Autolink | LinkType::Email);
        self.link = if bare { OpenLink::Bare } else { OpenLink::Worded };
        if let Event::Start(Tag::Link { link_type, title, id, .. }) = event {
            self.written.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
        }
    }

    /// Where a link leads; `None` when it leads nowhere.
    fn link(&mut self, link_type: LinkType, written: &CowStr<'a>, span: Range<usize>) -> Option<CowStr<'a>> {
        if link_type == LinkType::Email {
            return Some(written.clone());
        }
        let span = self.address_span(written, span);
        let target = self.renderer.links.resolve(self.renderer.path, written);
        if let Some(led) = target.as_ref().ok().and_then(|target| target.address(written)) {
            self.saw(written, &led);
        }
        match target {
            Ok(Target::Page(page)) => {
                if let Some(anchor) = page.anchor {
                    let place = (self.markdown.source.clone(), self.markdown.span(span.clone()));
                    let (path, span) = (page.path.clone(), self.markdown.span(span));
                    self.seen.expected.push(RememberedAnchor { path, anchor: anchor.clone(), span });
                    self.renderer.links.expect_anchor(ExpectedAnchor { path: page.path, anchor, place });
                }
                Some(page.url.into())
            }
            Ok(Target::Document(document, url)) => {
                self.after_link = Some(document.note(self.renderer.theme.map(|(_, voice)| voice)));
                Some(url.into())
            }
            Ok(Target::Outside) => Some(written.clone()),
            Ok(Target::Unpublished) => {
                let source = &self.markdown.source;
                let warning =
                    Diagnostic::warning(source, self.markdown.span(span), "cette page n’est pas publiée");
                self.report(warning.help("le texte est gardé, sans lien, tant qu’elle ne l’est pas"));
                None
            }
            Err(broken) => {
                self.report(self.markdown.error(span, broken.message).maybe_help(broken.help));
                None
            }
        }
    }

    /// Notes where a link leads.
    fn saw(&mut self, written: &str, led: &str) {
        self.seen.links.push(written);
        self.seen.links.push(led);
    }

    /// The end of a link; one that leads to a file says first what it is, as RGAA 13.3 asks.
    fn close_link(&mut self, event: Event<'a>) {
        let after = self.after_link.take();
        if mem::replace(&mut self.link, OpenLink::None) == OpenLink::Dropped {
            return;
        }
        if let Some(after) = after {
            self.written.push(Event::Text(after.into()));
        }
        self.written.push(event);
    }

    fn find_picture(&mut self, written: &str, span: Range<usize>) -> Option<Picture> {
        let span = self.address_span(written, span);
        match self.renderer.links.picture(self.renderer.path, written) {
            Ok(picture) => {
                self.saw(&format!("!{written}"), picture.url());
                Some(picture)
            }
            Err(broken) => {
                self.report(self.markdown.error(span, broken.message).maybe_help(broken.help));
                None
            }
        }
    }

    fn describe_picture(&mut self, event: &Event<'_>) {
        let Some(open) = &mut self.picture else { return };
        match event {
            Event::Text(text) | Event::Code(text) => open.description.push_str(text),
            Event::SoftBreak | Event::HardBreak => open.description.push(' '),
            _ => {}
        }
    }

    fn close_picture(&mut self) {
        let Some(OpenPicture { picture, description, title, span }) = self.picture.take() else { return };
        if description.trim().is_empty() {
            let error = self.markdown.error(span, "cette image n’a pas de description");
            self.report(error.help(
                "dites entre les crochets ce qu’elle montre, pour qui ne la voit pas : `![Une place plantée d’arbres](place.jpg)`",
            ));
        }
        let Some(picture) = picture else { return };
        let description = self.set(description.into());
        let html = self.draw("picture", |arguments| {
            arguments.insert("picture", &picture);
            arguments.insert("alt", &*description);
            arguments.insert("title", &title);
        });
        self.written.push(Event::InlineHtml(html.unwrap_or_default().into()));
    }

    /// Where the address stands in a link, which takes `span`; the link when the address is elsewhere.
    fn address_span(&self, address: &str, span: Range<usize>) -> Range<usize> {
        match self.markdown.text()[span.clone()].rfind(address) {
            Some(start) if !address.is_empty() => span.start + start..span.start + start + address.len(),
            _ => span,
        }
    }

    fn refuse_html(&mut self, span: Range<usize>) {
        self.has_html = true;
        let error = self.markdown.error(span, "le HTML n’est pas permis dans les textes");
        self.report(error.help("écrivez en Markdown ; la mise en page appartient au thème"));
    }

    fn report(&self, diagnostic: Diagnostic) {
        self.renderer.reporter.report(diagnostic);
    }
}

/// What a text becomes on a page of a site that has no other, without a theme, and what is wrong in it: for the tests
/// of conformance.
#[doc(hidden)]
pub fn render_markdown(text: &str, language: &str) -> (String, Diagnostics) {
    const PATH: &str = "page.md";
    let (tree, ids, reporter) = (Tree::new(&[], "", |_| true), BTreeSet::new(), Reporter::default());
    let library = Library::new(Path::new(""), Vec::new(), &tree, &Memory::default());
    let renderer = Renderer {
        path: PATH,
        links: &Links::new(&tree, &library, &ids, true),
        reporter: &reporter,
        language: Language::new(language).unwrap_or_default(),
        theme: None,
    };
    let source = Arc::new(Source { path: PATH.to_owned(), text: text.to_owned() });
    let (body, _) = renderer.body(&Markdown::body(&source, 0..text.len()));
    (body.html.0.to_string(), reporter.finish())
}
