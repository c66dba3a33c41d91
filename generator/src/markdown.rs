//! Markdown to HTML: French typography, headings with anchors, links that lead somewhere.

mod typography;

use crate::{
    diagnostics::{Diagnostic, Reporter, Source},
    links::{Links, Target},
    slug::slugify,
};
use pulldown_cmark::{
    CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeWithOffset,
};
use serde::Serialize;
use std::{collections::BTreeSet, iter, mem, ops::Range, sync::Arc};

/// HTML made by the generator, safe to be put in a page as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Html(String);

/// A line of text set in French typography.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Text(String);

impl Text {
    pub(crate) fn new(written: &str) -> Self {
        Self(typography::french(written))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Markdown, and where it stands in its file.
#[derive(Debug, Clone)]
pub(crate) struct Markdown {
    source: Arc<Source>,
    text: String,
    origin: Origin,
}

#[derive(Debug, Clone)]
enum Origin {
    /// The text stands in the file letter for letter, from this byte.
    Verbatim(usize),
    /// The text is that of a TOML string with escapes, here.
    Escaped(Range<usize>),
}

impl Markdown {
    /// The body of a page.
    pub(crate) fn body(source: &Arc<Source>, span: Range<usize>) -> Self {
        let text = source.text[span.clone()].to_owned();
        Self { source: source.clone(), text, origin: Origin::Verbatim(span.start) }
    }

    /// The text of a TOML string that stands, with its quotes, at `span`.
    pub(crate) fn within(source: &Arc<Source>, span: Range<usize>, text: String) -> Self {
        let origin = match source.text[span.clone()].find(&text) {
            Some(start) => Origin::Verbatim(span.start + start),
            None => Origin::Escaped(span),
        };
        Self { source: source.clone(), text, origin }
    }

    fn span(&self, part: Range<usize>) -> Range<usize> {
        match &self.origin {
            Origin::Verbatim(start) => start + part.start..start + part.end,
            Origin::Escaped(whole) => whole.clone(),
        }
    }

    /// An error about a part; only its first line is shown.
    fn error(&self, part: Range<usize>, message: impl Into<String>) -> Diagnostic {
        let line = self.text[part.clone()].lines().next().unwrap_or_default();
        Diagnostic::error(&self.source, self.span(part.start..part.start + line.len()), message)
    }
}

/// Turns the Markdown of one file into HTML.
#[derive(Clone, Copy)]
pub(crate) struct Renderer<'a> {
    /// Path of the file below `content/`, from which relative links start.
    pub(crate) path: &'a str,
    pub(crate) links: &'a Links<'a>,
    pub(crate) reporter: &'a Reporter,
}

impl Renderer<'_> {
    /// The body of a page: its headings can be linked to.
    pub(crate) fn body(&self, markdown: &Markdown) -> Html {
        let mut pass = Pass::new(self, markdown);
        let html = pass.run(events(markdown));
        self.links.define_anchors(self.path, pass.anchors);
        html
    }

    /// Paragraphs, lists, tables… inside a page.
    pub(crate) fn block(&self, markdown: &Markdown) -> Html {
        Pass::new(self, markdown).run(events(markdown))
    }

    /// A single paragraph, without the element around it.
    pub(crate) fn inline(&self, markdown: &Markdown) -> Html {
        let events: Vec<_> = events(markdown).collect();
        if let Some(span) = second_block(&events) {
            let error = markdown.error(span, "un seul paragraphe est attendu ici, sans titre ni liste");
            self.reporter
                .report(error.help("gardez un paragraphe, et mettez le reste dans le corps d’une page"));
        }
        let is_paragraph =
            |event: &Event| matches!(event, Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph));
        Pass::new(self, markdown).run(events.into_iter().filter(|(event, _)| !is_paragraph(event)))
    }
}

fn events(markdown: &Markdown) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    TextMergeWithOffset::new(Parser::new_ext(&markdown.text, options).into_offset_iter())
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

/// One reading of a Markdown text, from its first event to its last.
struct Pass<'a> {
    renderer: &'a Renderer<'a>,
    markdown: &'a Markdown,
    written: Vec<Event<'a>>,
    heading: Option<OpenHeading>,
    level: HeadingLevel,
    anchors: BTreeSet<String>,
    in_code: bool,
    link: OpenLink,
}

