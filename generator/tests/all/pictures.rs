//! What becomes of the images beside pages.

use crate::place::{Place, photograph};
use insta::assert_snapshot;

const NOW: &str = "2026-11-21T09:00:00Z";

const DRAWING: &str =
    r#"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="9" height="9"/></svg>"#;

#[test]
fn a_photograph_is_published_in_several_formats_and_widths() {
    let place = Place::new().file("content/place.png", photograph(700, 20));
    assert_snapshot!(place.home("Voici ![La place](place.png \"Vue d'ici\").\n"), @r#"
    <p>Voici <picture><source type="image/avif" srcset="/place.6d6a2b28-480.avif 480w, /place.6d6a2b28-700.avif 700w" sizes="(min-width: 48rem) 44rem, 100vw"><source type="image/webp" srcset="/place.6d6a2b28-480.webp 480w, /place.6d6a2b28-700.webp 700w" sizes="(min-width: 48rem) 44rem, 100vw"><img src="/place.6d6a2b28-700.jpg" width="700" height="20" alt="La place" title="Vue d&#39;ici"></picture>.</p>
    "#);
}

#[test]
fn what_is_made_of_a_photograph_and_not_itself_is_published() {
    let place = Place::new().file("content/place.png", photograph(700, 20)).page(
        "_index.md",
        "kind = \"home\"\ntitle = \"Accueil\"\n",
        "![La place](place.png)\n",
    );
    place.build(NOW);
    let pictures = place.files("public").into_iter().filter(|file| file.contains("/place."));
    assert_snapshot!(pictures.collect::<Vec<_>>().join("\n"), @r"
    public/place.6d6a2b28-480.avif
    public/place.6d6a2b28-480.webp
    public/place.6d6a2b28-700.avif
    public/place.6d6a2b28-700.jpg
    public/place.6d6a2b28-700.webp
    ");
}

#[test]
fn a_drawing_is_published_as_it_is() {
    let place = Place::new().file("content/plan.svg", DRAWING);
    assert_snapshot!(place.home("![Le plan](plan.svg)\n"), @r#"
    <p><picture><img src="/plan.e809cae4.svg" width="40" height="30" alt="Le plan"></picture></p>
    "#);
}

#[test]
fn a_photograph_is_drawn_once() {
    let place = Place::new().file("content/place.png", photograph(8, 6)).page(
        "_index.md",
        "kind = \"home\"\ntitle = \"Accueil\"\n",
        "![La place](place.png)\n",
    );
    place.build(NOW);
    assert_eq!(place.build(NOW).written, 0);
    let jpeg = place.files("public").into_iter().find(|file| file.ends_with(".jpg")).expect("a picture");
    let place = place.without(&jpeg);
    assert_eq!(place.build(NOW).written, 1);
    assert!(place.has(&jpeg));
}

#[test]
fn an_image_without_description() {
    let place = Place::new().file("content/place.png", photograph(8, 6));
    assert_snapshot!(place.diagnostics_of("![](place.png) et ![ ](place.png)\n"), @r"
    erreur: cette image n’a pas de description
     --> content/_index.md:5:1
      |
    5 | ![](place.png) et ![ ](place.png)
      | ^^^^^^^^^^^^^^
      |
      = aide: dites entre les crochets ce qu’elle montre, pour qui ne la voit pas : `![Une place plantée d’arbres](place.jpg)`

    erreur: cette image n’a pas de description
     --> content/_index.md:5:19
      |
    5 | ![](place.png) et ![ ](place.png)
      |                   ^^^^^^^^^^^^^^^
      |
      = aide: dites entre les crochets ce qu’elle montre, pour qui ne la voit pas : `![Une place plantée d’arbres](place.jpg)`

    2 erreurs dans 1 fichier
    ");
}

#[test]
fn an_image_that_is_none() {
    let place = Place::new()
        .file("content/plan.txt", "un plan")
        .file("content/faux.png", "ceci n’est pas une image")
        .file("content/coupe.png", &photograph(8, 6)[..40]);
    let body = "![a](plan.txt)\n\n![b](faux.png)\n\n![c](coupe.png)\n\n![d](https://exemple.fr/d.png)\n\n![e](@/sault/_index.md)\n\n![f](/f.png)\n\n![g](g.png)\n";
    assert_snapshot!(place.diagnostics_of(body), @r"
    erreur: ce n’est pas une image : content/plan.txt
     --> content/_index.md:5:6
      |
    5 | ![a](plan.txt)
      |      ^^^^^^^^
      |
      = aide: déposez-la à côté de cette page, et écrivez `![description](image.jpg)`

    erreur: ce format d’image n’est pas reconnu : il faut du JPEG, PNG, WebP, GIF ou SVG
     --> content/_index.md:7:6
      |
    7 | ![b](faux.png)
      |      ^^^^^^^^

    erreur: cette image ne se lit pas : unexpected end of file
     --> content/_index.md:9:6
      |
    9 | ![c](coupe.png)
      |      ^^^^^^^^^

    erreur: une image est un fichier du site
      --> content/_index.md:11:6
       |
    11 | ![d](https://exemple.fr/d.png)
       |      ^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = aide: déposez-la à côté de cette page, et écrivez `![description](image.jpg)`

    erreur: une image est un fichier du site
      --> content/_index.md:13:6
       |
    13 | ![e](@/sault/_index.md)
       |      ^^^^^^^^^^^^^^^^^
       |
       = aide: déposez-la à côté de cette page, et écrivez `![description](image.jpg)`

    erreur: une image est un fichier du site
      --> content/_index.md:15:6
       |
    15 | ![f](/f.png)
       |      ^^^^^^
       |
       = aide: déposez-la à côté de cette page, et écrivez `![description](image.jpg)`

    erreur: fichier introuvable : content/g.png
      --> content/_index.md:17:6
       |
    17 | ![g](g.png)
       |      ^^^^^
       |
       = aide: vouliez-vous dire `faux.png` ?

    7 erreurs dans 1 fichier
    ");
}

#[test]
fn social_networks_get_a_card_of_each_page_that_people_share() {
    let place = Place::new();
    let site = place.read("site.toml").replace("social_cards = false", "social_cards = true");
    let place = place.file("site.toml", site).template(
        "base",
        "<title>{{ page.title }}</title>{{ page.image or \"-\" }}<main id=\"contenu\">{% block main %}{% endblock %}</main>",
    );
    place.build(NOW);
    let cards = place.files("public/images");
    assert_eq!(cards.len(), 4);
    for page in ["index.html", "sault/index.html", "sault/petitions/index.html"] {
        let page = place.read(&format!("public/{page}"));
        let card = page.split(['>', '<']).find(|text| text.starts_with("/images/")).expect("a card");
        assert!(cards.contains(&format!("public{card}")), "{card}");
    }
    assert_eq!(place.build(NOW).written, 0);
}
