//! What becomes of the texts that editors write.

use crate::place::{DEPOSIT, Place, STEP, photograph};
use insta::assert_snapshot;
use lopdf::{Document, dictionary};

/// A PDF of so many empty pages.
pub(crate) fn pdf(pages: usize) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let kids: Vec<lopdf::Object> = (0..pages)
        .map(|_| document.add_object(dictionary! { "Type" => "Page", "Parent" => tree }).into())
        .collect();
    let count = i64::try_from(pages).expect("few pages");
    document.objects.insert(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("written");
    bytes
}

#[test]
fn typography_is_french_in_texts_and_absent_from_code() {
    let body = "C'est « prêt » ? Voyez `a ? b : c` et <https://exemple.fr/?a=1>.\n\n    let x = y ? 1 : 2;\n";
    assert_snapshot!(Place::new().home(body), @r#"
    <p>C’est «~prêt~»^? Voyez <code>a ? b : c</code> et <a href="https://exemple.fr/?a=1">https://exemple.fr/?a=1</a>.</p>
    <pre><code>let x = y ? 1 : 2;
    </code></pre>
    "#);
}

#[test]
fn headings_can_be_linked_to() {
    let body = "## L'eau\n\n### Où en est-on ?\n\n## L'eau\n\nVoir [plus haut](#l-eau-2) et [là](@/sault/petitions/textes/banc/index.md#suite).\n";
    let place = Place::new().page("sault/petitions/textes/banc/index.md", DEPOSIT, "## Suite\n");
    assert_snapshot!(place.home(body), @r##"
    <h2 id="l-eau">L’eau</h2>
    <h3 id="ou-en-est-on">Où en est-on^?</h3>
    <h2 id="l-eau-2">L’eau</h2>
    <p>Voir <a href="#l-eau-2">plus haut</a> et <a href="/sault/petitions/textes/banc/#suite">là</a>.</p>
    "##);
}

#[test]
fn a_heading_does_not_take_an_anchor_of_the_theme() {
    assert_snapshot!(Place::new().home("## Contenu\n"), @r#"
    <h2 id="contenu-2">Contenu</h2>
    "#);
}

#[test]
fn tables_notes_and_tasks() {
    let body = "| a | b |\n|---|---|\n| 1 | 2 |\n\nUne note[^1], un ~~mot~~.\n\n[^1]: La note.\n\n- [x] fait\n- [ ] à faire\n";
    assert_snapshot!(Place::new().home(body), @r##"
    <div class="table" role="group" aria-label="Tableau" tabindex="0">
    <table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>
    <tr><td>1</td><td>2</td></tr>
    </tbody></table>
    </div>
    <p>Une note<sup class="footnote-reference"><a href="#1">1</a></sup>, un <del>mot</del>.</p>
    <div class="footnote-definition" id="1"><sup class="footnote-definition-label">1</sup>
    <p>La note.</p>
    </div>
    <ul>
    <li>☑ fait</li>
    <li>☐ à faire</li>
    </ul>
    "##);
}

#[test]
fn links_lead_where_they_should() {
    let body = "[a](@/sault/_index.md) [b](mailto:a@b.fr) [c](tel:+33102030405) <a@b.fr> [d](https://exemple.fr) [e][f]\n\n[f]: @/sault/petitions/_index.md\n";
    assert_snapshot!(Place::new().home(body), @r#"
    <p><a href="/sault/">a</a> <a href="mailto:a@b.fr">b</a> <a href="tel:+33102030405">c</a> <a href="mailto:a@b.fr">a@b.fr</a> <a href="https://exemple.fr">d</a> <a href="/sault/petitions/">e</a></p>
    "#);
}

#[test]
fn the_scheme_of_a_link_may_be_in_capitals() {
    assert_snapshot!(Place::new().home("[a](MAILTO:a@b.fr) [b](Https://exemple.fr)\n"), @r#"
    <p><a href="MAILTO:a@b.fr">a</a> <a href="Https://exemple.fr">b</a></p>
    "#);
    assert!(Place::new().diagnostics_of("[a](HTTP://exemple.fr)\n").contains("lien non permis : http:"));
}

#[test]
fn pages_that_every_site_has_are_named_by_their_address() {
    assert_snapshot!(Place::new().home("[Écrire](/contact/), [les mentions](/mentions-legales/).\n"), @r#"
    <p><a href="/contact/">Écrire</a>, <a href="/mentions-legales/">les mentions</a>.</p>
    "#);
}

#[test]
fn a_link_to_a_place_in_a_document_says_what_the_document_is() {
    let place = Place::new().file("content/plan.pdf", pdf(3));
    assert_snapshot!(place.home("Voyez [la page 2](plan.pdf#page=2) et [tout le plan](@/plan.pdf).\n"), @r#"
    <p>Voyez <a href="/plan.2fd8f362.pdf#page=2">la page 2 (PDF, 410~octets, 3 pages)</a> et <a href="/plan.2fd8f362.pdf">tout le plan (PDF, 410~octets, 3 pages)</a>.</p>
    "#);
}

#[test]
fn cells_are_aligned_by_classes() {
    let body = "| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |\n";
    assert_snapshot!(Place::new().home(body), @r#"
    <div class="table" role="group" aria-label="Tableau" tabindex="0">
    <table><thead><tr><th class="left">a</th><th class="center">b</th><th class="right">c</th></tr></thead><tbody>
    <tr><td class="left">1</td><td class="center">2</td><td class="right">3</td></tr>
    </tbody></table>
    </div>
    "#);
}

#[test]
fn a_slug_changes_the_address_of_a_page_and_of_what_is_below() {
    let place =
        Place::new().page("sault/petitions/textes/_index.md", &format!("slug = \"tous\"\n{STEP}"), "");
    let html = place.home("[a](@/sault/petitions/textes/banc/index.md)");
    assert_snapshot!(html, @r#"
    <p><a href="/sault/petitions/tous/banc/">a</a></p>
    "#);
}

#[test]
fn documents_are_published_under_their_content() {
    let deposit = format!("{DEPOSIT}[[documents]]\nfile = \"Le plan.pdf\"\ntitle = \"Le plan\"\n");
    let place = Place::new()
        .page(
            "sault/petitions/textes/banc/index.md",
            &deposit,
            "[le plan](<Le plan.pdf>) ![le banc](banc.png)",
        )
        .file("content/sault/petitions/textes/banc/Le plan.pdf", pdf(4))
        .file("content/sault/petitions/textes/banc/banc.png", photograph(8, 6))
        .file("content/sault/petitions/textes/banc/secret.txt", "rien ne mène ici");
    place.build("2026-11-21T09:00:00Z");
    let page = place.main("/sault/petitions/textes/banc/");
    assert_snapshot!(page.lines().filter(|line| line.starts_with("document") || line.contains("href")).collect::<Vec<_>>().join("\n"), @r#"
    <p><a href="/sault/petitions/textes/banc/le-plan.e6db79ce.pdf">le plan (PDF, 466~octets, 4 pages)</a> <picture><source type="image/avif" srcset="/sault/petitions/textes/banc/banc.4c8a176e-8.avif 8w" sizes="(min-width: 48rem) 44rem, 100vw"><source type="image/webp" srcset="/sault/petitions/textes/banc/banc.4c8a176e-8.webp 8w" sizes="(min-width: 48rem) 44rem, 100vw"><img src="/sault/petitions/textes/banc/banc.4c8a176e-8.jpg" width="8" height="6" alt="le banc"></picture></p>
    document: Le plan, PDF, 466~octets, 4 pages
    "#);
    let files = place.files("public/sault/petitions/textes/banc");
    assert_snapshot!(files.join("\n"), @r"
    public/sault/petitions/textes/banc/banc.4c8a176e-8.avif
    public/sault/petitions/textes/banc/banc.4c8a176e-8.jpg
    public/sault/petitions/textes/banc/banc.4c8a176e-8.webp
    public/sault/petitions/textes/banc/index.html
    public/sault/petitions/textes/banc/le-plan.e6db79ce.pdf
    public/sault/petitions/textes/banc/retirer/index.html
    public/sault/petitions/textes/banc/signaler/index.html
    public/sault/petitions/textes/banc/soutenir/index.html
    ");
}

#[test]
fn the_documents_of_a_draft_stay_at_home() {
    let draft = format!("draft = true\n{DEPOSIT}");
    let place = Place::new()
        .page("sault/petitions/textes/puits/index.md", &draft, "[le plan](plan.pdf)")
        .file("content/sault/petitions/textes/puits/plan.pdf", pdf(1));
    place.build("2026-11-21T09:00:00Z");
    assert!(!place.has("public/sault/petitions/textes/puits"));
}

#[test]
fn menus_and_breadcrumbs() {
    let place = Place::new();
    let site = place.read("site.toml")
        + "[[menu]]\nlabel = \"Les démarches\"\npage = \"@/_index.md\"\n[[menu]]\nlabel = \"Sault\"\npage = \"@/sault/_index.md\"\n";
    let place = place.file("site.toml", site);
    place.build("2026-11-21T09:00:00Z");
    let navigation = |path: &str| {
        let page = place.read(path);
        page.lines()
            .filter(|line| line.starts_with("<nav>"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_snapshot!(navigation("public/sault/index.html"), @r#"
    <nav><a href="/">Les démarches</a><a href="/sault/" aria-current="page">Sault</a></nav>
    <nav><a href="/">Accueil</a></nav>
    "#);
    assert_snapshot!(navigation("public/sault/petitions/textes/banc/soutenir/index.html"), @r#"
    <nav><a href="/">Les démarches</a><a href="/sault/">Sault</a></nav>
    <nav><a href="/">Accueil</a><a href="/sault/">Commune de Sault</a><a href="/sault/petitions/">Pétitions</a><a href="/sault/petitions/textes/">Les textes</a><a href="/sault/petitions/textes/banc/">Un banc</a></nav>
    "#);
}