struct OpenHeading {
    /// Of its start among the events written.
    position: usize,
    text: String,
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
    fn new(renderer: &'a Renderer<'a>, markdown: &'a Markdown) -> Self {
        Self {
            renderer,
            markdown,
            written: Vec::new(),
            heading: None,
            level: HeadingLevel::H1,
            anchors: BTreeSet::new(),
            in_code: false,
            link: OpenLink::None,
        }
    }

    fn run(&mut self, events: impl Iterator<Item = (Event<'a>, Range<usize>)>) -> Html {
        for (event, span) in events {
            self.event(event, span);
        }
        let mut html = String::with_capacity(self.markdown.text.len() * 3 / 2);
        pulldown_cmark::html::push_html(&mut html, self.written.drain(..));
        Html(html)
    }

    fn event(&mut self, event: Event<'a>, span: Range<usize>) {
        match event {
            Event::Text(text) => self.text(text),
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
            Event::End(TagEnd::Link) => {
                if mem::replace(&mut self.link, OpenLink::None) != OpenLink::Dropped {
                    self.written.push(event);
                }
            }
            Event::Start(Tag::Image { link_type, ref dest_url, ref title, ref id }) => {
                let dest_url = self.image(dest_url, span);
                let (title, id) = (title.clone(), id.clone());
                self.written.push(Event::Start(Tag::Image { link_type, dest_url, title, id }));
            }
            Event::Start(Tag::CodeBlock(_)) => {
                self.in_code = true;
                self.written.push(event);
            }
            Event::End(TagEnd::CodeBlock) => {
                self.in_code = false;
                self.written.push(event);
            }
            Event::Start(Tag::HtmlBlock) => self.refuse_html(span),
            Event::InlineHtml(tag) if !tag.starts_with("</") => self.refuse_html(span),
            Event::InlineHtml(_) | Event::Html(_) | Event::End(TagEnd::HtmlBlock) => {}
            other => self.written.push(other),
        }
    }

    fn text(&mut self, text: CowStr<'a>) {
        let text =
            if self.in_code || self.link == OpenLink::Bare { text } else { typography::french(&text).into() };
        self.heading_text(&text);
        self.written.push(Event::Text(text));
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
        self.heading = Some(OpenHeading { position: self.written.len(), text: String::new() });
        self.written.push(event);
    }

    fn close_heading(&mut self, event: Event<'a>) {
        if let Some(heading) = self.heading.take() {
            let anchor = self.new_anchor(&slugify(&heading.text));
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
    fn link(&self, link_type: LinkType, written: &CowStr<'a>, span: Range<usize>) -> Option<CowStr<'a>> {
        if link_type == LinkType::Email {
            return Some(written.clone());
        }
        let span = self.address_span(written, span);
        match self.renderer.links.resolve(self.renderer.path, written) {
            Ok(Target::Page(page)) => {
                if let Some(anchor) = page.anchor {
                    let place = (self.markdown.source.clone(), self.markdown.span(span));
                    self.renderer.links.expect_anchor(page.path, anchor, place);
                }
                Some(page.url.into())
            }
            Ok(Target::Document(url)) => Some(url.into()),
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

    fn image(&self, written: &str, span: Range<usize>) -> CowStr<'a> {
        let span = self.address_span(written, span);
        match self.renderer.links.resolve(self.renderer.path, written) {
            Ok(Target::Document(url)) => return url.into(),
            Ok(_) => {
                let error = self.markdown.error(span, "une image est un fichier du site");
                self.report(
                    error.help("déposez-la à côté de cette page, et écrivez `![description](image.jpg)`"),
                );
            }
            Err(broken) => self.report(self.markdown.error(span, broken.message).maybe_help(broken.help)),
        }
        CowStr::Borrowed("")
    }

    /// Where the address stands in a link, which takes `span`; the link when the address is elsewhere.
    fn address_span(&self, address: &str, span: Range<usize>) -> Range<usize> {
        match self.markdown.text[span.clone()].rfind(address) {
            Some(start) if !address.is_empty() => span.start + start..span.start + start + address.len(),
            _ => span,
        }
    }

    fn refuse_html(&self, span: Range<usize>) {
        let error = self.markdown.error(span, "le HTML n’est pas permis dans les textes");
        self.report(error.help("écrivez en Markdown ; la mise en page appartient au thème"));
    }

    fn report(&self, diagnostic: Diagnostic) {
        self.renderer.reporter.report(diagnostic);
    }
}
